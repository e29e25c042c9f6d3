"""Counts named, grouped and weighed."""

from yiwang.nets.share.compare.models import Comparison
from yiwang.nets.share.compare.services import count_lines, group_counts
from yiwang.nets.share.compare.types import COUNT_NAMES, FORMULAS, GROUPS, Counts

COUNTS = Counts(
    left_rows=10, right_rows=8, left_blank_keys=1, right_blank_keys=0, left_duplicate_keys=2,
    right_duplicate_keys=0, matched=6, left_only=1, right_only=3, differing=3,
    differing_by_value=(3,),
)  # fmt: skip


def summary(counts: Counts):
    found = Comparison(values=["name = name"], counts=counts.as_json())
    return found, group_counts(found)


def test_every_count_has_a_name_and_stands_in_one_group() -> None:
    grouped = [name for names in GROUPS.values() for name in names]

    assert sorted(grouped) == sorted(FORMULAS) == sorted(COUNT_NAMES)


def test_groups_hold_each_line_once_with_its_share() -> None:
    found, groups = summary(COUNTS)
    shares = {one.line.name: one.percent for group in groups for one in group.counts}

    assert sum(len(group.counts) for group in groups) == len(count_lines(found))
    assert shares["matched"] == "60.0%"
    assert shares["differing"] == "50.0%"
    assert shares["left_blank_keys"] == "10.0%"
    assert shares["left_rows"] == ""


def test_what_is_not_nothing_never_reads_as_nothing() -> None:
    _, groups = summary(
        Counts(100_000, 100_000, 1, 0, 0, 0, matched=99_999, left_only=1, right_only=0, differing=0)
    )
    shown = {one.line.name: one for group in groups for one in group.counts}

    assert shown["left_only"].percent == "<0.1%"
    assert shown["left_only"].width > 0
    assert shown["matched"].percent == ">99.9%"
    assert shown["right_only"].width == 0
