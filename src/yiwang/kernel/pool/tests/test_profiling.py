"""Profiles say exactly what is in a column."""

from __future__ import annotations

import pytest

from yiwang.kernel.pool import services as pool


def test_profile_counts_absent_empty_and_blank_apart():
    staged = pool.stage_rows(["v"], [[("a",), (None,), ("",), ("  ",), ("a",), ("　",)]])

    column = staged.profile[0]

    assert (column.rows, column.absent, column.empty, column.blank) == (6, 1, 1, 2)
    assert (column.distinct, column.filled) == (3, 2)
    assert (column.top[0].value, column.top[0].rows) == ("a", 2)


def test_profile_of_many_values_stays_exact_and_says_what_it_sampled():
    staged = pool.stage_rows(["code"], [[(f"{i:09d}",) for i in range(20_000)]])

    column = staged.profile[0]

    assert (column.distinct, column.unique) == (20_000, True)
    assert (column.smallest, column.largest) == ("000000000", "000019999")
    assert 2_000 < column.sampled < 8_000
    assert [p.value for p in column.patterns] == ["9(9)"]
    assert column.numeric == 1.0


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("36010319720105002X", "9(17)A"),
        ("2013-11-15", "9(4)-9(2)-9(2)"),
        ("长安区", "汉(3)"),
        ("第3组", "汉9汉"),
        ("--", "--"),
    ],
)
def test_pattern_of_a_value(value, pattern):
    assert pool.describe_pattern(value) == pattern
