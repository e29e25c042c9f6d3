"""Ways around the masks that were tried, and what stands in each of them now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yiwang.kernel.base.errors import NotPermitted
from yiwang.kernel.ledger.models import ActRow, ReadRow
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.compare import services as compare
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.connect.services.differences_page import list_differences

PHONE, OTHER = "13812345678", "13987654321"
NUMBER = "110101199003074514"
PEOPLE = f"编号,姓名,手机号码\n1,张小云,{PHONE}\n2,李大山,{OTHER}\n"


@pytest.fixture
def people(steward, send):
    [delivery] = send(steward, PEOPLE, name="低保.csv", key=("编号",))
    return catalog.get_resource(steward, delivery.resource)


@pytest.fixture
def plain(steward, send):
    [delivery] = send(steward, "编号,常数\n1,x\n2,y\n", name="对照.csv")
    return catalog.get_resource(steward, delivery.resource)


def masked(actor, resource):
    return catalog.look_rows(actor, resource.id).masked


def test_a_column_that_drift_took_away_stays_masked_in_earlier_versions(steward, people, send):
    [held] = send(steward, PEOPLE.replace("手机号码", "备注"), name="低保.csv")
    told = replace(_told(held), waived=("drift",))
    connect.land_again(steward, held.id, instructions=told)
    connect.land_delivery(steward, held.id)

    look = catalog.look_rows(steward, people.id, version=1)
    _, profile = catalog.look_profile(steward, people.id, version=1)

    assert PHONE not in str(look.rows) + str(profile)
    assert "手机号码" in look.masked
    assert "手机号码" not in [item.name for item in catalog.list_items(people.id)]


def test_a_column_that_no_item_describes_shows_nothing(steward, people):
    catalog.Item.objects.filter(resource=people, name="手机号码").delete()

    assert catalog.look_rows(steward, people.id).rows[0][1][2] == "***"


def test_a_column_bound_to_an_element_that_is_gone_shows_nothing(steward, people):
    catalog.Item.objects.filter(resource=people, name="手机号码").update(element="once_known")

    assert catalog.look_rows(steward, people.id).rows[0][1][2] == "***"


def test_a_few_harmless_rows_do_not_unmask_the_rows_before_them(steward, people, send):
    catalog.Item.objects.filter(resource=people, name="手机号码").update(name="联系")
    item = catalog.ItemInfo(name="联系", position=3, suggested="")
    from yiwang.kernel.base.act import Ref
    from yiwang.kernel.ledger import services as ledger

    with ledger.acting(steward, "test.land", on=Ref("test", "1")) as act:
        catalog.set_items(act, people, [item])

    assert catalog.Item.objects.get(resource=people, name="联系").suggested == "mobile_phone"


def test_declining_a_personal_suggestion_is_on_record(steward, people):
    catalog.bind_elements(steward, people.id, {"手机号码": ""})

    [row] = ActRow.objects.filter(verb="share.resource.release")
    assert row.details == {"columns": {"手机号码": ""}}
    assert "手机号码" not in masked(steward, people)


@pytest.mark.parametrize("element", ["", "admin_division_code"])
def test_who_may_not_unmask_may_not_decline_for_ever(steward, people, element):
    limited = {k: v for k, v in steward.permissions.items() if k != "share.resource.unmask"}
    editor = replace(steward, permissions=limited)
    if element and element not in standards.get_elements():
        element = next(c for c, e in standards.get_elements().items() if not e.personal)

    with pytest.raises(NotPermitted):
        catalog.bind_elements(editor, people.id, {"手机号码": element})

    assert "手机号码" in masked(steward, people)
    assert ActRow.objects.filter(verb="share.resource.release", outcome="refused").exists() or (
        ActRow.objects.filter(verb="share.resource.bind", outcome="refused").exists()
    )


def test_a_mapping_that_names_something_harmless_is_on_record(steward, send):
    harmless = next(c for c, e in standards.get_elements().items() if not e.personal)
    send(steward, PEOPLE, name="映射.csv", columns={"手机号码": harmless})

    assert ActRow.objects.filter(verb="share.resource.release").count() == 1


def test_another_personal_suggestion_masks_what_was_declined(steward, people):
    catalog.bind_elements(steward, people.id, {"手机号码": ""})
    from yiwang.kernel.base.act import Ref
    from yiwang.kernel.ledger import services as ledger

    with ledger.acting(steward, "test.land", on=Ref("test", "1")) as act:
        catalog.set_items(
            act, people, [catalog.ItemInfo(name="手机号码", position=1, suggested="resident_id")]
        )

    assert "手机号码" in masked(steward, people)


@pytest.mark.parametrize(
    "expression",
    [
        "concat(substring(\"手机号码\", 4, 4), 'zzzzzzzzzzzz')",
        'right("手机号码", 7)',
        "replace(\"手机号码\", '138', '')",
        'left("手机号码", 7)',
    ],
)
def test_nothing_shows_of_what_is_worked_out_of_a_personal_value(
    steward, people, plain, expression
):
    pair = f"{expression} = 常数"
    done = compare.run_comparison(
        steward, left=people.id, right=plain.id, keys=["编号 = 编号"], values=[pair]
    )
    tried = compare.try_keys(steward, people.id, plain.id, [pair])

    shown = [row.cells["left_1"] for row in compare.list_differences_of(steward, done.id).rows]
    assert set(shown) == {"***"}
    assert set(tried.left) == {"***"}


def test_what_is_held_against_a_personal_value_is_masked_too(steward, people, send):
    catalog.bind_elements(steward, people.id, {"姓名": "person_name"})
    [other] = send(steward, "编号,注\n1,张小雲\n2,李大山\n", name="另.csv")
    done = compare.run_comparison(
        steward, left=people.id, right=other.resource, keys=["编号 = 编号"], values=["姓名 = 注"]
    )

    [row] = compare.list_differences_of(steward, done.id).rows
    assert "小" not in str(row.cells)


def test_running_trying_and_reading_a_comparison_are_looks_at_the_register(
    steward, people, plain, tmp_path
):
    pairs = ["编号 = 编号"], ["手机号码 = 常数"]
    compare.try_keys(steward, people.id, plain.id, pairs[1])
    done = compare.run_comparison(
        steward, left=people.id, right=plain.id, keys=pairs[0], values=pairs[1]
    )
    compare.list_differences_of(steward, done.id)
    compare.get_difference(steward, done.id, 1)
    compare.export_comparison(steward, done.id, tmp_path / "d.csv")

    rows = ReadRow.objects.order_by("id")
    assert [row.where for row in rows] == [
        "comparison trial", "comparison run", "comparison", "comparison row", "comparison export",
    ]  # fmt: skip
    assert {(row.object_id, *row.columns) for row in rows} == {(people.id, "手机号码")}
    assert PHONE not in (tmp_path / "d.csv").read_text("utf-8")
    assert len(catalog.list_looks(steward, people.id)) == 5


@pytest.fixture
def differing(steward, send):
    catalogued = "姓名,出生日期\n张小云,1990.3.7\n李大山,1985.6.15\n"
    [first] = send(steward, catalogued, name="出生.csv")
    catalog.bind_elements(steward, first.resource, {"出生日期": "birth_date"})
    [second] = send(steward, catalogued, name="出生.csv")
    assert second.listed
    return second


def read_differences(actor, delivery, **told):
    from yiwang.kernel.ui.lists import ListQuery

    return list_differences(actor, delivery, **told)(ListQuery({}, "", (), None, 50)).rows


def test_differences_are_masked_and_every_page_is_a_look(steward, differing):
    before = str(read_differences(steward, differing))
    catalog.unmask_resource(steward, differing.resource, purpose="核对出生日期")
    after = str(read_differences(steward, differing))

    assert "1990.3.7" not in before
    assert "1990.3.7" in after
    found = ReadRow.objects.filter(where="differences").order_by("id")
    assert [(row.object_id, row.unmasked) for row in found] == [
        (differing.resource, False), (differing.resource, True),
    ]  # fmt: skip


def test_differences_are_for_those_who_may_look_and_leave_with_those_who_may_export(
    person, differing
):
    with pytest.raises(NotPermitted):
        read_differences(person("director", "B01"), differing)
    viewer = person("viewer")
    assert read_differences(viewer, differing)
    with pytest.raises(NotPermitted):
        read_differences(viewer, differing, export=True)


def test_a_repeated_key_is_named_by_its_rows(steward, send):
    send(steward, f"身份证号码,姓名\n{NUMBER},张小云\n", name="键.csv", key=("身份证号码",))
    [refused] = send(
        steward,
        f"身份证号码,姓名\n{NUMBER},张小云\n{NUMBER},张小山\n",
        name="键.csv",
        kind="upsert",
        key=("身份证号码",),
    )

    assert refused.error["code"] == "pool.commit.key_repeated"
    assert NUMBER not in str(refused.error)
    assert refused.error["extra"]["rows"] == "1 = 2"


def _told(delivery):
    from yiwang.nets.share.connect.types import Instructions

    return Instructions.from_json(delivery.instructions)


def test_a_purge_takes_the_lists_of_differences_along(
    engineer, steward, people, plain, django_capture_on_commit_callbacks
):
    from yiwang.kernel.base.errors import NotFound
    from yiwang.kernel.jobs import services as jobs

    done = compare.run_comparison(
        steward, left=people.id, right=plain.id, keys=["编号 = 编号"], values=["手机号码 = 常数"]
    )
    [delivery] = connect.list_of_resource(engineer, people.id)
    with django_capture_on_commit_callbacks(execute=True):
        connect.purge_delivery(engineer, delivery.id, reason="误报")
    jobs.run_due()

    with pytest.raises(NotFound):
        compare.list_differences_of(engineer, done.id)
    assert ActRow.objects.filter(verb="share.compare.forget").count() == 1


@pytest.mark.parametrize("path", ["", "rows/", "profile/", "looks/", "missing/"])
def test_no_browser_keeps_a_page_of_data(client_of, steward, people, path):
    answer = client_of(steward).get(f"/catalog/{people.id}/{path}")

    assert "no-store" in answer.headers["Cache-Control"]
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_download_is_fenced_like_a_page(client_of, steward, people, ending):
    answer = client_of(steward).get(f"/catalog/{people.id}/export/", {"format": ending})

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert PHONE.encode() not in b"".join(answer.streaming_content)


def test_a_name_cannot_break_out_of_a_header(client_of, steward, send):
    [delivery] = send(steward, "甲\n1\n", name="x.csv")
    catalog.Resource.objects.filter(id=delivery.resource).update(
        name='a"; filename="b.exe\r\nSet-Cookie: x=1'
    )

    answer = client_of(steward).get(f"/catalog/{delivery.resource}/export/")

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "\n" not in answer.headers["Content-Disposition"]
