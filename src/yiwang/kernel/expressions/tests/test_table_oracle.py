"""Decision tables at their largest, and against a second, plainer reading of them."""

import itertools
import time
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.expressions.tables import check_table, decide, read_table


@pytest.mark.parametrize("hit", ["first", "unique", "collect"])
def test_the_largest_table_is_checked_in_seconds(hit):
    names = [f"f{place}" for place in range(20)]
    rows = [
        {
            "when": {name: f"{row % (place + 3)}..{row % (place + 3) + place % 3}"
                     for place, name in enumerate(names)},
            "then": {"row": row},
        }
        for row in range(500)
    ]  # fmt: skip
    begin = time.thread_time()
    check_table(
        read_table(
            {"hit": hit, "inputs": names, "outputs": ["row"], "rows": rows, "default": {"row": 0}}
        )
    )

    assert time.thread_time() - begin < 20


# The oracle: cells as written, judged by a second, plainer reading over values tried one by one.
numbers = st.integers(0, 4)


number_cells = st.one_of(
    st.just("-"),
    numbers,
    st.lists(numbers, min_size=1, max_size=3),
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "!="]), numbers).map(
        lambda t: f"{t[0]}{t[1]}"
    ),
    st.tuples(numbers, numbers).map(lambda t: f"{t[0]}..{t[1]}"),
)


NUMBERS = [None, "x", *[place / 2 for place in range(-1, 11)]]


letters = st.sampled_from(["b", "ba", "c", "bb"])


text_cells = st.one_of(
    st.just("-"),
    letters,
    st.lists(letters, min_size=1, max_size=3),
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "!="]), letters).map("".join),
    st.tuples(letters, letters).map("..".join),
)


TEXTS = [
    None,
    2.5,
    *["".join(t) for size in range(4) for t in itertools.product("\0abcd", repeat=size)],
]


FIRST = date(2026, 1, 1)


days = st.integers(1, 5).map(lambda count: FIRST + timedelta(days=count))


day_cells = st.one_of(
    st.just("-"),
    days,
    st.lists(days, min_size=1, max_size=2),
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "!="]), days).map(lambda t: f"{t[0]}{t[1]}"),
    st.tuples(days, days).map(lambda t: f"{t[0]}..{t[1]}"),
)


DAYS = [None, 3, *[FIRST + timedelta(days=count) for count in range(8)]]


COLUMNS = {"n": (number_cells, NUMBERS, float), "t": (text_cells, TEXTS, str),
           "d": (day_cells, DAYS, date.fromisoformat)}  # fmt: skip


SIGNS = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}


def judge(cell, value, read_word):
    """Whether a cell as written holds, told without the code under test."""
    if cell == "-":
        return True
    fits = isinstance(value, {float: float, str: str}.get(read_word, date))
    if isinstance(cell, str):
        for sign, compare in SIGNS.items():
            if cell.startswith(sign):
                bound = read_word(cell.removeprefix(sign))
                return compare(value, bound) if fits else sign == "!="
        if ".." in cell:
            low, high = map(read_word, cell.split(".."))
            return fits and low <= value <= high
    listed = cell if isinstance(cell, list) else [cell]
    return fits and any(value == one for one in listed)


def rows_of(names):
    row = st.fixed_dictionaries({}, optional={name: COLUMNS[name][0] for name in names})
    return st.lists(row, min_size=1, max_size=5)


tables = st.sampled_from([("n",), ("t",), ("d",), ("n", "d")]).flatmap(
    lambda names: st.tuples(st.just(names), rows_of(names))
)


def points_of(names, rows):
    """All values to try, and for each which rows hold."""
    for values in itertools.product(*(COLUMNS[name][1] for name in names)):
        case = dict(zip(names, values, strict=True))
        yield (
            case,
            [
                number
                for number, row in enumerate(rows, 1)
                if all(judge(cell, case[name], COLUMNS[name][2]) for name, cell in row.items())
            ],
        )


def build(names, rows, hit):
    return read_table(
        {
            "hit": hit, "inputs": list(names), "outputs": ["row"],
            "rows": [{"when": row, "then": {"row": place}} for place, row in enumerate(rows, 1)],
            "default": {"row": 0},
        }
    )  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(tables)
def test_verdicts_equal_trying_every_value(names_and_rows):
    names, rows = names_and_rows
    points = list(points_of(names, rows))

    overlaps = {pair for _, held in points for pair in itertools.combinations(held, 2)}
    found = check_table(build(names, rows, "unique"))
    assert {one.rows for one in found if one.code.endswith("overlap")} == overlaps

    reached = {held[0] for _, held in points if held}
    held_at_all = {number for _, held in points for number in held}
    found = check_table(build(names, rows, "first"))
    unreachable = {one.rows[0] for one in found if one.code.endswith("unreachable")}
    assert unreachable == held_at_all - reached
    empty = {one.rows[0] for one in found if one.code.endswith("cell_empty")}
    assert held_at_all == set(range(1, len(rows) + 1)) - empty

    gaps = [case for case, held in points if not held]
    known = [case for case in gaps if all(is_known(name, case[name]) for name in names)]
    expected = "reached" if known else "missing" if gaps else "never"
    assert [one.code.rpartition("_")[2] for one in found if one.level == "info"] == [expected]


def is_known(name, value):
    return isinstance(value, {"n": float, "t": str, "d": date}[name])


@settings(max_examples=150, deadline=None)
@given(tables)
def test_deciding_equals_trying_every_row(names_and_rows):
    names, rows = names_and_rows
    collect, first, unique = (build(names, rows, hit) for hit in ("collect", "first", "unique"))

    for case, held in itertools.islice(points_of(names, rows), 0, None, 3):
        assert decide(collect, case) == [{"row": number} for number in held or [0]]
        assert decide(first, case) == {"row": (held or [0])[0]}
        if len(held) < 2:
            assert decide(unique, case) == {"row": (held or [0])[0]}
        else:
            with pytest.raises(Conflict):
                decide(unique, case)
