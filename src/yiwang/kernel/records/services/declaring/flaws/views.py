"""Whether a view shows what there is, in a way that works. 视图检查。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yiwang.kernel.base.declared import Path
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.query import services as query
from yiwang.kernel.records.services.filterable import holds_personal, schema_of_fields
from yiwang.kernel.records.services.plans.trees import check_filter, read_filter
from yiwang.kernel.records.types import Bundle, Entity, Field, Grant, View

from .entities import DAYS, KEYS, longest_of
from .words import Flaw, Named, check_named, listed, no_entity

MOST_LINE = 200
"""Characters of a text that lists narrow or order by: more do not fit an index. 可排序文本上限。"""
ORDERS_OF_ALL = ("_updated_at",)
KEYS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "board": ("by",),
    "calendar": ("since", "until"),
    "timeline": ("since", "until"),
    "map": ("at",),
}
NEEDS = {"board": "by", "calendar": "since", "timeline": "since", "map": "at"}
PLACING = ("by", "since", "until", "at")


def check_view(view: View, bundle: Bundle, told: Mapping[str, Any]) -> Iterator[Flaw]:
    """What does not fit in one view. 视图检查。"""
    entity = bundle.entities.get(view.entity)
    if entity is None:
        yield ("entity",), no_entity(view.entity, bundle.entities)
        return
    yield from check_named(_named(view), entity.fields)
    yield from _keys(view, told)
    yield from check_where(("where",), view.where, entity)
    if view.kind == "slots" and entity.slots is None:
        yield (
            ("kind",),
            InvalidInput(
                "records.view.slots", "records of %(entity)s take no slots", entity=entity.code
            ),
        )
    yield from _not_seen(view, entity, bundle.grants.get(entity.code, ()))
    yield from _too_long(view, entity)


def check_where(path: Path, text: str, entity: Entity) -> Iterator[Flaw]:
    """What is wrong with a fixed filter. 固定筛选检查。"""
    if not text:
        return
    try:
        check_filter(entity, text)
    except InvalidInput as error:
        yield path, error
        return
    for key in query.list_fields(read_filter(text, (), schema_of_fields(entity))):
        if key in entity.fields and holds_personal(entity.fields[key]):
            yield (
                path,
                InvalidInput(
                    "records.where.personal",
                    "%(field)s is personal; a fixed filter would tell what it holds",
                    field=key,
                ),
            )


def _named(view: View) -> Iterator[Named]:
    yield from listed(("columns",), view.columns)
    yield from listed(("filters",), view.filters, KEYS)
    yield from _ordering(view)
    for name, kinds in {"by": ("choice", "boolean"), "since": DAYS, "until": DAYS, "at": ("point",)}.items():  # fmt: skip
        if key := getattr(view, name):
            yield (name,), key, kinds


def _ordering(view: View) -> Iterator[Named]:
    for at, told in enumerate(view.order):
        if told.removeprefix("-") not in ORDERS_OF_ALL:
            yield ("order", at), told.removeprefix("-"), KEYS


def _keys(view: View, told: Mapping[str, Any]) -> Iterator[Flaw]:
    for key in PLACING:
        if key in told and key not in KEYS_OF_KIND.get(view.kind, ()):
            yield (
                (key,),
                InvalidInput(
                    "records.view.key", "a %(kind)s has no %(key)s", kind=view.kind, key=key
                ),
            )
    needed = NEEDS.get(view.kind)
    if needed and needed not in told:
        yield (
            ("kind",),
            InvalidInput(
                "records.view.needs", "a %(kind)s needs %(key)s", kind=view.kind, key=needed
            ),
        )


def _used(view: View) -> Iterator[tuple[Path, str]]:
    """Fields that records are narrowed, ordered or placed by."""
    yield from ((path, key) for path, key, _ in listed(("filters",), view.filters))
    yield from ((path, key) for path, key, _ in _ordering(view))
    yield from (((name,), getattr(view, name)) for name in PLACING if getattr(view, name))


def _not_seen(view: View, entity: Entity, grants: tuple[Grant, ...]) -> Iterator[Flaw]:
    seeing = [one for one in grants if "see" in one.verbs]
    for path, key, _ in listed(("columns",), view.columns):
        if seeing and key in entity.fields and all(key in one.hides for one in seeing):
            yield path, InvalidInput("records.view.hidden", "nobody may see %(field)s", field=key)
    for path, key in _used(view):
        field = entity.fields.get(key)
        if field and seeing and not any(_sees_whole(one, field) for one in seeing):
            yield (
                path,
                InvalidInput(
                    "records.view.masked",
                    "%(field)s is hidden or masked for everybody; a list cannot go by it",
                    field=key,
                ),
            )


def _sees_whole(grant: Grant, field: Field) -> bool:
    return field.key not in grant.hides and (field.key in grant.clear or not holds_personal(field))


def _too_long(view: View, entity: Entity) -> Iterator[Flaw]:
    for path, key in _used(view):
        if key in entity.fields and longest_of(entity.fields[key]) > MOST_LINE:
            yield (
                path,
                InvalidInput(
                    "records.view.long",
                    "%(field)s may be too long a text to go by; its longest is at most %(most)s",
                    field=key,
                    most=MOST_LINE,
                ),
            )
