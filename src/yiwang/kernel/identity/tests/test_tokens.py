"""Tokens by which programs act as an account."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import InvalidInput, NotAuthenticated, NotFound, NotPermitted
from yiwang.kernel.identity import services
from yiwang.kernel.identity.models import Token


def refused(secret: str) -> bool:
    try:
        services.authenticate_token(secret)
    except NotAuthenticated:
        return True
    return False


def test_a_token_acts_as_its_account(make_account):
    actor = make_account("steward")

    _, secret = services.issue_token(actor, name="nightly")

    assert services.authenticate_token(secret) == actor


def test_only_the_digest_is_kept(make_account):
    info, secret = services.issue_token(make_account(), name="nightly")

    row = Token.objects.get(pk=info.id)
    assert secret not in {str(value) for value in vars(row).values()}


def test_a_token_expires(make_account):
    _, secret = services.issue_token(make_account(), name="nightly", days=2)

    with use_time(now() + timedelta(days=2, seconds=1)):
        assert refused(secret)


def test_a_rotated_token_takes_the_new_secret_only(make_account):
    actor = make_account()
    info, old = services.issue_token(actor, name="nightly")

    _, new = services.rotate_token(actor, info.id)

    assert refused(old)
    assert services.authenticate_token(new).id == actor.id


def test_a_revoked_token_stops(make_account):
    actor = make_account()
    info, secret = services.issue_token(actor, name="nightly")

    services.revoke_token(actor, info.id)

    assert refused(secret)
    assert services.list_tokens(actor) == []


def test_a_locked_account_takes_its_tokens_with_it(make_account, by_role):
    actor = make_account(name="leaver")
    _, secret = services.issue_token(actor, name="nightly")

    services.lock_account(by_role["secadmin"], actor.id, reason="离职")

    assert refused(secret)


def test_anothers_token_does_not_exist_for_me(make_account):
    info, _ = services.issue_token(make_account(name="one"), name="nightly")
    other = make_account(name="other")

    with pytest.raises(NotFound):
        services.revoke_token(other, info.id)
    with pytest.raises(NotFound):
        services.rotate_token(other, info.id)


def test_only_the_node_issues_for_another(make_account, by_role):
    actor = make_account(name="one")

    with pytest.raises(NotPermitted):
        services.issue_token(by_role["secadmin"], name="x", account_id=actor.id)

    _, secret = services.issue_token(SYSTEM, name="--as one", account_id=actor.id)
    assert services.authenticate_token(secret).id == actor.id


@pytest.mark.parametrize(("name", "days"), [("", 1), ("x", -1), ("x", 366), ("y" * 101, 1)])
def test_names_and_days_are_checked(make_account, name, days):
    with pytest.raises(InvalidInput):
        services.issue_token(make_account(), name=name, days=days)
