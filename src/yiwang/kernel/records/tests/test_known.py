"""Nothing is asked that is known: taken over, looked at, agreed with or put right beside its source."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.models import ReadRow
from yiwang.kernel.records import services
from yiwang.kernel.records.models import KnownValue
from yiwang.kernel.records.types import Wanted

from .plain import Page, visit
from .shops import make_town

HOUSES = {
    "app.yaml": "app: demo\ntitle: {zh: 摸排}\nversion: '1'\nowner: B01\n",
    "entities/house.yaml": """
entity: house
title: {zh: 房屋底册, en: Register of houses}
titled_by: code
key: [code]
fields:
  code: {label: {zh: 编号}, required: true, longest: 20}
  owner: {label: {zh: 户主}, element: person_name, again: 本底册由街道核实}
  phone: {label: {zh: 电话}, element: mobile_phone, again: 本底册由街道核实}
  floors: {label: {zh: 层数}, kind: integer}
  area: {label: {zh: 面积}, kind: number, decimals: 2}
""",
    "entities/check.yaml": """
entity: check
title: {zh: 排查, en: Check}
titled_by: found
fields:
  house: {label: {zh: 房屋}, kind: link, to: house, required: true}
  owner: {label: {zh: 户主}, element: person_name, known: {entity: house, field: owner, match: {id: house}}}
  phone: {label: {zh: 电话}, element: mobile_phone, known: {entity: house, field: phone, match: {id: house}}}
  floors: {label: {zh: 层数}, kind: integer, known: {entity: house, field: floors, match: {id: house}}}
  found: {label: {zh: 结论}, required: true}
""",
    "entities/note.yaml": """
entity: note
title: {zh: 便条, en: Note}
titled_by: code
fields:
  code: {label: {zh: 房屋编号}, longest: 20}
  floors: {label: {zh: 层数}, kind: integer, known: {entity: house, field: floors, match: {code: code}}}
""",
    "forms/check.yaml": """
form: check
entity: check
title: {zh: 记一次排查, en: Note a check}
sections:
  - title: {zh: 房屋, en: House}
    fields: [house, owner, phone, floors, found]
""",
    "permissions.yaml": """
permissions:
  - roles: [engineer]
    may: [see, create, edit, remove]
    rows: all
    clear: [owner, phone]
  - roles: [steward]
    may: [see, create, edit]
    rows: own
    clear: [owner]
  - roles: [viewer]
    may: [see, create]
    on: [check]
    rows: own
""",
}


@pytest.fixture
def town(db):
    return make_town(HOUSES)


@pytest.fixture
def house(town):
    values = {
        "code": "H-1",
        "owner": "王小明",
        "phone": "13812345678",
        "floors": 3,
        "area": "88.50",
    }
    return services.create_record(town.desk("east"), "demo.house", values)


@pytest.fixture
def browse(town, client_of):
    def open_page(path: str, name: str = "east") -> Page:
        return visit(client_of(identity.get_actor(town.people[name].id)), path)

    return open_page


def check(town, house, name="east", **values):
    told = {"house": house.id, "found": "无隐患", **values}
    return services.create_record(town.desk(name), "demo.check", told)


def kept(record):
    rows = KnownValue.objects.filter(record=record.id)
    return dict(rows.values_list("key", "is_corrected"))


def test_a_form_opens_with_what_is_known_and_says_from_where(town, house, browse):
    page = browse(f"/records/demo.check/new/?house={house.id}")

    assert page.value("owner") == "王小明"
    assert page.value("floors") == "3"
    assert page.text.count("请核对，有误请更正") == 2
    assert f"{house.updated_at:%Y}" in page.text


def test_what_the_reader_sees_masked_is_not_filled_in(town, house, browse):
    page = browse(f"/records/demo.check/new/?house={house.id}")

    assert page.value("phone") in ("", None)
    assert "13812345678" not in page.source
    assert "138****5678" in page.text


def test_whose_rights_do_not_reach_the_source_is_told_nothing(town, house, browse):
    for name in ("west", "grid"):
        page = browse(f"/records/demo.check/new/?house={house.id}", name)
        assert "王小明" not in page.source
        assert "已知：" not in page.text


def test_each_look_at_personal_data_leaves_a_row(town, house, browse):
    before = ReadRow.objects.count()

    browse(f"/records/demo.check/new/?house={house.id}")

    row = ReadRow.objects.order_by("-pk")[0]
    assert ReadRow.objects.count() == before + 1
    assert (row.where, row.columns, row.unmasked) == ("known", ["owner"], True)


def test_a_correction_stands_beside_the_source_and_leaves_it_as_it_is(town, house, browse):
    page = browse(f"/records/demo.check/new/?house={house.id}")
    page.fill(floors="4", found="加建一层").press().goes_to  # noqa: B018

    (record,) = services.list_records(town.desk("east"), "demo.check", Wanted()).records
    assert record.values["floors"] == 4
    assert services.get_record(town.desk("east"), "demo.house", house.id).values["floors"] == 3
    assert kept(record) == {"owner": False, "floors": True}
    shown = browse(f"/records/demo.check/{record.id}/").text
    assert "已更正" in shown
    assert "与来源一致" in shown


def test_a_browser_cannot_say_what_was_known(town, house):
    record = check(town, house, owner="李四", floors=3)

    assert kept(record) == {"owner": True, "floors": False}


def test_agreeing_later_takes_the_correction_back(town, house):
    record = check(town, house, owner="王小明", floors=5)
    assert kept(record)["floors"]

    services.update_record(
        town.desk("east"), "demo.check", record.id, {"floors": 3}, rev=record.rev
    )

    assert not kept(record)["floors"]


def test_a_source_that_changed_since_is_said_to_have(town, house):
    record = check(town, house, owner="王小明", floors=4)
    services.update_record(town.desk("east"), "demo.house", house.id, {"floors": 6}, rev=house.rev)

    (line,) = [one for one in services.list_known(town.desk("east"), record) if one.key == "floors"]

    assert (line.said, line.is_corrected, line.moved) == (6, True, True)


def test_who_may_not_see_the_source_does_not_see_what_it_says(town, house):
    record = check(town, house, owner="李四", floors=4)

    lines = services.list_known(town.desk("grid"), record)

    assert all(one.said is None and not one.record for one in lines)


def test_a_key_that_was_typed_finds_it_too_at_the_press_of_a_button(town, house, browse):
    page = browse("/records/demo.note/new/").fill(code="H-1").press("known")

    assert page.value("floors") == "3"
    missing = browse("/records/demo.note/new/").fill(code="H-2").press("known")
    assert missing.value("floors") in ("", None)


def test_what_somebody_typed_is_never_overwritten(town, house, browse):
    page = browse("/records/demo.note/new/").fill(code="H-1", floors="9").press("known")

    assert page.value("floors") == "9"
    assert "房屋底册 为 3" in page.text


def test_from_the_page_of_a_record_one_goes_straight_to_what_takes_it_over(town, house, browse):
    page = browse(f"/records/demo.house/{house.id}/")

    assert "记一次排查" in page.text
    assert f"/records/demo.check/new/?house={house.id}" in page.source


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("field: floors, match: {id: house}", "field: storeys, match: {id: house}", "records.field.unknown"),
        ("field: floors, match: {id: house}", "field: owner, match: {id: house}", "records.field.kind"),
        ("field: floors, match: {id: house}", "field: floors, match: {owner: owner}", "records.known.match"),
        ("field: floors, match: {id: house}", "field: floors, match: {id: owner}", "records.known.match"),
        ("field: floors, match: {id: house}", "field: floors, match: {code: hause}", "records.field.unknown"),
        ("{entity: house, field: floors", "{entity: hut, field: floors", "records.entity.missing"),
    ],
)  # fmt: skip
def test_a_source_that_could_mean_several_or_none_is_refused(db, before, after, code):
    text = HOUSES["entities/check.yaml"]
    files = {**HOUSES, "entities/check.yaml": text.replace(before, after)}

    problems = services.find_problems(files)

    assert code in [one.code for one in problems if isinstance(one, InvalidInput)]
