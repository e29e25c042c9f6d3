"""Castings say the same in Python and in the database. 类型转换测试。"""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.kernel.records.services.tables.castings import find_casting
from yiwang.kernel.records.services.tables.kinds import Shape
from yiwang.kernel.records.services.values import from_stored

from .tabled import make_field

TEXT = Shape("text")
CHOICE = Shape("choice", 0, {"food": "food", "餐饮": "food", "it's": "retail", "retail": "retail"})
TARGETS = [
    Shape("integer"),
    Shape("number", 2),
    Shape("number", 6),
    Shape("date"),
    Shape("datetime"),
    Shape("boolean"),
    CHOICE,
]
digits = st.text("0123456789", max_size=19)
numbers = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", " ", "  "]),
    st.sampled_from(["", "-", "+", "--"]),
    digits,
    st.sampled_from(["", ".", ".5", ".50", ".005", ".1234567", ",000", "e3"]),
    st.sampled_from(["", " ", "\n"]),
)
parts = st.integers(0, 99).map("{:02d}".format)
years = st.sampled_from(["0000", "0001", "1900", "1991", "1992", "2000", "2023", "2024", "9999"])
dates = st.builds(
    lambda y, m, d, form: form.format(y, m, d),
    years,
    st.integers(0, 14).map("{:02d}".format) | st.integers(0, 9).map(str),
    st.integers(0, 33).map("{:02d}".format) | st.integers(0, 9).map(str),
    st.sampled_from(
        [
            "{}-{}-{}",
            "{}/{}/{}",
            "{}.{}.{}",
            "{}年{}月{}日",
            "{}{}{}",
            "{}-{}/{}",
            "{}年{}月{}",
            " {}-{}-{} ",
        ]
    ),
)
times = st.builds(
    lambda day, h, m, s, form: form.format(day, h, m, s),
    dates,
    st.integers(0, 25).map("{:02d}".format),
    parts,
    parts,
    st.sampled_from(
        [
            "{} {}:{}",
            "{}T{}:{}",
            "{} {}:{}:{}",
            "{}T{}:{}:{}",
            "{}T{}:{}:{}.000000Z",
            "{}T{}:{}:{}Z",
        ]
    ),
)
words = st.sampled_from(
    ["food", "餐饮", "it's", " retail ", "1", "是", "否", "no", "NO", "nO", "true"]
)
free = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
texts = st.one_of(numbers, dates, times, words, free)
whole = st.one_of(st.integers(-(2**63) + 1, 2**63 - 1), st.integers(-1000, 1000))


def ask(casting, value):
    kind = "text" if isinstance(value, str) else "bigint"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {casting.sql('x')}, {casting.bad('x')}"
            f" FROM (SELECT CAST(%s AS {kind}) AS x) AS v",
            [value],
        )
        turned, bad = cursor.fetchone()
    return turned, bool(bad)


def check(casting, value):
    turned, bad = ask(casting, value)

    assert turned == casting.python(value)
    blank = isinstance(value, str) and not value.strip(" ")
    assert bad == (turned is None and not blank)


@pytest.mark.django_db
class TestCastings:
    @pytest.mark.parametrize("target", TARGETS, ids=lambda one: f"{one.kind}{one.decimals}")
    @settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=texts)
    def test_texts_turn_alike(self, target, text):
        check(find_casting(TEXT, target), text)

    def test_a_number_that_fits_no_column_with_its_places_is_refused(self):
        check(find_casting(TEXT, Shape("number", 6)), "10000000000000")
        assert find_casting(TEXT, Shape("number", 6)).python("10000000000000") is None

    @pytest.mark.parametrize(
        ("source", "target"),
        [
            (Shape("integer"), Shape("number", 2)),
            (Shape("number", 4), Shape("number", 2)),
            (Shape("number", 2), Shape("integer")),
            (Shape("integer"), Shape("text")),
            (Shape("number", 3), Shape("text")),
            (Shape("integer"), Shape("boolean")),
            (Shape("boolean"), Shape("text")),
        ],
    )
    @settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(number=whole)
    def test_numbers_turn_alike(self, source, target, number):
        check(find_casting(source, target), number)

    @settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(number=st.integers(-(10**18) + 1, 10**18 - 1))
    def test_a_number_comes_back_from_its_text(self, number):
        there = find_casting(Shape("number", 2), TEXT)
        back = find_casting(TEXT, Shape("number", 2))

        text = there.python(number)

        assert back.python(text) == number
        assert str(from_stored(make_field("n", "number", decimals=2), number)) == text

    @pytest.mark.parametrize(
        ("target", "text", "stored"),
        [
            (Shape("integer"), "007", 7),
            (Shape("integer"), "9" * 18, 10**18 - 1),
            (Shape("integer"), "1" + "0" * 18, None),
            (Shape("number", 2), "-12.5", -1250),
            (Shape("number", 2), "12.500", 1250),
            (Shape("number", 2), "12.505", None),
            (Shape("date"), "2024年02月29日", "2024-02-29"),
            (Shape("date"), "2024/2/9", "2024-02-09"),
            (Shape("date"), "2024-2/9", None),
            (Shape("date"), "2023-02-29", None),
            (Shape("datetime"), "2026-11-22 15:00", "2026-11-22T07:00:00.000000Z"),
            (Shape("datetime"), "1990-07-01 12:00", None),
            (CHOICE, "餐饮", "food"),
            (Shape("boolean"), "否", 0),
        ],
    )
    def test_what_people_write_becomes_what_it_means(self, target, text, stored):
        assert find_casting(TEXT, target).python(text) == stored

    @pytest.mark.parametrize(
        ("source", "target"),
        [(Shape("choices"), TEXT), (TEXT, Shape("link")), (Shape("date"), Shape("boolean"))],
    )
    def test_there_is_none_where_it_would_guess(self, source, target):
        assert find_casting(source, target) is None
