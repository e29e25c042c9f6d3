"""Counting failures to sign in, in a table that all processes share. 登录防护。

A try is counted as a failure before its password is looked at and forgiven when it was right, so
that many tries at once never get more looks than the rule allows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import TooMany
from yiwang.kernel.identity.models import SignInGuard

from .rules import Rules, get_rules

SALT = "yiwang.identity.sign_in"
KEEP = timedelta(days=1)


def key_of(name: str) -> str:
    """The guard's key of a folded sign-in name. 防护键。"""
    return salted_hmac(SALT, name, algorithm="sha256").hexdigest()


def key_of_address(address: str) -> str:
    """The guard's key of a network address; no name has a NUL in it. 地址防护键。"""
    return key_of(f"\0{address}")


def count_try(name: str, address: str = "") -> None:
    """Count one try as failed, each count in its own transaction. 计数。

    TooMany while the name is locked, or the address it comes from; an unknown address ("") is not
    counted.
    """
    rules = get_rules()
    if address:
        _count_one(key_of_address(address), rules, rules.address_failures, _address_locked)
    _count_one(key_of(name), rules, rules.lock_failures, _locked)


def forgive(name: str, address: str = "") -> None:
    """The password was right: no failures of the name stand, and one less of the address. 清零。"""
    SignInGuard.objects.filter(pk=key_of(name)).delete()
    if address:
        _take_back(key_of_address(address))


def _count_one(
    key: str, rules: Rules, failures: int, refusal: Callable[[datetime], TooMany]
) -> None:
    with transaction.atomic():
        guard = _lock_guard(key)
        if guard.locked_until_at is not None and guard.locked_until_at > now():
            raise refusal(guard.locked_until_at)
        _count(guard, rules, failures)
        guard.save()


def _take_back(key: str) -> None:
    """One of the counts was no failure after all. 扣回。"""
    with transaction.atomic():
        guard = _lock_guard(key)
        if len(guard.failed_at) <= 1:
            guard.delete()
            return
        guard.failed_at = guard.failed_at[:-1]
        guard.locked_until_at = None
        guard.save()


def forget_old_guards() -> int:
    """Drop counts that no longer matter; how many. 清理旧计数。"""
    old = SignInGuard.objects.filter(changed_at__lt=now() - KEEP)
    return old.delete()[0]


def _lock_guard(key: str) -> SignInGuard:
    SignInGuard.objects.get_or_create(pk=key)
    # Forgiven meanwhile by another process: then begin anew.
    found = SignInGuard.objects.select_for_update().filter(pk=key).first()
    return found or SignInGuard(pk=key)


def _count(guard: SignInGuard, rules: Rules, failures: int) -> None:
    since = now() - timedelta(minutes=rules.lock_window_minutes)
    if guard.locked_until_at is not None:  # a lock that has run out takes its failures with it
        guard.failed_at, guard.locked_until_at = [], None
    recent = [at for at in guard.failed_at if datetime.fromisoformat(at) > since]
    guard.failed_at = [*recent, now().isoformat()]
    guard.changed_at = now()
    if len(guard.failed_at) >= failures:
        guard.locked_until_at = now() + timedelta(minutes=rules.lock_minutes)


def _locked(until: datetime) -> TooMany:
    return TooMany(
        "identity.sign_in.locked",
        "Too many failed sign-ins. Try again in %(minutes)s minutes, or ask a security "
        "administrator to unlock the account",
        minutes=_minutes_to(until),
    )


def _address_locked(until: datetime) -> TooMany:
    return TooMany(
        "identity.sign_in.address_locked",
        "Too many failed sign-ins from your network address. Try again in %(minutes)s minutes",
        minutes=_minutes_to(until),
    )


def _minutes_to(until: datetime) -> int:
    return max(1, round((until - now()).total_seconds() / 60))
