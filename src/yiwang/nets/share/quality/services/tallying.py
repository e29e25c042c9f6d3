"""Counting in two looks: of each rule how many rows were looked at, how many failed and how. 计数。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW
from yiwang.nets.share.quality.types import ROW_COLUMNS, RuleKind, RuleSpec

from .canon import Canon
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
        tally = Tally()
        plain = [rule for rule in rules if rule.kind != RuleKind.UNIQUE]
        for start in range(0, len(plain), TOGETHER):
            group = plain[start : start + TOGETHER]
            in_full = Look(self, group, source).find_open() if rows > SAMPLED else set()
            for full in (False, True):
                some = [rule for at, rule in enumerate(group) if (at in in_full) == full]
                if some:
                    look = Look(self, some, source)
                    look.glance(in_full=full)
                    for at in look.list_open():
                        _tally(look, at, rows, tally, listing=listing)
        return tally


def _tally(look: Look, at: int, rows: int, tally: Tally, *, listing: bool) -> None:
    code, silent, patterns = look.rules[at].code, look.count_silent(at), {}
    for pattern, count in look.judge(at, listing=listing):
        if pattern is None:
            silent += count
        else:
            patterns[pattern] = count
    tally.checked[code], tally.failed[code] = rows - silent, sum(patterns.values())
    tally.patterns[code] = patterns


class Look:
    """A glance at all rows by some rules, and a full look at those it leaves open. 检视。"""

    def __init__(self, counter: Counter, rules: Sequence[RuleSpec], source: str) -> None:
        self.counter, self.connection = counter, counter.connection
        self.rules, self.source = rules, source
        read = [*counter.key, *(name for rule in rules for name in columns_of(rule))]
        self.kept = {name: at for at, name in enumerate(dict.fromkeys(read), 1)}
        self.marks: list[tuple[int, int, int]] = []
        self.apart: dict[int, int] = {}
        self.canon = Canon(self.connection, self.rules, self.kept, {})

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
        asked = [""] * len(self.rules)
        if in_full:
            states = [add_state(work, rule) for rule in self.rules]
        else:
            glances = glance_all(work, self.rules)
            states = [work.scan.states.add(one.state_sql()) for one in glances]
            asked = [one.asked for one in glances]
            plain = plain_sql(glances)
            self._count_apart()
        relation, params = work.scan.relation(self.source, plain)
        values = pool.name_list(self.kept) or "NULL"
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE glanced AS SELECT u, o, r, v, count(*) AS n"
            f" FROM (SELECT *, CASE WHEN o <> 0 THEN {ROW} END AS r, CASE WHEN o <> 0 THEN [{values}] END AS v"
            f" FROM (SELECT *, {_bits(states, asked, 'IS NULL')} AS u,"
            f" {_bits(states, asked, 'IS FALSE')} AS o FROM {relation})"
            " WHERE u <> 0 OR o <> 0) GROUP BY u, o, r, v",
            params,
        )
        self.marks = self.connection.execute(
            "SELECT u, o, sum(n)::BIGINT FROM glanced GROUP BY ALL"
        ).fetchall()

    def _count_apart(self) -> None:
        """Count the rows that rules do not ask about, from the columns that say so alone. 不适用行数。"""
        work = self._work(self.counter.columns)
        found = {at: asked_sql(work, rule) for at, rule in enumerate(self.rules)}
        counts = {at: f"count(*) FILTER (NOT {asked})" for at, asked in found.items() if asked}
        if counts:
            relation, params = work.scan.relation(self.source)
            row = self.connection.execute(
                f"SELECT {', '.join(counts.values())} FROM {relation}", params
            ).fetchone()
            self.apart = dict(zip(counts, row or (), strict=True))

    def count_silent(self, at: int) -> int:
        """Rows of which a rule surely has nothing to say. 未检行数。"""
        silent = sum(rows for silent, _, rows in self.marks if silent >> at & 1)
        return silent + self.apart.get(at, 0)

    def list_open(self) -> list[int]:
        """The rules, those that leave most rows open first. 规则顺序。"""
        return sorted(range(len(self.rules)), key=lambda at: -self._count_open(at))

    def _count_open(self, at: int) -> int:
        return sum(rows for _, open_, rows in self.marks if open_ >> at & 1)

    def judge(self, at: int, *, listing: bool) -> list[tuple[str | None, int]]:
        """What the full look at open rows says: pattern (None: nothing to say), rows. 细看。

        Rows of the same values are judged once.
        """
        if not self._count_open(at):
            return []
        rule = self.rules[at]
        work = self._work(tuple(columns_of(rule)))
        told = f"{work.scan.mark}rows"
        source, known = self.canon.join(
            rule, self._open_values(at, told, listing=listing), work.scan.mark
        )
        state = add_state(replace(work, told=known), rule)
        relation, params = work.scan.relation(source)
        value = pool.quote_name(rule.fields[0]) if rule.fields else "NULL::VARCHAR"
        meant = suggestion_sql(rule.kind, element_of(rule)) if listing else "''"
        text = "".join(
            f", {one.text} AS yw_c, {one.right} AS yw_s" for one in [*known.values()][:1]
        )
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE judged AS SELECT n, rows, value,"
            f" CASE WHEN failed THEN coalesce({_pattern_of(rule, 'value')}, 'other') END AS p,"
            f" CASE WHEN failed THEN {meant} END AS s FROM"
            f" (SELECT {told}.n AS n, {told}.rows AS rows, {value} AS value, NOT {state} AS failed{text}"
            f" FROM {relation} WHERE {state} IS NOT TRUE)",
            params,
        )
        found = self.connection.execute(
            "SELECT p, sum(n)::BIGINT AS n FROM judged GROUP BY ALL ORDER BY n DESC, p"
        ).fetchall()
        if listing:
            self._list(rule, over=any(rows > LISTED for _, rows in found))
        self._put_away(1 << at)
        return found

    def _open_values(self, at: int, told: str, *, listing: bool) -> str:
        """The distinct values of a rule's open rows, and the rows: how many, or which by what key."""
        rule = self.rules[at]
        columns = [f"v[{self.kept[name]}] AS {pool.quote_name(name)}" for name in columns_of(rule)]
        if rule.kind == RuleKind.CODE:  # which list counts may depend on when the row came
            columns.append(f"r AS {ROW}")
        rows = f"list({{'r': r, 'key': {self.key_sql()}}})" if listing else "NULL"
        listed = ", ".join([*columns, f"{{'n': count(*), 'rows': {rows}}} AS {told}"])
        return f"(SELECT {listed} FROM glanced WHERE o & {1 << at} <> 0 GROUP BY ALL)"

    def _list(self, rule: RuleSpec, *, over: bool) -> None:
        """Put the failing rows into the listing, up to a bound. 列出问题行。"""
        bound = f" QUALIFY row_number() OVER (PARTITION BY p ORDER BY row) <= {LISTED}"
        self.connection.execute(
            "INSERT INTO listing BY NAME SELECT ?::VARCHAR AS rule, one.r AS row, one.key AS key,"
            " ?::VARCHAR AS field, value, p AS pattern, s AS suggestion"
            " FROM (SELECT unnest(rows) AS one, value, p, s FROM judged WHERE p IS NOT NULL)"
            + (bound if over else ""),
            [rule.code, rule.fields[0] if rule.fields else ""],
        )

    def _put_away(self, bit: int) -> None:
        """Leave out the rows that one rule alone left open, where later ones would read many in vain."""
        if sum(rows for _, open_, rows in self.marks if open_ == bit) > MANY:
            self.connection.execute("ALTER TABLE glanced RENAME TO glanced_all")
            self.connection.execute(
                f"CREATE TEMP TABLE glanced AS SELECT * FROM glanced_all WHERE o NOT IN (0, {bit})"
            )
            self.connection.execute("DROP TABLE glanced_all")

    def key_sql(self) -> str:
        """The key of a kept row as one text. 键文本。"""
        parts = [f"coalesce(v[{self.kept[name]}], '')" for name in self.counter.key]
        return f" || {SEPARATOR} || ".join(parts) or "''"


def _bits(states: Sequence[str], asked: Sequence[str], test: str) -> str:
    terms = [
        f"CASE WHEN {state} {test}{when and f' AND {when}'} THEN {1 << at} ELSE 0 END"
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
