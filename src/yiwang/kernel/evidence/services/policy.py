"""What an operator sets: name, witnesses, how long without them. 存证设置。

`[evidence]` in yiwang.toml: `origin` names the log, `stale_hours` is how long acts may wait before
nothing is served under grants any more, `quorum` how many of `witnesses` have to sign; each of
these has a `key` and a `url`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from yiwang.kernel.evidence.formats.notes import COSIGNATURE, NAME, BadNote, Key, read_key

KINDS: Mapping[str, type | tuple[type, ...]] = {
    "origin": str, "stale_hours": (int, float), "quorum": int, "witnesses": list,
}  # fmt: skip
STALE_HOURS = 4.0


@dataclass(frozen=True, slots=True)
class Witness:
    """Who watches that the log only grows. 见证方。 `url` is the prefix before `/add-checkpoint`."""

    key: Key
    url: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What makes a checkpoint evidenced, and what follows without one. 存证策略。"""

    origin: str = ""
    stale: timedelta = timedelta(hours=STALE_HOURS)
    quorum: int = 0
    witnesses: tuple[Witness, ...] = ()


def find_policy() -> Policy:
    """What yiwang.toml says of the evidence log; ImproperlyConfigured names the slip. 取存证设置。"""
    told: Mapping[str, Any] = settings.YIWANG_EVIDENCE
    for name, value in told.items():
        if name not in KINDS:
            raise _slip(f"no such setting: {name}")
        if not isinstance(value, KINDS[name]) or isinstance(value, bool):
            raise _slip(f"{name} is not what it must be")
    origin = told.get("origin", "")
    if origin and not NAME.fullmatch(origin):
        raise _slip("origin holds neither spaces nor plus signs")
    witnesses = tuple(_read_witness(one) for one in told.get("witnesses", []))
    quorum = told.get("quorum", len(witnesses))
    if not 0 <= quorum <= len(witnesses):
        raise _slip("quorum is more than there are witnesses")
    if len({one.key.name for one in witnesses}) < len(witnesses):
        raise _slip("two witnesses have the same name")
    hours = float(told.get("stale_hours", STALE_HOURS))
    if hours <= 0:
        raise _slip("stale_hours is above zero")
    return Policy(origin, timedelta(hours=hours), quorum, witnesses)


def _read_witness(told: Any) -> Witness:
    if not isinstance(told, Mapping) or set(told) != {"key", "url"}:
        raise _slip("each of witnesses has a key and a url")
    try:
        key = read_key(str(told["key"]))
    except BadNote as error:
        raise _slip(f"witnesses: {error}") from None
    url = str(told["url"]).rstrip("/")
    if key.kind != COSIGNATURE or not url.startswith(("https://", "http://")):
        raise _slip("a witness has a key for cosignatures and an address")
    return Witness(key, url)


def _slip(what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"yiwang.toml [evidence]: {what}")
