"""Limits and clocks as plain JSON, for the log that replays them. 时钟的 JSON 表示。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.calendar.types import Clock, Limit, Pause, Yellow


def limit_to_json(limit: Limit) -> dict[str, Any]:
    """A limit as JSON, to the last digit. 期限转 JSON。"""
    found: dict[str, Any] = {"amount": str(limit.amount), "unit": limit.unit}
    return found | {"halves": True} if limit.halves else found


def limit_from_json(found: Mapping[str, Any]) -> Limit:
    """The limit that `limit_to_json` wrote. 从 JSON 读取期限。 InvalidInput `calendar.limit.*`."""
    try:
        return Limit(Decimal(found["amount"]), found["unit"], bool(found.get("halves")))
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as problem:
        raise _refuse("limit") from problem


def clock_to_json(clock: Clock) -> dict[str, Any]:
    """A clock as JSON; moments are in UTC. 时钟转 JSON。"""
    return {
        "started_at": _moment_text(clock.started_at),
        "limit": limit_to_json(clock.limit),
        "kind": clock.kind,
        "due_at": _moment_text(clock.due_at),
        "provisional": clock.provisional,
        "yellow": _yellow_json(clock.yellow),
        "yellow_at": _moment_text(clock.yellow_at),
        "pauses": [[_moment_text(p.paused_at), _moment_text(p.resumed_at)] for p in clock.pauses],
        "left": limit_to_json(clock.left) if clock.left else None,
        "stopped_at": _moment_text(clock.stopped_at),
    }


def clock_from_json(found: Mapping[str, Any]) -> Clock:
    """The clock that `clock_to_json` wrote. 从 JSON 读取时钟。 InvalidInput `calendar.clock.json`."""
    try:
        return Clock(
            started_at=_moment(found["started_at"]),
            limit=limit_from_json(found["limit"]),
            kind=_KINDS[found["kind"]],
            due_at=_moment(found["due_at"]),
            provisional=bool(found["provisional"]),
            yellow=_yellow(found["yellow"]),
            yellow_at=_maybe(found["yellow_at"]),
            pauses=tuple(Pause(_moment(one), _maybe(other)) for one, other in found["pauses"]),
            left=limit_from_json(found["left"]) if found["left"] else None,
            stopped_at=_maybe(found["stopped_at"]),
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as problem:
        raise _refuse("clock") from problem


_KINDS: Mapping[str, Any] = {"legal": "legal", "promised": "promised"}


def _moment_text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else _moment(text)


def _yellow_json(yellow: Yellow | None) -> Any:
    if yellow is None:
        return None
    return limit_to_json(yellow) if isinstance(yellow, Limit) else str(yellow)


def _yellow(found: Any) -> Yellow | None:
    if found is None:
        return None
    return Decimal(found) if isinstance(found, str) else limit_from_json(found)


def _refuse(what: str) -> InvalidInput:
    return InvalidInput("calendar.clock.json", "This is no %(what)s that was kept", what=what)
