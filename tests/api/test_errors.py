"""The shape of an error, at every door.

{"type": "urn:yiwang:error:<code>", "title": …, "status": …, "detail": …, "code": …}
"""

import json

import pytest
from django.test import Client
from ninja import Schema
from ninja.operation import Operation

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.ui.endpoints import api_needs
from yiwang.site.urls import api

pytest_plugins = ["tests.clients"]
pytestmark = pytest.mark.django_db

SOMEBODY = Actor(id="abc234:01", roles=frozenset({"viewer"}))


def assert_problem(response, status, code):
    body = json.loads(response.content)
    assert response.status_code == status, body
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body["code"] == code
    assert body["type"] == f"urn:yiwang:error:{code}"
    assert body["status"] == status
    assert response.headers["Cache-Control"] == "no-store"
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in response.content.decode()
    return body


def operation_named(name):
    return next(found for found in api.operations() if found.operation_id == name)


def test_an_unknown_address_is_a_problem(client):
    assert_problem(client.get("/api/v1/nowhere"), 404, "api.address.unknown")


def test_a_wrong_method_is_a_problem_that_names_the_right_one(client):
    response = client.post("/api/v1/node")

    assert_problem(response, 405, "api.method.not_allowed")
    assert response.headers["Allow"] == "GET"


def test_nobody_signed_in_is_a_problem_with_a_challenge(client):
    response = client.get("/api/v1/me")

    assert_problem(response, 401, "identity.sign_in.needed")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Basic YTpi", "api.authorization.scheme"),
        ("Bearer", "api.authorization.scheme"),
        ("Bearer made-up", "identity.token.invalid"),
    ],
)
def test_a_token_that_does_not_count_is_a_problem_even_at_a_public_door(client, header, code):
    assert_problem(client.get("/api/v1/node", headers={"Authorization": header}), 401, code)


def test_a_missing_permission_is_a_problem_and_on_record(client_of, monkeypatch):
    guard = operation_named("get_me").auth_callbacks[0]
    monkeypatch.setattr(guard, "access", api_needs("nobody.holds")(lambda: None).access)
    recorded = []
    monkeypatch.setattr(
        "yiwang.site.api.problems.record_refusal", lambda *args, **kw: recorded.append(args)
    )

    response = client_of(SOMEBODY).get("/api/v1/me")

    assert_problem(response, 403, "permission.denied")
    assert recorded[0][:2] == (SOMEBODY, "api.operation.called")


@pytest.fixture
def view(monkeypatch):
    """Let the test say what the operation `get_me` does, and by which method."""

    def replace(does, methods=("GET",)):
        operation = operation_named("get_me")
        monkeypatch.setattr(operation, "view_func", does)
        monkeypatch.setattr(operation, "methods", list(methods))

    return replace


def fail(error):
    def run(request):
        raise error

    return run


def test_an_expected_failure_is_translated_and_keeps_its_facts(client_of, view):
    view(fail(Conflict("test.thing.taken", "This field is required.", name="甲", status="x")))
    client = client_of(SOMEBODY)

    english = client.get("/api/v1/me", headers={"Accept-Language": "en"})
    chinese = client.get("/api/v1/me", headers={"Accept-Language": "zh-hans"})

    body = assert_problem(english, 409, "test.thing.taken")
    assert body["name"] == "甲"
    assert body["status"] == 409
    assert body["detail"] == "This field is required."
    assert assert_problem(chinese, 409, "test.thing.taken")["detail"] != "This field is required."


def test_an_unexpected_failure_says_nothing_of_its_inside(client_of, view, caplog):
    view(fail(RuntimeError("secret of the house")))

    response = client_of(SOMEBODY).get("/api/v1/me")

    assert_problem(response, 500, "internal.error")
    assert "secret of the house" not in response.content.decode()
    assert "failed" in caplog.text


def test_a_change_from_a_session_needs_the_form_token(client_of, view):
    view(lambda request: {"id": "", "organization": "", "roles": [], "permissions": {}}, ["POST"])
    client = Client(enforce_csrf_checks=True, **{"test.actor": SOMEBODY})
    client_of(SOMEBODY)

    assert_problem(client.post("/api/v1/me"), 403, "api.csrf.missing")


def test_what_an_operation_takes_in_its_query_is_what_the_document_says():
    documented = {
        described["operationId"]: {
            found["name"] for found in described.get("parameters", []) if found["in"] == "query"
        }
        for methods in api.get_openapi_schema()["paths"].values()
        for described in methods.values()
    }
    found = {
        operation.operation_id or api.get_openapi_operation_id(operation): guard.declared
        for operation in api.operations()
        for guard in operation.auth_callbacks
    }

    assert found == documented
    assert {"text", "limit", "after"} <= set().union(*documented.values())


@pytest.mark.parametrize(
    ("query", "strange"),
    [("limt=10", ["limt"]), ("limit=10&状态=x&Limit=1", ["状态", "Limit"]), ("=null", [""])],
)
def test_a_misspelt_parameter_is_refused_by_name_instead_of_dropped(client_of, query, strange):
    body = assert_problem(
        client_of(SOMEBODY).get(f"/api/v1/jobs/?{query}"), 422, "api.query.undeclared"
    )

    assert [error["where"] for error in body["errors"]] == [f"query/{name}" for name in strange]
    assert "limit" in body["declared"].split(", ")
    assert strange[0] in body["detail"]


def test_an_operation_without_parameters_takes_none(client):
    assert_problem(client.get("/api/v1/node?verbose"), 422, "api.query.undeclared")
    assert client.get("/api/v1/node?").status_code == 200


def test_who_may_not_call_learns_nothing_of_the_parameters(client):
    assert_problem(client.get("/api/v1/jobs/?limt=1"), 401, "identity.sign_in.needed")


class Body(Schema):
    name: str


def test_values_that_cannot_be_taken_are_each_named(client_of, monkeypatch):
    def take(request, body: Body):
        return {"id": body.name, "organization": "", "roles": [], "permissions": {}}

    made = Operation("/me", ["POST"], take)
    operation = operation_named("get_me")
    for name in ("view_func", "methods", "signature", "models"):
        monkeypatch.setattr(operation, name, getattr(made, name))
    client = client_of(SOMEBODY)

    body = assert_problem(
        client.post("/api/v1/me", data={"name": 3}, content_type="application/json"),
        422,
        "api.request.invalid",
    )
    assert body["errors"][0]["where"] == "body/body/name"
    assert_problem(
        client.post("/api/v1/me", data="{", content_type="application/json"),
        400,
        "api.request.unreadable",
    )
    assert_problem(
        client.post("/api/v1/me", data=b"\xff\xfe{", content_type="application/json"),
        400,
        "api.request.unreadable",
    )
    too_large = json.dumps({"name": "x" * (5 * 1024 * 1024)})
    assert_problem(
        client.post("/api/v1/me", data=too_large, content_type="application/json"),
        413,
        "api.request.too_large",
    )


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b'{"name": "a\\u0000b"}', 400),
        (b'{"name": "a", "\\u0000": [{"deep": "x"}]}', 400),
        (b'{"name": "a\\\\u0000b"}', 200),
    ],
    ids=["in a text", "in a name", "only looks like it"],
)
def test_a_text_that_postgresql_does_not_keep_is_refused_at_the_door(
    client_of, monkeypatch, sent, status
):
    def take(request, body: Body):
        return {"id": body.name, "organization": "", "roles": [], "permissions": {}}

    made = Operation("/me", ["POST"], take)
    operation = operation_named("get_me")
    for name in ("view_func", "methods", "signature", "models"):
        monkeypatch.setattr(operation, name, getattr(made, name))

    answer = client_of(SOMEBODY).post("/api/v1/me", data=sent, content_type="application/json")

    assert answer.status_code == status
    if status == 400:
        assert_problem(answer, 400, "api.request.unreadable")
