"""Repeated keys, exactly. 唯一性。

Keys are first told apart by their hash, which takes a fraction of the memory; only rows whose hash
stands twice are then compared by the key itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW
from yiwang.nets.share.quality.types import RuleSpec

from .patterns import commonly_filled_sql, is_blank_sql
from .scan import Scan

FEW = 2_000


@dataclass(frozen=True, slots=True)
class Repeated:
    """Rows with a key, and those of them whose key stands in another row too. 重复计数。"""

    checked: int
    failed: int


def count_repeated(
    connection: pool.Connection, rule: RuleSpec, source: str, table: str
) -> Repeated:
    """Count over a relation; the failing rows go into `table` as r, k. 统计重复。"""
    names = pool.name_list(rule.fields)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table}_found AS SELECT coalesce(sum(n), 0) AS n,"
        " list(h) FILTER (n > 1) AS hashes FROM (SELECT h, count(*) AS n FROM"
        f" (SELECT hash({names}) AS h FROM {_filled_rows(rule, source)}) GROUP BY h)"
    )
    found = connection.execute(f"SELECT n, len(hashes) FROM {table}_found").fetchone()
    checked, twice = (int(found[0]), found[1]) if found else (0, 0)
    told = f"{Scan(rule.fields).mark}h"
    some = (
        f"(SELECT {ROW}, {names} FROM (SELECT {ROW}, {names}, hash({names}) AS {told} FROM {source})"
        f" SEMI JOIN (SELECT unnest(hashes) AS {told} FROM {table}_found) USING ({told}))"
    )
    return Repeated(checked, keep_repeated(connection, rule, some if twice else "", table))


def _filled_rows(rule: RuleSpec, source: str) -> str:
    """The keys that are no blanks. Most are told by their first character, for all rows at once."""
    scan = Scan(rule.fields)
    tests = []
    for name in map(pool.quote_name, rule.fields):
        first = scan.workings.add(f"unicode({name})")
        common = scan.tests.add(commonly_filled_sql(first))
        tests.append(f"CASE WHEN {common} THEN true ELSE NOT ({is_blank_sql(name)}) END")
    relation, _ = scan.relation(f"(SELECT {pool.name_list(rule.fields)} FROM {source})")
    return f"{relation} WHERE {' AND '.join(tests)}"


def keep_repeated(connection: pool.Connection, rule: RuleSpec, source: str, table: str) -> int:
    """Put the rows of repeated keys of a small relation into `table`; how many they are. 重复行。"""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} (r BIGINT, k VARCHAR[])")
    if not source:
        return 0
    names = pool.name_list(rule.fields)
    connection.execute(
        f"INSERT INTO {table} SELECT {ROW}, [{names}] FROM {source} WHERE {_filled(rule)}"
        f" QUALIFY count(*) OVER (PARTITION BY {names}) > 1"
    )
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0


def recount_repeated(
    connection: pool.Connection, rule: RuleSpec, before: Repeated, base: str, table: str
) -> Repeated:
    """The counts after `came` joined and `gone` left a relation that was counted before. 增量重复。

    Only keys that came or went are looked at; `base` gives the earlier rows that may hold them.
    Rows whose standing is worked out anew go into `{table}_before`, the failing ones into `table`.
    """
    names, came = pool.name_list(rule.fields), f"{Scan(rule.fields).mark}came"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table}_moved AS SELECT * FROM"
        f" (SELECT {ROW}, {names}, true AS {came} FROM came"
        f" UNION ALL SELECT {ROW}, {names}, false FROM gone) WHERE {_filled(rule)}"
    )
    counted = connection.execute(
        f"SELECT count(*) FILTER ({came}) - count(*) FILTER (NOT {came}) FROM {table}_moved"
    ).fetchone()
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table}_before AS SELECT {ROW}, {names} FROM {base}"
        f" SEMI JOIN {table}_moved USING ({names})"
    )
    failed_before = _pick_repeated(connection, names, f"{table}_before", table)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table}_now AS"
        f" SELECT {ROW}, {names} FROM {table}_before ANTI JOIN gone USING ({ROW})"
        f" UNION ALL SELECT {ROW}, {names} FROM {table}_moved WHERE {came}"
    )
    failed_now = _pick_repeated(connection, names, f"{table}_now", table)
    more = int(counted[0]) if counted else 0
    return Repeated(before.checked + more, before.failed - failed_before + failed_now)


def _pick_repeated(connection: pool.Connection, names: str, filled: str, table: str) -> int:
    """Put the rows of repeated keys of a table of filled keys into `table`; how many they are."""
    found = connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {ROW} AS r, [{names}] AS k FROM {filled}"
        f" SEMI JOIN (SELECT {names} FROM {filled} GROUP BY ALL HAVING count(*) > 1) USING ({names})"
    ).fetchone()
    return int(found[0]) if found else 0


def _filled(rule: RuleSpec) -> str:
    return " AND ".join(f"NOT ({is_blank_sql(pool.quote_name(name))})" for name in rule.fields)
