"""A dashboard before one reader: what it counts becomes a report. 看板与报告。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound, YiwangError
from yiwang.kernel.files import services as files
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records.types import Block, By, Counted, Dashboard, Entity, Field, Value, Wanted
from yiwang.kernel.reports.services import write_report
from yiwang.kernel.reports.types import Block as Drawn
from yiwang.kernel.reports.types import Cell, Chart, Column, Figures, Prose, Report, Table
from yiwang.kernel.ui.charts import Bar
from yiwang.kernel.ui.labels import in_language

from .casing import (
    CASE_DRAWERS,
    Lead,
    bar_value,
    lead_on,
    measures_of,
    say_left_out,
    write_number,
)
from .cells import write_cell
from .desk import Desk
from .filterable import OWN_GROUPS
from .leading import lead_from
from .naming import Names, gather_names, list_choices
from .plans.access import facts_of
from .plans.sums import Summed
from .plans.trees import read_filter
from .reading import list_records, name_records
from .summing import measure_of, sum_records
from .values import from_stored


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A report that was written; only the stream holds it. 报告文件。"""

    name: str
    stream: BinaryIO


def make_report(desk: Desk, code: str) -> Report:
    """What a dashboard tells this reader now. 生成报告。

    Only records that the reader may see are counted. A block over an entity that the reader does
    not see is left out; one that needs a hidden or masked field says so and tells nothing. NotFound for a dashboard of which the reader
    may see no part.
    """
    dashboard = desk.dashboard(code)
    return Report(
        in_language(dashboard.title),
        tuple(_facts(desk)),
        tuple(
            _block(desk, one, lead_from(desk, code, at, one))
            for at, one in enumerate(dashboard.blocks)
            if desk.sees_block(one)
        ),
    )


def open_report(desk: Desk, code: str, ending: str) -> OpenReport:
    """The report as a file, opened: pdf, docx or xlsx. 打开报告文件。

    Holders of the verb export on every entity of which it lists records; what is counted alone
    takes no more than to see. InvalidInput for any other ending.
    """
    for entity in dict.fromkeys(_listed(desk.dashboard(code))):
        desk.require(entity, "export")
    report = make_report(desk, code)
    with files.scratch("report") as folder:
        target = folder / f"report.{ending[:8]}"
        write_report(report, target)
        stream = target.open("rb")
    return OpenReport(f"{report.title}-{now():%Y%m%d}.{ending}", stream)


def may_open_report(desk: Desk, dashboard: Dashboard) -> bool:
    """Whether the reader may take it along as a file. 可否导出报告。"""
    return all("export" in desk.verbs(one) for one in _listed(dashboard))


def _listed(dashboard: Dashboard) -> Iterator[str]:
    return (one.entity for one in dashboard.blocks if one.kind == "records")


def _facts(desk: Desk) -> Iterator[tuple[str, str]]:
    reader = identity.name_accounts([desk.actor.id]).get(desk.actor.id)
    yield gettext("As of"), f"{localtime(now()):%Y-%m-%d %H:%M}"
    if reader:
        yield gettext("As seen by"), reader


def _block(desk: Desk, block: Block, lead: Lead) -> Drawn:
    """One block; what cannot be told says why instead."""
    title = in_language(block.title)
    try:
        drawers = CASE_DRAWERS if block.cases else _DRAWERS
        return drawers[block.kind](desk, block, title, lead)
    except NotFound:
        return Prose(title, gettext("This part needs what is not open to you."))
    except YiwangError as error:
        return Prose(title, str(error))


def _prose(_desk: Desk, block: Block, title: str, _lead: Lead) -> Drawn:
    return Prose(title, in_language(block.text))


def _figures(desk: Desk, block: Block, title: str, lead: Lead) -> Drawn:
    groups, _ = _sum(desk, block, ())
    labels = [in_language(one.label) for one in block.measures]
    numbers = _numbers(desk, block, groups[0])
    pairs = tuple(zip(labels, numbers, strict=True))
    return Figures(title, pairs, lead_on(block, numbers, (), lead))


def _table(desk: Desk, block: Block, title: str, lead: Lead) -> Drawn:
    groups, more = _sum(desk, block, block.by)
    totals, _ = _sum(desk, block, ())
    heads = [Column(_heading(desk, block, one)) for one in block.by]
    heads += [Column(in_language(one.label), number=True) for one in measures_of(block)]
    told, leads = [], []
    for group, words in _worded(desk, block, groups):
        numbers = _numbers(desk, block, group)
        told.append((*words, *numbers))
        leads.append(lead_on(block, numbers, group.keys, lead))
    blanks = ("",) * (len(block.by) - 1)
    numbers = _numbers(desk, block, totals[0])
    total = (gettext("All together"), *blanks, *numbers)
    leads.append(lead_on(block, numbers, (), lead))
    note = say_left_out(len(told)) if more else ""
    return Table(
        title, tuple(heads), tuple(told), total if told else (), note,
        leads=tuple(leads) if told else (),
    )  # fmt: skip


def _bars(desk: Desk, block: Block, title: str, lead: Lead) -> Drawn:
    groups, more = _sum(desk, block, block.by)
    measure = measures_of(block)[0]
    entity = desk.entity(block.entity)
    bars = []
    for group, words in _worded(desk, block, groups):
        number = measure_of(entity, measure, group.sums[0], group.rows)
        url = lead(0, group.keys) if number else ""
        bars.append(Bar(words[0], bar_value(number), url=url))
    label = _heading(desk, block, block.by[0])
    note = say_left_out(len(bars)) if more else ""
    return Chart(title, label, in_language(measure.label), tuple(bars), note)


def _records(desk: Desk, block: Block, title: str, _lead: Lead) -> Drawn:
    entity = desk.entity(block.entity)
    fields = {key: entity.fields[key] for key in block.columns if key in desk.visible(entity.code)}
    order = (block.order,) if block.order else ()
    page = list_records(
        desk, entity.code, Wanted(order=order, limit=block.most, fixed=_fixed(desk, block))
    )
    names = _gather(desk, fields, [(one.values, one.masked) for one in page.records])
    return Table(
        title,
        tuple(Column(in_language(one.label), _is_number(one)) for one in fields.values()),
        tuple(
            tuple(_cell(one, record.values.get(key), names) for key, one in fields.items())
            for record in page.records
        ),
        note=say_left_out(len(page.records)) if page.after else "",
        links=tuple(reverse("records:record", args=[entity.code, one.id]) for one in page.records),
    )


_DRAWERS = {
    "figures": _figures, "table": _table, "bars": _bars, "records": _records, "text": _prose,
}  # fmt: skip


def _fixed(desk: Desk, block: Block) -> Any:
    schema = desk.snapshot.schema(desk.entity(block.entity))
    return read_filter(block.where, facts_of(desk), schema) if block.where else None


def _sum(desk: Desk, block: Block, by: Sequence[By]) -> tuple[list[Summed], bool]:
    wanted = Wanted(fixed=_fixed(desk, block))
    return sum_records(
        desk, block.entity, wanted, by=by, measures=measures_of(block), most=block.most
    )


def _numbers(desk: Desk, block: Block, group: Summed) -> tuple[Cell, ...]:
    entity = desk.entity(block.entity)
    return tuple(
        write_number(one, measure_of(entity, one, found, group.rows))
        for one, found in zip(measures_of(block), group.sums, strict=True)
    )


def _heading(desk: Desk, block: Block, by: By) -> str:
    if by.key in OWN_GROUPS:
        return gettext("Organization")
    return in_language(desk.entity(block.entity).fields[by.key].label)


def _worded(
    desk: Desk, block: Block, groups: Sequence[Summed]
) -> list[tuple[Summed, tuple[str, ...]]]:
    """Each group with what its values are called: choices in their order, months by time. 分组名称。"""
    entity = desk.entity(block.entity)
    fields = {by.key: _field(entity, by) for by in block.by}
    rows = [
        {by.key: from_stored(fields[by.key], key) for by, key in zip(block.by, one.keys, strict=True)}
        for one in groups
    ]  # fmt: skip
    names = _gather(desk, fields, [(row, frozenset()) for row in rows])
    told = [
        (one, tuple(_word(fields[key], value, names) for key, value in row.items()))
        for one, row in zip(groups, rows, strict=True)
    ]
    return sorted(told, key=lambda pair: _place(block.by, fields, pair[0].keys))


def name_group(desk: Desk, counted: Counted) -> tuple[str, ...]:
    """What the group of a number is called. 分组名称。"""
    if not counted.keys:
        return ()
    ((_, words),) = _worded(desk, counted.block, [Summed(counted.keys, 0, ())])
    return words


def _field(entity: Entity, by: By) -> Field:
    """The field that words a group: months and years are texts."""
    if by.key in OWN_GROUPS:
        return Field(by.key, {}, "organization")
    return Field(by.key, {}) if by.each else entity.fields[by.key]


def _place(
    by: Sequence[By], fields: Mapping[str, Field], keys: Sequence[Any]
) -> list[tuple[bool, int, str]]:
    """Choices in their order, months by time, blanks last; all else as it came, by size."""
    return [
        (key is None, _rank(fields[one.key], key), str(key) if one.each else "")
        for one, key in zip(by, keys, strict=True)
    ]


def _rank(field: Field, key: Any) -> int:
    codes = [code for code, _ in list_choices(field)] if field.kind == "choice" else []
    return codes.index(key) if key in codes else len(codes)


def _word(field: Field, value: Value, names: Names) -> str:
    return str(_cell(field, value, names) or gettext("Not set"))


def _is_number(field: Field) -> bool:
    return field.kind in ("integer", "number")


def _cell(field: Field, value: Value, names: Names) -> Cell:
    if value is not None and isinstance(value, int | Decimal) and _is_number(field):
        return value
    if value is not None and field.kind in ("person", "organization"):
        return names.person(value) if field.kind == "person" else names.place(value)
    return write_cell(field, value, names)


def _gather(
    desk: Desk,
    fields: Mapping[str, Field],
    rows: Sequence[tuple[Mapping[str, Value], frozenset[str]]],
) -> Names:
    return gather_names(lambda code, ids: name_records(desk, code, list(ids)), fields, rows)
