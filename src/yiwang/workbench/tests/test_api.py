"""Organizations and accounts over HTTP, each role at each operation."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services
from yiwang.kernel.identity.types import ROLES

from .conftest import EVERY_ROLE

ADMINISTRATORS = frozenset({"sysadmin", "secadmin", "auditor"})


def fetch(client, actor, path, **query):
    _, secret = services.issue_token(actor, name="test")
    return client.get(
        f"/api/v1/workbench{path}", query, headers={"Authorization": f"Bearer {secret}"}
    )


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/organizations", frozenset(ROLES)),
        ("/organizations/D01", frozenset(ROLES)),
        ("/accounts", ADMINISTRATORS),
        ("/accounts/{id}", ADMINISTRATORS),
    ],
)
def test_each_role_at_each_operation(client, make_account, path, may):
    other = make_account(name="other")
    for role in EVERY_ROLE[1:]:
        answer = fetch(client, make_account(role), path.format(id=other.id))

        assert (role, answer.status_code) == (role, 200 if role in may else 403)


def test_nobody_is_asked_to_sign_in(client, city):
    assert client.get("/api/v1/workbench/organizations").status_code == 401


def test_pages_follow_each_other(client, make_account):
    for number in range(5):
        services.create_organization(SYSTEM, code=f"P{number}", name=f"单位{number}")
    actor, seen, after = make_account("viewer"), [], ""

    while True:
        page = fetch(client, actor, "/organizations", limit=2, after=after).json()
        seen += [one["code"] for one in page["items"]]
        after = page["next"]
        if not after:
            break

    assert seen == sorted(one.code for one in services.list_organizations())


def test_an_account_carries_no_secret(client, make_account):
    actor = make_account("auditor")

    answer = fetch(client, actor, f"/accounts/{actor.id}").json()

    assert set(answer) == {
        "id", "name", "full_name", "organization_code", "roles",
        "created_at", "locked_at", "last_signed_in_at",
    }  # fmt: skip


def test_an_unknown_code_is_a_problem_document(client, make_account):
    answer = fetch(client, make_account("viewer"), "/organizations/ZZ")

    assert answer.status_code == 404
    assert answer.json()["code"] == "identity.organization.unknown"
