"""How much stands in the boxes, and of what kinds. 待办箱计数。"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from yiwang.kernel.base.act import Actor
from yiwang.kernel.query.rows import Statement
from yiwang.kernel.records.types import Capped
from yiwang.kernel.workflow.services.publishing import find_newest_of
from yiwang.kernel.workflow.services.world import person_of
from yiwang.kernel.workflow.types import CaseType, Person
from yiwang.kernel.workflow.types.boxes import BoxName

from .narrowing import light
from .walks import BOXES, Condition, list_branches, select_count, select_kinds

COUNT_AT_MOST = 1000
KINDS_AT_MOST = 200
NEWEST = 1000
# What is counted: the box, and what narrows it.
COUNTS: dict[str, tuple[BoxName, str]] = {
    "todo": ("todo", ""),
    "today": ("todo", "today"),
    "red": ("todo", "red"),
    "done": ("done", ""),
    "started": ("started", ""),
    "unread": ("copied", ""),
    "watched": ("watched", ""),
}
UNREAD = Condition("r.read_at IS NULL")


def count_boxes(actor: Actor, names: Sequence[str] = tuple(COUNTS)) -> dict[str, Capped]:
    """How much stands in each box, at most 1,000, in one statement. 待办箱计数。

    `today` and `red` are what of the to-do list is due today and overdue, `unread` the copies that
    were not opened yet.
    """
    person = person_of(actor)
    parts = [_count(person, name) for name in names]
    text = "SELECT " + ", ".join(f"({part.text})" for part in parts)
    with connection.cursor() as cursor:
        cursor.execute(text, [value for part in parts for value in part.values])
        found = cursor.fetchone()
    return {
        name: Capped(min(number, COUNT_AT_MOST), number > COUNT_AT_MOST)
        for name, number in zip(names, found, strict=True)
    }


def _count(person: Person, name: str) -> Statement:
    box_name, shines = COUNTS[name]
    box = BOXES[box_name]
    filters = [*light(box, shines), *([UNREAD] if name == "unread" else [])]
    return select_count(box, list_branches(box_name, person), filters, COUNT_AT_MOST + 1)


def list_kinds(actor: Actor, name: BoxName, *, beside: str = "") -> list[CaseType]:
    """The types of what stands in a box, in their newest versions, and that of `beside`. 箱内流程种类。

    Of what waits all of them, of other boxes those of the newest 1,000 lines.
    """
    branches = list_branches(name, person_of(actor))
    newest = select_kinds(BOXES[name], branches, NEWEST) if name != "todo" else _leap(branches)
    with connection.cursor() as cursor:
        cursor.execute(newest.text, newest.values)
        codes = {code for (code,) in cursor.fetchall()} | {beside}
    return list(find_newest_of(codes - {"", None}).values())


def _leap(branches: Sequence[Condition]) -> Statement:
    """The index is not walked but leapt over: one look for each kind that there is."""
    each = []
    for branch in branches:
        first = f"SELECT min(r.code) FROM workflow_task r WHERE {branch.text}"  # noqa: S608
        each.append(
            f"SELECT code FROM (WITH RECURSIVE k(code) AS ({first} UNION ALL"  # noqa: S608
            f" SELECT ({first} AND r.code > k.code) FROM k WHERE k.code IS NOT NULL)"
            f" SELECT code FROM k LIMIT {KINDS_AT_MOST}) w"
        )
    values = [value for branch in branches for value in (*branch.values, *branch.values)]
    return Statement(" UNION ".join(each), values)
