"""From what a schema let pass to what programs hold. 读取规范值。

A reader takes a value in the form that the schema asks for and gives the program's; what a schema
cannot say it refuses with a `Slip`. What needs no reader costs nothing beside the schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from typing import Any

from yiwang.kernel.records.types import Field, FieldKind
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Element

from .shapes import MOST_LISTED, codes_today, pattern_of
from .slips import (
    Slip,
    bad_character,
    bad_check,
    bad_code,
    bad_form,
    no_date,
    no_moment,
    places,
    twice,
    unusual,
)

Read = Callable[[Any], Any]
Test = tuple[Callable[[str], bool], Callable[[], "Slip"]]
PLAIN = Element("", "", "", "")
"""A text of which nothing is known. 普通文本。"""
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])
# Control characters, halves of pairs, and marks that turn the direction of what is read.
_STRANGE = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069"
_NOT_IN_TEXT = re.compile(f"[{_STRANGE}]")
_NOT_IN_LINE = re.compile(f"[\t\n{_STRANGE}]")


# Only capitals and digits, grouped and repeated: whatever matches is written as codes are.
_CLOSED = re.compile(r"(?:[0-9A-Z?:()|]|\[(?:[0-9A-Z]-[0-9A-Z]|[0-9A-Z])+\]|\{[0-9,]+\})+")


def make_reader(field: Field) -> Read | None:
    """The reader of a field, or None where what the schema let pass is the value. 字段读取器。"""
    make = _MAKERS.get(field.kind)
    element = standards.find_element(field.element) if field.element else None
    is_closed = field.kind == "text" and bool(_CLOSED.fullmatch(pattern_of(field)[1:-1]))
    read = make(field) if make and not is_closed else None
    tests = _tests(field, element, is_closed=is_closed) if element else []
    return _with_tests(field, read, tests) if tests else read


def make_readers(fields: Mapping[str, Field]) -> dict[str, Read]:
    """The readers of those fields that need one. 读取器。"""
    made = ((key, make_reader(one)) for key, one in fields.items())
    return {key: read for key, read in made if read is not None}


def _with_tests(field: Field, read: Read | None, tests: list[Test]) -> Read:
    """What the element asks of the text of a value, after what the kind asks."""
    if field.kind not in ("text", "longtext", "choice"):
        return _test_written(read, tests)
    for holds, slip in tests:
        read = _test_text(read, holds, slip)
    return read or _same


def _same(value: Any) -> Any:
    return value


def _test_text(read: Read | None, holds: Callable[[str], bool], slip: Callable[[], Slip]) -> Read:
    def test(value: str) -> Any:
        found = read(value) if read else value
        if holds(found):
            return found
        raise slip()

    return test


def _test_written(read: Read | None, tests: list[Test]) -> Read:
    """What is no text is asked as it would be written."""

    def test(value: Any) -> Any:
        found = read(value) if read else value
        text = _text_of(found)
        for holds, slip in tests:
            if not holds(text):
                raise slip()
        return found

    return test


def _text_of(value: Any) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="seconds")
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def _tests(field: Field, element: Element, *, is_closed: bool) -> list[Test]:
    tests: list[Test] = []
    if element.type == "code" and field.kind == "text" and not is_closed:
        tests.append((_is_written_well(element), unusual))
    if element.pattern and not (field.kind in ("text", "longtext") and pattern_of(field)):
        matches = re.compile(element.pattern).fullmatch
        tests.append((lambda text: matches(text) is not None, bad_form))
    if check := standards.find_check(element):
        tests.append((check, bad_check))
    if element.code_set and (codes := codes_today(element.code_set)) is not None:
        tests.append((codes.__contains__, bad_code))
    return tests


def _is_written_well(element: Element) -> Callable[[str], bool]:
    """Whether a code is written as its element has it: capitals, no spaces, no hyphens."""

    def holds(text: str) -> bool:
        plain = text.isascii() and text.isalnum() and text.upper() == text
        return plain or standards.read_typed(element, text).text == text

    return holds


def _make_text(field: Field) -> Read:
    forbidden = _NOT_IN_LINE if field.kind == "text" else _NOT_IN_TEXT

    def read(value: str) -> str:
        # As `is_trim` has it, without a call of its own: this is asked of every text.
        if value.isprintable() and value[0] != " " != value[-1]:
            return value
        return _read_strange(value, forbidden)

    return read


def is_trim(text: str) -> bool:
    """Whether nothing around or in a text needs a second look: most texts need none. 无需规整。"""
    # No space but the plain one is printable.
    return text.isprintable() and text[:1] != " " != text[-1:]


def _read_strange(value: str, forbidden: re.Pattern[str]) -> str:
    if forbidden.search(value):
        raise bad_character()
    if standards.read_typed(PLAIN, value).text != value:
        raise unusual()
    return value


def _make_number(field: Field) -> Read:
    place = Decimal(1).scaleb(-field.decimals)
    zero = Decimal(0).scaleb(-field.decimals)

    def read(value: float | str) -> Decimal:
        told = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        try:
            return told.quantize(place, context=_EXACT) or zero
        except DecimalException as error:
            raise places(field.decimals) from error

    return read


def _read_date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise no_date() from error


def _read_moment(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise no_moment() from error


def _make_choice(field: Field) -> Read | None:
    """A set too long to be listed in a schema."""
    codes = codes_today(field.code_set) if field.code_set else None
    if codes is None or len(codes) <= MOST_LISTED:
        return None

    def read(value: str) -> str:
        if value not in codes:
            raise bad_code()
        return value

    return read


def _make_choices(field: Field) -> Read:
    one = _make_choice(field)
    return lambda value: [one(item) if one else item for item in value] or None


def _make_files(field: Field) -> Read:
    read_name = _make_text(replace(field, kind="text"))

    def read(value: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
        for one in value:
            read_name(one.get("name", "-"))
        if len(value) > 1 and len({one["id"] for one in value}) != len(value):
            raise twice()
        return value or None

    return read


def _make_group(field: Field) -> Read:
    readers = make_readers(field.fields)

    def read(value: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
        return [read_row(readers, row) for row in value] or None

    return read


def read_row(readers: Mapping[str, Read], row: Mapping[str, Any]) -> dict[str, Any]:
    """Values that a schema let pass, read; the first that cannot be is a Slip. 读取一组值。"""
    found = dict(row)
    for key, read in readers.items():
        value = found.get(key)
        if value is not None:
            found[key] = read(value)
    return found


_MAKERS: Mapping[FieldKind, Callable[[Field], Read | None]] = {
    "text": _make_text,
    "longtext": _make_text,
    "integer": lambda _: int,
    "number": _make_number,
    "date": lambda _: _read_date,
    "datetime": lambda _: _read_moment,
    "choice": _make_choice,
    "choices": _make_choices,
    "files": _make_files,
    "group": _make_group,
}
