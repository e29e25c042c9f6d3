"""What stands between the values of a field and those of its column. 值转换。

A field of Django asks several objects for each value. Here the usual kinds are worked out once per
field and database, and what they give is what the field itself would; any other kind asks the field.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Col

Convert = Callable[[Any], Any]
_TEXTS = (models.CharField, models.TextField)
_NUMBERS = (models.IntegerField, models.PositiveIntegerField, models.BigIntegerField)


def plain_type(field: models.Field[Any, Any]) -> type | None:
    """The type whose values are bound as they are, where there is one. 原样绑定的类型。"""
    kind = type(getattr(field, "target_field", field))
    if kind in _TEXTS:
        return str
    if connection.vendor == "postgresql":
        # It takes moments as they are, but numbers with the width of their column.
        return datetime if kind is models.DateTimeField and _is_utc() else None
    return int if kind in _NUMBERS else None


def make_preparer(field: models.Field[Any, Any]) -> Convert:
    """What turns a value of the field into one to bind, as saving through Django would. 写入转换。"""
    if connection.vendor == "sqlite":
        if type(field) is models.DateTimeField and _is_utc():
            return _with_usual(field, datetime, _moment_to_text)
        if type(field) is models.JSONField:
            encode = (field.encoder or json.JSONEncoder)().encode
            return _with_usual(field, dict, encode)
    return lambda value: field.get_db_prep_save(value, connection)


def _with_usual(field: models.Field[Any, Any], usual: type, prepare: Convert) -> Convert:
    def convert(value: Any) -> Any:
        if type(value) is usual:
            return prepare(value)
        return field.get_db_prep_save(value, connection)

    return convert


def _moment_to_text(value: datetime) -> str:
    if value.tzinfo is None:
        # The field would read it in the time zone of the settings, and warn: nobody means that.
        raise ValueError("a moment without a time zone")
    return str(value.astimezone(UTC).replace(tzinfo=None))


def make_converters(field: models.Field[Any, Any]) -> list[Convert]:
    """What turns a value of the database into one of the field, as a query of Django's would. 读取转换。"""
    if type(field) is models.JSONField and field.decoder is None:
        return [_read_json]
    if type(field) is models.DateTimeField and _is_utc() and connection.vendor == "sqlite":
        return [_read_moment]
    expression = Col("t", field)
    found = connection.ops.get_db_converters(expression) + expression.get_db_converters(connection)
    return [lambda value, one=one: one(value, expression, connection) for one in found]  # type: ignore[misc]


def _read_json(value: str | None) -> Any:
    return None if value is None else json.loads(value)


def _read_moment(value: datetime | str | None) -> datetime | None:
    """A column is read as a moment, an expression as its text; both are in UTC and do not say so."""
    if value is None:
        return None
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC)


def _is_utc() -> bool:
    """Whether the database keeps moments in UTC, as it does unless settings say otherwise."""
    return connection.timezone is UTC
