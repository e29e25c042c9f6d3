"""Values that nobody else has, two for each cell: what stands in one world and in its twin.

Where a mask lets a head and a tail through, both values have the same ones: an answer that differs
between the worlds tells what the stars hide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from yiwang.kernel.query.types import Field as Named
from yiwang.kernel.query.types import Literal, Node, children
from yiwang.kernel.records.types import Field
from yiwang.kernel.standards import services as standards

LETTERS = str.maketrans("0123456789", "abcdefghij")
FIRST_DAY = date(1950, 1, 1)
SURNAMES = "赵钱孙李周吴郑王冯陈"


@dataclass(frozen=True)
class Around:
    """What values may point at, and what filters hold them against."""

    rows: dict[str, Sequence[str]]
    people: Sequence[str]
    organizations: Sequence[str]
    bounds: dict[str, list[Any]]


def token(serial: int, twist: int) -> str:
    return "zq" + f"{serial:05d}".translate(LETTERS) + "ab"[twist]


def invent(field: Field, serial: int, twist: int, around: Around) -> Any:
    """The value of a cell in one of two worlds (`twist` 0 or 1)."""
    if field.element:
        return invent_element(field.element, serial, twist, field)
    if field.key in around.bounds and field.kind in ("integer", "number", "date"):
        return _about(field, around.bounds[field.key], serial, twist)
    return _PLAIN[field.kind](field, serial, twist, around)


def invent_element(code: str, serial: int, twist: int, field: Field) -> Any:
    if code in _ELEMENTS:
        return _ELEMENTS[code](serial, twist)
    element = standards.get_element(code)
    for candidate in _candidates(field, serial, twist):
        if standards.check_value(element, str(candidate)) == "":
            return candidate
    return None


def _candidates(field: Field, serial: int, twist: int) -> list[Any]:
    number = serial * 2 + twist
    codes = standards.find_code_set(field.code_set, date(2026, 1, 1)) if field.code_set else None
    if codes:
        known = sorted(codes.codes)
        return [known[number % len(known)]]
    around = Around({}, [], [], {})
    plain = [_PLAIN[field.kind](field, serial, twist, around)] if field.kind in _PLAIN else []
    return [*plain, f"{number:06d}", f"{number:08d}", f"{number:011d}", f"A{number:08d}", "1", "01"]


def _about(field: Field, bounds: list[Any], serial: int, twist: int) -> Any:
    """On either side of what a filter compares with, each value its own."""
    bound = bounds[serial % len(bounds)]
    step = (serial * 2 + twist + 1) * (1 if serial // 48 % 2 else -1)
    if isinstance(bound, date):
        return bound + timedelta(days=step)
    return bound + step if field.kind == "integer" else Decimal(bound) + step


def _citizen(serial: int, twist: int) -> str:
    wanted = _numbered(FIRST_DAY + timedelta(days=serial % 8_000), serial)
    days = count(9_000 + serial % 991 * 11) if twist else count(serial % 8_000)
    for day in days:
        found = _numbered(FIRST_DAY + timedelta(days=day), serial)
        if found[-1] == wanted[-1]:
            return found
    raise AssertionError


def _numbered(day: date, serial: int) -> str:
    body = f"110101{day:%Y%m%d}{serial % 1000:03d}"
    return body + standards.id_check_digit(body)


_ELEMENTS = {
    "mobile_phone": lambda serial, twist: (
        f"138{(serial + twist * 5_000) % 10_000:04d}{serial % 10_000:04d}"
    ),
    "resident_id": _citizen,
    "person_name": lambda serial, twist: f"{SURNAMES[serial % 10]}{token(serial, twist)}",
    "address": lambda serial, twist: f"杭州市西湖区文三路{token(serial, twist)}号",
    "email": lambda serial, twist: f"{token(serial, 0)[:1]}{token(serial, twist)}@city.example",
    "birth_date": lambda serial, twist: (
        date(1950 + serial % 50, 1, 1) + timedelta(days=(serial * 7 + twist * 31) % 360)
    ),
}


def _member(field: Field, serial: int, twist: int, around: Around) -> list[dict[str, Any]]:
    return [
        {
            key: invent(one, serial * 10 + at * 3 + place, twist, around)
            for place, (key, one) in enumerate(field.fields.items())
        }
        for at in range(2)
    ]


def _one_of(known: Sequence[Any], at: int) -> Any:
    return known[at % len(known)] if known else None


def _ending(field: Field) -> str:
    """Of what kind a file for a field is: any picture, or a document."""
    return "png" if "image/png" in field.types else "pdf"


_PLAIN = {
    "text": lambda f, n, t, a: f"金雀{token(n, t)}"[: f.longest or 200],
    "longtext": lambda f, n, t, a: f"金雀\n{token(n, t)} 又一行",
    "integer": lambda f, n, t, a: 7_000_000 + n * 2 + t,
    "number": lambda f, n, t, a: Decimal(4_800_000 + n * 2 + t) + (Decimal("0.25") if f.decimals > 1 else 0),
    "date": lambda f, n, t, a: FIRST_DAY + timedelta(days=n * 2 + t),
    "datetime": lambda f, n, t, a: datetime(1950, 1, 1, 4, tzinfo=UTC) + timedelta(days=n * 2 + t),
    "boolean": lambda f, n, t, a: bool((n // 7 + t) % 2),
    "choice": lambda f, n, t, a: _one_of([code for code, _ in f.choices], n // 7 + t),
    "choices": lambda f, n, t, a: [code for code, _ in f.choices][: 1 + (n + t) % 2],
    "link": lambda f, n, t, a: _one_of(a.rows.get(f.to, ()), n + t),
    "person": lambda f, n, t, a: _one_of(a.people, n + t),
    "organization": lambda f, n, t, a: _one_of(a.organizations, n + t),
    "point": lambda f, n, t, a: f"104.{100_000 + n * 2 + t},30.{100_000 + n * 2 + t}",
    "files": lambda f, n, t, a: {"name": f"金雀{token(n, t)}.{_ending(f)}", "content": token(n, t)},
    "group": _member,
}  # fmt: skip


def find_bounds(node: Node) -> dict[str, list[Any]]:
    """The fixed values that a filter holds each field against."""
    parts = children(node)
    names = [part.name for part in parts if isinstance(part, Named)]
    told = [part.value for part in parts if isinstance(part, Literal)]
    found = {name: list(told) for name in names if told}
    for part in parts:
        for name, values in find_bounds(part).items():
            found.setdefault(name, []).extend(values)
    return found
