"""Halls that are booked in slots: an app for tests of places. 时段预约测试应用。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from yiwang.kernel.records import services
from yiwang.kernel.records.types import Record, clock_of

from .shops import Town, make_town

DAY, NEXT = "2027-03-01", "2027-03-02"
BOOKING, HALL = "demo.booking", "demo.hall"
SLOTS = (
    "{of: hall, day: day, from: begins, until: ends, every: 30,"
    " open: ['08:00-12:00', '14:00-18:00'], places: places, takes: people, if: state != 'off'}"
)
HALLS = {
    "app.yaml": """
app: demo
title: {zh: 场所, en: Halls}
version: '1.0'
owner: D01
""",
    "entities/hall.yaml": """
entity: hall
title: {zh: 场所, en: Hall}
titled_by: name
key: [name]
fields:
  name: {label: {zh: 名称, en: Name}, required: true}
  places: {label: {zh: 名额, en: Places}, kind: integer, required: true}
""",
    "entities/booking.yaml": f"""
entity: booking
title: {{zh: 预约, en: Booking}}
titled_by: what
slots: {SLOTS}
fields:
  what: {{label: {{zh: 事由, en: What}}, required: true}}
  hall: {{label: {{zh: 预约场所, en: Hall booked}}, kind: link, to: hall, required: true}}
  day: {{label: {{zh: 日期, en: Day}}, kind: date, required: true}}
  begins: {{label: {{zh: 开始, en: From}}, required: true}}
  ends: {{label: {{zh: 结束, en: Until}}, required: true}}
  people: {{label: {{zh: 人数, en: People}}, kind: integer, default: 1}}
  state: {{label: {{zh: 状态, en: State}}, choices: {{on: {{zh: 有效}}, off: {{zh: 取消}}}}, default: 'on'}}
""",
    "views/free.yaml": "{view: free, entity: booking, title: {zh: 空闲, en: Free}, kind: slots}",
    "permissions.yaml": """
permissions:
  - roles: [engineer]
    may: [see, create, edit, remove, export, import, history]
    rows: all
  - roles: [steward]
    may: [see, create, edit, remove]
    on: [booking]
    rows: mine
  - roles: [steward, viewer]
    may: [see]
    on: [hall]
    rows: all
""",
}


def declare(**changes: tuple[str, str]) -> dict[str, str]:
    """The app with parts of its slots told otherwise: `every="60"`. 修改后的声明。"""
    text = HALLS["entities/booking.yaml"]
    for old, new in changes.values():
        assert old in text, old
        text = text.replace(old, new)
    return {**HALLS, "entities/booking.yaml": text}


def make_halls(places: int = 1, more: Mapping[str, str] = {}) -> tuple[Town, str]:
    """The town, and a hall with so many places. 城市与场所。"""
    town = make_town({**HALLS, **more})
    hall = services.create_record(town.desk("eng"), HALL, {"name": "一号厅", "places": places})
    return town, hall.id


def book(
    town: Town, who: str, hall: str, begins: str = "09:00", ends: str = "10:00", **more: Any
) -> Record:
    """A booking through the door. 预约一次。"""
    values = {"what": "例会", "hall": hall, "day": DAY, "begins": begins, "ends": ends, **more}
    return services.create_record(town.desk(who), BOOKING, values)


def taken(town: Town, hall: str, day: str = DAY) -> dict[str, int]:
    """Taken places by the time at which the slot begins. 已占名额。"""
    (told,) = services.list_slots(town.desk("eng"), BOOKING, [hall], date.fromisoformat(day))
    return {clock_of(one.since): one.taken for one in told.slots if one.taken}
