"""Filters above the records of an entity. 记录筛选。

Their names in the address are those of the query language: `kind=food&opened__gte=2026-01-01`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.query.types import Compare, In, Literal, Node, Operator, Type
from yiwang.kernel.query.types import Field as Named
from yiwang.kernel.records import services
from yiwang.kernel.records.services.naming import list_choices
from yiwang.kernel.records.types import Field, FieldKind, Wanted
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import Filter

from .looks import Look

PICKED = 100
"""Linked records offered in a drop-down; of more, the name is typed. 下拉上限。"""
FOUND = 50
"""Linked records that a typed name may mean. 名称匹配上限。"""
BOUNDS: Mapping[str, Operator] = {"gte": ">=", "lte": "<="}
DAYS = (msg("%(field)s from"), msg("%(field)s until"))
NUMBERS = (msg("%(field)s at least"), msg("%(field)s at most"))
NAME_OF = msg("%(field)s, by name")
TYPES: Mapping[FieldKind, Type] = {
    "integer": "integer",
    "number": "decimal",
    "date": "date",
    "datetime": "datetime",
    "boolean": "boolean",
}


def list_filters(look: Look) -> list[Filter]:
    """The filters of a view, as far as the reader may use them. 筛选项。"""
    open_ones = [key for key in look.view.filters if key in look.fields and key in look.narrowable]
    return [one for key in open_ones for one in make_filters(look, key, look.fields[key])]


def make_filters(look: Look, key: str, field: Field) -> list[Filter]:
    """The filters of one field, by its kind. 字段筛选。"""
    label = in_language(field.label)
    if field.kind in ("date", "datetime"):
        return _bounds(key, label, "date", DAYS)
    if field.kind in ("integer", "number"):
        return _bounds(key, label, "number", NUMBERS)
    if field.kind == "link":
        return _link_filter(look, key, field, label)
    choices = _choices(look, field)
    if choices:
        return [Filter(key, label, choices=choices)]
    return [Filter(key, label, "text")]


def _bounds(key: str, label: str, kind: Any, words: tuple[str, str]) -> list[Filter]:
    told = {"field": label}
    return [
        Filter(f"{key}__{test}", gettext(word) % told, kind)
        for test, word in zip(BOUNDS, words, strict=True)
    ]


def _choices(look: Look, field: Field) -> list[tuple[str, str]]:
    if field.kind == "boolean":
        return [("true", gettext("Yes")), ("false", gettext("No"))]
    if field.kind == "organization":
        groups = identity.choose_organizations(look.desk.actor, services.USE)
        return [pair for _, pairs in groups for pair in pairs]
    if field.kind == "choice":
        return [(code, in_language(label) or code) for code, label in list_choices(field)]
    return []


def _link_filter(look: Look, key: str, field: Field, label: str) -> list[Filter]:
    """A drop-down of the records it may point at; a text for the name where they are many."""
    target = next((one for one in look.desk.entities() if one.code == field.to), None)
    if target is None:
        return []
    open_ones = look.desk.narrowable(target.code)
    order = (target.titled_by,) if target.titled_by in open_ones else ()
    page = services.list_records(look.desk, target.code, Wanted(order=order, limit=PICKED))
    if page.after is None:
        return [Filter(key, label, choices=[(one.id, one.title) for one in page.records])]
    return [Filter(f"{key}__name", gettext(NAME_OF) % {"field": label}, "text")]


def read_filters(look: Look, chosen: Mapping[str, Any]) -> list[Node]:
    """What the reader chose, as conditions. 读取筛选。"""
    return [_read(look, name, value) for name, value in chosen.items()]


def _read(look: Look, name: str, value: Any) -> Node:
    key, _, test = name.partition("__")
    field = look.fields[key]
    if test in BOUNDS:
        return bound(key, field, BOUNDS[test], value)
    reader = _name_reader(field, test)
    if reader:
        return any_of(key, reader(look, field, str(value)))
    if field.kind == "boolean":
        return Compare("=", Named(key, "boolean"), Literal(value == "true", "boolean"))
    sign: Operator = "=" if _picks(field) else "startswith"
    return Compare(sign, Named(key), Literal(str(value), "text"))


def _picks(field: Field) -> bool:
    return field.kind in ("choice", "link", "organization")


def _name_reader(field: Field, test: str) -> Callable[[Look, Field, str], list[str]] | None:
    if test == "name":
        return _find_linked
    return _find_people if field.kind == "person" else None


def _find_linked(look: Look, field: Field, text: str) -> list[str]:
    """The records whose name begins with what was typed, or that are found by it."""
    target = look.desk.entity(field.to)
    titled = target.titled_by
    if titled in look.desk.narrowable(target.code):
        node = Compare("startswith", Named(titled), Literal(text, "text"))
        wanted = Wanted(node, limit=FOUND)
    else:
        wanted = Wanted(search=text, limit=FOUND)
    return [one.id for one in services.list_records(look.desk, target.code, wanted).records]


def _find_people(_look: Look, _field: Field, text: str) -> list[str]:
    return [one.id for one in identity.suggest_people(text)]


def any_of(key: str, ids: Sequence[str]) -> Node:
    """One of several values; of none, nothing. 属于。"""
    return In(Named(key), tuple(Literal(one, "text") for one in ids))


def bound(key: str, field: Field, sign: Operator, value: Any) -> Node:
    """At least or at most a value; a day holds for moments until it ends. 界限。"""
    if field.kind == "datetime" and not isinstance(value, datetime):
        day = value if sign == ">=" else value + timedelta(days=1)
        return Compare(
            ">=" if sign == ">=" else "<",
            Named(key, "datetime"),
            Literal(_start_of(day), "datetime"),
        )
    kind = TYPES.get(field.kind, "text")
    told = int(value) if kind == "integer" and value == int(value) else value
    if isinstance(told, Decimal):
        return Compare(sign, Named(key, kind), Literal(told, "decimal"))
    return Compare(sign, Named(key, kind), Literal(told, kind))


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), CITY_ZONE)
