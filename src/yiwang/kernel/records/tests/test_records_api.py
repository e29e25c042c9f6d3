"""Records for programs: the same rights, the same refusals, over HTTP. 接口测试。"""

from __future__ import annotations

import json
from datetime import date

import jsonschema_rs
import pytest
import schemathesis

from yiwang.kernel.identity import services as identity

from .shops import full_shop, make_town

pytest_plugins = ["tests.clients"]
BASE = "/api/v1/records/demo.shop/"


@pytest.fixture
def town(db):
    return make_town()


@pytest.fixture
def calls(town, client_of):
    """Somebody's calls, each giving status, JSON and headers."""

    def of(name):
        client = client_of(identity.get_actor(town.people[name].id))

        def call(method, path="", body=None, **headers):
            address = path if path.startswith("/") else BASE + path
            named = {one.replace("_", "-"): text for one, text in headers.items()}
            told = "" if body is None else json.dumps(body, default=str)
            answer = client.generic(
                method, address, told, content_type="application/json", headers=named
            )
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            is_json = (
                answer.headers.get("Content-Type", "")
                .partition(";")[0]
                .endswith(("/json", "+json"))
            )
            return (
                answer.status_code,
                json.loads(content) if content and is_json else content,
                answer.headers,
            )

        return call

    return of


def names_in(body):
    return [one["name"] for one in body["records"]]


def test_the_entities_that_one_may_see_are_listed_with_what_one_may_do(calls):
    _, engineer, _ = calls("eng")("GET", "/api/v1/records/")
    _, viewer, _ = calls("grid")("GET", "/api/v1/records/")

    assert {one["code"] for one in engineer} >= {"demo.shop", "demo.community"}
    assert [one["code"] for one in viewer] == ["demo.shop"]
    assert viewer[0]["verbs"] == ["see"]
    assert "rent" not in viewer[0]["fields"]


def test_a_record_is_created_once_read_changed_and_removed(calls):
    call = calls("eng")

    status, made, headers = call(
        "POST", body={"name": "面馆", "kind": "food", "_organization": "S01"}, Idempotency_Key="k1"
    )
    again = call("POST", body={"name": "面馆", "kind": "food"}, Idempotency_Key="k1")
    changed = call("PATCH", f"{made['_id']}/", {"name": "面庄"}, If_Match=headers["ETag"])
    gone = call("DELETE", f"{made['_id']}/?reason=x", If_Match='"2"')

    assert (status, made["_rev"], headers["ETag"], made["_organization"]) == (201, 1, '"1"', "S01")
    assert headers["Location"].endswith(f"{made['_id'].replace(':', '%3A')}/")
    assert again[1]["_id"] == made["_id"]
    assert (changed[0], changed[1]["name"], changed[2]["ETag"]) == (200, "面庄", '"2"')
    assert gone[0] == 204
    assert call("GET", f"{made['_id']}/")[0] == 404
    assert call("POST", f"{made['_id']}/restore", {"reason": "by mistake"})[1]["name"] == "面庄"
    verbs = [one["verb"] for one in call("GET", f"{made['_id']}/history")[1]]
    assert verbs == ["restore", "remove", "edit", "create"]


def test_a_change_names_the_revision_it_saw(calls, town):
    call = calls("east")
    made = town.shop("east")

    assert call("PATCH", f"{made.id}/", {"name": "乙"})[0] == 422
    assert call("PATCH", f"{made.id}/", {"name": "乙"}, If_Match="*")[1]["code"] == (
        "records.match.wrong"
    )
    call("PATCH", f"{made.id}/", {"name": "乙"}, If_Match='"1"')
    status, told, _ = call("PATCH", f"{made.id}/", {"name": "丙"}, If_Match='"1"')

    assert (status, told["code"]) == (412, "records.record.changed")


def test_lists_are_narrowed_ordered_and_turned_page_by_page(calls, town):
    for at in range(5):
        kind = "food" if at else "shop"
        town.shop("east", name=f"店{at}", kind=kind, opened=date(2026, 1, 1 + at))
    call = calls("east")

    found, after = [], ""
    while True:
        body = call("GET", f"?kind=food&order=-opened&limit=2&after={after}")[1]
        found += names_in(body)
        after = body["after"]
        if not after:
            break

    assert found == ["店4", "店3", "店2", "店1"]
    assert names_in(call("GET", "?filter=kind%20%3D%20'shop'")[1]) == ["店0"]
    assert names_in(call("GET", "?opened__gte=2026-01-03&opened__lt=2026-01-05")[1]) == [
        "店3",
        "店2",
    ]
    assert call("GET", "count?kind=food")[1] == {"count": 4, "is_more": False}
    groups = call("GET", "group?by=kind")[1]["groups"]
    assert {one["value"]: one["count"] for one in groups if one["count"]} == {"food": 4, "shop": 1}


def test_a_place_in_a_list_belongs_to_one_reader_and_one_list(calls, town):
    for at in range(3):
        town.shop("east", name=f"店{at}")
    after = calls("east")("GET", "?limit=1")[1]["after"]

    assert calls("east")("GET", f"?limit=1&after={after}")[0] == 200
    for who, query in (("eng", ""), ("east", "&kind=food"), ("east", "&order=opened")):
        status, told, _ = calls(who)("GET", f"?limit=1&after={after}{query}")
        assert (status, told["code"]) == (422, "records.cursor.invalid")
    assert calls("east")("GET", f"?after=x{after}")[0] == 422


def test_a_place_from_before_a_publishing_is_refused(calls, town):
    from yiwang.kernel.records import services

    from .shops import SHOPS

    for at in range(3):
        town.shop("east", name=f"店{at}")
    after = calls("east")("GET", "?limit=1")[1]["after"]
    files = {**SHOPS, "app.yaml": SHOPS["app.yaml"].replace("1.0", "9.0")}
    services.publish_bundle(town.people["eng"], files)

    assert calls("east")("GET", f"?limit=1&after={after}")[1]["code"] == "records.cursor.old"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("kindd=food", "query.field.unknown"),
        ("kind__near=food", "query.field.unknown"),
        ("limit=501", "records.limit.wrong"),
        ("limit=x", "records.limit.wrong"),
        ("order=name,kind", "records.order.several"),
        ("order=nosuch", "records.list.closed"),
        ("filter=kind%20%3D", "query.text.unexpected"),
    ],
)
def test_what_a_list_does_not_know_is_refused_with_what_is_near(calls, query, code):
    status, told, _ = calls("east")("GET", f"?{query}")

    assert (status, told["code"]) == (422, code)
    if query.startswith("kindd"):
        assert "kind" in told["detail"].split("→")[1]


def test_what_is_hidden_is_as_unknown_as_what_never_was(calls, town):
    call = calls("grid")
    hidden, never = (call("GET", f"?{name}=1")[1] for name in ("rent", "lent"))

    assert hidden["code"] == never["code"] == "query.field.unknown"
    assert "rent" not in json.dumps(call("GET", "schema")[1])
    assert "rent" not in json.dumps(call("GET", "openapi.json")[1])


def test_masked_values_are_marked_and_open_to_no_question(calls, town):
    made = town.shop("east", phone="13812345678")
    call = calls("east")

    shown = call("GET", f"{made.id}/")[1]

    assert shown["phone"] == "138****5678"
    assert "phone" in shown["_masked"]
    assert call("GET", "?phone=13812345678")[0] == 422
    assert call("GET", "?order=phone")[0] == 422


def test_a_value_is_revealed_for_a_purpose_to_who_may(calls, town):
    made = town.shop("east", phone="13812345678")
    body = {"field": "phone", "purpose": "call back"}

    assert calls("eng")("POST", f"{made.id}/reveal", body)[1] == {
        "field": "phone", "value": "13812345678",
    }  # fmt: skip
    assert calls("east")("POST", f"{made.id}/reveal", body)[0] == 403


def test_everything_wrong_with_a_record_is_told_at_once(calls):
    status, told, _ = calls("east")("POST", body={"name": "甲", "nosuch": 1, "other": 2})

    assert (status, told["code"]) == (422, "records.values.invalid")
    assert {one["path"] for one in told["errors"]} == {"nosuch", "other"}
    assert all(one["code"] and one["detail"] for one in told["errors"])


def test_an_export_is_a_record_a_line_and_needs_the_verb_and_a_purpose(calls, town):
    for at in range(3):
        town.shop("east", name=f"店{at}", kind="food" if at else "shop")

    status, lines, headers = calls("east")("GET", "export?purpose=to%20check&kind=food")

    assert status == 200
    assert headers["Content-Type"] == "application/x-ndjson"
    assert sorted(json.loads(line)["name"] for line in lines.splitlines()) == ["店1", "店2"]
    assert calls("east")("GET", "export")[0] == 422
    assert calls("grid")("GET", "export?purpose=to%20check")[0] == 403


def test_a_batch_is_added_whole_or_not_at_all(calls, town):
    call = calls("eng")
    good = [{"name": f"店{at}", "kind": "food"} for at in range(3)]

    assert call("POST", "batch", {"rows": good, "reason": "moved"})[1] == {"added": 3}
    status, told, _ = call("POST", "batch", {"rows": [*good, {"nosuch": 1}], "reason": "moved"})

    assert (status, [one["path"] for one in told["errors"]]) == (422, ["4.nosuch"])
    assert call("GET", "count")[1]["count"] == 3
    too_many = {"rows": [{"name": "甲"}] * 1001, "reason": "moved"}
    assert call("POST", "batch", too_many)[0] == 422


def test_a_key_that_is_taken_says_only_that(calls, town):
    town.shop("west", credit_code="91110108MA01ABCD71")

    status, told, _ = calls("east")(
        "POST", body={"name": "甲", "kind": "food", "credit_code": "91110108MA01ABCD71"}
    )

    assert status == 409
    assert "91110108MA01ABCD71" not in json.dumps(told)


def test_the_document_of_an_entity_is_valid_and_lists_what_the_asker_may_do(calls):
    status, engineer, _ = calls("eng")("GET", "openapi.json")
    _, viewer, _ = calls("grid")("GET", "openapi.json")

    for document in (engineer, viewer):
        schemathesis.openapi.from_dict(document).validate()
        for schema in document["components"]["schemas"].values():
            jsonschema_rs.meta.validate(schema)
    assert status == 200
    assert set(engineer["paths"][BASE]) == {"get", "post"}
    assert set(viewer["paths"][BASE]) == {"get"}
    listed = {one["name"] for one in viewer["paths"][BASE]["get"]["parameters"]}
    assert {"kind", "kind__in", "order", "limit"} <= listed
    assert not {name for name in listed if name.startswith(("phone", "rent"))}


def test_the_document_describes_the_records_that_come(calls, town):
    town.shop("eng", **full_shop())
    town.shop("eng", name="空")
    for who in ("eng", "mayor", "east", "grid"):
        document = calls(who)("GET", "openapi.json")[1]
        schema = document["components"]["schemas"]["Record"]
        reader = jsonschema_rs.validator_for(schema)

        for record in calls(who)("GET", "")[1]["records"]:
            reader.validate(record)
        for example in schema["examples"]:
            reader.validate(example)


def test_what_one_may_send_is_a_schema_that_the_operations_keep(calls):
    schema = calls("east")("GET", "schema")[1]

    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_who_may_not_use_records_or_is_nobody_gets_none(town, client):
    assert client.get("/api/v1/records/").status_code == 401
    assert client.get(BASE).status_code == 401
