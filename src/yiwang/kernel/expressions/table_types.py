"""What a decision table is once it was read. 决策表类型。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from .evaluation import Expression
from .table_cells import Cell
from .values import Kind

Hit = Literal["first", "unique", "collect"]
Output = tuple[tuple[str, Any], ...]

HITS: tuple[Hit, ...] = ("first", "unique", "collect")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a cell for each input, and what it gives. 规则行。 Rows count from 1."""

    number: int
    cells: tuple[Cell, ...]
    then: Output


@dataclass(frozen=True)
class DecisionTable:
    """A decision table as it was read. 决策表。 `kinds` says for each input what its cells are."""

    hit: Hit
    inputs: tuple[Expression, ...]
    kinds: tuple[Kind | None, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]
    default: Output
    where: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The keys of fields that it reads. 所用字段。"""
        return frozenset().union(*(expression.names for expression in self.inputs))


def prefix(where: str) -> str:
    """What a sentence begins with to say where something stands. 出处前缀。"""
    return f"{where}: " if where else ""
