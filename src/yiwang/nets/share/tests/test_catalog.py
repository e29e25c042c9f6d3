import csv
from datetime import timedelta

import pytest

from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.ledger.models import ReadRow
from yiwang.kernel.query import services as query
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services

PEOPLE = (
    "姓名,身份证号码,手机号码\n"
    "张小云,110101199003074514,13800138000\n"
    "李大山,110101198506152216,13900139000\n"
)
FACTS = {
    "abstract": "低保对象",
    "sharing_type": "unconditional",
    "open_type": "closed",
    "update_cycle": "monthly",
}


@pytest.fixture
def people(steward, send):
    """A landed register with personal columns."""
    [delivery] = send(steward, PEOPLE, name="低保.csv")
    return services.get_resource(steward, delivery.resource)


def test_suspected_personal_columns_are_masked_before_anyone_confirms_them(steward, people):
    look = services.look_rows(steward, people.id)

    assert look.masked == {"姓名", "身份证号码", "手机号码"}
    assert "110101199003074514" not in str(look.rows)
    assert "13800138000" not in str(look.rows)
    assert people.grade == 0 or services.get_resource(steward, people.id).grade >= 3


def test_an_element_knows_the_items_that_use_it_for_those_who_may_see_them(steward, person, people):
    suggested = standards.list_usages(steward, "resident_id")
    services.bind_elements(steward, people.id, {"身份证号码": "resident_id"})
    [usage] = standards.list_usages(steward, "resident_id")

    assert [(one.name, one.confirmed) for one in suggested] == [("身份证号码", False)]
    assert (usage.name, usage.confirmed, usage.url) == (
        "身份证号码",
        True,
        f"/catalog/{people.id}/",
    )
    assert standards.list_usages(person("steward", "D02"), "resident_id") == []
    assert standards.list_usages(steward, "vin") == []


def test_a_page_of_personal_data_leaves_one_read_row(steward, people):
    services.look_rows(steward, people.id)

    [row] = ReadRow.objects.all()
    assert (row.actor_id, row.rows, row.unmasked) == (steward.id, 2, False)


def test_a_stated_purpose_unmasks_for_a_while_and_is_on_record(steward, people):
    services.unmask_resource(steward, people.id, purpose="核对低保对象")

    look = services.look_rows(steward, people.id)
    with use_time(now() + timedelta(minutes=11)):
        later = services.look_rows(steward, people.id)

    assert look.rows[0][1][1] == "110101199003074514"
    assert later.masked
    assert ReadRow.objects.filter(unmasked=True, purpose="核对低保对象").count() == 1


def test_unmasking_can_be_ended_at_once(steward, people):
    services.unmask_resource(steward, people.id, purpose="核对低保对象")
    services.end_unmasking(steward, people.id)

    assert services.look_rows(steward, people.id).masked


def test_one_person_unmasking_shows_nothing_to_another(steward, engineer, people):
    services.unmask_resource(steward, people.id, purpose="核对低保对象")

    assert services.look_rows(engineer, people.id).masked


@pytest.mark.parametrize("purpose", ["", "  ", "查"])
def test_unmasking_needs_words(steward, people, purpose):
    with pytest.raises(InvalidInput):
        services.unmask_resource(steward, people.id, purpose=purpose)


def test_a_masked_column_cannot_be_searched(steward, people):
    where = query.parse_filter("\"身份证号码\" = '110101199003074514'", query.Schema.open())

    with pytest.raises(NotPermitted) as refusal:
        services.look_rows(steward, people.id, where=where)
    assert refusal.value.code == "catalog.look.masked"


def test_the_profile_shows_no_personal_value(steward, people):
    _, columns = services.look_profile(steward, people.id)

    assert "110101199003074514" not in str(columns)
    assert "张小云" not in str(columns)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_exports_hold_no_raw_personal_value(steward, people, tmp_path, ending):
    target = tmp_path / f"out.{ending}"
    services.export_rows(steward, people.id, target)

    content = target.read_bytes()
    assert b"110101199003074514" not in content
    assert "张小云".encode() not in content


def test_an_unmasked_csv_export_equals_what_came(steward, people, tmp_path):
    services.unmask_resource(steward, people.id, purpose="核对低保对象")
    services.export_rows(steward, people.id, tmp_path / "out.csv")

    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == list(csv.reader(PEOPLE.splitlines()))


def test_exported_formulas_are_defused(steward, send, tmp_path):
    [delivery] = send(steward, '名称,数\n"=HYPERLINK(""x"")",-5\n', name="公式.csv")
    services.export_rows(steward, delivery.resource, tmp_path / "out.csv")

    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1] == ['\'=HYPERLINK("x")', "-5"]


def test_an_entry_is_published_only_when_complete(engineer, steward, people):
    with pytest.raises(InvalidInput) as refusal:
        services.publish_resource(engineer, people.id)
    assert refusal.value.code == "catalog.resource.incomplete"

    services.update_resource(steward, people.id, **FACTS)
    published = services.publish_resource(engineer, people.id)

    assert published.publish_date
    assert published.stage == "resource"


def test_conditional_sharing_needs_its_basis(engineer, people):
    services.update_resource(engineer, people.id, **FACTS | {"sharing_type": "conditional"})

    with pytest.raises(InvalidInput):
        services.publish_resource(engineer, people.id)


def test_a_steward_cannot_publish(steward, people):
    services.update_resource(steward, people.id, **FACTS)

    with pytest.raises(NotPermitted):
        services.publish_resource(steward, people.id)


def test_drafts_are_unseen_and_published_entries_seen_by_other_departments(
    engineer, person, people
):
    stranger = person("steward", "D02")
    assert services.find_resource(stranger, people.id) is None
    assert not services.search_resources(stranger, "低保").hits

    services.update_resource(engineer, people.id, **FACTS)
    services.publish_resource(engineer, people.id)

    assert services.get_resource(stranger, people.id).name == "低保"
    assert [hit.id for hit in services.search_resources(stranger, "低保").hits] == [people.id]
    with pytest.raises(NotPermitted):
        services.look_rows(stranger, people.id)


def test_publication_can_be_taken_back_with_a_reason(engineer, people):
    services.update_resource(engineer, people.id, **FACTS)
    services.publish_resource(engineer, people.id)

    with pytest.raises(InvalidInput):
        services.withdraw_publication(engineer, people.id, reason="")
    assert services.withdraw_publication(engineer, people.id, reason="有误").publish_date is None


def test_two_owners_may_use_one_name_and_then_the_code_decides(engineer, send):
    send(engineer, "a\n1\n", name="街道.csv", owner="D01")
    send(engineer, "a\n1\n", name="街道.csv", owner="D02")

    with pytest.raises(Conflict):
        services.get_resource(engineer, "街道")
    assert services.get_resource(engineer, "3D02/000001").owner == "D02"


def test_codes_are_never_handed_out_twice(engineer):
    made = [services.create_resource(engineer, owner="D01", name=f"资源{n}") for n in range(5)]

    assert [one.code for one in made] == [f"3D01/{n:06d}" for n in range(1, 6)]


def test_a_declined_suggestion_stays_declined_and_unmasks_the_column(steward, people, send):
    services.bind_elements(steward, people.id, {"姓名": ""})
    send(steward, PEOPLE, name="低保.csv")

    look = services.look_rows(steward, people.id)
    assert "姓名" not in look.masked
    assert "身份证号码" in look.masked


def test_binding_an_unknown_element_or_item_is_refused(steward, people):
    with pytest.raises(NotFound):
        services.bind_elements(steward, people.id, {"姓名": "no_such"})
    with pytest.raises(NotFound):
        services.bind_elements(steward, people.id, {"无此列": ""})


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor"])
def test_administrators_see_no_business_data(person, people, role):
    administrator = person(role, "B01")

    assert services.find_resource(administrator, people.id) is None
    with pytest.raises(NotFound):
        services.look_rows(administrator, people.id)
