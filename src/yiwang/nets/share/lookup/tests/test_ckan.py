"""Tools made for CKAN read the catalogue and granted rows, and get CKAN's own refusals."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yiwang.kernel.identity import services as identity
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog.services.indexing import index_resource
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.models import DeliveryOut, Terms
from yiwang.nets.share.exchange.tests.town import NUMBERS, ROWS, register

from .conftest import land

pytestmark = pytest.mark.django_db
API = "/ckan/api/3/action/"


@pytest.fixture
def act(town, program):
    """An action by POST, as CKAN's own client sends it: the token stands bare in the header."""
    client = Client(
        headers={"authorization": identity.issue_token(town.people["reader"], name="ckan")[1]}
    )

    def act(action, _client=client, **given):
        return _client.post(API + action, given, content_type="application/json")

    act.client = client
    return act


@pytest.fixture
def grant(town):
    return town.grant(columns=("姓名", "街道", "状态"))


def result(answer):
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["success"] is True
    return answer.json()["result"]


def refusal(answer):
    body = answer.json()
    assert body["success"] is False
    return answer.status_code, body["error"]["__type"], body["error"]["code"]


def test_rows_under_their_own_names_page_by_page(act, grant):
    first = result(act("datastore_search", resource_id=grant.request.number, limit=2))

    assert [one["id"] for one in first["fields"]] == ["_id", "姓名", "街道", "状态"]
    assert first["records"][0] == {"_id": 1, "姓名": "赵**", "街道": "东湖", "状态": "在业"}
    assert (first["total"], first["limit"], first["offset"]) == (3, 2, 0)
    following = act.client.get(first["_links"]["next"])
    assert [one["_id"] for one in result(following)["records"]] == [3]
    assert not any(number in following.content.decode() for number in NUMBERS)
    assert [one.method for one in DeliveryOut.objects.all()] == ["ckan", "ckan"]


def test_pages_follow_each_other_by_the_number_of_a_row(act, grant, monkeypatch):
    asked = []
    usual = pool.list_rows
    monkeypatch.setattr(
        pool, "list_rows",
        lambda *a, **k: asked.append((k["after"], k["offset"])) or usual(*a, **k),
    )  # fmt: skip

    for offset in (0, 1, 2):
        found = result(act("datastore_search", resource_id=grant.id, limit=1, offset=offset))
        assert [one["_id"] for one in found["records"]] == [offset + 1]
    other = {"街道": ["东湖", "西湖"]}
    result(act("datastore_search", resource_id=grant.id, limit=1, offset=2, filters=other))

    assert asked == [(0, 0), (1, 0), (2, 0), (0, 2)]


def test_data_that_was_renewed_between_two_pages_is_no_whole(act, grant, town):
    result(act("datastore_search", resource_id=grant.id, limit=1))
    land(town, ROWS[:2])

    answer = act("datastore_search", resource_id=grant.id, limit=1, offset=1)

    assert refusal(answer) == (409, "Validation Error", "exchange.grant.renewed")


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        ({"filters": {"街道": "东湖"}}, [1, 2]),
        ({"filters": {"街道": ["西湖", "南湖"]}}, [3]),
        ({"filters": {"街道": "东湖", "状态": "在业"}}, [1]),
        ({"filters": {"街道": None}}, []),
        ({"filters": {"街道": [None, "西湖"]}}, [3]),
        ({"filters": {"街道": 5}}, []),
        ({"filters": {}}, [1, 2, 3]),
        ({"sort": "_id asc", "offset": 1}, [2, 3]),
        ({"limit": 0}, []),
    ],
)
def test_rows_are_chosen_by_filters(act, grant, given, rows):
    found = result(act("datastore_search", resource_id=grant.id, **given))
    assert [one["_id"] for one in found["records"]] == rows
    if "limit" not in given:
        assert found["total"] == len(rows) + given.get("offset", 0)


def test_an_address_asks_the_same(act, grant):
    said = {
        "resource_id": grant.id, "filters": json.dumps({"状态": "注销"}), "fields": "街道,_id",
        "include_total": "false",
    }  # fmt: skip
    found = result(act.client.get("/ckan/api/action/datastore_search", said))

    assert found["records"] == [{"_id": 2, "街道": "东湖"}]
    assert "total" not in found


@pytest.mark.parametrize(
    ("given", "status", "kind", "code"),
    [
        (
            {"filters": {"姓名": "赵钱孙"}},
            403,
            "Authorization Error",
            "exchange.grant.masked_filter",
        ),
        ({"filters": {"身份证号": "1"}}, 409, "Validation Error", "query.field.unknown"),
        ({"filters": {"无": "1"}}, 409, "Validation Error", "query.field.unknown"),
        ({"filters": {"街道": {"a": 1}}}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"filters": [1]}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"filters": "{"}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"filters": {"街道": "长" * 2000}}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"fields": ["身份证号"]}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"q": "东"}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"sort": "街道"}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"sort": "姓名 desc"}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"distinct": True}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"limit": -1}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"offset": 100_001}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"filter": {"街道": "东湖"}}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"records_format": "csv"}, 409, "Validation Error", "lookup.parameter.invalid"),
        ({"resource_id": "GX-2020-000009"}, 404, "Not Found Error", "exchange.grant.missing"),
        ({"resource_id": ""}, 409, "Validation Error", "lookup.parameter.invalid"),
    ],
)
def test_refusals_are_those_of_ckan(act, grant, given, status, kind, code):
    answer = act("datastore_search", **{"resource_id": grant.id} | given)
    assert refusal(answer) == (status, kind, code)
    assert not any(number in answer.content.decode() for number in NUMBERS)


def test_a_refusal_is_said_in_the_language_of_the_reader(act, grant):
    given = {"resource_id": grant.id, "q": "x"}
    told = act.client.get(API + "datastore_search", given).json()["error"]
    assert told["q"] == ["q：此处不支持全文检索，请用 filters 选取"]
    english = act.client.get(API + "datastore_search", given, headers={"accept-language": "en"})
    assert english.json()["error"]["message"].startswith("q: Texts are not searched here")


def test_who_calls_is_asked_each_time(act, grant, town, program):
    given = {"resource_id": grant.id}
    stranger = program("stranger").get(API + "datastore_search", given)
    assert refusal(stranger) == (404, "Not Found Error", "exchange.grant.missing")
    assert refusal(Client().get(API + "datastore_search", given))[:2] == (
        403,
        "Authorization Error",
    )
    assert refusal(town.client("reader").get(API + "package_list"))[0] == 403
    Terms.objects.update(rate=1)
    result(act("datastore_search", **given))
    late = act("datastore_search", **given)
    assert refusal(late)[2] == "exchange.grant.rate"
    assert 0 < int(late.headers["Retry-After"]) <= 61
    exchange.revoke_grant(town.people["owner"], grant.id, reason="用途已变")
    assert refusal(act("datastore_search", **given))[2] == "exchange.grant.revoked"


@pytest.mark.parametrize("body", ["[1]", "{", "[" * 9000, '{"id": "\\u0000"}', "x" * 100_001])
def test_what_cannot_be_read_is_refused(act, body):
    answer = act.client.post(API + "package_show", body, content_type="application/json")
    assert refusal(answer) == (400, "Bad Request", "lookup.body.invalid")
    assert refusal(act("package_delete"))[2] == "lookup.action.unknown"
    assert refusal(act.client.put(API + "package_show"))[2] == "lookup.method"
    form = act.client.post(API + "package_show", {"id": "x"})
    assert refusal(form)[2] == "lookup.body.invalid"


def test_the_catalogue_shows_what_is_published_with_the_own_grants(act, grant, town, program):
    index_resource(town.resource)
    code = town.resource.code.replace("/", "-")
    assert result(act("package_list")) == [code]
    package = result(act("package_show", id=code))
    assert (package["title"], package["organization"]["title"]) == ("困难人员台账", "民政局")
    assert [one["id"] for one in package["resources"]] == [grant.id]
    assert result(act("package_search", q="困难"))["results"] == [package]
    assert result(act("package_search", q="没有这样的"))["count"] == 0
    assert result(act("package_search", fq="organization:D01"))["count"] == 1
    assert result(act("package_search", fq="organization:D02"))["count"] == 0
    assert result(act("package_search", q="困难", fq="organization:D02"))["count"] == 0
    assert result(act("organization_list")) == ["D01"]
    shown = result(act("organization_show", id="D01", include_datasets=True))
    assert (shown["package_count"], [one["id"] for one in shown["packages"]]) == (
        1, [town.resource.id],
    )  # fmt: skip
    others = program("stranger").get(API + "package_show", {"id": town.resource.id})
    assert result(others)["resources"] == []
    assert refusal(act("package_show", id="无"))[:2] == (404, "Not Found Error")
    assert refusal(act("organization_show", id="D03"))[:2] == (404, "Not Found Error")
    assert refusal(act("package_search", fq="title:x"))[1] == "Validation Error"


def test_drafts_are_seen_by_nobody_here(act, town, program):
    type(town.resource).objects.update(publish_date=None)
    for client in (act.client, program("owner"), program("bureau")):
        assert result(client.get(API + "package_list")) == []
        assert client.get(API + "package_show", {"id": town.resource.id}).status_code == 404


def test_anybody_may_ask_whether_something_is_here():
    found = result(Client().get(API + "status_show"))
    assert found["extensions"] == ["datastore"]


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("package_search", {"rows": 100}), ("package_search", {"q": "台账", "rows": 100}),
        ("package_list", {}), ("organization_list", {"all_fields": True}),
        ("organization_show", {"id": "D01", "include_datasets": True}),
    ],
)  # fmt: skip
def test_the_catalogue_takes_as_many_queries_for_many_entries(town, act, action, said):
    def count():
        with CaptureQueriesContext(connection) as asked:
            found = result(act(action, **said))
        return len(asked), json.dumps(found, ensure_ascii=False).count("台账")

    def add(at):
        index_resource(register(town.people["bureau"], "conditional", name=f"台账{at}"))

    add(1)
    count()
    few, seen = count()
    for at in range(2, 8):
        add(at)
    many, more = count()

    assert many == few
    assert more > seen or action in ("package_list", "organization_list")
