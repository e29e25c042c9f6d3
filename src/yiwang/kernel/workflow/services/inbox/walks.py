"""The statements behind the boxes: limited walks over one index each. 待办箱语句。

A person's own tasks and those of each of their posts are walked apart, each in the order wanted
and no further than the page needs, then merged. One condition with OR would read all open tasks of
the city; here a page costs the same however long the box is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from yiwang.kernel.query.rows import Statement
from yiwang.kernel.workflow.models import Case, CaseCopy, CaseWatch, Task
from yiwang.kernel.workflow.types import Person
from yiwang.kernel.workflow.types.boxes import BoxName, Wanted


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of WHERE with what is bound to it; `of_case` where it asks the row of the case. 条件。"""

    text: str
    values: tuple[Any, ...] = ()
    of_case: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """Where the lines of a box stand, and what its columns are called. 箱定义。

    `r` is the row that makes the line, `c` its case; of what somebody started they are the same.
    """

    name: BoxName
    model: Any
    since: str
    due: str
    yellow: str
    kind: str = "c.code"
    step: str = "c.node"

    @property
    def row(self) -> str:
        """The alias of the row that makes a line. 行别名。"""
        return "c" if self.model is Case else "r"

    @property
    def key(self) -> str:
        """What tells lines apart. 行主键。"""
        return f"{self.row}.id"

    @property
    def table(self) -> str:
        """The table of the rows. 表名。"""
        return str(self.model._meta.db_table)

    @property
    def case(self) -> str:
        """The column of a row that names its case. 流程列。"""
        return "id" if self.model is Case else "case_id"

    def order(self, wanted: Wanted) -> tuple[str, bool]:
        """The column that a list is ordered by, and whether it falls. 排序列。"""
        column = self.due if wanted.order.lstrip("-") == "due" else self.since
        return column, wanted.order.startswith("-")


OF_TASK = {"kind": "r.code", "step": "r.node"}
BOXES: dict[BoxName, Box] = {
    box.name: box
    for box in (
        Box("todo", Task, "r.opened_at", "r.due_at", "r.yellow_at", **OF_TASK),
        Box("done", Task, "r.done_at", "c.next_due_at", "c.yellow_at", **OF_TASK),
        Box("started", Case, "c.opened_at", "c.next_due_at", "c.yellow_at"),
        Box("copied", CaseCopy, "r.at", "c.next_due_at", "c.yellow_at"),
        Box("watched", CaseWatch, "r.at", "c.next_due_at", "c.yellow_at"),
    )
}


def list_branches(box: BoxName, person: Person) -> list[Condition]:
    """The rows of a box, in parts each of which one index holds together. 分支条件。"""
    me = person.account
    if box == "todo":
        own = Condition("r.status = 'open' AND r.account > '' AND r.account = %s", (me,))
        return [own, *_posts(person)]
    told = {
        "done": "r.status = 'done' AND r.by = %s",
        "started": "c.parent_id IS NULL AND c.starter = %s",
        "copied": "r.account = %s",
        "watched": "r.account = %s",
    }
    return [Condition(told[box], (me,))]


def _posts(person: Person) -> Iterable[Condition]:
    """What anybody with a role in an organization may do, save what they are kept apart from."""
    text = (
        "r.status = 'open' AND r.account = '' AND r.organization = %s AND r.role = %s"
        " AND r.apart <> %s"
    )
    for organization in sorted({"", *person.organizations}):
        for role in sorted(person.roles):
            yield Condition(text, (organization, role, person.account))


def select_lines(
    columns: str, box: Box, branches: Sequence[Condition], filters: Sequence[Condition],
    wanted: Wanted, *, limit: int,
) -> Statement:  # fmt: skip
    """A page of a box with the cases of its lines. 取页语句。"""
    column, falls = box.order(wanted)
    conditions = [*filters, *_beyond(box, wanted, column, falls=falls)]
    order = _order_by(column, box.key, falls=falls)
    if box.row == "c":
        (branch,) = branches
        walk = _walk(box, columns, branch, conditions)
        return Statement(f"{walk.text} {order} LIMIT {limit}", walk.values)
    # What a box is ordered by may be a column of the case: then the join is part of the walk.
    walks = [_walk(box, "r.*", branch, conditions, joins=column[0] == "c") for branch in branches]
    each = [f"SELECT * FROM ({one.text} {order} LIMIT {limit}) w" for one in walks]  # noqa: S608
    text = (
        f"SELECT {columns} FROM ({' UNION ALL '.join(each)}) r"  # noqa: S608 - texts of this file
        f" CROSS JOIN workflow_case c WHERE c.id = r.case_id {order} LIMIT {limit}"
    )
    return Statement(text, [value for one in walks for value in one.values])


def select_count(
    box: Box, branches: Sequence[Condition], filters: Sequence[Condition], most: int
) -> Statement:
    """How many lines a box has, no further than `most`. 有界计数语句。"""
    walks = [_walk(box, f"{box.key} AS n", branch, filters) for branch in branches]
    each = [f"SELECT n FROM ({one.text} LIMIT {most}) w" for one in walks]  # noqa: S608
    text = f"SELECT count(n) FROM ({' UNION ALL '.join(each)}) x"  # noqa: S608
    return Statement(text, [value for one in walks for value in one.values])


def select_kinds(box: Box, branches: Sequence[Condition], newest: int) -> Statement:
    """The kinds of cases among the newest lines of a box. 种类语句。"""
    (branch,) = branches
    walk = _walk(box, f"{box.kind} AS code", branch, (), joins=box.kind[0] != box.row)
    order = _order_by(box.since, box.key, falls=True)
    return Statement(
        f"SELECT DISTINCT code FROM ({walk.text} {order} LIMIT {newest}) w",  # noqa: S608
        walk.values,
    )


def _walk(
    box: Box, columns: str, branch: Condition, filters: Iterable[Condition], *, joins: bool = False
) -> Statement:
    held = [branch, *filters]
    source = f"{box.table} {box.row}"
    if box.row != "c" and (joins or any(one.of_case for one in held)):
        # Written as a cross join, which SQLite never turns round.
        source += " CROSS JOIN workflow_case c"
        held.insert(0, Condition("c.id = r.case_id"))
    where = " AND ".join(one.text for one in held)
    values = [value for one in held for value in one.values]
    return Statement(f"SELECT {columns} FROM {source} WHERE {where}", values)  # noqa: S608


def _order_by(column: str, key: str, *, falls: bool) -> str:
    way = " DESC" if falls else ""
    return f"ORDER BY {column}{way}, {key}{way}"


def _beyond(box: Box, wanted: Wanted, column: str, *, falls: bool) -> Iterable[Condition]:
    if wanted.after is not None:
        moment, key = wanted.after
        sign = "<" if falls else ">"
        text = f"({column}, {box.key}) {sign} (%s, %s)"
        yield Condition(text, (to_db(moment), key), of_case=column[0] == "c")


def to_db(moment: Any) -> Any:
    """A moment as the database in use keeps it. 时刻入库值。"""
    return connection.ops.adapt_datetimefield_value(moment)
