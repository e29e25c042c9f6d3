"""Records on the command line, as sheets. 业务对象命令。"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg

if TYPE_CHECKING:
    from yiwang.kernel.records.services import Desk

from .frame import Answer, Session, group
from .frame import command as declare
from .words import get_language, t

records = group("records", "Records of apps. 业务对象。")
ENTITY = click.argument("entity", metavar="ENTITY")
REASON = click.option("--reason", default="", help="Why; kept on record. 理由。")
DONE = msg("%(created)s added, %(changed)s changed, %(kept)s as they were.")
PLANNED = msg("Nothing is taken in: %(created)s new, %(changed)s changed, %(kept)s as they are.")
MOST_BYTES, MOST_ROWS = 200 << 20, 200_000


@declare("erase", group=records)
@ENTITY
@click.argument("field", metavar="FIELD")
@click.option("--reason", required=True, help="Why; kept on record. 理由。")
def erase(session: Session, *, entity: str, field: str, reason: str) -> Answer:
    """Erase the values of a field that is declared no more, history too, for good. 抹除隐藏字段。"""
    from yiwang.kernel.records import services

    count = services.erase_hidden(session.actor, entity, field, reason=reason)
    told = {"entity": entity, "field": field, "columns": count}
    return Answer(
        told, [t("The hidden values of %(field)s in %(entity)s are being erased.", **told)]
    )


@declare("hidden", group=records)
def hidden(session: Session) -> Answer:
    """The fields that are declared no more, whose values are still kept. 隐藏字段清单。"""
    from yiwang.kernel.records import services

    found = services.list_hidden(session.actor)
    told = [
        {"entity": one.entity, "field": one.key, "kind": one.kind, "hidden_at": one.hidden_at}
        for one in found
    ]
    lines = [f"{one.entity}.{one.key} ({one.kind})" for one in found]
    return Answer({"fields": told}, lines or [t("No field is hidden.")])


@declare("list", group=records)
def list_kinds(session: Session) -> Answer:
    """The kinds of records that one may see, and what one may do with them. 可见业务对象。"""
    from yiwang.kernel.records import services

    desk = services.at_desk(session.actor)
    language = "en" if get_language() == "en" else "zh"
    told = [
        {"entity": one.code, "title": dict(one.title), "verbs": sorted(desk.verbs(one.code))}
        for one in desk.entities()
    ]
    lines = [
        f"{one.code}  {one.title.get(language, one.title['zh'])}  {' '.join(sorted(desk.verbs(one.code)))}"
        for one in desk.entities()
    ]
    return Answer({"entities": told}, lines)


@declare("export", group=records)
@ENTITY
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--where", default="", help="Only records for which this holds. 筛选条件。")
@click.option("--purpose", default="", help="What for, where data leave unmasked. 用途。")
def export(session: Session, *, entity: str, file: Path, where: str, purpose: str) -> Answer:
    """Write records to a file, .csv or .xlsx, masked as on their page. 导出记录。"""
    from yiwang.kernel.records import services

    desk = services.at_desk(session.actor)
    wanted = services.read_wanted(desk, entity, where)
    ending = file.suffix.lower().removeprefix(".")
    found = services.open_export(desk, entity, wanted, ending=ending, purpose=purpose)
    with found.stream as source, file.open("wb") as target:
        while piece := source.read(1 << 20):
            target.write(piece)
    told = {"entity": entity, "file": str(file), "rows": found.rows}
    return Answer(told, [t("%(rows)s records in %(file)s", **told)])


@declare("import", group=records)
@ENTITY
@click.argument(
    "file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--add-only", is_flag=True, help="Change no record that is there. 仅新增。")
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing. 预览。")
@REASON
def take_in(
    session: Session, *, entity: str, file: Path, add_only: bool, dry_run: bool, reason: str
) -> Answer:
    """Take records in from a CSV, Excel or ODS file, all of it or nothing. 导入记录。"""
    from yiwang.kernel.records import services
    from yiwang.kernel.records.services.importing import import_rows, plan_import

    desk = services.at_desk(session.actor)
    rows = read_rows(desk, entity, file)
    plan = plan_import(desk, entity, rows, update=not add_only)
    done = not plan.problems and not dry_run
    if done:
        plan = import_rows(desk, entity, rows, update=not add_only, reason=reason)
    counts = {
        "created": plan.count("create"),
        "changed": plan.count("change"),
        "kept": plan.count("keep"),
    }
    problems = [
        {
            "row": one.row,
            "column": one.column,
            "value": one.value,
            "detail": t(one.message, **one.extra),
        }
        for one in plan.problems
    ]
    lines = [f"{one['row']}  {one['column']}  {one['detail']}" for one in problems]
    lines.append(t(DONE if done else PLANNED, **counts))
    document = {**counts, "done": done, "problems": problems, "ignored": plan.ignored}
    return Answer(document, lines, exit_code=InvalidInput.exit_code if problems else 0)


def read_rows(desk: Desk, entity: str, file: Path) -> list[dict[str, str | None]]:
    """The rows of a sheet by heading, empty ones left out. 读取表格。"""
    from dataclasses import replace

    from yiwang.kernel.files import services as files
    from yiwang.kernel.files.services.sheets import LIMITS
    from yiwang.kernel.records.services.importing import LONGEST_CELL, score_headings

    limits = replace(
        LIMITS, file=MOST_BYTES, unpacked=10 * MOST_BYTES, rows=MOST_ROWS, cell=LONGEST_CELL,
        seconds=600,
    )  # fmt: skip
    score = score_headings(desk, entity)
    with files.scratch("sheet") as folder:
        return files.read_sheet_at(file, file.name, folder, score=score, limits=limits)
