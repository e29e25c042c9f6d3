"""Lineage on the command line: made anew, and looked at. 数据血缘命令。"""

from __future__ import annotations

from typing import Any

import click

from .frame import Answer, Session, command, group
from .words import t

lineage = group("lineage", "Where data comes from and where it goes. 数据血缘。")


@command("rebuild", group=lineage)
def rebuild(session: Session) -> Answer:
    """Make the recorded lineage anew from deliveries, grants and comparisons. 重建血缘。"""
    from yiwang.nets.share.lineage import services

    found = services.rebuild(session.actor, tell=lambda what: session.say("%(what)s", what=what))
    return Answer(found, [t("%(count)s edges hold", count=found["edges"])])


@command("show", group=lineage)
@click.argument("resource_text", metavar="RESOURCE")
@click.option("--column", "columns", multiple=True, help="Only this column. 列。")
@click.option("--hops", default=6, help="How many steps far. 层数。")
def show(session: Session, *, resource_text: str, columns: tuple[str, ...], hops: int) -> Answer:
    """Say where the columns of a resource come from and where they go. 查看血缘。"""
    from yiwang.nets.share.lineage import services

    found = services.look_lineage(session.actor, resource_text, columns=columns, hops=hops)
    rows = list(services.list_rows(found))
    document = {"resource": found.resource.code, "cut": found.cut, "rows": rows}
    return Answer(document, [line_of(row) for row in rows])


def line_of(row: dict[str, Any]) -> str:
    """One row for people. 一行。"""
    arrow = "←" if row["direction"] == "origin" else "→"
    if row["hidden"]:
        return f"{row['column']} {arrow} " + t(
            "%(count)s that you may not see", count=row["hidden"]
        )
    masked = f" ({t('Masked')})" if row["masked"] else ""
    return f"{row['column']} {arrow} {row['name']} {row['field']}{masked}".rstrip()
