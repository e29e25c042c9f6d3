"""The form and the view of an entity that declares none. 默认表单与视图。"""

from __future__ import annotations

from yiwang.kernel.records.types import Asked, Entity, Field, Form, Section, View

MOST_COLUMNS, MOST_FILTERS = 6, 4
_NARROWS = frozenset({"choice", "boolean", "link", "organization"})


def default_form(entity: Entity) -> Form:
    """Every field that can be filled in, on one page. 默认表单。"""
    asks = tuple(Asked(key) for key, field in entity.fields.items() if not field.computed)
    return Form(entity.code, entity.code, entity.title, (Section(entity.title, asks),))


def default_view(entity: Entity) -> View:
    """A list of the first fields that fit a row, narrowed by what has few values. 默认视图。"""
    shown = [entity.titled_by, *(key for key, one in entity.fields.items() if _fits_row(one))]
    columns = tuple(dict.fromkeys(shown))[:MOST_COLUMNS]
    filters = [
        key for key, one in entity.fields.items() if one.kind in _NARROWS and not one.element
    ]
    return View(
        entity.code, entity.code, entity.title,
        columns=columns, filters=tuple(filters[:MOST_FILTERS]),
    )  # fmt: skip


def _fits_row(field: Field) -> bool:
    return field.compares and field.kind != "point"
