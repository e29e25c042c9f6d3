"""Blocks of a dashboard that count cases, and what all blocks share. 流程统计块。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from yiwang.kernel.base.text import msg
from yiwang.kernel.records.types import CASE_COUNTERS, Block, By, CaseGroup, Measure
from yiwang.kernel.reports.types import Block as Drawn
from yiwang.kernel.reports.types import Cell, Chart, Column, Figures, Table
from yiwang.kernel.ui.charts import Bar
from yiwang.kernel.ui.labels import in_language

from .desk import Desk
from .plans.access import facts_of
from .plans.limits import limited

Lead = Callable[[int, tuple[Any, ...]], str]
"""The address of what a measure counts in a group; nothing where there is no such list. 下钻地址。"""
COUNT = Measure({"zh": "件数", "en": "Number"})
"""What is counted where a block names no measure. 默认统计量。"""
HEADINGS = {
    "state": msg("State"),
    "light": msg("Light"),
    "kind": msg("Kind of case"),
    "step": msg("Step"),
    "outcome": msg("How it ended"),
    "in_time": msg("In time"),
    "organization": msg("Organization"),
    "unit": msg("Asked now"),
    "handled_by": msg("Organization that handled it"),
    "opened": msg("Began"),
    "closed": msg("Ended"),
}


def measures_of(block: Block) -> Sequence[Measure]:
    """The numbers of a block: how many, where it names none. 统计量。"""
    return block.measures or (COUNT,)


def say_left_out(shown: int) -> str:
    """That a table or chart goes on. 截断说明。"""
    return gettext("The first %(count)s are shown.") % {"count": shown}


def write_number(one: Measure, number: Decimal | int | None) -> Cell:
    """A number as a report tells it: a share in percent, a dash for nothing. 统计值显示。"""
    if number is None:
        return "–"
    return f"{number:.1%}" if one.of == "share" else number


def bar_value(number: Decimal | int | None) -> float:
    """How long a bar is: what is counted stays a whole number. 条形数值。"""
    return number if isinstance(number, int) else float(number or 0)


def _count(desk: Desk, block: Block, by: Sequence[By]) -> tuple[list[CaseGroup], bool]:
    (counter,) = CASE_COUNTERS.values()
    with limited():
        return counter.count(desk.actor, block, by, facts_of(desk))


def _numbers(block: Block, group: CaseGroup) -> tuple[Cell, ...]:
    told = zip(measures_of(block), group.numbers, strict=True)
    return tuple(write_number(one, number) for one, number in told)


def lead_on(
    block: Block, numbers: Sequence[Cell], keys: tuple[Any, ...], lead: Lead
) -> tuple[str, ...]:
    """Where the numbers of a group lead; a zero leads nowhere. 下钻地址。"""
    told = zip(measures_of(block), numbers, strict=True)
    return tuple(
        lead(at, keys) if one.of == "count" and number else ""
        for at, (one, number) in enumerate(told)
    )


def _leads(block: Block, group: CaseGroup, lead: Lead) -> tuple[str, ...]:
    return lead_on(block, group.numbers, group.keys, lead)


def _figures(desk: Desk, block: Block, title: str, lead: Lead) -> Drawn:
    (group,), _ = _count(desk, block, ())
    labels = [in_language(one.label) for one in measures_of(block)]
    pairs = tuple(zip(labels, _numbers(block, group), strict=True))
    return Figures(title, pairs, _leads(block, group, lead))


def _table(desk: Desk, block: Block, title: str, lead: Lead) -> Drawn:
    groups, more = _count(desk, block, block.by)
    (whole,), _ = _count(desk, block, ())
    heads = [Column(gettext(HEADINGS[one.key])) for one in block.by]
    heads += [Column(in_language(one.label), number=True) for one in measures_of(block)]
    rows = tuple((*one.words, *_numbers(block, one)) for one in groups)
    blanks = ("",) * (len(block.by) - 1)
    total = (gettext("All together"), *blanks, *_numbers(block, whole)) if rows else ()
    leads = tuple(_leads(block, one, lead) for one in (*groups, whole)) if rows else ()
    note = say_left_out(len(rows)) if more else ""
    return Table(title, tuple(heads), rows, total, note, leads=leads)


def _bars(desk: Desk, block: Block, title: str, lead: Lead) -> Drawn:
    groups, more = _count(desk, block, block.by)
    bars = tuple(
        Bar(one.words[0], bar_value(one.numbers[0]), url=_leads(block, one, lead)[0])
        for one in groups
    )
    measure = in_language(measures_of(block)[0].label)
    note = say_left_out(len(bars)) if more else ""
    return Chart(title, gettext(HEADINGS[block.by[0].key]), measure, bars, note)


CASE_DRAWERS: Mapping[str, Callable[[Desk, Block, str, Lead], Drawn]] = {
    "figures": _figures, "table": _table, "bars": _bars,
}  # fmt: skip
