"""Typed reading: the same in Python and SQL, and no silent guess."""

# ruff: noqa: RUF001

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.standards.readings import difference_sql, read_text, read_text_sql
from yiwang.kernel.standards.types import Element

from .engine import ask

KINDS = ("text", "code", "integer", "number", "date", "datetime")
elements = {kind: Element("x", "x", "x", "x", type=kind) for kind in KINDS}
pieces = st.sampled_from(
    ["1990", "2023", "12", "3", "02", "30", "5", "0", "00", "年", "月", "日", "-", "/", ".", ",", " ",
     "　", "１２", "：", ":", "T", "+", "¥", "￥", "元", "万", "X", "x", "abc", "é", "'", "\t", "\n", "29",
     "20230305", "101010", "1,234", "二〇二三年", "十", "二", "三", "十二月", "号", "#", "\u00a0", "\ufeff", "，"]
)  # fmt: skip
texts = st.one_of(
    st.none(), st.text(max_size=12), st.lists(pieces, max_size=7).map("".join),
    st.dates().map(lambda day: f"{day.year}年{day.month}月{day.day}日"),
    st.dates().map(lambda day: f"{day.year}/{day.month}/{day.day} 8:05"),
    st.dates().map(lambda day: f"{day} 00:00:00"),
    st.dates().map(lambda day: f"{day.year}年{day.month}月{day.day}日 0:00"),
    st.integers().map(lambda n: f"{n:,}"), st.floats(0, 1e9).map(lambda n: f"{n:,.2f}元"),
)  # fmt: skip
clean = texts.map(lambda text: text and text.replace("\x00", ""))


@settings(max_examples=25, deadline=None)
@given(st.lists(clean, min_size=20, max_size=60))
def test_python_and_sql_read_alike(given_texts):
    for kind, element in elements.items():
        readings = [read_text(element, text) for text in given_texts]

        assert ask(read_text_sql(element, "t"), given_texts) == [r.text for r in readings], kind
        assert ask(difference_sql(element, "t"), given_texts) == [
            reading.problem or reading.difference for reading in readings
        ], kind


@pytest.mark.parametrize(
    ("kind", "raw", "text", "difference"),
    [
        ("date", "2023.3", "2023-03", "style"),
        ("date", "2023/3/5", "2023-03-05", "style"),
        ("date", "1990年3月", "1990-03", "style"),
        ("date", "20230305", "2023-03-05", "style"),
        ("date", "2023-03-05", "2023-03-05", ""),
        ("date", "２０２３-03-05", "2023-03-05", "width"),
        ("date", "1990年", "1990", "style"),
        ("date", "二〇二三年", "2023", "style"),
        ("date", "二○二三年十二月三十一日", "2023-12-31", "style"),
        ("date", "2023年十月二十号", "2023-10-20", "style"),
        ("date", "一九九〇年十一月", "1990-11", "style"),
        ("date", "2018-09-01 00:00:00", "2018-09-01", "style"),
        ("date", "2018-09-01T00:00:00.000", "2018-09-01", "style"),
        ("date", "2018年9月1日 0:00", "2018-09-01", "style"),
        ("datetime", "2018-09-01 00:00:00", "2018-09-01T00:00:00", "style"),
        ("datetime", "2023/3/5 8:05", "2023-03-05T08:05:00", "style"),
        ("datetime", "20230305080910", "2023-03-05T08:09:10", "style"),
        ("number", "１２３.5", "123.5", "width"),
        ("number", "1,234,567.80", "1234567.80", "style"),
        ("number", "¥1,200元", "1200", "style"),
        ("number", " 12 ", "12", "spaces"),
        ("number", "007", "7", "style"),
        ("integer", "12.0", "12", "style"),
        ("code", "110105 19491231 002x", "11010519491231002X", "style"),
        ("code", "0012", "0012", ""),
        ("text", " 张三　", "张三", "spaces"),
        ("text", "", "", ""),
    ],
)
def test_text_reads_as(kind, raw, text, difference):
    reading = read_text(elements[kind], raw)

    assert (reading.text, reading.difference, reading.problem) == (text, difference, "")


@pytest.mark.parametrize(
    ("kind", "raw", "problem"),
    [
        ("date", "45000", "not_a_date"),
        ("date", "2023-02-30", "not_a_date"),
        ("date", "2023.13", "not_a_date"),
        ("date", "昨天", "not_a_date"),
        ("number", "3万", "not_a_number"),
        ("number", "85%", "not_a_number"),
        ("number", "12,34", "not_a_number"),
        ("number", "1e5", "not_a_number"),
        ("integer", "12.5", "not_a_number"),
        ("datetime", "2023-03-05 25:00", "not_a_datetime"),
    ],
)
def test_text_is_not_guessed(kind, raw, problem):
    reading = read_text(elements[kind], raw)

    assert (reading.text, reading.problem) == (None, problem)
