"""Masks: the same in Python and SQL, and nothing that must be hidden stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.standards.masks import MASKS, mask_text, mask_text_sql

from .engine import ask

places = st.text("云州市东湖区县旗自治小社园路号栋1234库厂\n ", max_size=30)
texts = st.one_of(
    st.none(), st.text(max_size=30), st.text("0123456789", max_size=20), places,
    st.text("张三欧阳😀👩‍👩‍👧á\u0301", max_size=6), st.emails(), st.text("a@.b", max_size=8),
)  # fmt: skip
clean = texts.map(lambda text: text and text.replace("\x00", "")).filter(
    lambda text: text is None or not any(0xD800 <= ord(c) <= 0xDFFF for c in text)
)


@settings(max_examples=25, deadline=None)
@given(st.lists(clean, min_size=20, max_size=60))
def test_python_and_sql_mask_alike(given_texts):
    for mask in sorted(MASKS):
        expected = [mask_text(mask, text) for text in given_texts]

        assert ask(mask_text_sql(mask, "t"), given_texts) == expected, mask


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        ("phone", "13812341234", "138****1234"),
        ("phone", "66778899", "******99"),
        ("phone", "110", "***"),
        ("identity", "110101199001011234", "110101********1234"),
        ("identity", "110101900101123", "110101*********"),
        ("identity", "12", "**"),
        ("name", "张三", "张*"),
        ("name", "欧阳娜娜", "欧**"),
        ("name", "张", "*"),
        ("card", "6222021234567890128", "622202*********0128"),
        ("plate", "云A12345", "云A***45"),
        ("email", "zhang@example.com", "z***@example.com"),
        ("email", "no address", "**********"),
        ("birth", "1990-01-02", "1990******"),
        ("address", "云州市东湖区解放路12号3栋501室", "云州市东湖区****"),
        ("address", "内蒙古自治区呼和浩特市新城区北街1号", "内蒙古自治区呼和浩特市新城区****"),
        ("address", "昆山市玉山镇1号", "昆山市****"),
        ("address", "幸福小区3栋", "****"),
        ("address", "13812345678东湖区", "****"),
        ("address", "张三，云州市东湖区", "****"),
        ("email", "a@b.cn 13812345678", "************"),
        ("email", "z@x.cn;110101199003074514", "************"),
        ("null", "任何", None),
        ("keep", "任何", "任何"),
        ("name", "", ""),
        ("phone", None, None),
    ],
)
def test_mask_shows_only_this(mask, text, shown):
    assert mask_text(mask, text) == shown


@given(st.text("0123456789X", max_size=40))
def test_at_least_half_of_a_short_identity_is_hidden(text):
    masked = mask_text("identity", text)

    assert len(text) >= 18 or masked.count("*") >= min(len(text) - 6, 12)
    assert len(text) >= 14 or set(masked) <= {"*"}
