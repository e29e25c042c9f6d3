"""Values of records as cells of a sheet, both ways. 单元格读写。

What is written can be read back: choices by label where that names one code, people and
organizations with their codes, groups as JSON. Codes stay text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.text import defuse_formula, msg
from yiwang.kernel.records.types import Field, FieldKind, Value
from yiwang.kernel.ui.labels import in_language

from .naming import Names, find_choice, list_choices
from .values import to_plain

TRUE = frozenset({"是", "yes", "y", "true", "1", "√", "对"})
FALSE = frozenset({"否", "no", "n", "false", "0", "×", "错"})
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_PACKED_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MOMENT = re.compile(r"(\S+?)[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?", re.ASCII)
_LISTED = re.compile(r"[;；\n]")
_BETWEEN = "；"


class Unreadable(ValueError):
    """A cell that its field cannot be read from; `message` is a message id. 单元格无法识别。"""

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.message, self.extra = message, extra


def write_cell(field: Field, value: Value, names: Names) -> str | None:
    """A value as the text of a cell. 写单元格。"""
    if value is None:
        return None
    if isinstance(value, str) and field.kind in _NO_TEXTS:
        return value  # What a mask left.
    writer = _WRITERS.get(field.kind)
    return writer(field, value, names) if writer else str(to_plain(value))


def read_cell(field: Field, text: str) -> Any:
    """The value that a cell says; Unreadable. 读单元格。

    Links, people and organizations stay texts: they are looked up together, see `resolving`.
    """
    text = arm_formula(text).strip()
    if not text:
        return None
    reader = _READERS.get(field.kind)
    return reader(field, text) if reader else text


def arm_formula(text: str) -> str:
    """A text as it was before it was made harmless for spreadsheets. 还原公式文本。"""
    inner = text[1:]
    return inner if text.startswith("'") and defuse_formula(inner) == text else text


def label_choice(field: Field, code: str) -> str:
    """The label of a code where it names but that one, else the code. 选项标签。"""
    label = find_choice(field, code)
    text = in_language(label) if label else ""
    return text if text and _codes_of(field, text) == [code] else code


def _codes_of(field: Field, text: str) -> list[str]:
    """The codes that a text may mean: the code itself, or every one with such a label."""
    if find_choice(field, text) is not None:
        return [text]
    wanted = text.casefold()
    return [
        code
        for code, label in list_choices(field)
        if any(word.casefold() == wanted for word in label.values() if word)
    ]


def _read_choice(field: Field, text: str) -> str:
    found = _codes_of(field, text)
    if len(found) > 1:
        raise Unreadable(msg("Several choices are called so; write the code"))
    # What is no choice at all is told by the check of the field, which knows them.
    return found[0] if found else text


def _read_choices(field: Field, text: str) -> list[str]:
    parts = [part.strip() for part in _LISTED.split(text)]
    return [_read_choice(field, part) for part in parts if part]


def _read_integer(_field: Field, text: str) -> Any:
    text = _ungroup(text)
    if not re.fullmatch(r"[+-]?\d{1,18}(\.0+)?", text, re.ASCII):
        raise Unreadable(msg("This is no whole number"))
    return int(text.partition(".")[0])


def _read_number(_field: Field, text: str) -> Decimal:
    text = _ungroup(text)
    if not re.fullmatch(r"[+-]?\d{1,30}(\.\d{1,30})?", text, re.ASCII):
        raise Unreadable(msg("This is no number"))
    return Decimal(text)


def _ungroup(text: str) -> str:
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


def _read_date(_field: Field, text: str) -> date:
    return _day(text)


def _day(text: str) -> date:
    found = _DATE.fullmatch(text) or _PACKED_DATE.fullmatch(text)
    try:
        if found:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass
    raise Unreadable(msg("This is no date as 2026-11-22"))


def _read_moment(_field: Field, text: str) -> datetime:
    found = _MOMENT.fullmatch(text)
    try:
        day = _day(found[1] if found else text)
        clock = found.groups("0")[1:] if found else ("0", "0", "0", "0")
        told = time(int(clock[0]), int(clock[1]), int(clock[2]), int(clock[3].ljust(6, "0")))
        return datetime.combine(day, told, CITY_ZONE)
    except ValueError:
        raise Unreadable(msg("This is no time as 2026-11-22 08:30")) from None


def _read_boolean(_field: Field, text: str) -> bool:
    word = text.casefold()
    if word not in TRUE | FALSE:
        raise Unreadable(msg("Write yes or no"))
    return word in TRUE


def _read_group(_field: Field, text: str) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list):
        raise Unreadable(msg("Rows of a group are written as a JSON list"))
    return found


def _refuse_files(_field: Field, _text: str) -> Any:
    raise Unreadable(msg("Files are not taken in from a sheet"))


def _write_choices(field: Field, value: Sequence[str], _names: Names) -> str | None:
    labels = [label_choice(field, one) for one in value]
    told = [
        code if _LISTED.search(label) else label for code, label in zip(value, labels, strict=True)
    ]
    return _BETWEEN.join(told) or None


def _write_person(_field: Field, value: str, names: Names) -> str:
    known = names.people.get(value)
    if known is None:
        return value
    return known.name if known.label == known.name else f"{known.label} ({known.name})"


def _write_place(_field: Field, value: str, names: Names) -> str:
    return f"{names.places[value]} ({value})" if value in names.places else value


def _write_moment(_field: Field, value: datetime, _names: Names) -> str:
    local = value.astimezone(CITY_ZONE)
    # A fraction of a second is part of the value.
    return f"{local:%Y-%m-%d %H:%M:%S.%f}" if local.microsecond else f"{local:%Y-%m-%d %H:%M:%S}"


def _write_group(_field: Field, value: Sequence[Mapping[str, Value]], _names: Names) -> str | None:
    rows = [{key: to_plain(one) for key, one in row.items() if one is not None} for row in value]
    return json.dumps(rows, ensure_ascii=False) if rows else None


def _write_files(_field: Field, value: Sequence[Mapping[str, Any]], _names: Names) -> str | None:
    return _BETWEEN.join(str(one["name"]) for one in value) or None


_NO_TEXTS: frozenset[FieldKind] = frozenset(
    {"integer", "number", "date", "datetime", "boolean", "choices", "group", "files"}
)
_WRITERS: Mapping[FieldKind, Callable[[Field, Any, Names], str | None]] = {
    "boolean": lambda _, value, __: gettext("Yes") if value else gettext("No"),
    "choice": lambda field, value, _: label_choice(field, value),
    "choices": _write_choices,
    "datetime": _write_moment,
    "link": lambda field, value, names: names.link(field.to, value),
    "person": _write_person,
    "organization": _write_place,
    "group": _write_group,
    "files": _write_files,
}
_READERS: Mapping[FieldKind, Callable[[Field, str], Any]] = {
    "integer": _read_integer,
    "number": _read_number,
    "date": _read_date,
    "datetime": _read_moment,
    "boolean": _read_boolean,
    "choice": _read_choice,
    "choices": _read_choices,
    "group": _read_group,
    "files": _refuse_files,
}
