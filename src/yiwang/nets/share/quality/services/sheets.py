"""A rectification notice as a workbook that a clerk fills in. 整改单工作簿。

A cover says what it is about; each register has a sheet with one line per wrong cell. A hidden
sheet carries what each line is, signed by this node, so that the workbook is known again however
it was renamed, sorted, shortened or saved by other programs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import fill
from yiwang.kernel.base.text import msg
from yiwang.kernel.pool import services as pool
from yiwang.kernel.standards import services as standards
from yiwang.kernel.tabular.styled import Choices, Cover, Field, Line, Sheet, write_workbook
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.quality.models import Group, Notice, NoticeLine, Run
from yiwang.nets.share.quality.types import Answer

from .digests import digest_value, sign_rows
from .following import Kind, list_excused, row_excuses
from .worklist import mask_of_field

MARK, FORMAT = "yiwang-notice", "1"
HIDDEN_SHEET = "_yiwang"
ID, ANSWER, VALUE, REASON = "编号 ID", "答复 Answer", "更正值 Corrected value", "理由 Reason"
PROBLEM, HINT, FIELD, WAS, WHERE = (
    "问题 Problem", "建议 Suggestion", "问题项 Column", "现值 Value", "所在 Where",
)  # fmt: skip
ANSWERS = {
    Answer.CORRECTED: "已更正",
    Answer.RIGHT: "原值正确",
    Answer.REMOVE: "删除此行",
    Answer.UNKNOWN: "不清楚",
}
"""What the drop-down offers; a return may also say it in English. 答复选项。"""
LEADING = 9
MOST_LINES = 20_000
MOST_CODES = 1_000
MOST_COLUMNS = 200
BLOCK = 1_000
PART, PAIR = "\x1f", "\x1e"


@dataclass(slots=True)
class Register:
    """One register of a notice: its groups, as they stood in one run. 整改单中的登记册。"""

    resource: catalog.ResourceInfo
    run: Run
    groups: Mapping[tuple[str, str, str], Group]
    columns: tuple[str, ...]
    masks: Mapping[str, str]
    places: Places
    picks: Mapping[str, str]
    excused: frozenset[tuple[Kind, int]]


@dataclass(slots=True)
class Written:
    """What a workbook holds: wrong cells in all, and those listed in it. 工作簿统计。"""

    rows: int = 0
    listed: int = 0


class Places:
    """Where rows stand in the files that were delivered. 行在报送文件中的位置。"""

    def __init__(self, actor: Actor, version_id: str) -> None:
        self.spans = pool.list_spans(version_id)
        self.starts = [span.first_row for span in self.spans]
        wanted = {span.version_id for span in self.spans}
        found = connect.visible_deliveries(actor).filter(pool_version__in=wanted)
        self.deliveries = {one.pool_version: one for one in found}

    def find(self, row: int) -> str:
        """File, sheet and row as people count them. 位置说明。"""
        at = bisect_right(self.starts, row - 1) - 1
        span = self.spans[at] if at >= 0 else None
        delivery = self.deliveries.get(span.version_id) if span else None
        if span is None or delivery is None:
            return fill(gettext("row %(row)s"), {"row": row})
        number = row - span.first_row
        file = " / ".join(part for part in (delivery.file_name, delivery.member) if part)
        header = int(delivery.reading.get("header_row") or 0)
        told = {"file": file, "row": number, "line": header + number}
        return fill(gettext("%(file)s, data row %(row)s (about line %(line)s)"), told)


def write_notice(actor: Actor, notice: Notice, path: Path, *, whole: bool) -> Written:
    """Write the workbook of a notice. 写整改单工作簿。 `whole` shows personal values as they are."""
    registers = load_registers(actor, notice, whole=whole)
    lists = list_codes(registers)
    machine: list[list[str]] = []
    written = Written()
    write_workbook(
        path, write_cover(notice, registers), _sheets(notice, registers, machine, written), lists
    )
    return written


def load_registers(actor: Actor, notice: Notice, *, whole: bool) -> list[Register]:
    """The registers of a notice with their groups, by name. 整改单涉及的登记册。"""
    lines = NoticeLine.objects.filter(notice=notice).select_related("group", "run")
    by_run: dict[str, list[NoticeLine]] = {}
    for line in lines:
        by_run.setdefault(line.run_id, []).append(line)
    known = catalog.get_resources(line.group.resource for line in lines)
    found = [
        _register(actor, known[some[0].group.resource], some, whole=whole)
        for some in by_run.values()
        if some[0].group.resource in known
    ]
    return sorted(found, key=lambda one: (one.resource.name, one.run.id))


def _register(
    actor: Actor, resource: catalog.ResourceInfo, lines: Sequence[NoticeLine], *, whole: bool
) -> Register:
    run = lines[0].run
    columns = pool.get_version(run.pool_version).columns[:MOST_COLUMNS]
    masks = {} if whole else catalog.sight_of(actor, resource, columns).masks
    items = {item.name: item.effective for item in catalog.list_items(resource.id)}
    return Register(
        resource=resource,
        run=run,
        groups={(one.group.rule, one.group.field, one.group.pattern): one.group for one in lines},
        columns=columns,
        masks=masks,
        places=Places(actor, run.pool_version),
        picks={
            name: code_set for name in columns if (code_set := code_set_of(items.get(name, "")))
        },
        excused=frozenset(list_excused(run, row_excuses(run))),
    )


def code_set_of(element: str) -> str:
    """The code set of a coded element, where it is short enough for a drop-down. 代码集。"""
    found = standards.get_elements().get(element)
    version = standards.find_code_set(found.code_set, today()) if found and found.code_set else None
    return version.code_set if version and len(version.codes) <= MOST_CODES else ""


def list_codes(registers: Iterable[Register]) -> Choices:
    """The code lists that the workbook offers. 代码表。"""
    wanted = sorted({name for one in registers for name in one.picks.values()})
    found = {name: standards.get_code_set(name, today()) for name in wanted}
    return {
        name: [(code.code, code.name) for code in version.codes.values()]
        for name, version in found.items()
    }


def write_cover(notice: Notice, registers: Sequence[Register]) -> Cover:
    """The cover: number, department, due day, what to do in five lines, whom to ask. 封面。"""
    owner = catalog.name_codes([notice.owner]).get(notice.owner, notice.owner)
    masked = any(one.masks for one in registers)
    facts = [
        (gettext("Notice number"), notice.number),
        (gettext("Department"), owner),
        (gettext("Due on"), notice.due_on.isoformat() if notice.due_on else "–"),
        (gettext("Registers"), "、".join(dict.fromkeys(one.resource.name for one in registers))),
        (gettext("Grade"), str(notice.grade or "–")),
        (gettext("Personal values"), gettext("Masked") if masked else gettext("Whole")),
    ]
    if notice.purpose:
        facts.append((gettext("Purpose"), notice.purpose))
    if notice.note:
        facts.append((gettext("Contact and note"), notice.note))
    return Cover(
        "整改单",
        f"{gettext('Rectification notice')} {notice.number}",
        facts,
        [gettext(one) for one in FIVE_LINES],
    )


FIVE_LINES = (
    msg("Each line below the heading of a sheet is one wrong cell, coloured red in its row."),
    msg("Choose an answer in the yellow column: corrected, value is right, remove, not known."),
    msg("For corrected, type the right value beside it; for value is right, say why."),
    msg("You may sort, filter, delete lines and add columns; leave the column 编号 ID as it is."),
    msg("Send the file back by any channel; what stays empty stays open."),
)


def _sheets(
    notice: Notice, registers: Sequence[Register], machine: list[list[str]], written: Written
) -> Iterator[Sheet]:
    for register in registers:
        # A generator: the writer takes the lines of one sheet before it asks for the next.
        yield Sheet(
            register.resource.name,
            fields_of(register),
            _lines(register, machine, written),
            frozen=2,
        )
    yield Sheet(
        HIDDEN_SHEET, [Field(str(at)) for at in range(7)], _machine(notice, machine), hidden=True
    )


def fields_of(register: Register) -> list[Field]:
    """The columns of a register's sheet: to be filled in first, the row itself last. 表列。"""
    return [
        Field(ID, 11),
        Field(ANSWER, 13, open=True, choices=tuple(ANSWERS.values())),
        Field(VALUE, 22, open=True),
        Field(REASON, 18, open=True),
        Field(PROBLEM, 30, wrap=True),
        Field(HINT, 22, wrap=True),
        Field(FIELD, 16),
        Field(WAS, 22),
        Field(WHERE, 34, wrap=True),
        *(Field(name, min(30, max(10, 2 * len(name) + 2))) for name in register.columns),
    ]


def _lines(register: Register, machine: list[list[str]], written: Written) -> Iterator[Line]:
    for found in find_cells(register):
        written.rows += 1
        if written.listed >= MOST_LINES:
            continue
        written.listed += 1
        machine.append(_machine_row(register, found, written.listed))
        yield _line(register, found, written.listed)


@dataclass(frozen=True, slots=True)
class Cell:
    """One wrong cell: its row, column and value, and the groups that it fails in. 问题单元格。"""

    row: int
    field: str
    key: str | None
    value: str | None
    groups: tuple[Group, ...]
    suggestion: str
    cells: tuple[str | None, ...]


def find_cells(register: Register) -> Iterator[Cell]:
    """The wrong cells of a register, alike ones together, the row's columns with each. 查问题单元格。"""
    if not register.run.rows_version:
        return
    wanted = [PART.join(kind) for kind in register.groups]
    listed = ", ".join(f"t.{pool.quote_name(name)}" for name in register.columns)
    with pool.engine() as connection:
        answer = connection.execute(
            "WITH f AS (SELECT TRY_CAST(row AS BIGINT) AS n, coalesce(field, '') AS field,"
            " any_value(key) AS k, any_value(value) AS v, max(suggestion) AS s,"
            " string_agg(rule || chr(30) || left(coalesce(pattern, ''), 200), chr(31)"
            " ORDER BY rule, pattern) AS kinds"
            f" FROM {pool.relation(register.run.rows_version)} WHERE list_contains(?::VARCHAR[],"
            " rule || chr(31) || coalesce(field, '') || chr(31) || left(coalesce(pattern, ''), 200))"
            " GROUP BY ALL)"
            f" SELECT f.n, f.field, f.k, f.v, f.s, f.kinds, {listed} FROM f"
            f" LEFT JOIN {pool.relation(register.run.pool_version)} AS t ON t._row = f.n"
            " ORDER BY f.field, f.kinds, f.n",
            [wanted],
        )
        while block := answer.fetchmany(BLOCK):
            for found in block:
                cell = _cell(register, found)
                if cell.groups:
                    yield cell


def _cell(register: Register, found: Sequence[Any]) -> Cell:
    number, field, key, value, suggestion, kinds = found[:6]
    groups = []
    for kind in kinds.split(PART):
        rule, _, pattern = kind.partition(PAIR)
        group = register.groups.get((rule, field, pattern))
        if group and ((rule, field, pattern), int(number or 0)) not in register.excused:
            groups.append(group)
    return Cell(
        int(number or 0), field, key, value, tuple(groups), suggestion or "", tuple(found[6:])
    )


def _line(register: Register, cell: Cell, number: int) -> Line:
    masks, columns = register.masks, register.columns
    mask = mask_of_field(cell.field, masks)
    value = catalog.hide(mask, cell.value) if mask else cell.value
    hint = catalog.hide(mask, cell.suggestion) if mask and cell.suggestion else cell.suggestion
    problem = "；".join(dict.fromkeys(group.title_zh or group.rule for group in cell.groups))
    shown = [
        catalog.hide(masks[name], text) if name in masks else text
        for name, text in zip(columns, cell.cells, strict=True)
    ]
    where = register.places.find(cell.row)
    pick = register.picks.get(cell.field)
    return Line(
        [f"{number:06d}", None, None, None, problem, hint, cell.field, value, where, *shown],
        wrong=LEADING + columns.index(cell.field) if cell.field in columns else LEADING - 2,
        comment=problem,
        pick={2: pick} if pick else {},
    )


def _machine_row(register: Register, cell: Cell, number: int) -> list[str]:
    return [
        f"{number:06d}",
        register.resource.id,
        register.run.pool_version,
        str(cell.row),
        cell.field,
        digest_value(cell.value),
        " ".join(group.id for group in cell.groups),
    ]


def _machine(notice: Notice, machine: Sequence[list[str]]) -> Iterator[Line]:
    head = [MARK, FORMAT, notice.id, notice.number, str(len(machine)), "-", "-"]
    yield Line([*head[:6], sign_rows([head, *machine])])
    for row in machine:
        yield Line(row)
