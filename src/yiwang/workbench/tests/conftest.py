"""A small city, a signed-in browser for each role. 各角色浏览器。"""

from __future__ import annotations

import pytest
from django.test import Client

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.identity import services
from yiwang.kernel.identity.types import ROLES

PASSWORD = "Rain-on-the-roof-7"


@pytest.fixture
def city(db) -> None:
    for code, name, parent in (
        ("D01", "市民政局", ""),
        ("D02", "市统计局", ""),
        ("S01", "东关街道", "D01"),
    ):
        services.create_organization(SYSTEM, code=code, name=name, parent_code=parent)


@pytest.fixture
def make_account(city):
    def make(role: str = "", name: str = "") -> Actor:
        info, _ = services.create_account(
            SYSTEM,
            name=name or f"one-{role or 'none'}",
            full_name="某人",
            organization_code="D01",
            password=PASSWORD,
            must_change_password=False,
        )
        if role:
            services.grant_role(SYSTEM, info.id, role)
        return services.get_actor(info.id)

    return make


@pytest.fixture
def browse(make_account):
    """A browser in which somebody of that role is signed in ('' holds none, None is nobody)."""
    made: dict[str | None, Client] = {}

    def open_browser(role: str | None) -> Client:
        if role not in made:
            client = made[role] = Client()
            if role is not None:
                make_account(role)
                name = f"one-{role or 'none'}"
                client.post("/sign-in/", {"name": name, "password": PASSWORD})
        return made[role]

    return open_browser


EVERY_ROLE = [None, "", *ROLES]
