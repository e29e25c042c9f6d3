"""What an operator may set about sign-in. 登录规则。

`[identity]` in yiwang.toml; a name that is not here stops the node at start, so that a slip of
the pen never leaves a weaker rule in force.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Rules:
    """Password, lock-out, session and token rules. 安全规则。 GB/T 22239-2019 8.1.4.1."""

    password_length: int = 10
    password_classes: int = 3
    password_history: int = 5
    password_days: int = 90
    lock_failures: int = 5
    address_failures: int = 60
    lock_window_minutes: int = 5
    lock_minutes: int = 15
    session_idle_minutes: int = 20
    session_hours: int = 12
    token_days: int = 90
    token_days_at_most: int = 365


def get_rules() -> Rules:
    """The rules in force. 现行规则。"""
    given = dict(getattr(settings, "YIWANG_IDENTITY", {}))
    unknown = sorted(set(given) - {field.name for field in fields(Rules)})
    if unknown:
        raise ImproperlyConfigured(f"yiwang.toml [identity]: no such rule: {', '.join(unknown)}")
    wrong = sorted(name for name, value in given.items() if not _is_count(value))
    if wrong:
        raise ImproperlyConfigured(f"yiwang.toml [identity]: not a number from 1: {wrong}")
    return Rules(**given)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
