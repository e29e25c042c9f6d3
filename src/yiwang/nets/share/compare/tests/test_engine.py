"""The counts of a comparison, on registers small enough to count by hand, and on the real ones."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.pool import services as pool
from yiwang.kernel.query import services as query
from yiwang.nets.share.compare import services as compare
from yiwang.nets.share.compare.types import Request

pytestmark = pytest.mark.django_db
DIVISIONS = Path(os.environ.get("YIWANG_REAL_DATA", "../shared/data")) / "01-divisions"


def an_act() -> Act:
    return Act(SYSTEM, "compare.test", Ref("pool.table", "t"))


def land(columns, rows):
    table = pool.create_table(an_act(), name="t")
    return pool.commit(an_act(), table, pool.stage_rows(columns, [rows], profile=False)).id


def ask(*keys, values=(), alternate=()):
    pairs = [
        tuple(query.parse_key_pair(text) for text in group) for group in (keys, values, alternate)
    ]
    return Request(*pairs)


def rows_of(compared):
    table = pool.create_table(an_act(), name="rows")
    version = pool.commit(an_act(), table, compared.rows)
    page = pool.list_rows(version.id, limit=1000)
    return [dict(zip(page.columns, cells, strict=True)) for _, cells in page.rows]


def test_every_class_is_counted_and_listed():
    left = land(["code", "name"], [
        ("1", "甲"), ("2", "乙"), ("3", "丙"), ("4", "丁"), ("4", "丁"), ("无", "戊"), ("5", "己"),
    ])  # fmt: skip
    right = land(["id", "title"], [
        ("1", "甲"), ("2", "丙"), ("9", "丁"), (None, "庚"), ("5", "辛"), ("5", "辛"), ("8", "壬"),
    ])  # fmt: skip

    compared = compare.compare_versions(
        left, right, ask("code = id", values=["name = title"], alternate=["name = title"])
    )

    counts = compared.counts
    assert (counts.left_rows, counts.right_rows) == (7, 7)
    assert (counts.left_blank_keys, counts.right_blank_keys) == (1, 1)
    assert (counts.left_duplicate_keys, counts.right_duplicate_keys) == (1, 1)
    assert (counts.matched, counts.left_only, counts.right_only) == (3, 2, 2)
    assert (counts.differing, counts.differing_by_value) == (2, (2,))
    # 甲 1-1; 丙 3-2; 丁 4-9 twice.
    assert (counts.alternate_pairs, counts.other_key_same_thing, counts.moved) == (4, 3, 1)
    listed = Counter(row["class"] for row in rows_of(compared))
    assert listed == {
        "differing": 2, "left_only": 2, "right_only": 2, "left_duplicate": 2,
        "right_duplicate": 2, "left_blank": 1, "right_blank": 1, "moved": 1, "other_key": 3,
    }  # fmt: skip


def test_key_of_two_parts_is_not_fooled_by_where_they_meet():
    left = land(["a", "b"], [("1", "23"), ("x\x1f", "y")])
    right = land(["a", "b"], [("12", "3"), ("x", "\x1fy")])

    counts = compare.compare_versions(left, right, ask("a = a", "b = b")).counts

    assert (counts.matched, counts.left_only, counts.right_only) == (0, 2, 2)


def test_a_key_in_very_many_rows_is_never_multiplied_out():
    rows = [("same", str(i)) for i in range(20_000)]

    counts = compare.compare_versions(
        land(["k", "v"], rows),
        land(["k", "v"], rows),
        ask("k = k", values=["v = v"], alternate=["k = k"]),
    ).counts

    assert (counts.matched, counts.differing) == (1, 1)
    assert (counts.alternate_pairs, counts.other_key_same_thing) == (400_000_000, 0)


_cell = st.sampled_from(["a", "b", "c", "无", " ", "", None, "x/y"])
_rows = st.lists(st.tuples(_cell, _cell, _cell), max_size=12)


def by_hand(left, right):
    """The same counts from their sentences, pair by pair."""

    def there(cell):
        return cell is not None and cell not in ("无", " ", "")

    lk = [r for r in left if there(r[0])]
    rk = [r for r in right if there(r[0])]
    keys_left, keys_right = {r[0] for r in lk}, {r[0] for r in rk}
    matched = keys_left & keys_right
    pairs = [(a, b) for a in lk for b in rk]
    same_alternate = [(a, b) for a, b in pairs if there(a[2]) and a[2] == b[2]]
    apart = [(a, b) for a, b in same_alternate if a[0] != b[0]]
    across = {a[0] for a, _ in apart} | {b[0] for _, b in apart}

    def alternate(row):
        return row[2] if there(row[2]) else None

    return (
        len(left) - len(lk), len(right) - len(rk),
        sum(n > 1 for n in Counter(r[0] for r in lk).values()),
        sum(n > 1 for n in Counter(r[0] for r in rk).values()),
        len(matched), len(keys_left - keys_right), len(keys_right - keys_left),
        len({a[0] for a, b in pairs if a[0] == b[0] and (a[1] or "") != (b[1] or "")}),
        len(same_alternate), len(apart),
        len({a[0] for a, b in pairs if a[0] == b[0] and alternate(a) != alternate(b)} & across),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(left=_rows, right=_rows)
def test_counts_equal_those_worked_out_pair_by_pair(left, right):
    columns = ["k", "v", "a"]

    c = compare.compare_versions(
        land(columns, left),
        land(columns, right),
        ask("k = k", values=["v = v"], alternate=["a = a"]),
    ).counts

    assert (
        c.left_blank_keys, c.right_blank_keys, c.left_duplicate_keys, c.right_duplicate_keys,
        c.matched, c.left_only, c.right_only, c.differing,
        c.alternate_pairs, c.other_key_same_thing, c.moved,
    ) == by_hand(left, right)  # fmt: skip


@pytest.mark.skipif(not DIVISIONS.is_dir(), reason="the public division registers are not here")
def test_statistics_and_civil_affairs_registers_give_their_known_counts():
    with gzip.open(DIVISIONS / "china-division/streets.csv.gz", "rt", encoding="utf-8") as stream:
        header, *streets = csv.reader(stream)
    with gzip.open(DIVISIONS / "quhua/townships_v1.json.gz", "rt", encoding="utf-8") as stream:
        counties = json.load(stream)
    townships = [
        (county_code, county["county"], name, code)
        for county_code, county in counties.items()
        for name, code in county["townships"].items()
    ]

    compared = compare.compare_versions(
        land(header, streets),
        land(["county_code", "county", "name", "code"], townships),
        ask(
            "code = left(code, 9)",
            values=["name = name"],
            alternate=["areaCode = left(county_code, 6)", "name = name"],
        ),
    )

    c = compared.counts
    assert (c.left_rows, c.right_rows) == (41_352, 38_749)
    assert (c.matched, c.left_only, c.right_only, c.differing) == (34_005, 7_347, 4_744, 6_590)
    assert (c.alternate_pairs, c.same_key_pairs) == (37_070, 27_415)
    assert (c.other_key_same_thing, c.moved) == (9_655, 6_064)
    assert (c.left_blank_keys, c.right_blank_keys) == (0, 0)
    assert (c.left_duplicate_keys, c.right_duplicate_keys) == (0, 0)
    assert compared.rows.rows == 7_347 + 4_744 + 6_590 + 9_655 + 6_064
