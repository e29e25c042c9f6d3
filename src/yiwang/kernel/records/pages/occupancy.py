"""What is free and what is taken: the things of a day side by side, or the days of one. 占用视图。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext

from yiwang.kernel.base.clock import now, today
from yiwang.kernel.query.types import Field as Named
from yiwang.kernel.query.types import In, Node
from yiwang.kernel.query.types import Literal as Given
from yiwang.kernel.records import services
from yiwang.kernel.records.services.slots import claims_of
from yiwang.kernel.records.types import Slot, SlotDay, SlotKey, Slots, clock_of

from .calendars import WEEKDAYS, YEARS
from .filtering import bound
from .looks import Look, Row

THINGS = 12
"""Columns of a day. 一日最多列数。"""
OFFERED = 200
MOST = 500
WEEK = 7
State = Literal["free", "full", "past", "closed"]


@dataclass(slots=True)
class Cell:
    """Some slots of one column that look the same. 占用格。 `rows` are bookings that the reader may see."""

    since: int
    until: int
    state: State
    left: int = 0
    many: bool = False
    rows: list[Row] = field(default_factory=list)
    url: str = ""
    span: int = 1

    @property
    def time(self) -> str:
        """From when until when. 时段。"""
        return f"{clock_of(self.since)}–{clock_of(self.until)}"

    def goes_on(self, after: Cell) -> bool:
        """Whether the next one is more of the same. 是否相连。"""
        return (
            self.until == after.since
            and self.state == after.state == "full"
            and [one.record.id for one in self.rows] == [one.record.id for one in after.rows]
        )


@dataclass(frozen=True, slots=True)
class Lane:
    """One column: what it is, where it leads, its cells by the slot at which they begin. 列。"""

    label: str
    url: str
    cells: Mapping[int, Cell]
    note: str = ""
    is_today: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a slot, and the cells that begin there. 行。"""

    since: int
    cells: list[tuple[Lane, Cell]]

    @property
    def time(self) -> str:
        """When it begins. 时刻。"""
        return clock_of(self.since)


def show_occupancy(look: Look) -> HttpResponseBase:
    """What is free and taken. 占用视图。"""
    slots = look.entity.slots
    if slots is None:
        raise LookupError(look.view.code)
    things = list_things(look, slots)
    day, chosen = read_day(look.request.GET.get("day", "")), look.request.GET.get("of", "")
    chosen = chosen if chosen in things else ""
    step = WEEK if chosen else 1
    first = day - timedelta(days=day.weekday()) if chosen else day
    drawer = Drawer(look, slots, things)
    lanes = drawer.draw([chosen] if chosen else list(things)[:THINGS], first, step)
    context = {
        "lanes": lanes,
        "lines": lay_lines(slots, lanes),
        "things": things,
        "of": slots.of,
        "chosen": chosen,
        "name": things.get(chosen, ""),
        "first": first,
        "last": first + timedelta(days=step - 1),
        "day": day,
        "before": drawer.url(chosen, first - timedelta(days=step)),
        "after": drawer.url(chosen, first + timedelta(days=step)),
        "present": drawer.url(chosen, today()),
        "left_out": not chosen and len(things) > THINGS,
        "most": THINGS,
    }
    return render(look.request, "records/slots.html", look.context() | context)


def list_things(look: Look, slots: Slots) -> dict[str, str]:
    """What can be booked, as far as the reader may see it, by name. 可预约对象。"""
    booked = look.entity.fields[slots.of].to
    if not look.desk.grants_to(booked, "see"):
        return {}
    offered = services.offer_records(look.desk, booked, "", OFFERED)
    return dict(sorted(offered, key=lambda one: one[1]))


def read_day(text: str) -> date:
    """The day that the address names, else the present one. 读取日期。"""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today()
    return day if YEARS[0] < day.year < YEARS[1] else today()


@dataclass(frozen=True)
class Drawer:
    """Draws columns of one view. 绘制过程。"""

    look: Look
    slots: Slots
    things: Mapping[str, str]

    def draw(self, of: Sequence[str], first: date, days: int) -> list[Lane]:
        """A column for each thing and day. 绘制列。"""
        told = services.list_slots(self.look.desk, self.look.entity.code, of, first, days)
        seen = self._read_bookings(of, first, days)
        return [self._lane(one, seen, by_day=days > 1) for one in told]

    def _read_bookings(self, of: Sequence[str], first: date, days: int) -> dict[SlotKey, list[Row]]:
        """Bookings that the reader may see, by the slots that they take. 可见预约。"""
        slots, look = self.slots, self.look
        if not of or not {slots.of, slots.day} <= look.narrowable:
            return {}
        day = look.fields[slots.day]
        nodes: list[Node] = [
            In(Named(slots.of), tuple(Given(one, "text") for one in of)),
            bound(slots.day, day, ">=", first),
            bound(slots.day, day, "<=", first + timedelta(days=days - 1)),
        ]
        rows, _ = look.read(look.want(nodes, order=(slots.day,), limit=MOST))
        found: dict[SlotKey, list[Row]] = {}
        for row in rows:
            for key in claims_of(slots, row.record.values):
                found.setdefault(key, []).append(row)
        return found

    def _lane(self, told: SlotDay, seen: Mapping[SlotKey, list[Row]], *, by_day: bool) -> Lane:
        day = date.fromisoformat(told.day)
        cells = [
            self._cell(told, one, seen.get((told.of, told.day, one.since), []))
            for one in told.slots
        ]
        label = f"{day:%m-%d}" if by_day else self.things[told.of]
        return Lane(
            label,
            self.url("" if by_day else told.of, day),
            {one.since: one for one in join(cells)},
            gettext(WEEKDAYS[day.weekday()]) if by_day else "",
            by_day and day == today(),
        )

    def _cell(self, told: SlotDay, one: Slot, rows: list[Row]) -> Cell:
        state = self._state(told.day, one)
        cell = Cell(one.since, one.until, state, one.left, one.places > 1, rows)
        if state == "free" and "create" in self.look.verbs:
            cell.url = self._booking_url(told, one)
        return cell

    def _state(self, day: str, one: Slot) -> State:
        if one.places == 0:
            return "closed"
        if one.left == 0:
            return "full"
        local = localtime(now())
        is_past = (day, one.since) < (f"{local:%Y-%m-%d}", local.hour * 60 + local.minute)
        return "past" if is_past else "free"

    def _booking_url(self, told: SlotDay, one: Slot) -> str:
        slots = self.slots
        values = {
            slots.of: told.of, slots.day: told.day,
            slots.since: clock_of(one.since), slots.until: clock_of(one.until),
        }  # fmt: skip
        return f"{self.look.url}new/?{urlencode(values)}"

    def url(self, of: str, day: date) -> str:
        """The same view of a thing, or of all, around a day. 视图地址。"""
        told = {"view": self.look.view.code, "day": f"{day}"} | ({"of": of} if of else {})
        return f"{self.look.url}?{urlencode(told)}"


def join(cells: Iterable[Cell]) -> list[Cell]:
    """Slots that one booking takes as one cell. 合并相连时段。"""
    found: list[Cell] = []
    for one in cells:
        if found and found[-1].goes_on(one):
            found[-1].until, found[-1].span = one.until, found[-1].span + 1
        else:
            found.append(one)
    return found


def lay_lines(slots: Slots, lanes: Sequence[Lane]) -> list[Line]:
    """The lines of the table, each with the cells that begin in it. 表格行。"""
    return [
        Line(since, [(lane, lane.cells[since]) for lane in lanes if since in lane.cells])
        for since, _ in slots.stretches()
    ]
