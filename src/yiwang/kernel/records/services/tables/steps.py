"""What publishing would do, told before it is done. 发布计划。"""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.kernel.records.types import Bundle, Step

from .columns import count_up_to, is_small, name_table
from .decisions import EntityDecision, FieldDecision, decide
from .indexing import list_missing
from .statements import is_postgres

COUNTED = 10_000_000
# Measured at a million rows: an index of two columns; a second column filled in small batches.
INDEX_SECONDS = {True: 1.3, False: 1.6}
RETYPE_SECONDS = {True: 100.0, False: 10.0}


def plan_steps(bundle: Bundle, before: Bundle | None) -> list[Step]:
    """What publishing this bundle would change, entity by entity; nothing is changed. 发布计划。

    Conflict where values cannot be taken over. Whether each value can is asked when it begins.
    """
    decisions = decide(bundle, before)
    steps = [step for one in decisions.entities for step in _steps_of(bundle, one)]
    gone = [row.code for row in decisions.retired if row.retired_at is None]
    return steps + [Step("retire", code) for code in gone]


def _steps_of(bundle: Bundle, one: EntityDecision) -> Iterator[Step]:
    code = one.entity.code
    if one.table is None:
        yield Step("create", code, count=len(one.fields))
        return
    if one.table.retired_at is not None:
        yield Step("return", code)
    rows = count_up_to(name_table(one.table), COUNTED)
    large = not is_small(name_table(one.table))
    for told in one.fields:
        yield from _steps_of_field(code, told, rows, large=large)
    yield from (Step("hide", code, row.key) for row in one.gone)
    missing = list_missing(bundle, one.laid_out())
    if missing:
        yield Step(
            "index",
            code,
            count=len(missing),
            rows=rows,
            seconds=rows / 1e6 * len(missing) * INDEX_SECONDS[is_postgres()],
            before=large,
            stops="writers" if large and not is_postgres() else "",
        )


def _steps_of_field(code: str, told: FieldDecision, rows: int, *, large: bool) -> Iterator[Step]:
    key = told.field.key
    if told.was:
        yield Step("rename", code, key, told.was)
    if told.source is not None:
        yield Step(
            "retype",
            code,
            key,
            told.source.kind,
            rows=rows,
            seconds=rows / 1e6 * RETYPE_SECONDS[is_postgres()],
            before=large,
        )
    elif told.move == "adapt":
        yield Step("adapt", code, key, told.row.kind if told.row else "")
    elif told.move == "add":
        yield Step("add", code, key)
    elif told.move == "show":
        yield Step("show", code, key)
