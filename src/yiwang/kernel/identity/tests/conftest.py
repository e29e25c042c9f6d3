"""Accounts of every role, made through the services. 各角色账号。"""

from __future__ import annotations

import pytest

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.identity import services
from yiwang.kernel.identity.types import ROLES

PASSWORD = "Rain-on-the-roof-7"


@pytest.fixture
def city(db):
    """A bureau, two departments, and a street below one of them."""
    for code, name, parent, kind in (
        ("B01", "市数据局", "", "bureau"),
        ("D01", "市民政局", "", "department"),
        ("D02", "市统计局", "", "department"),
        ("S01", "东关街道", "D01", "street"),
    ):
        services.create_organization(SYSTEM, code=code, name=name, parent_code=parent, kind=kind)
    return services


@pytest.fixture
def make_account(city):
    """An account with a role, its password set by itself."""

    def make(role: str = "", organization: str = "D01", name: str = "") -> Actor:
        info, _ = services.create_account(
            SYSTEM,
            name=name or f"one-{role or 'none'}",
            organization_code=organization,
            password=PASSWORD,
            must_change_password=False,
        )
        if role:
            services.grant_role(SYSTEM, info.id, role)
        return services.get_actor(info.id)

    return make


@pytest.fixture
def by_role(make_account):
    """One actor for each role."""
    return {role: make_account(role) for role in ROLES}
