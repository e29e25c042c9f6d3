"""Counting failures to sign in, in a table that all processes share. 登录防护。

A try is counted as a failure before its password is looked at and forgiven when it was right, so
that many tries at once never get more looks than the rule allows.
"""

from __future__ import annotations

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


def count_try(name: str) -> None:
    """Count one try as failed, in its own transaction; TooMany while the name is locked. 计数。"""
    rules = get_rules()
    with transaction.atomic():
        guard = _lock_guard(key_of(name))
        if guard.locked_until_at is not None and guard.locked_until_at > now():
            raise _locked(guard.locked_until_at)
        _count(guard, rules)
        guard.save()


def forgive(name: str) -> None:
    """The password was right: no failures stand. 清零。"""
    SignInGuard.objects.filter(pk=key_of(name)).delete()


def forget_old_guards() -> int:
    """Drop counts that no longer matter; how many. 清理旧计数。"""
    old = SignInGuard.objects.filter(changed_at__lt=now() - KEEP)
    return old.delete()[0]


def _lock_guard(key: str) -> SignInGuard:
    SignInGuard.objects.get_or_create(pk=key)
    # Forgiven meanwhile by another process: then begin anew.
    found = SignInGuard.objects.select_for_update().filter(pk=key).first()
    return found or SignInGuard(pk=key)


def _count(guard: SignInGuard, rules: Rules) -> None:
    since = now() - timedelta(minutes=rules.lock_window_minutes)
    if guard.locked_until_at is not None:  # a lock that has run out takes its failures with it
        guard.failed_at, guard.locked_until_at = [], None
    recent = [at for at in guard.failed_at if datetime.fromisoformat(at) > since]
    guard.failed_at = [*recent, now().isoformat()]
    guard.changed_at = now()
    if len(guard.failed_at) >= rules.lock_failures:
        guard.locked_until_at = now() + timedelta(minutes=rules.lock_minutes)


def _locked(until: datetime) -> TooMany:
    minutes = max(1, round((until - now()).total_seconds() / 60))
    return TooMany(
        "identity.sign_in.locked",
        "Too many failed sign-ins. Try again in %(minutes)s minutes, or ask a security "
        "administrator to unlock the account",
        minutes=minutes,
    )
