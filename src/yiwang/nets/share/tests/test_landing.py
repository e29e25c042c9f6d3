import io
import zipfile
from dataclasses import replace

import pytest

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.files import services as files
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.connect.services.receiving import clean_stem
from yiwang.nets.share.connect.types import Instructions

PEOPLE = "编号,名称\n001,东关街道\n002,西关街道\n"


def rows_of(delivery):
    version = Delivery.objects.get(id=delivery.id).pool_version
    return [cells for _, cells in pool.list_rows(version, limit=1000).rows]


def test_a_landed_file_keeps_bytes_codes_and_sender(steward, send):
    [delivery] = send(steward, PEOPLE)

    assert delivery.state == "landed"
    assert rows_of(delivery) == [("001", "东关街道"), ("002", "西关街道")]
    assert files.open_file(delivery.file).read() == PEOPLE.encode()
    assert delivery.sender == steward.id
    resource = catalog.get_resource(steward, "登记")
    assert (resource.stage, resource.owner, delivery.version) == ("cache", "D01", 1)


def test_a_second_full_delivery_is_the_next_version_and_the_first_stays(steward, send):
    [first] = send(steward, PEOPLE)
    [second] = send(steward, PEOPLE + "003,北关街道\n")

    assert (first.resource, second.version) == (second.resource, 2)
    assert len(rows_of(first)) == 2
    assert len(rows_of(second)) == 3


def test_append_upsert_and_delete_do_what_they_declare(steward, send):
    send(steward, PEOPLE, key=("编号",))
    send(steward, "编号,名称\n003,北关街道\n", kind="append")
    send(steward, "编号,名称\n001,东关新街道\n004,南关街道\n", kind="upsert")
    [last] = send(steward, "编号\n002\n", kind="delete")

    assert sorted(rows_of(last)) == [
        ("001", "东关新街道"),
        ("003", "北关街道"),
        ("004", "南关街道"),
    ]


def test_upsert_without_a_key_is_refused_before_any_byte_is_read(steward, send):
    with pytest.raises(InvalidInput) as refusal:
        send(steward, PEOPLE, kind="upsert")

    assert refusal.value.code == "connect.key.missing"
    assert not Delivery.objects.exists()


def test_a_full_delivery_that_shrinks_too_far_is_held_until_a_person_agrees(steward, send):
    many = "编号\n" + "".join(f"{n:03}\n" for n in range(100))
    send(steward, many)
    [held] = send(steward, "编号\n" + "".join(f"{n:03}\n" for n in range(79)))

    assert (held.state, held.error["code"]) == ("held", "connect.held.shrink")
    assert held.error["extra"]["before"] == 100
    services.land_anyway(steward, held.id, reason="合并了乡镇")
    [landed] = services.land_delivery(steward, held.id)
    assert (landed.state, landed.version) == ("landed", 2)
    assert ActRow.objects.filter(verb="share.delivery.retry", reason="合并了乡镇").exists()


def test_a_full_delivery_may_shrink_within_the_share(steward, send):
    send(steward, "编号\n" + "".join(f"{n:03}\n" for n in range(100)))
    [landed] = send(steward, "编号\n" + "".join(f"{n:03}\n" for n in range(80)))

    assert landed.state == "landed"


def test_drifted_columns_are_held_with_a_readable_difference(steward, send):
    send(steward, PEOPLE)
    [held] = send(steward, "编号,街道名称\n001,东关街道\n002,西关街道\n")

    assert (held.state, held.error["code"]) == ("held", "connect.held.drift")
    assert held.error["extra"]["difference"] == "+ 街道名称; - 名称"


def test_utf8_text_declared_as_another_encoding_is_held_and_lands_when_said_right(steward, send):
    [held] = send(steward, PEOPLE, encoding="gb18030")

    assert (held.state, held.error["code"]) == ("held", "connect.held.encoding")
    assert held.error["extra"]["found"] == "utf-8"
    told = Instructions.from_json(held.instructions)
    services.land_again(steward, held.id, instructions=replace(told, encoding=""))
    [landed] = services.land_delivery(steward, held.id)
    assert (landed.state, landed.reading["encoding"]) == ("landed", "utf-8")


def test_a_person_may_insist_on_the_encoding(steward, send):
    [held] = send(steward, PEOPLE, encoding="gb18030")
    services.land_anyway(steward, held.id, reason="样例")

    [landed] = services.land_delivery(steward, held.id)
    assert (landed.state, landed.reading["encoding"]) == ("landed", "gb18030")


def test_append_with_other_columns_cannot_be_waved_through(steward, send):
    send(steward, PEOPLE)
    [held] = send(steward, "编号\n009\n", kind="append")
    services.land_anyway(steward, held.id, reason="试试")

    [again] = services.land_delivery(steward, held.id)

    assert again.state == "held"


def test_every_table_of_an_archive_lands_by_itself(steward, send):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("一.csv", PEOPLE)
        archive.writestr("二.csv", "编号\n9\n")
    landed = send(steward, packed.getvalue(), name="两张.zip")

    assert [one.state for one in landed] == ["landed", "landed"]
    assert [one.rows for one in landed] == [2, 1]
    assert len({one.resource for one in landed}) == 2
    assert len({one.file for one in landed}) == 1


def test_a_file_that_cannot_be_read_is_refused_and_its_bytes_are_kept(steward, send):
    [refused] = send(steward, b"%PDF-1.7 not a table", name="报表.pdf")

    assert refused.state == "failed"
    assert refused.error["code"].startswith("tabular.")
    assert files.open_file(refused.file).read() == b"%PDF-1.7 not a table"
    assert not catalog.visible_resources(steward).exists()


def test_a_steward_cannot_land_for_another_department(steward, send):
    with pytest.raises(NotPermitted):
        send(steward, PEOPLE, owner="D02")


def test_an_unknown_owner_is_refused(engineer, send):
    with pytest.raises(NotFound):
        send(engineer, PEOPLE, owner="D99")


def test_withdrawing_brings_the_version_before_back(steward, send):
    send(steward, PEOPLE)
    [second] = send(steward, PEOPLE + "003,北关街道\n")
    services.withdraw_delivery(steward, second.id, reason="传错了")

    resource = catalog.get_resource(steward, "登记")
    assert pool.find_latest(resource.table).number == 1
    assert files.open_file(second.file).read()


def test_withdrawing_needs_a_reason(steward, send):
    [delivery] = send(steward, PEOPLE)

    with pytest.raises(InvalidInput):
        services.withdraw_delivery(steward, delivery.id, reason="  ")


def test_purging_destroys_bytes_and_rows_and_keeps_digest_and_reason(
    engineer, send, django_capture_on_commit_callbacks
):
    [delivery] = send(engineer, PEOPLE)
    with django_capture_on_commit_callbacks(execute=True):
        services.purge_delivery(engineer, delivery.id, reason="误传个人信息")

    gone = Delivery.objects.get(id=delivery.id)
    assert (gone.state, gone.sha256, gone.reason) == ("purged", delivery.sha256, "误传个人信息")
    with pytest.raises(NotFound):
        files.open_file(delivery.file)
    with pytest.raises(NotFound):
        pool.relation(delivery.pool_version)


def test_a_steward_cannot_purge(steward, send):
    [delivery] = send(steward, PEOPLE)

    with pytest.raises(NotPermitted):
        services.purge_delivery(steward, delivery.id, reason="想删")


def test_another_department_does_not_learn_of_a_delivery(steward, person, send):
    [delivery] = send(steward, PEOPLE)
    stranger = person("steward", "D02")

    with pytest.raises(NotFound):
        services.get_delivery(stranger, delivery.id)


def test_landing_twice_changes_nothing(steward, send):
    [delivery] = send(steward, PEOPLE)
    [again] = services.land_delivery(steward, delivery.id)

    assert again.version == 1
    assert len(pool.list_versions(catalog.get_resource(steward, "登记").table)) == 1


def test_a_split_that_was_cut_short_is_taken_up_without_doubling(steward, send):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("一.csv", PEOPLE)
        archive.writestr("二.csv", "编号\n9\n")
    first, second = send(steward, packed.getvalue(), name="两张.zip")
    Delivery.objects.filter(id=first.id).update(state="landing", version=None)
    Delivery.objects.filter(id=second.id).update(state="landing")

    services.land_delivery(steward, first.id)

    assert Delivery.objects.filter(file=first.file).count() == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {"landed"}


def test_typed_differences_of_confirmed_columns_are_counted_and_listed(steward, send):
    text = "日期,数\n2023.3.5,１1\n2023-03-05,7\n不详,8\n"
    [delivery] = send(steward, text, columns={"日期": "date"})

    assert delivery.differences["typed.style"] == 1
    listed = [cells for _, cells in pool.list_rows(delivery.listed, limit=10).rows]
    assert ("1", "日期", "typed.style", "2023.3.5", "2023-03-05") in listed
    assert rows_of(delivery)[0] == ("2023.3.5", "１1")


def test_a_mapping_to_an_unknown_element_is_refused_by_name(steward, send):
    [refused] = send(steward, PEOPLE, columns={"编号": "no_such"})

    assert refused.error["code"] == "connect.mapping.element"


def test_withdrawn_deliveries_cannot_be_withdrawn_again(steward, send):
    [delivery] = send(steward, PEOPLE)
    services.withdraw_delivery(steward, delivery.id, reason="错")

    with pytest.raises(Conflict):
        services.withdraw_delivery(steward, delivery.id, reason="错")


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("人口.csv", "人口"),
        ("streets.csv.gz", "streets"),
        ("C:\\资料\\户籍 2023.xlsx", "户籍 2023"),
        (".csv", ".csv"),
        ("../../etc/passwd", "passwd"),
    ],
)
def test_resource_names_come_from_file_names(name, stem):
    assert clean_stem(name) == stem
