"""Entering an act, in its own transaction. 登记存证。"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.ids import get_node
from yiwang.kernel.evidence.formats.leaves import write_leaf, write_record
from yiwang.kernel.evidence.formats.notes import BadNote
from yiwang.kernel.evidence.models import Entry
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.query.rows import rows_of

SEQUENCE = "evidence.sequence"
EVERY = 1.0
"""Seconds that entries are gathered for. 定序间隔。"""

_woken_at = -EVERY


def record_evidence(act: Act, kind: str, facts: Mapping[str, Any]) -> str:
    """Enter an act in the evidence log; gives the entry's id. 登记存证。

    Within the act's transaction, so the entry stands exactly when the act does; it is about what the
    act is on. `facts` are plain JSON without fractions, short and never personal data: they leave in
    bundles, while the log itself holds salted digests only.
    """
    told = {
        "about": str(act.on),
        "act": act.id,
        "actor": act.actor.id,
        "at": act.at.isoformat(),
        "facts": dict(facts),
        "kind": kind,
        "node": get_node(),
    }
    try:
        record = write_record(told)
    except BadNote as error:
        raise InvalidInput(
            "evidence.facts.invalid", "These facts cannot be entered: %(why)s", why=str(error)
        ) from None
    entry = Entry(
        kind=kind, about=str(act.on), act_id=act.id, at=act.at, record=record.decode(),
        leaf=write_leaf(record).decode(),
    )  # fmt: skip
    rows_of(Entry).insert([entry])
    transaction.on_commit(lambda: wake(act), robust=True)
    return entry.id


def wake(act: Act) -> None:
    """Have the sequencer run within a second, once for all that comes meanwhile. 唤醒定序。

    What a crash between commit and wake leaves behind is found by the schedule.
    """
    global _woken_at
    if time.monotonic() - _woken_at < EVERY / 2:
        return
    _woken_at = time.monotonic()
    run_at = now() + timedelta(seconds=EVERY)
    jobs.enqueue(act, SEQUENCE, {}, run_at=run_at, unique_key=f"schedule:{SEQUENCE}")
