"""The columns of one scan, in layers, each expression once. 单次扫描的列。

Rules ask for what they need by its SQL; two that ask for the same get the same column. An upper
layer may name the columns of those below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW


class Layer:
    """Expressions that do not need each other. 一层表达式。"""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._names: dict[tuple[str, tuple[Any, ...]], str] = {}

    def add(self, sql: str, params: Sequence[Any] = ()) -> str:
        """The name under which an expression stands in this layer. 登记表达式。"""
        asked = sql, tuple(params)
        if asked not in self._names:
            self._names[asked] = f"{self.prefix}{len(self._names)}"
        return self._names[asked]

    def write(self, source: str) -> str:
        """The layer over a source. 写出。"""
        if not self._names:
            return source
        listed = ", ".join(f"({sql}) AS {name}" for (sql, _), name in self._names.items())
        return f"(SELECT *, {listed} FROM {source})"

    def params(self) -> list[Any]:
        """The values bound in it, in order. 绑定值。"""
        return [value for _, bound in self._names for value in bound]


class Scan:
    """Raw readings and workings, tests of them, outcomes of fields, one state per rule. 扫描。

    What is asked inside a CASE is worked out over picked rows, which makes arithmetic slow; as a
    test of its own it runs over all rows at once.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        mark = "_q"
        while any(name.casefold().startswith(mark) for name in columns):
            mark += "q"
        self.columns, self.mark = tuple(columns), mark
        self.readings = Layer(f"{mark}r")
        self.workings = Layer(f"{mark}w")
        self.tests = Layer(f"{mark}t")
        self.outcomes = Layer(f"{mark}o")
        self.states = Layer(f"{mark}s")

    def relation(self, source: str, plain: str = "") -> tuple[str, list[Any]]:
        """All layers over a source, and the values bound in them. 分层查询。

        Rows of which the test `plain`, over the three lower layers, is true go no further.
        """
        lower = [self.readings, self.workings, self.tests]
        upper = [self.outcomes, self.states]
        text = source
        for layer in lower:
            text = layer.write(text)
        if plain:
            told = f"{self.mark}p"
            text = f"(SELECT * FROM (SELECT *, ({plain}) AS {told} FROM {text}) WHERE {told} IS NOT TRUE)"
        for layer in upper:
            text = layer.write(text)
        return text, [value for layer in reversed([*lower, *upper]) for value in layer.params()]

    def text(self, name: str) -> str:
        """A column of the register. 列。"""
        return pool.quote_name(name)


__all__ = ["ROW", "Layer", "Scan"]
