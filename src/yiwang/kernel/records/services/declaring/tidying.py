"""From what people type and programs hold to what the schema asks for. 规整输入。

What was typed with spaces, in full width or as people write numbers and dates is read as the
standards read it; what cannot be read stays as it is, for the schema to refuse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.records.services.values import to_plain
from yiwang.kernel.records.types import Field, FieldKind
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Element

from .readers import PLAIN, is_trim
from .shapes import codes_today

INTEGER, NUMBER = Element("", "", "", "", type="integer"), Element("", "", "", "", type="number")
DAY, MOMENT = Element("", "", "", "", type="date"), Element("", "", "", "", type="datetime")
_LONGEST_NUMBER = 40
_BETWEEN = re.compile("[,，、;；]")
_YES = frozenset({"true", "yes", "on", "1", "是", "有", "√", "y"})
_NO = frozenset({"false", "no", "off", "0", "否", "无", "×", "n"})
_ZEROS = re.compile(r"(\.[0-9]*?)0+$")


def tidy(field: Field, value: Any) -> Any:
    """A value as the schema of the field asks for it; None where there is nothing. 规整取值。"""
    if isinstance(value, str) and not is_trim(value):
        value = _read(PLAIN, value.replace("\r\n", "\n"))
    if value is None or value == "" or (isinstance(value, list | tuple) and not value):
        return None
    return _TIDIERS.get(field.kind, _same)(field, value)


def _same(_field: Field, value: Any) -> Any:
    return value


def _read(element: Element, text: str) -> str:
    """The text as the element reads it, or as it is."""
    found = standards.read_typed(element, text).text
    return text if found is None else found


def _text(field: Field, value: Any) -> Any:
    element = standards.find_element(field.element) if field.element else None
    if element is None or element.type == "text" or not isinstance(value, str):
        return value
    return _read(element, value)


def _integer(_field: Field, value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else value
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER:
        return value
    text = _read(INTEGER, value)
    return int(text) if re.fullmatch("-?[0-9]+", text) else value


def _number(field: Field, value: Any) -> Any:
    if isinstance(value, Decimal):
        value = (
            format(value, "f") if value.is_finite() and abs(value.adjusted()) < 40 else str(value)
        )
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER:
        return value
    text = _read(NUMBER, value)
    places = text.partition(".")[2]
    return _ZEROS.sub(r"\1", text).rstrip(".") if len(places) > field.decimals else text


def _date(_field: Field, value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return _read(DAY, value) if isinstance(value, str) else value


def _moment(_field: Field, value: Any) -> Any:
    moment = value if isinstance(value, datetime) else _parse(value)
    if moment is None:
        return value
    told = moment if moment.tzinfo else moment.replace(tzinfo=CITY_ZONE)
    try:
        return to_plain(told)
    except OverflowError:
        return str(value)


def _parse(value: Any) -> datetime | None:
    """The moment that a text is; a day alone is none."""
    if not isinstance(value, str):
        return None
    for text in (value, _read(MOMENT, value)):
        if len(text) > len("2026-01-31"):
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                continue
    return None


def _boolean(_field: Field, value: Any) -> Any:
    said = value.lower() if isinstance(value, str) else None
    return (said in _YES) if said in _YES or said in _NO else value


def _choice(field: Field, value: Any) -> Any:
    """A code, or the one choice that is called so."""
    if not isinstance(value, str):
        return value
    labels = {code: set(label.values()) for code, label in field.choices}
    if field.code_set and value not in labels:
        named = codes_today(field.code_set) or {}
        labels = {code: {name} for code, name in named.items()}
    if value in labels:
        return value
    called = [code for code, names in labels.items() if value in names]
    return called[0] if len(called) == 1 else _fold(value)


def _choices(field: Field, value: Any) -> Any:
    parts = [one.strip() for one in _BETWEEN.split(value)] if isinstance(value, str) else value
    if not isinstance(parts, Sequence):
        return value
    return [_choice(field, one) for one in parts if one != ""]


def _fold(text: str) -> str:
    """Full-width letters and signs as plain ones."""
    return unicodedata.normalize("NFKC", text)


def _narrow(_field: Field, value: Any) -> Any:
    return _fold(value) if isinstance(value, str) else value


def _point(_field: Field, value: Any) -> Any:
    return re.sub(r"\s+", "", _fold(value)) if isinstance(value, str) else value


def _list(_field: Field, value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


_TIDIERS: Mapping[FieldKind, Callable[[Field, Any], Any]] = {
    "text": _text,
    "longtext": _text,
    "integer": _integer,
    "number": _number,
    "date": _date,
    "datetime": _moment,
    "boolean": _boolean,
    "choice": _choice,
    "choices": _choices,
    "link": _narrow,
    "organization": _narrow,
    "point": _point,
    "files": _list,
    "group": _list,
}
