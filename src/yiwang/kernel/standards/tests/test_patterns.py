"""A pattern that could hang a worker is refused when it is written."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.standards import services
from yiwang.kernel.standards.patterns import is_bounded


@pytest.mark.parametrize(
    "pattern",
    ["[0-9]{18}", ".*县.*乡.*", "[0-9]{1,3}(,[0-9]{3})*", "(省|市)*", "(?:1[0-2]|0?[1-9])月", ""],
)
def test_ordinary_patterns_are_taken(pattern):
    assert is_bounded(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a|a)*", "(a|ab)*c", "((a{1,9}){1,9}){1,9}", "(?=a)a", r"(a)\1", "(", "a*a*a*a*b"],
)
def test_patterns_with_too_many_ways_are_refused(pattern):
    assert not is_bounded(pattern)


pieces = st.recursive(
    st.sampled_from(["a", "b", "[ab]", "."]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{1,3}", "{0,9}"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(pieces)
def test_a_pattern_that_is_taken_is_through_with_a_bad_value_soon(pattern):
    if is_bounded(pattern):
        begun = time.process_time()
        re.fullmatch(pattern, "a" * 60 + "!")
        assert time.process_time() - begun < 5


EDITOR = Actor(id="editor", permissions={"standards.element.edit": "all"})


@pytest.mark.django_db
def test_an_edit_with_such_a_pattern_is_refused_and_the_vendors_own_may_stay():
    with pytest.raises(InvalidInput) as caught:
        services.edit_element(EDITOR, "email", changes={"pattern": "(a+)+b"})
    assert caught.value.code == "standards.element.pattern"

    services.edit_element(EDITOR, "email", changes={"zh": "邮箱"})
