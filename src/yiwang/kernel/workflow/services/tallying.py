"""Cases counted for whoever may see them, group by group. 流程统计。

One statement walks the cases of the named types along their index and keeps those that the reader
may see, by the same rule as `sight`; a filter and the groups stand on what it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import CITY_HOURS, CITY_ZONE, now
from yiwang.kernel.query import services as query
from yiwang.kernel.query.rows import Statement
from yiwang.kernel.query.types import Schema
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import CASE_FIELDS, Block, By, CaseGroup, Measure

from .inbox.walks import to_db
from .permissions import USE
from .sight import visible_in_sql
from .tallied import name_groups

Facts = tuple[tuple[str, str], ...]
SCHEMA = Schema(dict.fromkeys(CASE_FIELDS, "text"))
LETTERS = {"": 0, "year": 4, "month": 7}


class Counter:
    """What dashboards ask of cases. 流程统计接口。"""

    def opens(self, actor: Actor) -> bool:
        """Holders of `workflow.cases.use`. 可否统计。"""
        return actor.may(USE)

    def count(
        self, actor: Actor, block: Block, by: Sequence[By], facts: Facts
    ) -> tuple[list[CaseGroup], bool]:
        """Groups of cases that the actor may see: the largest first, of dated ones the latest. 分组统计。

        A median takes one more statement.
        """
        rows = rows_of(actor, block, facts)
        measures = records.measures_of(block)
        found = _run(_sum(rows, by, measures, facts, block.most + 1))
        medians = {
            at: {tuple(row[:-1]): row[-1] for row in _run(_median(rows, by, one, facts))}
            for at, one in enumerate(measures)
            if one.of == "median"
        }
        told = [(tuple(row[: len(by)]), row[len(by) :]) for row in found[: block.most]]
        words = name_groups(by, [keys for keys, _ in told], block.cases)
        groups = [
            CaseGroup(word, _numbers(measures, keys, numbers, medians), keys)
            for word, (keys, numbers) in zip(words, told, strict=True)
        ]
        return groups, len(found) > block.most

    def address(self, dashboard: str, at: int, told: str) -> str:
        """The list of what one number of a block counts. 下钻地址。"""
        return reverse("workflow:counted", args=[dashboard, at, told])


def rows_of(actor: Actor, block: Block, facts: Facts) -> Statement:
    """The cases of a block as rows of what is counted, only those that the actor may see. 统计行。"""
    at, (sees, seen) = to_db(now()), visible_in_sql(actor, block.cases)
    codes = ", ".join(["%s"] * len(block.cases))
    text = (
        "SELECT c.status AS state, c.code AS kind, c.node AS step, c.organization,"  # noqa: S608
        " CASE WHEN c.closed_at IS NOT NULL THEN NULL WHEN c.next_due_at <= %s THEN 'red'"
        " WHEN c.yellow_at <= %s THEN 'yellow' ELSE 'green' END AS light,"
        " CASE WHEN c.outcome = '' THEN NULL ELSE c.outcome END AS outcome,"
        " CASE WHEN c.closed_at IS NULL OR c.due_at IS NULL THEN NULL"
        " WHEN c.closed_at <= c.due_at THEN 'yes' ELSE 'no' END AS in_time,"
        " (SELECT max(k.organization) FROM workflow_task k WHERE k.case_id = c.id"
        " AND k.visit = c.visit AND k.status = 'open' AND k.organization > '') AS unit,"
        # Whoever answered last outside of where it was started; there, where nobody else did.
        f" CASE WHEN c.closed_at IS NOT NULL THEN coalesce({_last(' AND k.organization <> c.organization')},"
        f" {_last()}) END AS handled_by, c.id AS id,"
        f" {_day('c.opened_at')} AS opened, {_day('c.closed_at')} AS closed,"
        f" {_days_between()} AS days"
        f" FROM workflow_case c WHERE c.code IN ({codes}) AND ({sees})"
    )
    where, values = filter_in_sql(block.where, facts)
    return Statement(
        f"SELECT * FROM ({text}) t WHERE {where}",  # noqa: S608
        [at, at, *block.cases, *seen, *values],
    )


def _last(of: str = "") -> str:
    """The organization that decided last."""
    return (
        "(SELECT k.organization FROM workflow_task k WHERE k.case_id = c.id AND k.status = 'done'"  # noqa: S608
        f" AND k.kind = 'main' AND k.organization > ''{of} ORDER BY k.done_at DESC, k.id DESC LIMIT 1)"
    )


def _day(column: str) -> str:
    if connection.vendor == "postgresql":
        return f"to_char({column} AT TIME ZONE '{CITY_ZONE.key}', 'YYYY-MM-DD')"
    return f"date({column}, '+{CITY_HOURS} hours')"


def _days_between() -> str:
    if connection.vendor == "postgresql":
        return "CAST(extract(epoch FROM c.closed_at - c.opened_at) / 86400 AS double precision)"
    return "julianday(c.closed_at) - julianday(c.opened_at)"


def filter_in_sql(text: str, facts: Facts) -> tuple[str, list[Any]]:
    """A declared filter as a condition over rows `t`, with its values. 筛选条件。"""
    if not text:
        return "1 = 1", []
    postgresql = connection.vendor == "postgresql"
    node = records.read_filter(text, facts, SCHEMA)
    found = query.compile_node(node, "postgresql" if postgresql else "sqlite", alias="t")
    return (found.sql if postgresql else found.sql.replace("?", "%s")), list(found.params)


def key_of(by: By) -> str:
    """What a group goes by, over rows `t`. 分组列。"""
    letters = LETTERS[by.each]
    return f"substr(t.{by.key}, 1, {letters:d})" if letters else f"t.{by.key}"


def _sum(
    rows: Statement, by: Sequence[By], measures: Sequence[Measure], facts: Facts, most: int
) -> Statement:
    told = [filter_in_sql(one.when, facts) for one in measures]
    keys = [key_of(one) for one in by]
    sums = [f"sum(CASE WHEN {test} THEN 1 ELSE 0 END)" for test, _ in told]
    text = f"SELECT {', '.join([*keys, 'count(*)', *sums])} FROM ({rows.text}) t"  # noqa: S608
    if keys:
        places = ", ".join(str(at) for at in range(1, len(by) + 1))
        dated = next((at for at, one in enumerate(by, 1) if one.each), len(by) + 1)
        text += f" GROUP BY {places} ORDER BY {dated} DESC, {places} LIMIT {most:d}"
    return Statement(text, [*(value for _, some in told for value in some), *rows.values])


def _median(rows: Statement, by: Sequence[By], one: Measure, facts: Facts) -> Statement:
    """The middle of each group, or the mean of the two in the middle."""
    test, values = filter_in_sql(one.when, facts)
    keys = [f"{key_of(key)} AS k{at}" for at, key in enumerate(by)]
    group = f"PARTITION BY {', '.join(map(key_of, by))}" if by else ""
    inner = ", ".join(
        [*keys, "t.days", f"row_number() OVER ({group} ORDER BY t.days) AS place",
         f"count(*) OVER ({group}) AS many"]
    )  # fmt: skip
    names = [f"m.k{at}" for at in range(len(by))]
    grouped = f" GROUP BY {', '.join(names)}" if names else ""
    text = (
        f"SELECT {', '.join([*names, 'avg(m.days)'])} FROM (SELECT {inner} FROM ({rows.text}) t"  # noqa: S608
        f" WHERE t.days IS NOT NULL AND ({test})) m"
        f" WHERE m.place IN ((m.many + 1) / 2, (m.many + 2) / 2){grouped}"
    )
    return Statement(text, [*rows.values, *values])


def _run(statement: Statement) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.values)
        return list(cursor.fetchall())


def _numbers(
    measures: Sequence[Measure],
    keys: tuple[Any, ...],
    numbers: Sequence[Any],
    medians: Mapping[int, Mapping[tuple[Any, ...], Any]],
) -> tuple[Any, ...]:
    whole = int(numbers[0])
    return tuple(
        _number(one, whole, int(numbers[at + 1] or 0), medians.get(at, {}).get(keys))
        for at, one in enumerate(measures)
    )


def _number(one: Measure, whole: int, count: int, median: Any) -> Decimal | int | None:
    if one.of == "median":
        return None if median is None else round(Decimal(str(median)), 1)
    if one.of == "share":
        return Decimal(count) / whole if whole else None
    return count
