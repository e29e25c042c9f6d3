"""Decision tables: rows of tests, and what then holds. 决策表。

A table is read once with its case type (`read_table`), checked at publish time (`check_table`), and
decides over the data of one case (`decide`). `first` takes the first row that holds, `unique` the
only one, `collect` all in their order; where none holds, the default does, which every table has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.kernel.base.errors import Conflict

from .evaluation import evaluate_expression
from .table_cells import read_as
from .table_checks import Problem, check_table
from .table_reading import MAX_INPUTS, MAX_OUTPUTS, MAX_ROWS, read_table
from .table_types import DecisionTable, Output, Row, prefix

__all__ = [
    "MAX_INPUTS",
    "MAX_OUTPUTS",
    "MAX_ROWS",
    "DecisionTable",
    "Problem",
    "Row",
    "check_table",
    "decide",
    "read_table",
]


def decide(
    table: DecisionTable, values: Mapping[str, object]
) -> dict[str, Any] | list[dict[str, Any]]:
    """What a table gives for the data of a case; of `collect` a list. 决策。

    Raises InvalidInput where an input cannot be worked out, Conflict naming the rows where several
    rows of a `unique` table hold.
    """
    found = [
        read_as(kind, evaluate_expression(expression, values))
        for expression, kind in zip(table.inputs, table.kinds, strict=True)
    ]
    hits = [row for row in table.rows if _holds(row, found)]
    if table.hit == "unique" and len(hits) > 1:
        raise Conflict(
            "expressions.table.not_unique",
            "%(place)sRows %(rows)s hold at once, but only one may",
            place=prefix(table.where),
            rows=", ".join(str(row.number) for row in hits),
        )
    if table.hit == "collect":
        return [_give(row.then) for row in hits] or [_give(table.default)]
    return _give(hits[0].then if hits else table.default)


def _holds(row: Row, values: list[Any]) -> bool:
    return all(cell.holds(value) for cell, value in zip(row.cells, values, strict=True))


def _give(output: Output) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in output}
