"""Paging by key over a QuerySet. 键集分页。

The next page starts after the last row's values of the ordering fields, so page 1,000 costs what
page 1 costs and rows that come and go meanwhile neither repeat nor vanish.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DataError
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy

from yiwang.kernel.base.errors import InvalidInput

from .spec import ListSlice


def take_slice(
    rows: QuerySet[Any], order: Sequence[str], after: list[Any] | None, limit: int
) -> ListSlice:
    """`limit` rows after a key, and the key to go on after. 取一页。"""
    keys = _total_order(order)
    ordered = rows.order_by(*(_order_by(rows.model, key) for key in keys))
    try:
        if after is not None:
            ordered = ordered.filter(_beyond(rows.model, keys, after))
        found = list(ordered[: limit + 1])
    except (ValueError, TypeError, ValidationError, DataError) as error:
        if after is None:
            raise
        raise bad_cursor() from error
    shown = found[:limit]
    return ListSlice(shown, _key_of(shown[-1], keys) if len(found) > limit else None)


def write_cursor(key: list[Any]) -> str:
    """A key as text for an address. 写游标。"""
    text = json.dumps(key, ensure_ascii=False, default=_plain, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> list[Any]:
    """The key that an address holds; InvalidInput `ui.list.cursor`. 读游标。"""
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise bad_cursor() from error
    if not isinstance(key, list) or not all(_is_plain(part) for part in key):
        raise bad_cursor()
    return key


def bad_cursor() -> InvalidInput:
    """The place in the list is no place. 游标无效。"""
    return InvalidInput(
        "ui.list.cursor", "This address names no place in the list; open the list from its start"
    )


def _total_order(order: Sequence[str]) -> list[str]:
    keys = [key for key in order if key.lstrip("-") not in ("pk", "id")]
    direction = "-" if order and order[-1].startswith("-") else ""
    return [*keys, f"{direction}pk"]


def _order_by(model: type[Model], key: str) -> str | OrderBy:
    name = key.lstrip("-")
    if not _is_nullable(model, name):
        return key
    return F(name).desc(nulls_last=True) if key != name else F(name).asc(nulls_last=True)


def _beyond(model: type[Model], keys: list[str], after: list[Any]) -> Q:
    """Rows after the key: greater in one field, equal in all before it; nulls come last."""
    if len(after) != len(keys):
        raise bad_cursor()
    condition = Q(pk__in=[])
    equal = Q()
    for key, value in zip(keys, after, strict=True):
        name = key.lstrip("-")
        if value is not None:
            step = Q(**{f"{name}__{'lt' if key != name else 'gt'}": value})
            if _is_nullable(model, name):
                step |= Q(**{f"{name}__isnull": True})
            condition |= equal & step
        equal &= Q(**({f"{name}__isnull": True} if value is None else {name: value}))
    return condition


def _is_nullable(model: type[Model], path: str) -> bool:
    if path == "pk":
        return False
    for part in path.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:  # an annotation: declared by the page, which knows its values
            return False
        if getattr(field, "null", False):
            return True
        if field.is_relation and isinstance(field.related_model, type):
            model = field.related_model
    return False


def _key_of(row: Any, keys: list[str]) -> list[Any]:
    return [_follow(row, key.lstrip("-").split("__")) for key in keys]


def _follow(row: Any, path: list[str]) -> Any:
    for part in path:
        row = row[part] if isinstance(row, dict) else getattr(row, part, None)
    return row


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"a list cannot be ordered by {type(value).__name__}")


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)
