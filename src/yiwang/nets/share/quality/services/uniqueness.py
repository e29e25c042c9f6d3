"""Repeated keys, exactly. 唯一性。

Keys are first told apart by their hash, which takes a fraction of the memory; only rows whose hash
stands twice are then compared by the key itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW
from yiwang.nets.share.quality.types import RuleSpec

from .patterns import is_blank_sql

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
    filled = _filled(rule)
    found = connection.execute(
        f"SELECT coalesce(sum(n), 0), list(h) FILTER (n > 1) FROM"
        f" (SELECT hash({names}) AS h, count(*) AS n FROM {source} WHERE {filled} GROUP BY h)"
    ).fetchone()
    checked, hashes = (int(found[0]), found[1] or []) if found else (0, [])
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table}_hashes (h UBIGINT)")
    if hashes:
        connection.execute(f"INSERT INTO {table}_hashes SELECT unnest(?::UBIGINT[])", [hashes])
    some = (
        f"(SELECT {ROW}, {names} FROM {source}"
        f" WHERE {filled} AND hash({names}) IN (SELECT h FROM {table}_hashes))"
    )
    return Repeated(checked, keep_repeated(connection, rule, some if hashes else "", table))


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
    names, filled = pool.name_list(rule.fields), _filled(rule)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table}_keys AS SELECT {names} FROM came WHERE {filled}"
        f" UNION SELECT {names} FROM gone WHERE {filled}"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table}_before AS SELECT {ROW}, {names} FROM {base}"
        f" SEMI JOIN {table}_keys USING ({names})"
    )
    failed_before = keep_repeated(connection, rule, f"{table}_before", table)
    now = (
        f"(SELECT {ROW}, {names} FROM {table}_before ANTI JOIN gone USING ({ROW})"
        f" UNION ALL SELECT {ROW}, {names} FROM came)"
    )
    failed_now = keep_repeated(connection, rule, now, table)
    counted = connection.execute(
        f"SELECT (SELECT count(*) FROM came WHERE {filled}) - (SELECT count(*) FROM gone WHERE {filled})"
    ).fetchone()
    more = int(counted[0]) if counted else 0
    return Repeated(before.checked + more, before.failed - failed_before + failed_now)


def _filled(rule: RuleSpec) -> str:
    return " AND ".join(f"NOT ({is_blank_sql(pool.quote_name(name))})" for name in rule.fields)
