"""Programs read granted rows over OData, page by page, and are refused as everybody is."""

from __future__ import annotations

import base64
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from yiwang.kernel.identity import services as identity
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.models import DeliveryOut, Terms
from yiwang.nets.share.exchange.tests.town import NUMBERS

from .conftest import land

pytestmark = pytest.mark.django_db
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


@pytest.fixture
def ask(town, program):
    grant = town.grant(columns=("姓名", "街道", "状态"))
    root = f"/odata/{grant.request.number}/"
    client = program("reader")

    def ask(path="rows", **said):
        answer = client.get(root + path, {f"${name}": text for name, text in said.items()})
        assert answer.headers["OData-Version"] == "4.0"
        return answer

    ask.grant, ask.root, ask.client = grant, root, client
    return ask


def values(answer, name="jie_dao"):
    assert answer.status_code == 200, answer.content.decode()
    return [row[name] for row in answer.json()["value"]]


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_the_service_names_one_set_and_its_columns(ask):
    service = ask("").json()
    assert service["value"] == [
        {"name": "rows", "kind": "EntitySet", "url": "rows", "title": "困难人员台账"}
    ]
    metadata = ask("$metadata")

    assert metadata.headers["Content-Type"] == "application/xml"
    columns = {
        one.get("Name"): one.find(f"{EDM}Annotation")
        for one in ET.fromstring(metadata.content).iter(f"{EDM}Property")
    }
    labels = {name: one.get("String") for name, one in columns.items() if one is not None}
    assert [one.text for one in ET.fromstring(metadata.content).iter(f"{EDM}PropertyPath")] == [
        "_row", "person_name", "person_name", "jie_dao", "zhuang_tai",
    ]  # fmt: skip
    assert labels == {"person_name": "姓名", "jie_dao": "街道", "zhuang_tai": "状态"}
    assert not DeliveryOut.objects.filter(grant=ask.grant).exists()


def test_rows_come_masked_page_by_page(ask):
    first = ask(top="2")
    assert values(first) == ["东湖", "东湖"]
    assert first.json()["value"][0] == {
        "_row": 1, "person_name": "赵**", "jie_dao": "东湖", "zhuang_tai": "在业",
    }  # fmt: skip
    assert "@odata.nextLink" not in first.json()

    small = ask.client.get(ask.root + "rows?$count=true", headers={"Prefer": "odata.maxpagesize=2"})
    assert small.json()["@odata.count"] == 3
    assert small.headers["Preference-Applied"] == "odata.maxpagesize=2"
    last = ask.client.get(small.json()["@odata.nextLink"])
    assert [row["_row"] for row in last.json()["value"]] == [3]
    assert "@odata.nextLink" not in last.json()
    assert [one.rows for one in DeliveryOut.objects.order_by("created_at")] == [2, 2, 1]
    assert not any(number in last.content.decode() for number in NUMBERS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("jie_dao eq '东湖'", ["东湖", "东湖"]),
        ("'西湖' eq jie_dao", ["西湖"]),
        ("jie_dao ne '东湖'", ["西湖"]),
        ("not startswith(jie_dao,'东')", ["西湖"]),
        ("contains(jie_dao,'湖') and zhuang_tai eq '在业'", ["东湖", "西湖"]),
        ("jie_dao in ('西湖','南湖') or zhuang_tai eq '注销'", ["东湖", "西湖"]),
        ("not (jie_dao eq '东湖' and zhuang_tai eq '在业')", ["东湖", "西湖"]),
        ("substring(jie_dao,1,1) eq '湖' and length(jie_dao) gt 1", ["东湖", "东湖", "西湖"]),
        ("jie_dao eq null", []),
        ("null ne jie_dao", ["东湖", "东湖", "西湖"]),
        ("contains(jie_dao,'东') eq false", ["西湖"]),
        ("jie_dao eq zhuang_tai", []),
        ("jie_dao eq 'O''Neil'", []),
    ],
)
def test_rows_are_chosen_by_a_filter(ask, text, found):
    assert values(ask(filter=text)) == found
    assert ask("rows/$count", filter=text).content.decode() == str(len(found))


def test_rows_that_were_added_meanwhile_come_behind(ask, town):
    first = ask.client.get(ask.root + "rows", headers={"Prefer": "odata.maxpagesize=2"})
    land(town, [("新", NUMBERS[0], "南湖", "在业")], kind="append")
    assert values(ask.client.get(first.json()["@odata.nextLink"])) == ["西湖", "南湖"]
    land(town, [("新", NUMBERS[0], "北湖", "在业")])
    again = ask.client.get(first.json()["@odata.nextLink"])
    assert code(again) == (409, "exchange.grant.renewed")
    assert values(ask()) == ["北湖"]


def test_columns_are_chosen(ask):
    row = ask(select="jie_dao,_row", top="1").json()
    assert row["value"] == [{"_row": 1, "jie_dao": "东湖"}]
    assert row["@odata.context"].endswith("$metadata#rows(jie_dao,_row)")
    assert ask(select="_row").json()["value"] == [{"_row": 1}, {"_row": 2}, {"_row": 3}]
    assert values(ask(orderby="_row asc", skip="2")) == ["西湖"]


@pytest.mark.parametrize(
    ("said", "status", "why"),
    [
        ({"filter": "person_name eq '赵钱孙'"}, 403, "exchange.grant.masked_filter"),
        ({"filter": "not contains(person_name,'赵')"}, 403, "exchange.grant.masked_filter"),
        ({"filter": "resident_id eq '1'"}, 400, "query.field.unknown"),
        ({"filter": "身份证号 eq '1'"}, 400, "lookup.filter.unexpected"),
        ({"filter": "jie_dao eq 5"}, 400, "query.type.mismatch"),
        ({"filter": "jie_dao eq"}, 400, "lookup.filter.unexpected"),
        ({"filter": "not jie_dao eq 'a'"}, 400, "lookup.filter.unexpected"),
        ({"filter": "(" * 11 + "jie_dao eq 'a'" + ")" * 11}, 400, "lookup.filter.too_deep"),
        ({"filter": "not " * 40 + "(jie_dao eq 'a')"}, 400, "lookup.filter.too_deep"),
        ({"filter": "jie_dao eq '" + "a" * 2000 + "'"}, 400, "lookup.filter.too_long"),
        ({"filter": "tolower(jie_dao) eq 'a'"}, 501, "lookup.filter.unsupported"),
        ({"filter": "_row gt 1"}, 501, "lookup.filter.row"),
        ({"orderby": "jie_dao"}, 501, "lookup.order.unsupported"),
        ({"orderby": "person_name desc"}, 501, "lookup.order.unsupported"),
        ({"select": "resident_id"}, 400, "lookup.select.unknown"),
        ({"expand": "x"}, 501, "lookup.option.unsupported"),
        ({"filters": "x"}, 400, "lookup.option.unknown"),
        ({"top": "-1"}, 400, "lookup.number.invalid"),
        ({"skip": "100001"}, 400, "lookup.skip.too_far"),
        ({"skiptoken": "x"}, 400, "lookup.token.invalid"),
        ({"skiptoken": "7-1"}, 409, "exchange.grant.renewed"),
        ({"count": "maybe"}, 400, "lookup.flag.invalid"),
    ],
)
def test_what_is_not_to_be_had_is_said_in_the_words_of_odata(ask, said, status, why):
    assert code(ask(**said)) == (status, why)
    assert code(ask(count="true", **said) if "count" not in said else ask(**said))[0] == status


def test_a_masked_column_is_refused_in_a_count_too(ask):
    assert code(ask("rows/$count", filter="person_name gt '周'")) == (
        403, "exchange.grant.masked_filter",
    )  # fmt: skip


def test_who_calls_is_asked_each_time(ask, town, program):
    rows = ask.root + "rows"
    nobody = Client().get(rows)
    assert code(nobody) == (401, "identity.sign_in.needed")
    assert nobody.headers["WWW-Authenticate"].startswith("Basic ")
    assert Client(headers={"authorization": "Bearer no"}).get(rows).status_code == 401
    assert Client(headers={"authorization": "Digest x"}).get(rows).status_code == 401
    assert town.client("reader").get(rows).status_code == 401  # a session is no token
    assert code(program("stranger").get(rows)) == (404, "exchange.grant.missing")
    assert code(program("owner").get(rows)) == (404, "exchange.grant.missing")
    assert code(ask.client.post(rows)) == (405, "lookup.method")

    secret = identity.issue_token(town.people["reader"], name="Excel")[1]
    basic = base64.b64encode(f"who:{secret}".encode()).decode()
    assert Client(headers={"authorization": f"Basic {basic}"}).get(rows).status_code == 200


def test_rate_quota_and_revocation_hold_for_the_next_page(ask, town):
    Terms.objects.update(rate=1)
    assert ask().status_code == 200
    late = ask()
    assert code(late) == (429, "exchange.grant.rate")
    assert 0 < int(late.headers["Retry-After"]) <= 61
    Terms.objects.update(rate=100, quota=3)
    assert code(ask()) == (429, "exchange.grant.quota")

    exchange.revoke_grant(town.people["owner"], ask.grant.id, reason="用途已变")
    assert code(ask("$metadata")) == (403, "exchange.grant.revoked")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/json;odata.metadata=minimal;q=1.0, application/xml;q=0.5", 200),
        ("application/atom+xml", 406),
        ("application/json;odata.metadata=full", 406),
    ],
)
def test_the_form_is_agreed_on(ask, accept, status):
    assert ask.client.get(ask.root + "rows", headers={"Accept": accept}).status_code == status


def test_large_numbers_as_texts_and_no_metadata(ask):
    answer = ask.client.get(
        ask.root + "rows",
        headers={"Accept": "application/json;odata.metadata=none;IEEE754Compatible=true"},
    )
    assert answer.json()["value"][0]["_row"] == "1"
    assert "@odata.context" not in answer.json()
    assert "IEEE754Compatible=true" in answer.headers["Content-Type"]
