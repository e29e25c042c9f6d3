"""A case asks for nothing that is known: taken over from records, as far as its reader may see. 流程已知信息测试。"""

from __future__ import annotations

import re

import pytest

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.models import ReadRow
from yiwang.kernel.records import services as records
from yiwang.kernel.records.tests.shops import make_town
from yiwang.kernel.records.tests.test_known import HOUSES
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, Task

START = "/cases/start/demo.mend/"
MEND = """
case: demo.mend
title: {zh: 报修, en: Mending}
fields:
  house: {label: {zh: 房屋编号, en: House}}
  owner: {label: {zh: 户主, en: Owner}, element: person_name, known: {entity: demo.house, field: owner, match: {code: house}}}
  phone: {label: {zh: 电话, en: Phone}, element: mobile_phone, known: {entity: demo.house, field: phone, match: {code: house}}}
  floors: {label: {zh: 层数, en: Floors}, kind: integer, known: {entity: demo.house, field: floors, match: {code: house}}}
  area: {label: {zh: 面积, en: Area}, kind: number, known: {entity: demo.house, field: area, match: {code: house}}}
start: {roles: [steward, viewer], edits: [house, owner, phone, floors], to: look}
nodes:
  look:
    title: {zh: 查看, en: Look}
    who: {role: steward, of: starter}
    edits: [area]
    actions:
      agree: {label: {zh: 同意, en: Agree}, to: done}
  done: {title: {zh: 办结, en: Done}, ends: done}
"""


@pytest.fixture
def town(db):
    made = make_town(HOUSES)
    values = {
        "code": "H-1",
        "owner": "王小明",
        "phone": "13812345678",
        "floors": 3,
        "area": "88.50",
    }
    records.create_record(made.desk("east"), "demo.house", values)
    services.publish_case_type(made.people["eng"], MEND)
    return made


@pytest.fixture
def sign_in(town, client_of):
    return lambda name="east": client_of(identity.get_actor(town.people[name].id))


def value(answer, name):
    """What stands in a control."""
    tag = re.search(rf'<input[^>]*name="f_{name}"[^>]*>', answer.content.decode())[0]
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


def test_a_case_starts_with_what_is_known_and_says_from_where(town, sign_in):
    page = sign_in().get(f"{START}?house=H-1")

    assert [value(page, key) for key in ("house", "owner", "floors")] == ["H-1", "王小明", "3"]
    assert page.content.decode().count("请核对，有误请更正") == 2


def test_what_is_masked_for_the_reader_is_told_masked_and_not_filled_in(town, sign_in):
    source = sign_in().get(f"{START}?house=H-1")

    assert value(source, "phone") == ""
    assert "13812345678" not in source.content.decode()
    assert "138****5678" in source.content.decode()


def test_whose_rights_do_not_reach_the_source_is_told_nothing(town, sign_in):
    for name in ("west", "grid"):
        page = sign_in(name).get(f"{START}?house=H-1").content.decode()
        assert "王小明" not in page
        assert "已知：" not in page


def test_a_look_at_personal_data_leaves_a_row_and_an_empty_form_none(town, sign_in):
    before = ReadRow.objects.count()
    sign_in().get(START)
    assert ReadRow.objects.count() == before

    sign_in().get(f"{START}?house=H-1")

    row = ReadRow.objects.order_by("-pk")[0]
    assert ReadRow.objects.count() == before + 1
    assert (row.where, row.columns, row.unmasked) == ("known", ["owner"], True)


def test_a_button_looks_it_up_without_script_and_what_was_typed_stays(town, sign_in):
    client = sign_in()
    sent = {
        "key": "one",
        "f_house": "H-1",
        "f_owner": "",
        "f_floors": "4",
        "f_phone": "",
        "do": "known",
    }

    page = client.post(START, sent)

    assert page.status_code == 200
    assert [value(page, key) for key in ("owner", "floors")] == ["王小明", "4"]
    assert "房屋底册 为 3（" in page.content.decode()
    assert not Case.objects.exists()
    assert (
        client.post(START, {**sent, "f_owner": value(page, "owner"), "do": ""}).status_code == 302
    )
    assert (
        services.describe_case(town.people["east"], Case.objects.get().pk).state.data["floors"] == 4
    )


def test_who_decides_finds_it_filled_in_and_can_look_it_up_again(town, sign_in):
    case = services.start_case(town.people["east"], "demo.mend", {"house": "H-1"})
    client, task = sign_in(), Task.objects.get().pk

    assert value(client.get(f"/cases/{case.pk}/"), "area") == "88.50"
    sent = {"task": task, "f_area": "", "opinion": "查看过", "do": "known"}
    again = client.post(f"/cases/{case.pk}/do/decide/", sent)

    assert (again.status_code, value(again, "area")) == (200, "88.50")
    assert "查看过" in again.content.decode()
    assert Task.objects.get().status == "open"


def test_a_source_that_is_not_there_means_several_or_hides_less_is_refused(town):
    wrong = {
        "field: floors": "field: flours",
        "match: {code: house}": "match: {floors: house}",
        "element: person_name, known": "known",
    }
    for old, new in wrong.items():
        with pytest.raises(InvalidInput) as refused:
            services.publish_case_type(town.people["eng"], MEND.replace(old, new))
        assert refused.value.code.startswith("workflow.type.known")
