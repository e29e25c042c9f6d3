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


def test_a_wide_table_is_profiled_as_its_columns_are_one_by_one():
    names = [f"c{number}" for number in range(120)]
    rows = [
        [_cell(row, column) for column in range(len(names))]
        for row in range(60)
    ]  # fmt: skip

    wide = pool.stage_rows(names, [rows])
    alone = [
        pool.stage_rows([name], [[(row[place],) for row in rows]]).profile[0]
        for place, name in enumerate(names)
    ]

    assert list(wide.profile) == alone


def _cell(row, column):
    kinds = (None, "", " 　", f"值{row}", str(row % 7), f" {row * column}", "2024-01-02")
    return kinds[(row * 31 + column * 17) % len(kinds)]


def test_a_wide_table_without_rows_has_a_profile():
    wide = pool.stage_rows([f"c{number}" for number in range(60)], [[]])

    assert [(one.rows, one.distinct, one.top) for one in wide.profile] == [(0, 0, ())] * 60


def test_few_values_of_a_wide_table_are_all_read_for_their_patterns():
    names = [f"c{number}" for number in range(1000)]
    rows = [[f"{row % 150}" for _ in names] for row in range(300)]

    profile = pool.stage_rows(names, [rows]).profile

    assert {(one.distinct, one.sampled) for one in profile} == {(150, 0)}
