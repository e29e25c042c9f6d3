"""A small city: organizations, an account of every role with a token, a resource, a comparison."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.test import Client

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.types import ROLES
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.compare import services as compare
from yiwang.nets.share.compare.tests.test_engine import land
from yiwang.nets.share.exchange.tests.rows import add_grant

PASSWORD = "Rain-on-the-roof-7"
SECRET = "秘密街道名"


@dataclass
class World:
    """Who is there, and the ids that addresses can name."""

    actors: dict[str, Actor]
    names: dict[str, list[str]] = field(default_factory=dict)

    def client(self, role: str, **extra) -> Client:
        """A browser in which an account of that role is signed in; "" is nobody."""
        client = Client(raise_request_exception=False, **extra)
        if role:
            answer = client.post(
                "/sign-in/", {"name": f"one-{role}", "password": PASSWORD}, follow=False
            )
            assert answer.status_code == 302, answer.content.decode()
        return client

    def token(self, role: str) -> str:
        """A token of the account of that role."""
        return identity.issue_token(self.actors[role], name="test")[1]

    def values(self, parameter: str) -> list[str]:
        """What an address may name in a place of that name, real and made up."""
        known = [value for values in self.names.values() for value in values]
        near = self.names.get(parameter.removesuffix("_id"), known[:2])
        return [*near, "abc234:01J0000000000000000000000Z", "%27%20OR%201=1", "无"]


@pytest.fixture
def world(db):
    for code, name, parent, kind in (
        ("B01", "市数据局", "", "bureau"),
        ("D01", "市民政局", "", "department"),
        ("D02", "市统计局", "", "department"),
    ):
        identity.create_organization(SYSTEM, code=code, name=name, parent_code=parent, kind=kind)
    made = World({role: make_account(role) for role in ROLES})
    boss = made.actors["engineer"]
    left, right = (register(boss, owner) for owner in ("D01", "D02"))
    done = compare.run_comparison(
        boss, left=left.id, right=right.id, keys=["code = code"], values=["name = name"]
    )
    grant = add_grant(right, "D01")
    made.names = {
        "grant": [grant.id],
        "request": [grant.request_id],
        "resource": [left.id, right.id],
        "comparison": [done.id],
        "account": [boss.id],
        "organization": ["D01"],
        "code": ["D01", "mobile"],
        "number": ["1"],
    }
    return made


def make_account(role: str) -> Actor:
    info, _ = identity.create_account(
        SYSTEM,
        name=f"one-{role}",
        organization_code="B01" if role in ("director", "engineer") else "D01",
        password=PASSWORD,
        must_change_password=False,
    )
    identity.grant_role(SYSTEM, info.id, role)
    return identity.get_actor(info.id)


def register(actor: Actor, owner: str) -> Resource:
    version = land(["code", "name"], [("01", SECRET), ("02", "西湖")])
    resource = catalog.create_resource(actor, owner=owner, name=f"街道 {owner}")
    Resource.objects.filter(id=resource.id).update(table=pool.get_version(version).table_id)
    for place, column in enumerate(("code", "name")):
        catalog.Item.objects.create(resource=resource, name=column, position=place)
    return resource
