"""Reading fixed values of each type from text, and writing them back. 常量读写。"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg

from .types import Literal, Type, Value

# SQLite keeps decimals as binary numbers: 15 digits are what all engines compare alike.
_DIGITS = 15
_LARGEST = 2**63 - 1
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

LABELS: dict[Type, str] = {
    "text": msg("text"),
    "integer": msg("a whole number"),
    "decimal": msg("a number"),
    "date": msg("a date as 2024-01-31"),
    "datetime": msg("a time as 2024-01-31 08:30:00"),
    "boolean": msg("true or false"),
}


def read_value(text: str, kind: Type, position: int = 1) -> Literal:
    """`text` as a value of that type; InvalidInput says what was expected where. 读取常量。"""
    value = _try_read(text.strip() if kind != "text" else text, kind)
    if value is None:
        raise InvalidInput(
            "query.value.invalid",
            "Position %(position)s: “%(found)s” is not %(expected)s",
            position=position,
            found=text[:40],
            expected=LABELS[kind],
        )
    return Literal(value, kind)


def write_value(literal: Literal) -> str:
    """The value as text that `read_value` takes. 写出常量。"""
    value = literal.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _try_read(text: str, kind: Type) -> Value | None:
    if kind == "text":
        return text
    try:
        return _READERS[kind](text)
    except ValueError:
        return None


def _integer(text: str) -> int:
    if not re.fullmatch("-?[0-9]{1,19}", text) or abs(int(text)) > _LARGEST:
        raise ValueError(text)
    return int(text)


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        raise ValueError(text)
    number = Decimal(text)
    if len(text.strip("-").replace(".", "")) > _DIGITS:
        raise ValueError(text)
    return number or Decimal(0)


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _datetime(text: str) -> datetime:
    if not _DATE.match(text) or not text.isascii():
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=CITY_ZONE)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_READERS: dict[Type, Callable[[str], Value]] = {
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "datetime": _datetime,
    "boolean": _boolean,
}
