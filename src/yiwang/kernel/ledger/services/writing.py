"""Acts and reads go into the ledger here, and nowhere else. 台账写入。"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotPermitted
from yiwang.kernel.ledger.models import ActRow, ReadRow
from yiwang.kernel.query.rows import rows_of, run_together

logger = logging.getLogger(__name__)

LABEL_LENGTH = 200


@dataclass(slots=True)
class _Frame:
    """One open act and what was refused within it so far. 进行中的行为。"""

    act: Act
    refused: list[tuple[Act, NotPermitted]] = field(default_factory=list)


_open: ContextVar[_Frame | None] = ContextVar("open_act", default=None)


def current_act() -> Act | None:
    """The innermost act that is open here. 当前行为。"""
    frame = _open.get()
    return frame.act if frame else None


@contextmanager
def acting(
    actor: Actor,
    verb: str,
    *,
    on: Ref,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> Iterator[Act]:
    """Open an act: one transaction, one ledger row at its end. 开启一次行为。

    Acts nest: an inner act is a savepoint and names its parent. An exception leaves neither change
    nor row. NotPermitted leaves a row that says who tried what; it is written after the outermost
    act has ended, so it outlives the rollback.
    """
    outer = _open.get()
    act = Act(actor, verb, on, reason, dict(details or {}))
    act.parent_id = outer.act.id if outer else ""
    frame = _Frame(act)
    token = _open.set(frame)
    try:
        with transaction.atomic():
            yield act
            run_together(rows_of(ActRow).inserting_values([_columns_of(act)]))
    except NotPermitted as refusal:
        if not any(refusal is told for _, told in frame.refused):
            frame.refused.append((act, refusal))
        raise
    finally:
        _open.reset(token)
        _hand_on(frame, outer)


def _hand_on(frame: _Frame, outer: _Frame | None) -> None:
    """Give refusals to the outer act, or write them when there is none. 转交拒绝记录。"""
    if outer:
        outer.refused.extend(frame.refused)
        return
    for act, refusal in frame.refused:
        _write_refusal(act, refusal)


def record_refusal(actor: Actor, verb: str, *, on: Ref, refusal: NotPermitted) -> None:
    """Record an attempt that was refused before any act was opened. 记录被拒绝的尝试。

    Does nothing where an act has recorded this refusal already.
    """
    if refusal.recorded:
        return
    _write_refusal(Act(actor, verb, on), refusal)


def record_read(
    actor: Actor,
    *,
    on: Ref,
    purpose: str,
    columns: Sequence[str],
    rows: int,
    where: str = "",
    unmasked: bool = False,
) -> None:
    """Record one look at personal data: one row per page or export. 记录个人信息查阅。

    Call it before the data leaves: when the row cannot be written, nothing is shown.
    """
    act = current_act()
    ReadRow(
        at=now(),
        **_who_and_what(actor, on),
        purpose=purpose,
        columns=list(columns),
        rows=rows,
        where=where,
        unmasked=unmasked,
        act_id=act.id if act else "",
    ).save(force_insert=True)


def _columns_of(act: Act, refusal: NotPermitted | None = None) -> dict[str, Any]:
    return {
        "id": act.id,
        "at": act.at,
        **_who_and_what(act.actor, act.on),
        "on_behalf_of": act.actor.on_behalf_of,
        "verb": act.verb,
        "reason": act.reason,
        "details": act.details,
        "parent_id": act.parent_id,
        "outcome": ActRow.REFUSED if refusal else ActRow.DONE,
        "refusal_code": refusal.code if refusal else "",
    }


def _who_and_what(actor: Actor, on: Ref) -> dict[str, str]:
    return {
        "actor_id": actor.id,
        "roles": " ".join(sorted(actor.roles))[:LABEL_LENGTH],
        "organization": actor.organization,
        "object_type": on.type,
        "object_id": on.id,
        "object_label": on.label[:LABEL_LENGTH],
    }


def _write_refusal(act: Act, refusal: NotPermitted) -> None:
    """Write a refused attempt; a database that fails here must not hide the refusal itself. 写拒绝。"""
    try:
        with transaction.atomic():
            ActRow(**_columns_of(act, refusal)).save(force_insert=True)
        refusal.recorded = True
    except DatabaseError:
        logger.exception(
            "a refused attempt could not be recorded: %s by %s", act.verb, act.actor.id
        )
