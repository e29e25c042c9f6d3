"""Masks with a measure or a key: the same in Python and SQL, and of no use without the key."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.standards.disguises import STARS, disguise, disguise_sql, read_disguise

from .engine import ask

KEY, OTHER = b"k" * 32, b"o" * 32
MASKS = (
    "token", "prefix:4", "month", "year", "round:10", "round:7", "noise:5%", "noise:100%",
    "noise:100", "shift:30", "shift:1", "null", "identity", "keep",
)  # fmt: skip
numbers = st.one_of(
    st.integers(-(10**15) + 1, 10**15 - 1).map(str),
    st.decimals(-(10**8), 10**8, places=2).map(str),
    st.decimals(-1, 1, places=6).map("{:f}".format),
    st.sampled_from(["0", "-0", "0.0", "-0.01", "007", "1e3", "+1", "1.", "-"]),
)
days = st.dates().map(str) | st.sampled_from([
    "2024-02-29", "2023年2月", "20240101", "2024/1/2 08:30", "1999-12-31T23:59:59", "2023-02-30",
    "一九九〇年三月", "2024.1.2", "1000-01-01", "2999-12-31",
])  # fmt: skip
texts = st.text(max_size=12).filter(lambda t: not any(0xD800 <= ord(c) <= 0xDFFF for c in t))
cells = st.one_of(st.none(), numbers, days, texts)


@settings(max_examples=12, deadline=None)
@given(st.lists(cells, min_size=20, max_size=60))
def test_python_and_sql_disguise_alike(given_cells):
    for mask in MASKS:
        expected = [disguise(mask, KEY, cell, "990103197201050021") for cell in given_cells]

        sql = disguise_sql(mask, KEY, "t", "'990103197201050021'")

        assert ask(sql, given_cells) == expected, mask


@settings(max_examples=40, deadline=None)
@given(st.lists(texts, min_size=5, max_size=20))
def test_days_move_by_whose_they_are(persons):
    expected = [disguise("shift:90", KEY, "2024-05-06", whose) for whose in persons]

    assert ask(disguise_sql("shift:90", KEY, "'2024-05-06'", "t"), persons) == expected


@pytest.mark.parametrize(
    ("mask", "cell", "shown"),
    [
        ("prefix:6", "990103197201050021", "990103"),
        ("prefix:6", "990103", STARS),
        ("month", "1972年1月5日", "1972-01"),
        ("month", "1972", STARS),
        ("year", "1972-01-05T08:00", "1972"),
        ("year", "不详", STARS),
        ("round:10", "37", "[30,40)"),
        ("round:10", "-3.5", "[-10,0)"),
        ("round:10", "40.00", "[40,50)"),
        ("round:10", "三十", STARS),
        ("noise:5%", "约一百", STARS),
        ("shift:30", "2024-13-01", STARS),
        ("null", "x", None),
        ("token", None, None),
    ],
)
def test_disguise_shows_only_this(mask, cell, shown):
    assert disguise(mask, KEY, cell) == shown


@given(texts)
def test_two_keys_give_two_tokens_and_one_key_one(text):
    token = disguise("token", KEY, text)

    assert len(token) == 32
    assert token == disguise("token", KEY, text) != disguise("token", OTHER, text)


@given(st.integers(1, 10**12), st.integers(1, 100))
def test_noise_stays_within_its_measure(number, percent):
    noisy = int(disguise(f"noise:{percent}%", KEY, str(number)))

    assert abs(noisy - number) <= number * percent / 100


@given(st.dates(date(1900, 1, 1), date(2900, 1, 1)), st.integers(1, 365), texts)
def test_days_of_one_person_keep_their_distance_and_never_stay(day, most, whose):
    later = day + timedelta(100)
    moved = [
        date.fromisoformat(disguise(f"shift:{most}", KEY, one.isoformat(), whose))
        for one in (day, later)
    ]

    assert moved[1] - moved[0] == timedelta(100)
    assert 1 <= abs((moved[0] - day).days) <= most


@pytest.mark.parametrize(
    "text", ["", "tokens", "prefix", "prefix:0", "round:-1", "noise:101%", "shift:30%", "month:3",
             "shift:4000", "round:1'||x", "token\n", "noise:5%;"],
)  # fmt: skip
def test_what_is_no_mask_is_refused(text):
    with pytest.raises(InvalidInput):
        read_disguise(text)
