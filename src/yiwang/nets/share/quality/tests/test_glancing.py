"""A glance decides nothing otherwise than the full look does."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.pool import services as pool
from yiwang.kernel.query.functions import is_blank
from yiwang.kernel.query.tables import PLACEHOLDERS, SPACES
from yiwang.nets.share.catalog.types import ItemInfo
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.services import canon, tallying
from yiwang.nets.share.quality.services.compiling import columns_of
from yiwang.nets.share.quality.services.fields import told_sql
from yiwang.nets.share.quality.services.patterns import filled_sql, is_blank_sql

from .test_checking import EVEN, GOOD, land, number, rows_of

ELEMENTS = {
    "id": "resident_id", "name": "person_name", "sex": "sex", "born": "birth_date",
    "phone": "mobile_phone", "credit": "credit_code", "at": "",
}  # fmt: skip
VALUES = (
    None, "", " ", "无", "　无 ", "N/A", "空军", "没那么", "未填写", "-", "0", "111", "１１１", "undefined",
    GOOD, EVEN, f" {GOOD}", f"{GOOD} ", GOOD.lower(), number("48010219900307001"), "360102900307001",
    number("11010119920229001"), number("11010119910229001"), number("99010219900307001"),
    number("91101019900307001"), number("71010219001231001"), "1.234567890123e168", "1.2345678901e1601",
    GOOD[:-1] + ":", GOOD[:-1] + "１", "3.60102E+17", "360102199003070000", "张三", "张3", "Li\x1f", "x" * 120,
    "1990-03-07", "1990-03-08", "1990/03/07", " 1990-3-7 ", "1990-3-7  ", "19900307", "1990年3月7日",
    "2999-12-31", "3000-01-01", "0999-01-01", "1990-02-31", "2026-01-01 00:00:00", "2026-01-01T00:00:00",
    "1,200.50", "￥12", "12", "-5.5", ".5", "nan", "inf", "1e5", "5.", "+5", "99999999999999999999",
    "13812345678", "+8613912345678", "139 1234 5678", "1.300000e10", "12812345678",
    "男", "女", "男性", "1", "2", "M", "91350211MA2XQ9Q80A", "tbd a longer text of words", "\u200b", "\tx",
)  # fmt: skip
DECLARED = {
    "there": {"kind": "required", "fields": "name"},
    "some": {"kind": "required", "fields": "phone", "when": "sex = '男'"},
    "length": {"kind": "length", "fields": "name", "params": {"min": 2, "max": 12}},
    "amount": {"kind": "range", "fields": "at", "params": {"min": 0, "max": 500}},
    "days": {"kind": "range", "fields": "born", "params": {"type": "date", "min": "1990-03-08"}},
    "pattern": {"kind": "pattern", "fields": "at", "params": {"pattern": ".*[0-9]"}},
    "holds": {"kind": "compare", "fields": ["born", "at"], "params": {"holds": "born < at"}},
    "given": {"kind": "condition", "params": {"given": "sex = '男'", "then": "name != '张三'"}},
    "fresh": {"kind": "fresh", "fields": "born", "params": {"days": 9000}},
    "then": {"kind": "code", "fields": "sex", "params": {"code_set": "sex", "on": "born"}},
    "number": {"kind": "typed", "fields": "at", "params": {"type": "number"}},
    "integer": {"kind": "typed", "fields": "at", "params": {"type": "integer"}},
    "moment": {"kind": "typed", "fields": "at", "params": {"type": "datetime"}},
}


@pytest.fixture
def rules():
    items = [
        ItemInfo(name, at, element=element) for at, (name, element) in enumerate(ELEMENTS.items())
    ]
    declared = [services.build_rule(code, content) for code, content in DECLARED.items()]
    found = [*services.derive_from(items, ("id",)), *declared]
    return [replace(one, params={**one.params, "since": "1990-03-08"}) for one in found]


def told(result):
    return result.spec.code, result.checked, result.failed, sorted(result.patterns.items())


@pytest.mark.django_db
def test_two_looks_say_what_one_full_look_says(rules, monkeypatch):
    steps = (1, 3, 7, 11, 13, 17, 19)
    rows = [
        tuple(VALUES[(at * step + more) % len(VALUES)] for step in steps)
        for at in range(len(VALUES))
        for more in range(0, 3 * len(VALUES), len(VALUES) // 2)
    ] + [(GOOD, "张三", "男", "1990-03-07", "13812345678", "", str(at)) for at in range(50)]
    version = land(rows, columns=tuple(ELEMENTS))

    monkeypatch.setattr(tallying, "MANY", 0)
    looked = services.check_version(version, rules)
    monkeypatch.setattr(tallying, "SAMPLED", 0)
    apart = services.check_version(version, rules)
    monkeypatch.setattr(tallying, "MOSTLY_OPEN", -1)
    in_full = services.check_version(version, rules)

    rows = rows_of(in_full)
    for one in (looked, apart):
        assert list(map(told, one.results)) == list(map(told, in_full.results))
        assert rows_of(one) == rows
    assert sum(1 for one in looked.results if one.failed) > len(DECLARED)


PARTS = st.sampled_from([*PLACEHOLDERS, *SPACES, "0", "１１１", "x", "汉", "不"])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(PARTS, max_size=3).map("".join) | st.text(max_size=5), min_size=20, max_size=60
    )
)
def test_what_begins_like_no_blank_is_none(texts):
    with pool.engine() as connection:
        found = connection.execute(
            f"SELECT t, {filled_sql('unicode(t)')}, {is_blank_sql('t')} FROM (SELECT unnest(?) AS t)",
            [[text.replace("\x00", "") for text in texts]],
        ).fetchall()

    for text, filled, blank in found:
        digits = re.search("[0-9\uff10-\uff19]", text) is not None
        assert blank == (text == "" or (is_blank(text) and not digits)), text
        assert not (filled and blank), text


def test_the_filters_of_a_rule_name_the_columns_it_reads():
    rule = services.build_rule("x", DECLARED["given"] | {"when": "born != ''"})

    assert set(columns_of(rule)) == {"sex", "name", "born"}


@pytest.mark.django_db
def test_open_values_are_read_once_for_all_rules_and_plain_dates_never(rules, monkeypatch):
    wrong, asked = GOOD[:-1] + ("1" if GOOD[-1] != "1" else "2"), []
    keep = lambda one, *rest: asked.append((one.code, one.type)) or told_sql(one, *rest)
    monkeypatch.setattr(canon, "told_sql", keep)
    rows = [(one, "张三", "男", "1990-03-07", "13812345678", "", "1") for one in (GOOD, wrong)]
    rows.append((GOOD, "张三", "女", "1990-03-09", "13812345678", "", "1"))

    version = land(rows, columns=tuple(ELEMENTS))
    found = {one.spec.code: one.failed for one in services.check_version(version, rules).results}

    assert [code for code, _ in asked].count("resident_id") == 1
    assert ("", "date") not in asked
    assert [found[code] for code in found if code.endswith(("sex_of_id", "birth_of_id"))] == [1, 1]
