"""A quick way of matching matches what the expression matches, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.pool import services as pool
from yiwang.nets.share.quality.services.matching import match_sql, to_glob
from yiwang.nets.share.quality.services.patterns import is_blank_sql

PATTERNS = (
    "[1-9][0-9]{5}", "H[0-9]{9}", "户主|配偶|子女|父母", "91[0-9]{6}MA[0-9]{8}", r"\d{3}", "1[3-9][0-9]{2}",
    r"[^0-9\x00-\x1f]{1,100}", "[^a]{1,3}", "[0-9A-HJ]{2}号", "无|有", "a|0", "[A-Z]{2}", "[a-c5]X", ".*[0-9]",
)  # fmt: skip
TEXTS = st.text(st.sampled_from("0159aAcHJMX户主配偶号无有𠀀Ā\x1f-[]*?"), max_size=10)
NEAR = st.sampled_from(PATTERNS).flatmap(lambda one: st.from_regex(one, fullmatch=True))


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS | NEAR, min_size=30, max_size=60), st.sampled_from(PATTERNS))
def test_what_matches_quickly_matches(texts, pattern):
    texts = [text for text in texts if "\x00" not in text]
    match = match_sql("t", pattern)
    with pool.engine() as connection:
        found = connection.execute(
            f"SELECT t, {match.sql}, {is_blank_sql('t')} FROM (SELECT unnest(?) AS t)", [texts]
        ).fetchall()

    for text, matches, blank in found:
        assert matches == (re.fullmatch(pattern, text, re.ASCII | re.DOTALL) is not None), text
        assert not (match.fills and matches and blank), text


@pytest.mark.parametrize(
    ("pattern", "glob"),
    [("H[0-9]{3}", "H[0-9][0-9][0-9]"), (r"\d{2}-", ""), ("a{0}", ""), ("[^0-9]", ""), ("a+", ""),
     ("x{65}", ""), ("(ab){2}", ""), ("[0-9]{2,3}", ""), (r"a\d", "a[0-9]"), ("", "")],
)  # fmt: skip
def test_only_patterns_of_one_length_become_globs(pattern, glob):
    assert to_glob(pattern) == glob


def test_words_and_digits_say_that_a_text_is_no_blank():
    fills = {pattern: match_sql("t", pattern).fills for pattern in PATTERNS}

    filling = {pattern for pattern, one in fills.items() if one}
    assert filling >= {"户主|配偶|子女|父母", "[1-9][0-9]{5}", "H[0-9]{9}"}
    assert not filling & {"无|有", "[A-Z]{2}", "[a-c5]X"}
