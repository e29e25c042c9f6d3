"""From accounts to actors."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.act import get_actor as get_actor_by_source
from yiwang.kernel.base.errors import NotFound, NotPermitted
from yiwang.kernel.base.permissions import PERMISSIONS
from yiwang.kernel.identity import services
from yiwang.kernel.identity.types import ADMINISTRATORS


def test_an_actor_stands_in_its_organization_and_reaches_what_is_below(make_account):
    actor = make_account("steward", "D01")

    found = get_actor_by_source(actor.id)

    assert found.organization == "D01"
    assert found.roles == {"steward"}
    assert "D01" in found.organizations
    assert "D02" not in found.organizations


def test_codes_below_hold_all_levels(city):
    services.create_organization(SYSTEM, code="C01", name="一社区", parent_code="S01")

    assert services.list_codes_below(["D01"]) == {"D01", "S01", "C01"}


def test_an_administrator_holds_no_permission_that_touches_business_data(by_role):
    for role in ADMINISTRATORS:
        for name in by_role[role].permissions:
            assert not PERMISSIONS.get(name).touches_business_data


def test_two_administrators_roles_at_once_would_allow_nothing():
    assert services.find_permissions(["sysadmin", "secadmin"]) == {}


def test_an_administrators_role_silences_a_business_role_beside_it():
    assert services.find_permissions(["sysadmin", "engineer"]) == services.find_permissions(
        ["sysadmin"]
    )


def test_an_unknown_account_has_no_actor(db):
    with pytest.raises(NotFound):
        services.get_actor("nobody")


def test_a_locked_account_has_no_actor(make_account, by_role):
    actor = make_account("", name="leaver")

    services.lock_account(by_role["sysadmin"], actor.id, reason="调离")

    with pytest.raises(NotPermitted):
        services.get_actor(actor.id)


def test_the_installer_is_one_account_and_acts_as_engineer(db):
    first, second = services.installer_actor(), services.installer_actor()

    assert first.id == second.id
    assert first.roles == {"engineer"}
    services.create_organization(first, code="X1", name="新单位")


def test_the_installer_cannot_sign_in_or_be_granted_roles(db):
    installer = services.installer_actor()

    with pytest.raises(Exception, match="not right"):
        services.sign_in(name="installer", password="!")
    with pytest.raises(Exception, match="holds no other role"):
        services.grant_role(SYSTEM, installer.id, "sysadmin")
