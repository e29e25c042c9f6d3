"""Counting in two looks: of each rule how many rows were looked at, how many failed and how. 计数。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW
from yiwang.nets.share.quality.types import ROW_COLUMNS, RuleKind, RuleSpec

from .code_members import Members
from .compiling import Work, add_state, columns_of, element_of
from .glancing import asked_sql, glance_all, plain_sql
from .patterns import pattern_sql, suggestion_sql
from .scan import Scan

TOGETHER = 60
"""Rules of one scan: their marks are the bits of a number."""
LISTED = 100_000
"""Failing rows that are listed of one rule and pattern; all are counted."""
PATTERNS_KEPT = 500
SAMPLED, SAMPLE, MOSTLY_OPEN = 1_000_000, 20_000, 0.25
"""Of more rows than this so many are tried first; a rule that a glance leaves open in more than this
share of them is judged in full at once, so that hardly any row is kept for a second look."""
MANY = 20_000
"""Rows that one rule alone leaves open; so many are put away when it is through."""
SEPARATOR = "chr(31)"


@dataclass
class Tally:
    """Counts by rule code. 计数。"""

    checked: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    patterns: dict[str, dict[str, int]] = field(default_factory=dict)


class Counter:
    """Looks at relations by the same rules on one connection. 计数器。"""

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
        listed = ", ".join(f"{name} VARCHAR" for name in ROW_COLUMNS if name != "row")
        connection.execute(f"CREATE TEMP TABLE listing ({listed}, row BIGINT)")

    def count(
        self, rules: Sequence[RuleSpec], source: str, rows: int, *, listing: bool = True
    ) -> Tally:
        """Count the rules, uniqueness apart, over a relation of so many rows. 计数。"""
        [tally] = self.count_sides(rules, source, (rows,), "0", listing=listing)
        return tally

    def count_sides(
        self,
        rules: Sequence[RuleSpec],
        source: str,
        rows: Sequence[int],
        side: str,
        *,
        listing: bool = True,
    ) -> list[Tally]:
        """Count at once over the sides of a relation, numbered by `side`; list the first. 分侧计数。"""
        tallies = [Tally() for _ in rows]
        plain = [rule for rule in rules if rule.kind != RuleKind.UNIQUE]
        for start in range(0, len(plain), TOGETHER):
            group = plain[start : start + TOGETHER]
            in_full = Look(self, group, source, side).find_open() if sum(rows) > SAMPLED else set()
            for full in (False, True):
                some = [rule for at, rule in enumerate(group) if (at in in_full) == full]
                if some:
                    look = Look(self, some, source, side)
                    look.glance(in_full=full)
                    for at in look.list_open():
                        self._tally(look, at, rows, tallies, listing=listing)
        return tallies

    def _tally(
        self,
        look: Look,
        at: int,
        rows: Sequence[int],
        tallies: Sequence[Tally],
        *,
        listing: bool,
    ) -> None:
        rule, silent, failed = look.rules[at], look.count_silent(at, len(rows)), [0] * len(rows)
        for tally in tallies:
            tally.patterns[rule.code] = {}
        for side, pattern, count in look.judge(at, listing=listing):
            if pattern is None:
                silent[side] += count
            else:
                failed[side] += count
                tallies[side].patterns[rule.code][pattern] = count
        for side, tally in enumerate(tallies):
            tally.checked[rule.code] = rows[side] - silent[side]
            tally.failed[rule.code] = failed[side]


class Look:
    """A glance at all rows by some rules, and a full look at those it leaves open. 检视。"""

    def __init__(self, counter: Counter, rules: Sequence[RuleSpec], source: str, side: str) -> None:
        self.counter, self.connection = counter, counter.connection
        self.rules, self.source, self.side = rules, source, side
        read = [*counter.key, *(name for rule in rules for name in columns_of(rule))]
        self.kept = {name: at for at, name in enumerate(dict.fromkeys(read), 1)}
        self.marks: list[tuple[int, int, int, int]] = []
        self.apart: dict[int, tuple[int, ...]] = {}
        self.asked: list[int] = []

    def _work(self, columns: Sequence[str]) -> Work:
        return Work(Scan(columns), self.counter.members, self.counter.arrivals)

    def find_open(self) -> set[int]:
        """The rules of which a glance at some rows decides too little to be worth it. 抽样。"""
        work = self._work(self.counter.columns)
        glances = glance_all(work, self.rules)
        states = [work.scan.states.add(one.state_sql()) for one in glances]
        relation, params = work.scan.relation(f"(SELECT * FROM {self.source} LIMIT {SAMPLE})")
        shares = ", ".join(
            f"avg(({state} IS FALSE AND {one.asked or 'true'})::INTEGER)"
            for state, one in zip(states, glances, strict=True)
        )
        found = self.connection.execute(f"SELECT {shares} FROM {relation}", params).fetchone()
        return {at for at, share in enumerate(found or ()) if (share or 0) > MOSTLY_OPEN}

    def glance(self, *, in_full: bool = False) -> None:
        """Keep the rows that a rule leaves open with their values; count others by their marks. 初看。

        `in_full` asks the full states instead, of every row.
        """
        work, plain = self._work(self.counter.columns), ""
        asked = ["true"] * len(self.rules)
        if in_full:
            states = [add_state(work, rule) for rule in self.rules]
        else:
            glances = glance_all(work, self.rules)
            states = [work.scan.states.add(one.state_sql()) for one in glances]
            asked = [one.asked or "true" for one in glances]
            plain = plain_sql(glances)
            self._count_apart()
        relation, params = work.scan.relation(self.source, plain)
        values = pool.name_list(self.kept) or "NULL"
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE glanced AS SELECT g, u, o, r, count(*) AS n, any_value(v) AS v"
            f" FROM (SELECT *, CASE WHEN o <> 0 THEN {ROW} END AS r, CASE WHEN o <> 0 THEN [{values}] END AS v"
            f" FROM (SELECT *, {self.side} AS g, {_bits(states, asked, 'IS NULL')} AS u,"
            f" {_bits(states, asked, 'IS FALSE')} AS o FROM {relation})"
            " WHERE u <> 0 OR o <> 0) GROUP BY g, u, o, r",
            params,
        )
        self.marks = self.connection.execute(
            "SELECT g, u, o, sum(n)::BIGINT FROM glanced GROUP BY ALL"
        ).fetchall()

    def _count_apart(self) -> None:
        """Count the rows that rules do not ask about, from the columns that say so alone. 不适用行数。"""
        work = self._work(self.counter.columns)
        found = {at: asked_sql(work, rule) for at, rule in enumerate(self.rules)}
        self.asked = [at for at, asked in found.items() if asked]
        if not self.asked:
            return
        counts = ", ".join(f"count(*) FILTER (NOT {found[at]})" for at in self.asked)
        relation, params = work.scan.relation(self.source)
        rows = self.connection.execute(
            f"SELECT {self.side} AS g, {counts} FROM {relation} GROUP BY g", params
        ).fetchall()
        self.apart = {row[0]: tuple(row[1:]) for row in rows}

    def count_silent(self, at: int, sides: int) -> list[int]:
        """Rows of each side of which a rule surely has nothing to say. 未检行数。"""
        found = [0] * sides
        if at in self.asked:
            for side, counts in self.apart.items():
                found[side] += counts[self.asked.index(at)]
        for side, silent, _, rows in self.marks:
            if silent >> at & 1:
                found[side] += rows
        return found

    def list_open(self) -> list[int]:
        """The rules, those that leave most rows open first. 规则顺序。"""
        rows = [0] * len(self.rules)
        for _, _, open_, count in self.marks:
            for at in range(len(rows)):
                rows[at] += count * (open_ >> at & 1)
        return sorted(range(len(rows)), key=lambda at: -rows[at])

    def judge(self, at: int, *, listing: bool) -> list[tuple[int, str | None, int]]:
        """What the full look at open rows says: side, pattern (None: nothing to say), rows. 细看。"""
        if not any(open_ >> at & 1 for _, _, open_, _ in self.marks):
            return []
        rule, kept = self.rules[at], self.kept
        columns = ", ".join(f"v[{at}] AS {pool.quote_name(name)}" for name, at in kept.items())
        work = self._work(tuple(kept))
        side = f"{work.scan.mark}side"
        state = add_state(work, rule)
        relation, params = work.scan.relation(
            f"(SELECT r AS {ROW}, g AS {side}, {columns or 'v'} FROM glanced WHERE o & {1 << at} <> 0)"
        )
        value = pool.quote_name(rule.fields[0]) if rule.fields else "NULL::VARCHAR"
        meant = suggestion_sql(rule.kind, "value", element_of(rule)) if listing else "''"
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE judged AS SELECT r, g, key, value,"
            f" CASE WHEN failed THEN coalesce({_pattern_of(rule, 'value')}, 'other') END AS p,"
            f" CASE WHEN failed AND g = 0 THEN {meant} END AS s FROM"
            f" (SELECT {ROW} AS r, {side} AS g, {self.key_sql()} AS key, {value} AS value,"
            f" NOT {state} AS failed FROM {relation} WHERE {state} IS NOT TRUE)",
            params,
        )
        found = self.connection.execute(
            "SELECT g, p, count(*) AS n FROM judged GROUP BY ALL ORDER BY n DESC, p"
        ).fetchall()
        if listing:
            self._list(rule, over=any(rows > LISTED for _, _, rows in found))
        self._put_away(1 << at)
        return found

    def _put_away(self, bit: int) -> None:
        """Leave out the rows that one rule alone left open, where later ones would read many in vain."""
        if sum(rows for _, _, open_, rows in self.marks if open_ == bit) > MANY:
            self.connection.execute("ALTER TABLE glanced RENAME TO glanced_all")
            self.connection.execute(
                f"CREATE TEMP TABLE glanced AS SELECT * FROM glanced_all WHERE o NOT IN (0, {bit})"
            )
            self.connection.execute("DROP TABLE glanced_all")

    def _list(self, rule: RuleSpec, *, over: bool) -> None:
        """Put the failing rows of the first side into the listing, up to a bound. 列出问题行。"""
        bound = f" QUALIFY row_number() OVER (PARTITION BY p ORDER BY r) <= {LISTED}"
        self.connection.execute(
            "INSERT INTO listing BY NAME SELECT ?::VARCHAR AS rule, r AS row, key,"
            " ?::VARCHAR AS field, value, p AS pattern, s AS suggestion"
            " FROM judged WHERE p IS NOT NULL AND g = 0" + (bound if over else ""),
            [rule.code, rule.fields[0] if rule.fields else ""],
        )

    def key_sql(self) -> str:
        """The key of a row as one text. 键文本。"""
        parts = [f"coalesce({pool.quote_name(name)}, '')" for name in self.counter.key]
        return f" || {SEPARATOR} || ".join(parts) or "''"


def _bits(states: Sequence[str], asked: Sequence[str], test: str) -> str:
    terms = [
        f"CASE WHEN {state} {test} AND {when} THEN {1 << at} ELSE 0 END"
        for at, (state, when) in enumerate(zip(states, asked, strict=True))
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
