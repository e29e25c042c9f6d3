"""Rules over real rows: what is counted, how it fails, and that a refresh says what a full run says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.pool import services as pool
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog.types import ItemInfo
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.types import Dimension, RuleKind, RuleSpec

pytestmark = pytest.mark.django_db
COLUMNS = ("id", "sex", "born", "amount")
ITEMS = (
    ItemInfo("id", 0, element="resident_id"),
    ItemInfo("sex", 1, element="sex"),
    ItemInfo("born", 2, element="birth_date"),
    ItemInfo("amount", 3),
)


def an_act() -> Act:
    return Act(SYSTEM, "quality.test", Ref("pool.table", "t"))


def land(rows, *, columns=COLUMNS, table="", kind="full", key=()):
    table = table or pool.create_table(an_act(), name="t")
    staged = pool.stage_rows(columns, [rows], profile=False)
    try:
        return pool.commit(an_act(), table, staged, kind=kind, key=key)
    finally:
        pool.discard(staged)


def number(first_17: str) -> str:
    return first_17 + standards.id_check_digit(first_17)


GOOD = number("36010219900307001")
EVEN = number("36010219900307002")


def rules(*, key=("id",)):
    amount = RuleSpec(
        "amount", RuleKind.TYPED, Dimension.CONFORMITY, ("amount",), {"type": "number"}
    )
    return [*services.derive_from(ITEMS, key), amount]


def by_code(checked):
    return {one.spec.code: one for one in checked.results}


def rows_of(checked):
    if checked.listing is None:
        return []
    table = pool.create_table(an_act(), name="rows")
    version = pool.commit(an_act(), table, checked.listing)
    return sorted(
        tuple(cell or "" for cell in cells)
        for _, cells in pool.list_rows(version.id, limit=1000).rows
    )


@pytest.mark.parametrize(
    ("value", "rule", "pattern"),
    [
        ("360102900307001", "format", "id15"),
        (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), "check", "check_digit"),
        ("360102199003070000", "check", "zeroed"),
        ("3.60102E+17", "format", "scientific"),
        (number("36010219900231001"), "check", "impossible_date"),
        (f" {GOOD}", "format", "spaces"),
        ("无", "required", "placeholder:无"),
        (None, "required", "missing"),
        ("  ", "required", "empty"),
        ("3601021990", "format", "9(10)"),
        ("张三", "format", "汉(2)"),
    ],
)
def test_a_bad_number_fails_once_and_says_how(value, rule, pattern):
    version = land([(GOOD, "", "", ""), (value, "", "", "")])

    checked = services.check_version(version, rules())

    failed = {one.spec.code: one.patterns for one in checked.results if one.failed}
    assert failed == {f"derived.id.{rule}": {pattern: 1}}


def test_sex_and_birth_are_held_against_a_right_number_only():
    version = land(
        [
            (GOOD, "男", "1990-03-07", ""),
            (EVEN, "男", "1990年3月8日", ""),
            ("360102199003070000", "女", "2001-01-01", ""),
            (number("36010219900307004"), "", "", ""),
        ]
    )

    found = by_code(services.check_version(version, rules()))

    assert (found["derived.sex.sex_of_id"].checked, found["derived.sex.sex_of_id"].failed) == (2, 1)
    assert found["derived.born.birth_of_id"].patterns == {"birth_differs": 1}
    assert found["derived.born.birth_of_id"].checked == 2
    assert found["derived.sex.code"].checked == 3


def test_repeated_keys_are_counted_exactly_and_blanks_apart():
    version = land(
        [(GOOD, "", "", "")] * 3 + [(EVEN, "", "", ""), ("无", "", "", ""), ("无", "", "", "")]
    )

    found = by_code(services.check_version(version, rules()))["derived.id.unique"]

    assert (found.checked, found.failed) == (4, 3)


def test_failing_rows_are_listed_with_row_key_value_and_suggestion():
    version = land([(GOOD, "男", "", "x1"), (f"{EVEN[:6]} {EVEN[6:]}", "女", "", "1,200.5")])

    listed = rows_of(services.check_version(version, rules()))

    spaced = f"{EVEN[:6]} {EVEN[6:]}"
    assert listed == [
        ("amount", "1", "", "amount", "x1", "letters_in_number", ""),
        ("derived.id.format", "2", "", "id", spaced, "style", EVEN),
    ]


CELLS = st.tuples(
    st.sampled_from([GOOD, EVEN, number("36010219900307003"), number("36010219900307005"),
                     "360102900307001", "360102199003070000", "无x"]),
    st.sampled_from(["男", "女", "1", "x", "", None]),
    st.sampled_from(["1990-03-07", "1990-02-31", "19900307", "无", ""]),
    st.sampled_from(["1", "x1", "1,200", "", None]),
)  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["full", "append", "upsert", "delete", "withdraw", "compact"]),
        st.lists(CELLS, min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(start=st.lists(CELLS, min_size=4, max_size=12), steps=STEPS)
def test_a_refresh_says_what_a_full_run_says(start, steps, monkeypatch):
    monkeypatch.setattr("yiwang.nets.share.quality.services.checking.MOSTLY_NEW", 100)
    head = land(start, key=("id",))
    bases = [check_and_keep(head, None)]
    for kind, rows in steps:
        head = do(head, kind, rows)
        base = next((b for b in reversed(bases) if pool.stands_on(head.id, b.version)), None)
        bases.append(check_and_keep(head, base))


def test_what_goes_of_a_rule_that_all_rows_passed_is_taken_away_unread(monkeypatch):
    monkeypatch.setattr("yiwang.nets.share.quality.services.checking.MOSTLY_NEW", 100)
    head = land([(GOOD, "男", "", "1"), (EVEN, "女", "", "x")], key=("id",))
    base = check_and_keep(head, None)
    read = []
    picked = pool.relation_picked
    monkeypatch.setattr(pool, "relation_picked", lambda *args: read.append(args) or picked(*args))

    after = land([(GOOD, "x", "", "1")], table=head.table_id, kind="upsert", key=("id",))
    found = by_code(services.check_version(after, rules(), base=base))

    sex, id_there = found["derived.sex.code"], found["derived.id.required"]
    assert (sex.checked, sex.failed, sex.patterns) == (2, 1, {"not_a_code": 1})
    assert (id_there.checked, id_there.failed) == (2, 0)
    assert read == [(head.id, "gone_rows")]
    check_and_keep(after, base)


def do(head, kind, rows):
    if kind == "withdraw":
        if head.number > 1 and head.kind != "full":
            pool.withdraw(an_act(), head.id)
        return pool.find_latest(head.table_id)
    if kind == "compact":
        pool.compact(an_act(), head.id)
        return pool.find_latest(head.table_id)
    if kind in ("upsert", "delete"):
        rows = list({row[0]: row for row in rows}.values())
    if kind == "delete":
        columns = ("id",)
        return land(
            [row[:1] for row in rows], columns=columns, table=head.table_id, kind=kind, key=("id",)
        )
    return land(rows, table=head.table_id, kind=kind, key=("id",))


def check_and_keep(version, base):
    fresh = services.check_version(version, rules())
    again = services.check_version(version, rules(), base=base)
    plain = [(r.spec.code, r.checked, r.failed, dict(r.patterns)) for r in fresh.results]
    assert [(r.spec.code, r.checked, r.failed, dict(r.patterns)) for r in again.results] == plain
    listed = rows_of(fresh)
    assert rows_of(again) == listed
    staged = pool.stage_rows(
        ("rule", "row", "key", "field", "value", "pattern", "suggestion"),
        [listed or []],
        profile=False,
    )
    rows_version = pool.commit(an_act(), pool.create_table(an_act(), name="l"), staged).id
    return services.Base(version.id, rows_version, {r.spec.digest(): r for r in fresh.results})
