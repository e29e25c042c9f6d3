"""Rows held against the rules before they land. 报送前试检。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.kernel.base.clock import today
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.types import RuleKind, RuleSpec, Severity

from .code_members import Members
from .compiling import Work, add_state, columns_of, work_over
from .declaring import resolve, rules_of
from .scan import Scan
from .uniqueness import count_repeated

BLOCK = 1_000
LAST = 2**62


def check_rows(
    resource_id: str, columns: Sequence[str], rows: Mapping[int, Sequence[str | None]]
) -> dict[int, frozenset[str]]:
    """Which fields of each given row break an error rule that looks at one row alone. 试检行。

    For corrections that came back, by the number that the caller gives each row. Columns that are
    not given are not looked at. The caller has authorized the look.
    """
    resource = catalog.Resource.objects.get(id=resource_id)
    version = pool.find_latest(resource.table) if resource.table else None
    rules = [rule for rule in rules_of(resource) if _looks_at_rows(rule, columns)]
    if version is None or not rules or not rows:
        return {row: frozenset() for row in rows}
    with pool.engine() as connection:
        _fill(connection, columns, rows)
        work = work_over(connection, version, columns)
        states = [add_state(work, rule) for rule in rules]
        relation, params = work.scan.relation("given")
        listed = ", ".join(f"{state} IS FALSE" for state in states)
        found = connection.execute(f"SELECT {ROW}, [{listed}] FROM {relation}", params).fetchall()
    return {int(row): _fields(rules, broken) for row, broken in found}


def count_broken(
    rule: RuleSpec,
    columns: Sequence[str],
    rows: Mapping[int, Sequence[str | None]],
    listed: Sequence[str | None] = (),
) -> int:
    """How many of these rows break a rule; `listed` are the values that it refers to. 违反规则的行数。"""
    with pool.engine() as connection:
        _fill(connection, columns, rows)
        if rule.kind == RuleKind.UNIQUE:
            return count_repeated(connection, rule, "given", "repeated").failed
        connection.execute("CREATE TEMP TABLE listed AS SELECT unnest(?::VARCHAR[]) AS v", [listed])
        work = _Trial(Scan(columns), Members(connection), [(LAST, today())])
        state = add_state(work, resolve(rule))
        relation, params = work.scan.relation("given")
        counted = f"SELECT count(*) FROM {relation} WHERE {state} IS FALSE"
        found = connection.execute(counted, params).fetchone()
    return int(found[0]) if found else 0


class _Trial(Work):
    """What compiling needs where no register lies in the pool yet."""

    def listed_elsewhere(self, rule: RuleSpec) -> str | None:
        value = self.column(rule.fields[0])
        return self.scan.workings.add(f"{value} IN (SELECT v FROM listed WHERE v <> '')")


def _looks_at_rows(rule: RuleSpec, columns: Sequence[str]) -> bool:
    whole = rule.kind in (RuleKind.UNIQUE, RuleKind.FRESH)
    free = rule.when or rule.kind in (RuleKind.CONDITION, RuleKind.COMPARE)
    given = set(rule.fields) <= set(columns) and (
        not free or bool(rule.params.get("relation")) or _reads_only(rule, columns)
    )
    return rule.enabled and rule.severity == Severity.ERROR and given and not whole


def _reads_only(rule: RuleSpec, columns: Sequence[str]) -> bool:
    """Whether the filters of a rule name given columns only. 是否只用所给列。"""
    return set(columns_of(rule)) <= set(columns)


def _fill(
    connection: pool.Connection, columns: Sequence[str], rows: Mapping[int, Sequence[str | None]]
) -> None:
    defined = ", ".join(f"{pool.quote_name(name)} VARCHAR" for name in columns)
    connection.execute(f"CREATE TEMP TABLE given ({ROW} BIGINT, {defined})")
    listed = list(rows.items())
    cells = ", ".join(["?"] * (len(columns) + 1))
    for start in range(0, len(listed), BLOCK):
        block = [[row, *values] for row, values in listed[start : start + BLOCK]]
        connection.executemany(f"INSERT INTO given VALUES ({cells})", block)


def _fields(rules: Sequence[RuleSpec], broken: Sequence[bool]) -> frozenset[str]:
    return frozenset(
        rule.fields[0] for rule, bad in zip(rules, broken, strict=True) if bad and rule.fields
    )
