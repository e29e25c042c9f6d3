"""Personal data in texts: found, masked, and passed by the filter of the engine."""

from __future__ import annotations

import time
from collections import Counter

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.performance.measure_finder import Tally, score_text
from tests.performance.personal.texts import HALVES, fill, make_columns, make_texts
from tests.performance.personal.values import MAKERS, NEGATIVES

from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.finder.find import find_whole
from yiwang.kernel.standards.finder.names import BEFORE

PLACES = [*MAKERS, *(f"!{kind}" for kind in NEGATIVES)]
BITS = st.one_of(
    st.sampled_from([f"{{{place}}}" for place in PLACES]),
    st.sampled_from(BEFORE.replace("(?<!妇)", "").split("|")),
    st.sampled_from("：，。、（）() \n　 ABc０１２３-－@·男女的在住号栋路"),  # noqa: RUF001 full-width on purpose
    st.text("王李张欧阳伟芳建国一二三0123456789", max_size=12),
)


@st.composite
def cells(draw):
    """Any mixture of personal data, look-alikes and the marks between them."""
    import random

    template = "".join(draw(st.lists(BITS, max_size=7)))
    half = draw(st.sampled_from(["tuning", "held"]))
    rng = random.Random(draw(st.integers(0, 10**6)))
    return fill(template, rng, HALVES[half].words).text


@pytest.fixture(scope="module")
def connection():
    return duckdb.connect(":memory:")


class TestTheHeldTexts:
    def test_every_kind_is_found_with_an_f1_of_at_least_95_percent(self):
        tally = Tally()

        for text in make_texts("held", 1_100):
            score_text(text, tally, show=False)

        poor = {kind: f1 for kind, _, _, f1, count in tally.lines() if f1 < 0.95 and count}
        assert not poor
        assert tally.right["person_name"] > 500

    def test_columns_are_judged_with_an_f1_of_at_least_95_percent(self):
        right = wrong = missed = 0

        for column in make_columns("held", 4):
            counted = Counter(value for value in column.values if value)
            found = set(standards.judge_column(counted.items()).kinds)
            right += len(found & column.kinds)
            wrong += len(found - column.kinds)
            missed += len(column.kinds - found)

        assert 2 * right / (2 * right + wrong + missed) >= 0.95


class TestTheFilter:
    @settings(max_examples=400, deadline=None)
    @given(text=cells())
    def test_it_lets_through_whatever_is_found(self, connection, text):
        passed = connection.execute(
            f"SELECT {standards.may_hold_sql('v')} FROM (SELECT ?::VARCHAR AS v)", [text]
        ).fetchone()[0]

        assert passed or not (standards.find_spans(text) or find_whole(text))

    def test_it_stops_ordinary_words_numbers_and_absent_cells(self, connection):
        values = [None, "", "已完成", "正常", "2023", "3.14", "无", "办理中，请等候", "A-12"]

        passed = connection.execute(
            f"SELECT v FROM (SELECT unnest(?::VARCHAR[]) AS v) WHERE {standards.may_hold_sql('v')}",
            [values],
        ).fetchall()

        assert passed == []


class TestMaskingSpans:
    def test_what_stands_around_stays(self):
        masked = standards.mask_spans(
            "我叫张伟，电话13812345678，住幸福小区3栋2单元101室，请回复。"
        )

        assert masked == "我叫张*，电话138****5678，住****，请回复。"

    def test_full_width_digits_are_digits(self):
        assert "２３４５" not in standards.mask_spans("手机１３８１２３４５６７８")  # noqa: RUF001

    def test_no_value_is_no_value_and_what_is_too_long_shows_nothing(self):
        assert standards.mask_spans(None) is None
        assert standards.mask_spans("好" * 200_001) == "***"

    @settings(max_examples=200, deadline=None)
    @given(text=cells())
    def test_no_number_that_is_found_stays_whole(self, text):
        masked = standards.mask_spans(text) or ""

        for span in standards.find_spans(text):
            kind = standards.KINDS[span.kind]
            if kind.mask not in ("keep", "name", "address"):
                assert text.count(text[span.start : span.end]) > masked.count(
                    text[span.start : span.end]
                )


class TestHardNegatives:
    @pytest.mark.parametrize(
        "text",
        [
            "订单号202405011234567890，请处理",
            "（2024）京0105民初12345号",
            "服务器192.168.100.200，版本1.2.3.4",
            "王女士、张局长和李先生参加会议",
            "从张家口到石家庄的高速",
            "共建住宅12栋，投资3亿元",
            "妇女儿童权益保护，损害业主权益",
            "金额13812345678元",
        ],
    )
    def test_nothing_is_found(self, text):
        assert standards.find_spans(text) == []


HOSTILE = {
    "letters": "a" * 200_000,
    "dots": "a." * 100_000,
    "at": "a@" * 100_000,
    "digits": "1" * 200_000,
    "spaced digits": "1381234 " * 25_000,
    "surnames": "张王李" * 66_000,
    "middle dots": "张·" * 100_000,
    "buildings": "园1栋" * 66_000,
    "leads": "联系人：" * 50_000,
    "phones": "13812345678，" * 16_000,
    "brackets": "(0" * 100_000,
}  # fmt: skip


class TestHostileTexts:
    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
    def test_the_time_grows_with_the_length_and_no_faster(self, text):
        # The best of three: a busy machine lengthens one look, never shortens it.
        quarter, whole = (
            min(self.time_of(part) for _ in range(3)) for part in (text[: len(text) // 4], text)
        )

        assert whole < 12 * quarter + 0.1

    @staticmethod
    def time_of(text):
        began = time.process_time()
        standards.find_spans(text)
        return time.process_time() - began
