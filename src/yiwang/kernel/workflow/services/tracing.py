"""Who had a case in hand, from when until when, and what they made of it. 流转记录。

Counted from the log: whoever handed a task on had it for a time too, which its row does not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from yiwang.kernel.base.clock import now
from yiwang.kernel.calendar.services import load_calendar, office_time_between
from yiwang.kernel.workflow.models import CaseEntry
from yiwang.kernel.workflow.types import MAIN, Holder

HELD, DONE, MOVED, DROPPED = "held", "done", "moved", "dropped"


@dataclass(frozen=True, slots=True)
class Stint:
    """A task in the hands of one holder. 办理记录。

    `outcome` is `held` (still), `done`, `moved` (to another) or `dropped` (asked no more); `by` is
    who did it, `on_behalf_of` in whose name. `worked` is the part of the time in which offices were
    open, `lasted` all of it.
    """

    node: str
    holder: Holder
    kind: str
    arrived_at: datetime
    outcome: str = HELD
    ended_at: datetime | None = None
    by: str = ""
    on_behalf_of: str = ""
    action: str = ""
    opinion: str = ""
    worked: timedelta = timedelta(0)
    lasted: timedelta = timedelta(0)


class Tracer:
    """Goes through a log and keeps who has what in hand. 流转跟踪。"""

    def __init__(self) -> None:
        self.node = ""
        self.stints: list[Stint] = []
        self.at: dict[str, int] = {}

    def open(self, entry: CaseEntry, task: str, holder: Mapping[str, str], kind: str) -> None:
        """Somebody has it in hand from now on. 到达。"""
        self.at[task] = len(self.stints)
        self.stints.append(Stint(self.node, Holder(**holder), kind, entry.at))

    def close(self, entry: CaseEntry, task: str, outcome: str, **told: Any) -> None:
        """They have it no more. 办结。"""
        place = self.at[task]
        self.stints[place] = replace(
            self.stints[place], outcome=outcome, ended_at=entry.at, by=entry.actor, **told
        )

    def last(self, task: str) -> Stint:
        """The newest stint of a task. 最近记录。"""
        return self.stints[self.at[task]]


def _entered(tracer: Tracer, entry: CaseEntry) -> None:
    tracer.node = entry.body["node"]


def _opened(tracer: Tracer, entry: CaseEntry) -> None:
    body = entry.body
    tracer.open(entry, body["task"], body["holder"], body.get("kind", MAIN))


def _done(tracer: Tracer, entry: CaseEntry) -> None:
    body = entry.body
    told = {name: body.get(name, "") for name in ("action", "opinion", "on_behalf_of")}
    tracer.close(entry, body["task"], DONE, **told)


def _moved(tracer: Tracer, entry: CaseEntry) -> None:
    body = entry.body
    kind = tracer.last(body["task"]).kind
    tracer.close(entry, body["task"], MOVED, opinion=body.get("reason", ""))
    tracer.open(entry, body["task"], body["holder"], kind)


def _cancelled(tracer: Tracer, entry: CaseEntry) -> None:
    tracer.close(entry, entry.body["task"], DROPPED, opinion=entry.body.get("reason", ""))


def _reopened(tracer: Tracer, entry: CaseEntry) -> None:
    """A decision that was taken back is in hand anew; a task that waited was all the time."""
    task = entry.body["task"]
    last = tracer.last(task)
    if last.outcome == DONE:
        tracer.open(entry, task, last.holder.to_json(), last.kind)


TOLD: Mapping[str, Callable[[Tracer, CaseEntry], None]] = {
    "entered": _entered,
    "task_opened": _opened,
    "task_done": _done,
    "task_moved": _moved,
    "task_cancelled": _cancelled,
    "task_reopened": _reopened,
}


def list_stints(entries: Iterable[CaseEntry]) -> list[Stint]:
    """Everybody who had a case in hand, in the order in which it came to them. 流转记录。"""
    tracer = Tracer()
    for entry in entries:
        if entry.kind in TOLD:
            TOLD[entry.kind](tracer, entry)
    calendar, at = load_calendar(), now()
    found = []
    for one in tracer.stints:
        until = one.ended_at or at
        worked = office_time_between(one.arrived_at, until, calendar)
        found.append(replace(one, worked=worked, lasted=until - one.arrived_at))
    return found
