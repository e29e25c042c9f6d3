"""Values keep what they are and their order, whichever column holds them. 值的存储。"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.records.services.values import from_stored, to_json, to_stored
from yiwang.kernel.records.types import Entity, Field

LARGEST = 2**63 - 1
LABEL = {"zh": "甲"}
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1)
moments = st.datetimes(
    datetime(1000, 1, 2),
    datetime(9999, 12, 30),
    timezones=st.just(timezone(timedelta(hours=8))),
)
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "integer": st.integers(-LARGEST, LARGEST),
    "boolean": st.booleans(),
    "date": st.dates(date(1000, 1, 1)),
    "datetime": moments,
    "choice": texts,
    "link": texts,
}


def numbers(decimals: int) -> st.SearchStrategy[Decimal]:
    whole = st.integers(-LARGEST, LARGEST)
    return whole.map(lambda one: Decimal(one).scaleb(-decimals))


def field_of(kind: Any, decimals: int = 0) -> Field:
    return Field("a", LABEL, kind, decimals=decimals)


def pairs() -> st.SearchStrategy[tuple[Field, Any, Any]]:
    plain = [st.tuples(st.just(field_of(kind)), values, values) for kind, values in PLAIN.items()]
    exact = [
        st.tuples(st.just(field_of("number", places)), numbers(places), numbers(places))
        for places in (0, 2, 9)
    ]
    return st.one_of(*plain, *exact)


@given(pairs())
def test_stored_values_come_back_and_keep_their_order(drawn: tuple[Field, Any, Any]) -> None:
    field, one, other = drawn
    first, second = to_stored(field, one), to_stored(field, other)

    assert from_stored(field, first) == one
    assert (_key(first) < _key(second)) == (_key(one) < _key(other))


def _key(value: Any) -> Any:
    """Databases compare texts by their bytes."""
    return value.encode() if isinstance(value, str) else value


@given(st.lists(st.fixed_dictionaries({}, optional={"b": numbers(2), "c": moments, "d": texts})))
def test_rows_of_a_group_come_back(rows: list[dict[str, Any]]) -> None:
    fields = {
        "b": Field("b", LABEL, "number", decimals=2),
        "c": Field("c", LABEL, "datetime"),
        "d": Field("d", LABEL),
    }
    field = Field("a", LABEL, "group", fields=fields)

    found = from_stored(field, to_stored(field, rows))

    whole = [{key: row.get(key) for key in fields} for row in rows]
    assert found == (whole or None)


def test_an_empty_list_is_stored_as_nothing() -> None:
    assert to_stored(field_of("choices"), []) is None


def test_a_number_with_too_many_places_is_never_rounded() -> None:
    with pytest.raises(ValueError, match="places"):
        to_stored(field_of("number", 2), Decimal("0.005"))


def test_json_says_numbers_exactly_and_moments_in_utc() -> None:
    fields = {
        "price": Field("price", LABEL, "number", decimals=2),
        "opened": Field("opened", LABEL, "datetime"),
        "born": Field("born", LABEL, "date"),
        "items": Field("items", LABEL, "group", fields={"n": Field("n", LABEL, "number")}),
    }
    entity = Entity("demo.shop", LABEL, fields, "price")
    moment = datetime(2026, 11, 22, 15, tzinfo=timezone(timedelta(hours=8)))

    said = to_json(
        entity,
        {
            "born": "19******",
            "opened": moment,
            "price": Decimal("12.50"),
            "items": [{"n": Decimal(3)}],
        },
    )

    assert said == {
        "price": "12.50", "opened": "2026-11-22T07:00:00Z", "born": "19******", "items": [{"n": "3"}],
    }  # fmt: skip
    assert moment.astimezone(UTC).hour == 7


def test_what_an_earlier_field_left_in_a_row_is_no_value() -> None:
    fields: dict[str, Field] = {
        "a": Field("a", LABEL, "date"),
        "b": Field("b", LABEL),
        "c": Field("c", LABEL, "number"),
    }
    field = Field("rows", LABEL, "group", fields=fields)

    found = from_stored(
        field, '[{"a":"soon","b":7,"c":"many","gone":1},{"a":"2026-01-31","b":"x","c":3}]'
    )

    assert found == [
        {"a": None, "b": None, "c": None},
        {"a": date(2026, 1, 31), "b": "x", "c": Decimal(3)},
    ]
