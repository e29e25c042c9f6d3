"""From a number on a dashboard to the list of just what it counts. 看板下钻。

The address says which dashboard, block, measure and group, never a filter: the list asks the
declaration again, for whoever opens it.
"""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from yiwang.kernel.base.errors import NotFound, YiwangError
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import All, Compare, Field, IsNull, Literal, Node
from yiwang.kernel.records.types import CASE_COUNTERS, Block, By, Counted, Entity
from yiwang.kernel.ui.labels import in_language

from .casing import Lead, measures_of
from .desk import Desk
from .filterable import OWN_GROUPS
from .plans.access import facts_of
from .plans.trees import join_all, read_filter
from .values import from_stored

Keys = tuple[Any, ...]
LONGEST = 2_000


def lead_from(desk: Desk, dashboard: str, at: int, block: Block) -> Lead:
    """Where the numbers of a block lead. 数字下钻。 Only what is counted one by one leads anywhere."""
    measures = measures_of(block)

    def lead(measure: int, keys: Keys) -> str:
        told = _write(measure, keys)
        if measures[measure].of != "count" or not told:
            return ""
        if block.cases:
            (counter,) = CASE_COUNTERS.values()
            return counter.address(dashboard, at, told)
        try:
            filter_of(desk, Counted("", block, measures[measure], keys, facts_of(desk)))
        except YiwangError:
            return ""
        return reverse("records:counted", args=[dashboard, at, told])

    return lead


def read_counted(desk: Desk, dashboard: str, at: int, told: str) -> Counted:
    """The number that an address names; NotFound. 读取下钻地址。"""
    declared = desk.dashboard(dashboard)
    found = declared.blocks[at] if at < len(declared.blocks) else None
    measure, keys = _read(told)
    if found is None or not (found.entity or found.cases) or not desk.sees_block(found):
        raise _unknown()
    if measure >= len(measures_of(found)) or len(keys) not in (0, len(found.by)):
        raise _unknown()
    title = in_language(found.title) or in_language(declared.title)
    return Counted(title, found, measures_of(found)[measure], keys, facts_of(desk))


def filter_of(desk: Desk, counted: Counted) -> Node | None:
    """The records that a number counts, as a filter. 下钻筛选。 InvalidInput for a group that is none."""
    block, entity = counted.block, desk.entity(counted.block.entity)
    schema = desk.snapshot.schema(entity)
    told = [
        read_filter(one, counted.facts, schema)
        for one in (block.where, counted.measure.when)
        if one
    ]
    keyed = list(zip(block.by, counted.keys, strict=False))
    # An address may be made up: what is masked for its reader must not be asked by it.
    named = [one for node in told for one in query.list_fields(node)]
    named += [by.key for by, _ in keyed if by.key not in OWN_GROUPS]
    desk.require_plain(entity.code, named)
    return join_all([*told, *(_of_group(desk, entity, by, key) for by, key in keyed)])


def _of_group(desk: Desk, entity: Entity, by: By, key: Any) -> Node:
    if by.key in OWN_GROUPS:
        item = Field(by.key, "text")
        return IsNull(item) if key is None else Compare("=", item, Literal(str(key), "text"))
    found = desk.snapshot.schema(entity).find(by.key)
    if found is None:
        raise _unknown()
    item = Field(by.key, found.type)
    if key is None:
        return IsNull(item)
    if by.each:
        if found.type != "date":
            raise _unknown()  # Of moments the months are those of the city, which no filter says.
        first, last = _days_of(str(key))
        low = Compare(">=", item, Literal(first, "date"))
        return All((low, Compare("<=", item, Literal(last, "date"))))
    try:
        value = from_stored(entity.fields[by.key], key)
    except (ValueError, TypeError, ArithmeticError):
        raise _unknown() from None
    return Compare("=", item, Literal(value, found.type))


def _days_of(text: str) -> tuple[date, date]:
    """The first and the last day of 2026, or of 2026-03."""
    try:
        first = date.fromisoformat(f"{text}-01-01" if len(text) == 4 else f"{text}-01")
    except ValueError:
        raise _unknown() from None
    beyond = first.replace(day=28) + timedelta(days=4)
    last = beyond - timedelta(days=beyond.day)
    return first, (first.replace(month=12, day=31) if len(text) == 4 else last)


def _write(measure: int, keys: Keys) -> str:
    try:
        text = json.dumps([measure, *keys], ensure_ascii=False, separators=(",", ":"))
    except TypeError:
        return ""
    found = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return found if len(found) <= LONGEST else ""


def _read(told: str) -> tuple[int, Keys]:
    try:
        text = base64.urlsafe_b64decode(told[:LONGEST] + "=" * (-len(told) % 4)).decode()
        measure, *keys = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        raise _unknown() from None
    plain = all(one is None or isinstance(one, str | int) for one in keys)
    if not isinstance(measure, int) or not 0 <= measure < 100 or not plain:
        raise _unknown()
    return measure, tuple(keys)


def _unknown() -> NotFound:
    return NotFound("records.dashboard.number_unknown", "There is no such number on this dashboard")
