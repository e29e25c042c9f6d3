"""Compiling a tree to the SQL of an engine. 编译为 SQL。

Values are always bound, names always quoted. A filter is meant for WHERE: there a test that SQL
cannot decide (NULL) counts as not holding, and under `not` it is made definite, so that every
row either passes a filter or passes its opposite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.kernel.base.errors import InvalidInput

from .dialects import ENGINES
from .engine import Engine, join, weave
from .types import (
    MAX_SQL,
    All,
    Between,
    Call,
    Compare,
    Compiled,
    Dialect,
    Field,
    In,
    IsNull,
    Literal,
    Node,
    Not,
    Some,
)


def compile_node(
    node: Node, dialect: Dialect, *, alias: str = "", columns: Mapping[str, str] | None = None
) -> Compiled:
    """The SQL of a filter or expression, and the values to bind in order. 编译。

    `alias` names the table in front of each column; `columns` maps field names to column names
    where they differ. Places are `?` for DuckDB and SQLite, `%s` for PostgreSQL (psycopg).
    SQLite needs `register_sqlite` on its connection.
    """
    return _Compiler(ENGINES[dialect], alias, columns or {}).write(node)


class _Compiler:
    """One walk over one tree."""

    def __init__(self, engine: Engine, alias: str, columns: Mapping[str, str]) -> None:
        self.engine = engine
        self.prefix = f"{engine.quote(alias)}." if alias else ""
        self.columns = columns

    def write(self, node: Node) -> Compiled:
        found = self._write(node)
        if len(found.sql) > MAX_SQL:
            raise InvalidInput("query.text.too_complex", "The expression is too complex to compute")
        return found

    def _write(self, node: Node) -> Compiled:
        match node:
            case Literal():
                return Compiled(self.engine.places[node.type], [self.engine.bind(node)])
            case Field(name=name):
                return Compiled(self.prefix + self.engine.quote(self.columns.get(name, name)), [])
            case Call():
                return self._call(node)
            case All(parts=parts):
                return weave("(«0»)", join(" AND ", self._several(parts)))
            case Some(parts=parts):
                return weave("(«0»)", join(" OR ", self._several(parts)))
        return self._test(node)

    def _test(self, node: Compare | Between | In | IsNull | Not) -> Compiled:
        match node:
            case Not(item=item):
                return weave(f"(NOT COALESCE(«0», {self.engine.false}))", self.write(item))
            case IsNull(item=item):
                return weave("(«0» IS NULL)", self.write(item))
            case In(item=item, options=options):
                listed = join(", ", self._several(options))
                return weave("(«0» IN («1»))", self._collated(item), listed)
            case Between(item=item, low=low, high=high):
                bounds = [self._collated(part) for part in (item, low, high)]
                return weave("(«0» BETWEEN «1» AND «2»)", *bounds)
            case Compare(operator=operator, left=left, right=right):
                template = self.engine.tests.get(operator)
                if template:
                    return weave(template, self.write(left), self.write(right))
                return weave(f"(«0» {operator} «1»)", self._collated(left), self._collated(right))

    def _several(self, nodes: Sequence[Node]) -> list[Compiled]:
        return [self.write(node) for node in nodes]

    def _collated(self, node: Node) -> Compiled:
        written = self.write(node)
        if node.type != "text" or not self.engine.collation:
            return written
        return weave(f"(«0»{self.engine.collation})", written)

    def _call(self, node: Call) -> Compiled:
        arguments = [self._argument(argument) for argument in node.arguments]
        function = self.engine.functions[node.function]
        if callable(function):
            return function(arguments)
        if self.engine.bind_once and function.count("«0»") > 1 and _is_costly(node.arguments[0]):
            return weave(self.engine.bind_once(function), *arguments)
        return weave(function, *arguments)

    def _argument(self, argument: Node) -> Compiled:
        if isinstance(argument, Literal) and argument.type == "integer":
            return Compiled(f"{argument.value:d}", [])  # a count, checked when the call was built
        return self.write(argument)


def _is_costly(node: Node) -> bool:
    return isinstance(node, Call)
