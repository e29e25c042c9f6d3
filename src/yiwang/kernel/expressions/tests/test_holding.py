"""Whether a condition can hold: certain where it says no, and never wrong there."""

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.expressions.services import Answers, can_hold, compile_expression, holds

ANSWERS = {
    "days": Answers("integer"),
    "percent": Answers("integer", least=0, most=100),
    "amount": Answers("number"),
    "kind": Answers("choice", ("a", "b", "c")),
    "urgent": Answers("boolean"),
    "name": Answers("text"),
    "any": Answers(),
}
KNOWN = [*ANSWERS, "members"]


def compiled(text):
    return compile_expression(text, known=KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "days > 5 and days < 3",
        "days > 3 and days < 4",
        "5 < days < 6",
        "amount > 3 and not amount > 2.5",
        "amount >= 0.1 and amount < 0.10",
        "kind == 'a' and kind == 'b'",
        "kind == 'd'",
        "kind in ('d', 'e') and days > 3",
        "kind not in ('a', 'b', 'c') and kind is not None",
        "kind > 3",
        "urgent and not urgent",
        "urgent == 'yes'",
        "percent > 100",
        "percent < 0 or percent > 100 and urgent",
        "name == 'x' and name == 'y'",
        "name >= 'b' and name < 'a'",
        "any == None and any == 3",
        "not (days == 3 or days != 3)",
        "len(members) > 3 and not len(members) > 3",
        "days > -3 and days < -3",
        "False",
    ],
)
def test_what_contradicts_itself_never_holds(text):
    assert not can_hold(compiled(text), ANSWERS)


@pytest.mark.parametrize(
    "text",
    [
        "days > 3 and days < 5",
        "amount > 3 and amount < 4",
        "amount > -3 and amount < -2",
        "kind != 'a' and kind != 'b'",
        "kind is None",
        "not urgent",
        "percent >= 100",
        "name > 'a' and name < 'b'",
        "name > 5",
        "'a' in name and name == 'b'",  # a part of a text is not looked into
        "len(name) < 0",  # nor are functions
        "days + 1 < days",  # nor arithmetic
        "days > amount and days < amount",  # nor one field beside another
        "'x' in members and len(members) == 0",
        "name > 5 and name > 'b'",  # nor a text that is a number too
        "any == 3 or any == 'x'",
    ],
)
def test_what_may_hold_or_is_not_understood_is_let_pass(text):
    assert can_hold(compiled(text), ANSWERS)


def test_a_way_behind_a_wider_one_is_never_taken():
    wide, narrow = compiled("days > 3"), compiled("days > 5 and urgent")

    assert not can_hold(narrow, ANSWERS, after=[wide])
    assert can_hold(wide, ANSWERS, after=[narrow])
    assert not can_hold(compiled("days == 4"), ANSWERS, after=[compiled("days < 5"), wide])


def test_what_would_take_too_long_is_let_pass():
    many = {f"f{at}": Answers("integer") for at in range(12)}
    text = " and ".join(f"{key} > 1" for key in many) + " and f0 < 1"

    assert can_hold(compile_expression(text, known=list(many)), many)


NUMBERS = st.sampled_from(["-2", "0", "1", "1.5", "2", "7", "100", "101"])
TEXTS = st.sampled_from(["'a'", "'b'", "'d'", "'7'", "'2026-01-01'", "''"])
SIGNS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
FIELDS = st.sampled_from([*ANSWERS])
CONSTANTS = NUMBERS | TEXTS | st.sampled_from(["None", "True", "False"])
ATOMS = st.one_of(
    st.tuples(FIELDS, SIGNS, CONSTANTS).map(" ".join),
    st.tuples(CONSTANTS, SIGNS, FIELDS).map(" ".join),
    st.tuples(NUMBERS, SIGNS, FIELDS, SIGNS, NUMBERS).map(" ".join),
    st.tuples(FIELDS, SIGNS, FIELDS).map(" ".join),
    st.tuples(FIELDS, st.sampled_from([" in ", " not in "]), st.lists(CONSTANTS, min_size=1, max_size=3)).map(
        lambda told: f"{told[0]}{told[1]}[{', '.join(told[2])}]"
    ),
    st.tuples(TEXTS, FIELDS).map(" in ".join),
    FIELDS,
    FIELDS.map(lambda key: f"empty({key})"),
    FIELDS.map(lambda key: f"({key} + 1) > 2"),
)  # fmt: skip
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(
            lambda told: f"({''.join(told)})"
        ),
        inner.map(lambda one: f"(not {one})"),
    ),
    max_leaves=5,
)
WHOLE, BROKEN = st.integers(-3, 102), st.sampled_from([-2.5, 0.0, 1.25, 1.5, 6.75, 99.5])
WORDS = st.sampled_from(["", "a", "aa", "b", "c", "d", "7", "1.5", "007", "2026-01-01", "天"])
ROWS = st.fixed_dictionaries(
    {
        "days": st.none() | WHOLE,
        "percent": st.none() | st.integers(0, 100),
        "amount": st.none() | WHOLE | BROKEN | st.sampled_from([Decimal("1.5")]),
        "kind": st.none() | st.sampled_from(["a", "b", "c"]),
        "urgent": st.none() | st.booleans(),
        "name": st.none() | WORDS,
        "any": st.none() | WHOLE | BROKEN | WORDS | st.booleans() | st.just(["a"]) | st.just({}),
    }
)


def is_met(condition, row):
    try:
        return holds(condition, row)
    except YiwangError:
        return False


@settings(max_examples=40, deadline=None)
@given(text=CONDITIONS, earlier=st.none() | CONDITIONS, rows=st.lists(ROWS, min_size=8, max_size=8))
def test_what_some_answers_meet_is_never_called_empty(text, earlier, rows):
    condition = compiled(text)
    after = [compiled(earlier)] if earlier else []
    met = any(
        is_met(condition, row)
        and not any(is_met(one, row) or _fails(one, row) for one in after)
        for row in rows
    )  # fmt: skip
    assume(met)

    assert can_hold(condition, ANSWERS, after=after)


def _fails(condition, row):
    try:
        holds(condition, row)
    except YiwangError:
        return True
    return False
