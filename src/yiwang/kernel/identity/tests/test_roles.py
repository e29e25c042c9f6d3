"""Granting roles, and the three administrators that nobody combines."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted, YiwangError
from yiwang.kernel.identity import services
from yiwang.kernel.identity.models import RoleGrant
from yiwang.kernel.identity.types import ADMINISTRATORS, ROLES

PAIRS = [
    (first, second)
    for first in ROLES
    for second in ROLES
    if first != second and {first, second} & ADMINISTRATORS
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_an_administrators_role_stands_alone(make_account, first, second):
    actor = make_account(first)

    with pytest.raises(Conflict) as refused:
        services.grant_role(SYSTEM, actor.id, second)

    assert refused.value.code == "identity.role.administrator_alone"


def test_business_roles_stand_beside_each_other(make_account):
    actor = make_account("steward")

    services.grant_role(SYSTEM, actor.id, "viewer")

    assert services.get_actor(actor.id).roles == {"steward", "viewer"}


def test_the_database_itself_refuses_a_second_administrators_role(make_account):
    actor = make_account("auditor")

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(account_id=actor.id, role="secadmin", granted_by="system")


def test_the_database_itself_refuses_a_grant_to_oneself(make_account):
    actor = make_account()

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(account_id=actor.id, role="engineer", granted_by=actor.id)


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"secadmin"}))
def test_only_the_security_administrator_grants(by_role, make_account, role):
    other = make_account(name="other")

    with pytest.raises(NotPermitted):
        services.grant_role(by_role[role], other.id, "viewer")


def test_nobody_grants_or_revokes_for_themself(by_role):
    secadmin = by_role["secadmin"]

    with pytest.raises(NotPermitted):
        services.grant_role(secadmin, secadmin.id, "engineer")
    with pytest.raises(NotPermitted):
        services.revoke_role(secadmin, secadmin.id, "secadmin")


def test_a_revoked_role_counts_no_more_and_stays_on_record(by_role, make_account):
    actor = make_account("steward", name="zhang.san")

    services.revoke_role(by_role["secadmin"], actor.id, "steward", reason="调岗")

    assert services.get_actor(actor.id).permissions.keys() == set()
    (grant,) = services.list_grants(by_role["auditor"], actor.id)
    assert grant.revoked_by == by_role["secadmin"].id


def test_another_role_may_follow_a_revoked_administrators_role(make_account):
    actor = make_account("auditor")
    services.revoke_role(SYSTEM, actor.id, "auditor")

    services.grant_role(SYSTEM, actor.id, "viewer")

    assert services.get_actor(actor.id).roles == {"viewer"}


def test_unknown_roles_and_roles_not_held_are_named(make_account):
    actor = make_account()

    with pytest.raises(InvalidInput):
        services.grant_role(SYSTEM, actor.id, "king")
    with pytest.raises(NotFound):
        services.revoke_role(SYSTEM, actor.id, "viewer")


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "wanted",
    [sorted(ADMINISTRATORS), ["secadmin", "engineer", "steward"]],
    ids=["三员", "business"],
)
def test_grants_at_the_same_moment_never_combine_an_administrator(wanted):
    info, _ = services.create_account(SYSTEM, name="runner")
    start = threading.Barrier(len(wanted))
    refused: list[YiwangError] = []

    def grant(role: str) -> None:
        start.wait()
        try:
            services.grant_role(SYSTEM, info.id, role)
        except Conflict as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=grant, args=(role,)) for role in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    held = services.get_actor(info.id).roles
    assert len(held) + len(refused) == len(wanted)
    assert len(held) == 1 or not held & ADMINISTRATORS


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS - {"secadmin"}))
def test_the_last_administrator_of_a_kind_is_neither_revoked_nor_locked(by_role, role):
    secadmin, last = by_role["secadmin"], by_role[role]

    with pytest.raises(Conflict, match="last account"):
        services.revoke_role(secadmin, last.id, role)
    with pytest.raises(Conflict, match="last account"):
        services.lock_account(secadmin, last.id, reason="x")


def test_nobody_silences_the_last_security_administrator(by_role):
    with pytest.raises(Conflict, match="last account"):
        services.lock_account(by_role["sysadmin"], by_role["secadmin"].id, reason="x")


def test_an_administrator_who_has_a_successor_may_go(by_role, make_account):
    make_account("auditor", name="successor")

    services.revoke_role(by_role["secadmin"], by_role["auditor"].id, "auditor")

    assert services.get_actor(by_role["auditor"].id).roles == set()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_who_take_away_the_last_two_do_not_both_succeed():
    def make(name: str, role: str):
        info, _ = services.create_account(SYSTEM, name=name)
        services.grant_role(SYSTEM, info.id, role)
        return services.get_actor(info.id)

    secadmins = [make("sec.a", "secadmin"), make("sec.b", "secadmin")]
    auditors = [make("aud.a", "auditor"), make("aud.b", "auditor")]
    start, refused = threading.Barrier(2), []

    def revoke(pair) -> None:
        start.wait()
        try:
            services.revoke_role(pair[0], pair[1].id, "auditor")
        except Conflict as error:
            refused.append(error)
        finally:
            connection.close()

    pairs = zip(secadmins, auditors, strict=True)
    threads = [threading.Thread(target=revoke, args=(pair,)) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert len(services.list_account_ids(role="auditor")) == 1
