"""Counting in one scan: of each rule how many rows were looked at, how many failed and how. 计数。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW
from yiwang.nets.share.quality.types import ROW_COLUMNS, RuleKind, RuleSpec

from .code_members import Members
from .compiling import Work, add_state, element_of
from .patterns import pattern_sql, suggestion_sql
from .scan import Scan

TOGETHER = 60
"""Rules of one scan: their marks are the bits of a number."""
LISTED = 100_000
"""Failing rows that are listed of one rule and pattern; all are counted."""
PATTERNS_KEPT = 500
SEPARATOR = "chr(31)"


@dataclass
class Tally:
    """Counts by rule code. 计数。"""

    checked: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    patterns: dict[str, dict[str, int]] = field(default_factory=dict)


class Counter:
    """Scans relations by the same rules on one connection. 计数器。"""

    def __init__(
        self,
        connection: pool.Connection,
        columns: Sequence[str],
        arrivals: Sequence[tuple[int, date]],
        key: Sequence[str],
    ) -> None:
        self.connection, self.columns, self.key = connection, tuple(columns), tuple(key)
        self.arrivals = arrivals
        self.members = Members(connection)
        self._scans = 0
        listed = ", ".join(f"{name} VARCHAR" for name in ROW_COLUMNS if name != "row")
        connection.execute(f"CREATE TEMP TABLE listing ({listed}, row BIGINT)")

    def count(
        self, rules: Sequence[RuleSpec], source: str, rows: int, *, listing: bool = True
    ) -> Tally:
        """Count the rules, uniqueness apart, over a relation of so many rows. 计数。"""
        tally = Tally()
        plain = [rule for rule in rules if rule.kind != RuleKind.UNIQUE]
        for start in range(0, len(plain), TOGETHER):
            self._count(plain[start : start + TOGETHER], source, rows, tally, listing=listing)
        return tally

    def _count(
        self, rules: Sequence[RuleSpec], source: str, rows: int, tally: Tally, *, listing: bool
    ) -> None:
        self._scans += 1
        table, used = f"found_{self._scans}", self._used(rules)
        self._scan(rules, source, table, used)
        bits = ", ".join(
            f"count(*) FILTER (u & {1 << at} <> 0), count(*) FILTER (f & {1 << at} <> 0)"
            for at in range(len(rules))
        )
        found = self.connection.execute(f"SELECT {bits} FROM {table}").fetchone() or ()
        for at, rule in enumerate(rules):
            tally.checked[rule.code] = rows - int(found[2 * at])
            tally.failed[rule.code] = int(found[2 * at + 1])
            tally.patterns[rule.code] = {}
            if tally.failed[rule.code]:
                tally.patterns[rule.code] = self._list(rule, table, 1 << at, used, listing=listing)
        self.connection.execute(f"DROP TABLE {table}")

    def _used(self, rules: Iterable[RuleSpec]) -> dict[str, int]:
        """The columns that a listing shows, with their places in the kept values."""
        names = [*self.key, *(name for rule in rules for name in rule.fields)]
        return {name: place for place, name in enumerate(dict.fromkeys(names), 1)}

    def _scan(
        self, rules: Sequence[RuleSpec], source: str, table: str, used: Mapping[str, int]
    ) -> None:
        """The one scan: rows that any rule does not simply pass, with marks and, if failed, values."""
        scan = Scan(self.columns)
        work = Work(scan, self.members, self.arrivals)
        states = [add_state(work, rule) for rule in rules]
        relation, params = scan.relation(source)
        odd = " OR ".join(f"{state} IS NOT TRUE" for state in dict.fromkeys(states))
        unchecked = _bits(states, "IS NULL")
        failed = _bits(states, "IS FALSE")
        values = pool.name_list(used) or "NULL"
        self.connection.execute(
            f"CREATE TEMP TABLE {table} AS SELECT r, u, f,"
            f" CASE WHEN f <> 0 THEN [{values}] END AS v FROM (SELECT *, {ROW} AS r,"
            f" {unchecked} AS u, {failed} AS f FROM {relation} WHERE {odd})",
            params,
        )

    def _list(
        self, rule: RuleSpec, table: str, bit: int, used: Mapping[str, int], *, listing: bool
    ) -> dict[str, int]:
        """How the failing rows of a rule fail; and, up to a bound, which they are."""
        element = element_of(rule)
        value = f"v[{used[rule.fields[0]]}]" if rule.fields else "NULL::VARCHAR"
        pattern = _pattern_of(rule, value)
        failing = f"(SELECT r, v, {pattern} AS p FROM {table} WHERE f & {bit} <> 0)"
        counted = self.connection.execute(
            f"SELECT p, count(*) AS n FROM {failing} GROUP BY p ORDER BY n DESC, p"
        ).fetchall()
        if listing:
            over = any(int(rows) > LISTED for _, rows in counted)
            bound = f" QUALIFY row_number() OVER (PARTITION BY p ORDER BY r) <= {LISTED}"
            self.connection.execute(
                f"INSERT INTO listing BY NAME SELECT ?::VARCHAR AS rule, r AS row, {self.key_sql(used)} AS key,"
                f" ?::VARCHAR AS field, {value} AS value, p AS pattern,"
                f" {suggestion_sql(rule.kind, value, element)} AS suggestion FROM {failing}"
                + (bound if over else ""),
                [rule.code, rule.fields[0] if rule.fields else ""],
            )
        return {str(name): int(rows) for name, rows in counted}

    def key_sql(self, used: Mapping[str, int]) -> str:
        """The key of a row as one text. 键文本。"""
        parts = [f"coalesce(v[{used[name]}], '')" for name in self.key]
        return f" || {SEPARATOR} || ".join(parts) or "''"


def _bits(states: Sequence[str], test: str) -> str:
    terms = [
        f"CASE WHEN {state} {test} THEN {1 << at} ELSE 0 END" for at, state in enumerate(states)
    ]
    return "(" + " + ".join(terms) + ")::BIGINT"


def _pattern_of(rule: RuleSpec, value: str) -> str:
    if rule.kind == RuleKind.COMPARE and rule.params.get("relation"):
        return f"'{str(rule.params['relation']).split('_', 1)[0]}_differs'"
    if rule.kind == RuleKind.LENGTH:
        return f"CASE WHEN length({value}) > {int(rule.params.get('max', 10**9))} THEN 'too_long' ELSE 'too_short' END"
    if rule.kind == RuleKind.RANGE:
        return "'out_of_range'"
    return pattern_sql(rule.kind, value, element_of(rule))


def add_patterns(*signed: tuple[int, Mapping[str, int]]) -> dict[str, int]:
    """Pattern counts added and taken away; the rarest become `other`. 合并样式计数。"""
    total: dict[str, int] = {}
    for sign, patterns in signed:
        for name, rows in patterns.items():
            total[name] = total.get(name, 0) + sign * rows
    kept = sorted(
        ((name, rows) for name, rows in total.items() if rows), key=lambda one: (-one[1], one[0])
    )
    found = dict(kept[:PATTERNS_KEPT])
    rest = sum(rows for _, rows in kept[PATTERNS_KEPT:])
    if rest:
        found["other"] = found.get("other", 0) + rest
    return found
