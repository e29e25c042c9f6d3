"""One-stop query: what the grants tell of one person or firm, and to whom not."""

from __future__ import annotations

import pytest
from django.test import Client

from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.models import ActRow, ReadRow
from yiwang.nets.share.catalog.models import Item
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.models import DeliveryOut
from yiwang.nets.share.exchange.tests.town import COLUMNS, make_town, register

pytestmark = pytest.mark.django_db
WHY = "核对救助申请材料"
FIRM = "91990103M00010000U"


NUMBERS = ("990103197201050027", "990103198503020039")


WIDE = NUMBERS[0].translate({ord(str(at)): chr(0xFF10 + at) for at in range(10)})


@pytest.fixture
def town(db):
    """The numbers of the usual town are none: their last digits are wrong."""
    town = make_town()
    rows = [("赵钱孙", f" {WIDE} ", "东湖", "在业"), ("周吴郑", NUMBERS[1], "东湖", "注销")]
    town.resource = register(town.people["bureau"], "conditional", rows=rows, name="救助台账")
    return town


@pytest.fixture
def clear(town):
    """The grant that shows numbers whole; a second person of the owner agreed to it."""
    return town.grant(columns=COLUMNS, clear=("身份证号",), row_filter="状态 = '在业'")


def ask(town, number=NUMBERS[0], purpose=WHY, name="reader"):
    return town.client(name).post("/verify/about/", {"number": number, "purpose": purpose})


def test_each_grant_tells_what_it_allows_and_no_more(town, clear):
    masked = town.grant(columns=("姓名", "身份证号"), anyway=True)

    answer = ask(town)

    told = {one["grant"].id: one for one in answer.context["sections"]}
    assert set(told) == {clear.id, masked.id}
    assert told[clear.id]["rows"] == [("赵**", f" {WIDE} ", "东湖", "在业")]
    assert told[masked.id]["code"] == "exchange.about.masked"
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_row_outside_the_grant_is_nothing_as_one_that_is_not(town, clear):
    outside, absent = (
        ask(town, number).context["sections"][0]["rows"] for number in (NUMBERS[1], "990103199001010994")
    )  # fmt: skip

    assert outside == absent == []


def test_each_look_stands_in_the_ledger_with_its_purpose_and_without_the_number(town, clear):
    ask(town)

    [delivery] = DeliveryOut.objects.all()
    [read] = ReadRow.objects.all()
    assert (delivery.method, delivery.rows) == ("about", 1)
    assert (read.purpose, read.rows) == (WHY, 1)
    [act] = ActRow.objects.filter(verb="share.grant.about")
    assert act.details["about"] == exchange.hide_number(NUMBERS[0])
    assert NUMBERS[0] not in str(list(ActRow.objects.values())) + str(
        list(ReadRow.objects.values())
    )


@pytest.mark.parametrize(
    "number", ["99010319720105002", "990103197201050022", "赵钱孙", "' or 1=1"]
)
def test_what_is_no_number_is_not_asked_and_not_repeated(town, clear, number):
    answer = client_of(town).post(
        "/api/v1/verify/about", {"number": number, "purpose": WHY}, content_type="application/json"
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "exchange.about.number")
    assert number not in answer.content.decode()
    assert ask(town, number).status_code == 422
    assert not DeliveryOut.objects.exists()


def client_of(town, name="reader"):
    secret = identity.issue_token(town.people[name], name="t")[1]
    return Client(headers={"authorization": f"Bearer {secret}"})


def test_programs_ask_the_same(town, clear):
    said = {"number": f" {WIDE} ", "purpose": WHY}

    answer = client_of(town).post("/api/v1/verify/about", said, content_type="application/json")

    assert answer.json()["element"] == "resident_id"
    [section] = answer.json()["sections"]
    assert section["rows"] == [["赵**", f" {WIDE} ", "东湖", "在业"]]
    assert section["masked"] == ["姓名"]


def test_without_a_purpose_nothing_is_asked(town, clear):
    assert ask(town, purpose="  看 ").status_code == 422
    assert not DeliveryOut.objects.exists()


def test_others_learn_nothing_and_the_end_of_a_grant_is_said(town, clear):
    assert ask(town, name="stranger").context["sections"] == []
    exchange.deny(town.people["bureau"], "D02", resource_id="", reason="违规使用数据")
    [section] = ask(town).context["sections"]
    assert "违规使用数据" in section["refused"]
    exchange.revoke_grant(town.people["owner"], clear.id, reason="不再需要此数据")

    assert ask(town).context["sections"] == []


def test_a_firm_is_found_by_its_code_in_either_case(town):
    rows = [("某公司", FIRM.lower(), "东湖", "在业")]
    town.resource = register(town.people["bureau"], "conditional", rows=rows, name="企业名录")
    items = Item.objects.filter(resource=town.resource)
    items.filter(name="身份证号").update(element="credit_code")
    items.filter(name="姓名").update(element="")
    town.grant(columns=("姓名", "身份证号"))

    [section] = ask(town, FIRM).context["sections"]

    assert section["rows"] == [("某公司", FIRM.lower())]
