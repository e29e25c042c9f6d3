"""What narrows a box, as conditions. 待办箱筛选。"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from django.db import connection

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import CITY_ZONE, now, today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow.types.boxes import Wanted

from .walks import Box, Condition, to_db

NAMESAKES = 50
NUMBER = re.compile(r"([A-Z]{1,8}-\d{4})-?(\d{1,9})")


def list_filters(box: Box, wanted: Wanted) -> list[Condition]:
    """The conditions of everything that is asked for. 筛选条件。"""
    return [
        *_kinds(box, wanted),
        *_people(wanted),
        *_days(box.since, wanted.since_from, wanted.since_until),
        *_days(box.due, wanted.due_from, wanted.due_until),
        *light(box, wanted.light),
        *_search(box, wanted.search),
    ]


def light(box: Box, name: str) -> Iterator[Condition]:
    """Overdue, due today, or yellow. 亮灯条件。"""
    at, case = to_db(now()), box.due[0] == "c"
    if name == "red":
        yield Condition(f"{box.due} <= %s", (at,), of_case=case)
    elif name == "today":
        end = to_db(_begin(today() + timedelta(days=1)))
        yield Condition(f"{box.due} > %s AND {box.due} < %s", (at, end), of_case=case)
    elif name == "yellow":
        yield Condition(f"{box.due} > %s AND {box.yellow} <= %s", (at, at), of_case=case)


def _kinds(box: Box, wanted: Wanted) -> Iterator[Condition]:
    for column, value in ((box.kind, wanted.kind), (box.step, wanted.step)):
        if value:
            yield Condition(f"{column} = %s", (value,), of_case=column[0] == "c")


def _people(wanted: Wanted) -> Iterator[Condition]:
    if wanted.starter:
        found = identity.list_accounts(SYSTEM, text=wanted.starter, limit=NAMESAKES)
        yield _one_of("c.starter", [one.id for one in found])
    if wanted.organization:
        named = identity.list_organizations(text=wanted.organization, limit=NAMESAKES)
        codes = identity.list_codes_below(one.code for one in named)
        yield _one_of("c.organization", sorted(codes))


def _one_of(column: str, values: Sequence[str]) -> Condition:
    if not values:
        return Condition("1 = 0")
    places = ", ".join(["%s"] * len(values))
    return Condition(f"{column} IN ({places})", tuple(values), of_case=True)


def _days(column: str, first: date | None, last: date | None) -> Iterator[Condition]:
    case = column[0] == "c"
    if first:
        yield Condition(f"{column} >= %s", (to_db(_begin(first)),), of_case=case)
    if last:
        end = _begin(last + timedelta(days=1))
        yield Condition(f"{column} < %s", (to_db(end),), of_case=case)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, CITY_ZONE)


def _search(box: Box, text: str) -> Iterator[Condition]:
    """A whole number is looked up; anything else stands somewhere in a title or a number."""
    text = " ".join(text.split())
    if not text:
        return
    number = NUMBER.fullmatch(text.upper())
    if number:
        # By key, so that no database walks the box for it.
        found = (
            f"{box.key} IN (SELECT t.id FROM {box.table} t"  # noqa: S608 - texts of this file
            f" JOIN workflow_case n ON n.id = t.{box.case} WHERE n.number = %s)"
        )
        yield Condition(found, (f"{number[1]}-{int(number[2]):06d}",))
        return
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
    like = "ILIKE" if connection.vendor == "postgresql" else "LIKE"
    told = f"(c.title {like} %s ESCAPE '\\' OR c.number {like} %s ESCAPE '\\')"
    yield Condition(told, (pattern, pattern), of_case=True)
