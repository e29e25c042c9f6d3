"""The cases that one number on a dashboard counts. 流程下钻。"""

from __future__ import annotations

from yiwang.kernel.base.act import Actor
from yiwang.kernel.query.rows import Statement
from yiwang.kernel.records.types import Counted
from yiwang.kernel.workflow.types.boxes import BoxLine

from .inbox.reading import COLUMNS, line_of
from .inbox.walks import BOXES
from .permissions import USE
from .tallied import name_groups
from .tallying import filter_in_sql, key_of, rows_of


def list_counted(
    actor: Actor, counted: Counted, *, after: str = "", limit: int = 50
) -> tuple[list[BoxLine], str]:
    """The cases that a number counts, the newest first, and the last one where there are more. 下钻列表。

    Holders of `workflow.cases.use`, only what they may see. One statement beside the rule of who sees.
    """
    actor.require(USE)
    columns, box = COLUMNS["started"], BOXES["started"]
    rows = columns.read(_select(actor, counted, columns.text, after, limit + 1))
    lines = [line_of(box, row) for row in rows[:limit]]
    return lines, lines[-1].case_id if len(rows) > limit else ""


def name_group(counted: Counted) -> tuple[str, ...]:
    """What the group of a number is called, in at most two queries. 分组名称。"""
    if not counted.keys:
        return ()
    return name_groups(counted.block.by, [counted.keys], counted.block.cases)[0]


def _select(actor: Actor, counted: Counted, columns: str, after: str, limit: int) -> Statement:
    rows = rows_of(actor, counted.block, counted.facts)
    test, values = filter_in_sql(counted.measure.when, counted.facts)
    tests = [f"({test})"]
    for by, key in zip(counted.block.by, counted.keys, strict=False):
        tests.append(f"{key_of(by)} IS NULL" if key is None else f"{key_of(by)} = %s")
        values += [] if key is None else [str(key)]
    if after:
        tests.append("t.id < %s")
        values.append(after)
    text = (
        f"SELECT {columns} FROM workflow_case c WHERE c.id IN (SELECT t.id FROM ({rows.text}) t"  # noqa: S608
        f" WHERE {' AND '.join(tests)} ORDER BY t.id DESC LIMIT {limit:d}) ORDER BY c.id DESC"
    )
    return Statement(text, [*rows.values, *values])
