"""Nothing gets out of a guard or keeps it busy, and its language is consistent in itself."""

import ast
import threading
import time
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.expressions import reading as expression_reading
from yiwang.kernel.expressions.evaluation import (
    FUNCTIONS,
    MAX_LENGTH,
    compile_expression,
    evaluate_expression,
    holds,
)

from .escapes import ESCAPES, HARMLESS, VALUES

# Generous on a machine that others use too; what gets out of hand takes seconds or for ever.
# Bounded, not fast: a busy machine collecting garbage is no fault of the guard.
PATIENCE = 2.0


def test_there_are_a_hundred_escapes_and_most_are_python():
    """A corpus that Python itself refuses would prove nothing about the whitelist."""
    valid = 0
    for text in ESCAPES:
        try:
            ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue
        valid += 1

    assert len(set(ESCAPES)) == len(ESCAPES) >= 100
    assert valid >= 100


@pytest.mark.parametrize("text", ESCAPES, ids=range(len(ESCAPES)))
def test_no_escape_gets_out_or_keeps_busy(text):
    outcome, seconds, bytes_used = attempt(text)

    assert isinstance(outcome, YiwangError) or is_plain(outcome)
    assert seconds < PATIENCE
    assert bytes_used < 5_000_000


@pytest.mark.parametrize(
    "text",
    [text for text in ESCAPES if text.startswith("__") or ".__" in text or "(lambda" in text],
)
def test_walks_to_the_machine_are_refused_before_anything_is_computed(text):
    with pytest.raises(InvalidInput):
        compile_expression(text, known=list(VALUES))


@pytest.mark.parametrize(("text", "found"), HARMLESS)
def test_what_only_looks_like_an_escape_gives_its_value(text, found):
    outcome, seconds, _ = attempt(text)

    assert outcome == found
    assert seconds < PATIENCE


@pytest.mark.parametrize(
    "part", ["many == many", "sum(many) > 0", "-1 not in many", "max(many) > 0", "note in note",
             "blank(spaces) == False", "rows == many"]
)  # fmt: skip
def test_the_dearest_expressions_stay_bounded(part):
    parts = [part]
    while is_readable(" and ".join([*parts, part])):
        parts.append(part)

    outcome, seconds, _ = attempt(" and ".join(parts), traced=False)

    assert len(parts) > 30
    assert isinstance(outcome, bool)
    assert seconds < 1


def test_without_the_whitelist_the_corpus_would_get_further(monkeypatch):
    """Proves that the refusals come from the check, and that tests would see it missing."""
    monkeypatch.setattr(expression_reading, "_SHAPES", (ast.AST,))
    expression_reading.read_text.cache_clear()
    refused = [text for text in ESCAPES if not is_readable(text)]
    monkeypatch.undo()
    expression_reading.read_text.cache_clear()
    refused_by_the_check = [text for text in ESCAPES if not is_readable(text)]

    assert len(refused_by_the_check) - len(refused) > 20


def attempt(text, *, traced=True):
    """The value or the failure, the seconds and the peak of memory of reading and computing."""
    if traced:
        tracemalloc.start()
    begin = time.thread_time()
    try:
        outcome = evaluate_expression(compile_expression(text, known=list(VALUES)), VALUES)
    except YiwangError as error:
        outcome = error
    seconds = time.thread_time() - begin
    peak = tracemalloc.get_traced_memory()[1] if traced else 0
    tracemalloc.stop()
    return outcome, seconds, peak


def is_readable(text):
    try:
        compile_expression(text, known=list(VALUES))
    except YiwangError:
        return False
    return True


def is_plain(value):
    if isinstance(value, list | tuple):
        return all(is_plain(one) for one in value)
    return value is None or isinstance(value, bool | int | Decimal | str | date)


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.dates(),
    st.datetimes(timezones=st.sampled_from([None, UTC])),
    st.text(max_size=20),
    st.sampled_from(["5", "5.0", "007", "2026-01-31", "2026-01-31 08:30", "无", ""]),
)


fields = st.fixed_dictionaries(
    {name: st.one_of(values, st.lists(values, max_size=4)) for name in ("a", "b", "c")}
)


_pieces = st.sampled_from(
    ["a", "b", "c", "金额", "1", "0.5", "-2", "'x'", "'5'", "''", "None", "True", "[1, 'x', a]",
     " + ", " - ", " * ", " / ", " // ", " % ", " == ", " != ", " < ", " <= ", " in ", " not in ",
     " is ", " and ", " or ", " not ", " if ", " else ", "(", ")", "[", "]", ",", ".", "**", "=",
     ":", "lambda ", "__class__", "#", "\n", "f'", "{", "}", "，", "“",
     *[f"{name}(" for name in FUNCTIONS]]
)  # fmt: skip


texts = st.one_of(st.text(max_size=60), st.lists(_pieces, min_size=1, max_size=40).map("".join))


def grow(inner):
    """Larger expressions of smaller ones: all that the language has."""
    pair = st.tuples(inner, inner)
    signs = ["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "in", "not in",
             "and", "or"]  # fmt: skip
    return st.one_of(
        st.tuples(pair, st.sampled_from(signs)).map(lambda t: f"({t[0][0]} {t[1]} {t[0][1]})"),
        inner.map(lambda one: f"(not {one})"),
        inner.map(lambda one: f"(-{one})"),
        inner.map(lambda one: f"({one} == None)"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), st.lists(inner, max_size=3)).map(
            lambda t: f"{t[0]}({', '.join(t[1])})"
        ),
        st.lists(inner, max_size=3).map(lambda many: f"[{', '.join(many)}]"),
    )


expressions = st.recursive(
    st.sampled_from(
        ["a", "b", "c", "0", "7", "2.5", "'x'", "'5'", "'2026-01-31'", "''", "None", "True"]
    ),
    grow,
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(texts, expressions), fields)
@example("a == b", {"a": datetime.min, "b": date.min, "c": None})
@example("a < b", {"a": datetime.max.replace(tzinfo=UTC), "b": date.max, "c": None})
@example("round(a, 10)", {"a": Decimal("1E+24"), "b": None, "c": None})
@example("-a", {"a": Decimal("sNaN"), "b": None, "c": None})
def test_no_text_raises_anything_but_a_failure_or_takes_long(text, case):
    begin = time.thread_time()
    try:
        outcome = holds(compile_expression(text, labels={"金额": "a"}), case)
    except YiwangError as error:
        outcome = error

    if isinstance(outcome, YiwangError):
        assert outcome.code.startswith("expressions.text.")
        assert "%(" not in outcome.detail.replace(text, "")
    else:
        assert isinstance(outcome, bool)
    assert time.thread_time() - begin < PATIENCE


@settings(max_examples=200, deadline=None)
@given(expressions, fields)
def test_labels_equal_keys_in_every_expression(text, case):
    labels = {"甲": "a", "乙": "b", "丙": "c"}
    by_label = text
    for label, key in labels.items():
        by_label = rename(by_label, key, label)

    assert outcome_of(by_label, case, labels) == outcome_of(text, case, {})


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)  # many an invented expression asks of a value what it cannot give
@given(expressions, expressions, fields)
def test_not_is_the_opposite_and_unequal_the_opposite_of_equal(left, right, case):
    equal = outcome_of(f"({left}) == ({right})", case, {})
    differs = outcome_of(f"({left}) != ({right})", case, {})
    assume(isinstance(equal, bool))

    assert differs is not equal
    assert outcome_of(f"not (({left}) == ({right}))", case, {}) is not equal


@settings(max_examples=200, deadline=None)
@given(values, values)
def test_of_two_values_that_compare_exactly_one_of_less_equal_greater_holds(left, right):
    case = {"a": left, "b": right, "c": None}
    found = [outcome_of(f"a {sign} b", case, {}) for sign in ("<", "==", ">")]
    assume(all(isinstance(one, bool) for one in found))

    nothing = outcome_of("a == None or b == None", case, {})
    assert sum(found) == (0 if nothing else 1)
    assert found == [outcome_of(f"b {sign} a", case, {}) for sign in (">", "==", "<")]


def outcome_of(text, case, labels):
    try:
        return evaluate_expression(compile_expression(text, labels=labels), case)
    except YiwangError as error:
        return error.code


def rename(text, key, label):
    """The text with one field called otherwise; names of functions stay."""
    tree = ast.parse(text, mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == key and id(node) not in called:
            node.id = label
    return ast.unparse(tree)


def test_threads_do_not_see_each_others_values():
    expression = compile_expression("a + a * 2 == b")
    wrong = []

    def work(number):
        case = {"a": number, "b": number * 3}
        wrong.extend(number for _ in range(300) if not holds(expression, case))

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert wrong == []


def test_a_text_is_read_once_and_what_is_remembered_is_bounded():
    expression_reading.read_text.cache_clear()
    for _ in range(3):
        compile_expression("amount > 12345")
    found = expression_reading.read_text.cache_info()

    assert (found.misses, found.hits) == (1, 2)
    assert found.maxsize * MAX_LENGTH < 10_000_000
