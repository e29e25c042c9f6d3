"""Signing in and out, lock-out, sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import get_hasher

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import InvalidInput, NotAuthenticated, NotFound, TooMany
from yiwang.kernel.identity import services

from .conftest import PASSWORD


def try_wrong(name: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(NotAuthenticated):
            services.sign_in(name=name, password="wrong")


def test_name_and_password_open_a_session(make_account):
    actor = make_account("steward", name="zhang.san")

    found = services.sign_in(name=" Zhang.San ", password=PASSWORD)

    resumed, _ = services.resume(found.session_id)
    assert resumed.id == actor.id


def test_five_failures_lock_the_name_for_the_right_password_too(make_account):
    make_account(name="zhang.san")

    try_wrong("zhang.san", 5)

    with pytest.raises(TooMany):
        services.sign_in(name="zhang.san", password=PASSWORD)


def test_an_unknown_name_is_locked_just_as_a_known_one(db):
    try_wrong("nobody", 5)

    with pytest.raises(TooMany):
        services.sign_in(name="nobody", password="wrong")


def test_the_lock_runs_out(make_account):
    make_account(name="zhang.san")
    try_wrong("zhang.san", 5)

    with use_time(now() + timedelta(minutes=16)):
        services.sign_in(name="zhang.san", password=PASSWORD)


def test_failures_older_than_the_window_do_not_count(make_account):
    make_account(name="zhang.san")
    try_wrong("zhang.san", 4)

    with use_time(now() + timedelta(minutes=6)):
        try_wrong("zhang.san", 4)
        services.sign_in(name="zhang.san", password=PASSWORD)


def test_a_security_administrator_opens_the_lock(make_account, by_role):
    actor = make_account(name="zhang.san")
    try_wrong("zhang.san", 5)

    services.unlock_account(by_role["secadmin"], actor.id)

    services.sign_in(name="zhang.san", password=PASSWORD)


def test_a_session_ends_by_idleness(make_account):
    make_account(name="zhang.san")
    found = services.sign_in(name="zhang.san", password=PASSWORD)

    with use_time(now() + timedelta(minutes=21)), pytest.raises(NotAuthenticated):
        services.resume(found.session_id)


def test_a_session_in_use_still_ends_after_its_hours(make_account):
    make_account(name="zhang.san")
    found = services.sign_in(name="zhang.san", password=PASSWORD)
    start = now()

    for minutes in range(0, 12 * 60, 15):
        with use_time(start + timedelta(minutes=minutes)):
            services.resume(found.session_id)

    with use_time(start + timedelta(hours=12, minutes=1)), pytest.raises(NotAuthenticated):
        services.resume(found.session_id)


def test_only_ones_own_session_can_be_ended(make_account):
    make_account(name="zhang.san")
    other = make_account(name="li.si")
    found = services.sign_in(name="zhang.san", password=PASSWORD)

    with pytest.raises(NotFound):
        services.end_session(other, found.session_id)

    services.resume(found.session_id)


def test_an_account_with_a_given_password_must_change_it(city):
    _, first = services.create_account(SYSTEM, name="new.one")

    found = services.sign_in(name="new.one", password=first)

    assert found.must_change_password


@pytest.mark.parametrize("name", ["zhang.san", "nobody", "installer"])
def test_a_refusal_hashes_once_whatever_the_name(make_account, monkeypatch, name):
    make_account(name="zhang.san")
    services.installer_actor()
    hasher = type(get_hasher())
    hashed = []
    encode = hasher.encode

    def count(self, password, salt, *rest):
        hashed.append(salt)
        return encode(self, password, salt, *rest)

    monkeypatch.setattr(hasher, "encode", count)
    try_wrong(name, 1)

    assert len(hashed) == 1


def test_guessing_the_present_password_locks_too(make_account):
    actor = make_account(name="zhang.san")

    for _ in range(5):
        with pytest.raises(InvalidInput):
            services.change_password(actor, old="guess", new="Snow-at-dawn-2031")

    with pytest.raises(TooMany):
        services.change_password(actor, old=PASSWORD, new="Snow-at-dawn-2031")


@pytest.mark.parametrize("name", ["", "\x00", "a\x00b", "'; --", "%", "x" * 10_000, "😀"])
def test_any_name_is_only_ever_not_right(db, name):
    try_wrong(name, 1)
