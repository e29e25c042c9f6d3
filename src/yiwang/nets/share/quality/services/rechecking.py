"""Whether corrected rows keep the rules, before they are landed; and the check afterwards. 更正值预检与复查。

Rules that look at one row are asked of the corrected rows alone, by the same SQL that checks whole
registers; what looks at all rows (repeated keys) is asked where corrections are put together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.types import RuleKind, RuleSpec, Severity

from .declaring import rules_of
from .running import check_resource
from .tallying import Counter

Row = tuple[str | None, ...]
WHOLE = (RuleKind.UNIQUE, RuleKind.FRESH)


def find_failures(
    resource_id: str, columns: Sequence[str], rows: Mapping[int, Row]
) -> dict[int, frozenset[str]]:
    """The columns of each corrected row that still break an error rule. 更正后仍不合格的列。"""
    rules = row_rules(resource_id, columns)
    failing: dict[int, set[str]] = {number: set() for number in rows}
    if rules and rows:
        fields = {rule.code: rule.fields for rule in rules}
        with pool.engine() as connection:
            hold_rows(connection, columns, rows)
            counter = Counter(connection, tuple(columns), [(1 << 62, today())], ())
            counter.count(rules, "corrected", len(rows))
            for rule, number in connection.execute("SELECT rule, row FROM listing").fetchall():
                failing[int(number)].update(fields[rule])
    return {number: frozenset(names) for number, names in failing.items()}


def row_rules(resource_id: str, columns: Sequence[str]) -> list[RuleSpec]:
    """The error rules of a register that look at one row. 逐行规则。"""
    resource = catalog.Resource.objects.get(id=resource_id)
    return [
        rule
        for rule in rules_of(resource)
        if rule.enabled
        and rule.severity == Severity.ERROR
        and rule.kind not in WHOLE
        and set(rule.fields) <= set(columns)
    ]


def hold_rows(connection: pool.Connection, columns: Sequence[str], rows: Mapping[int, Row]) -> None:
    """Corrected rows as a table of their own. 暂存更正行。"""
    names = pool.name_list(columns)
    listed = ", ".join("unnest(?::VARCHAR[])" for _ in columns)
    connection.execute(
        f"CREATE TEMP TABLE corrected AS SELECT * FROM (SELECT {listed}, unnest(?::BIGINT[]))"
        f" AS t({names}, {ROW})",
        [*([row[at] for row in rows.values()] for at in range(len(columns))), list(rows)],
    )


def check_again(actor: Actor, resource_id: str) -> str:
    """Check the newest version of a register now; gives the run's id. 复查。"""
    return check_resource(actor, resource_id).id
