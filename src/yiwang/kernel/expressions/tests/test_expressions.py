"""Guards: what they mean, and what they refuse."""

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.expressions.evaluation import (
    FUNCTIONS,
    compile_expression,
    evaluate_expression,
    holds,
)

LABELS = {"金额": "amount", "事项": "item", "等级": "grade", "办结（日）": "days"}
KNOWN = ["amount", "item", "grade", "days", "day", "at", "tags", "urgent", "code", "rate"]
CASE = {
    "amount": 250,
    "item": "建设工程规划许可",
    "grade": None,
    "day": "2026-02-01",
    "at": datetime(2026, 1, 31, 23, 30),
    "tags": ["扩建", 3],
    "urgent": False,
    "code": "007",
    "rate": 0.1,
}


def value_of(text, values=CASE):
    return evaluate_expression(compile_expression(text, labels=LABELS, known=KNOWN), values)


def refusal_of(text, values=CASE):
    with pytest.raises(InvalidInput) as caught:
        value_of(text, values)
    return caught.value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("amount > 100 and item in ('建设工程规划许可', '施工许可')", True),
        ("not urgent", True),
        ("urgent or 100 <= 金额 < 300", True),
        ("'加急' if urgent else '普通'", "普通"),
        ("amount + 1", 251),
        ("amount - 0.1", Decimal("249.9")),
        ("rate * 3 == 0.3", True),
        ("amount / 4", Decimal("62.5")),
        ("amount // 100", 2),
        ("-7 // 2", -4),
        ("-7.0 // 2", Decimal(-4)),
        ("-7.5 % 2", Decimal("0.5")),
        ("-7 % 3", 2),
        ("-amount + +1", -249),
        ("abs(-2.5)", Decimal("2.5")),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(2.345, 2)", Decimal("2.35")),
        ("round(7, 2)", 7),
        ("min(3, amount, 2.5)", Decimal("2.5")),
        ("max([1, 5, 3])", 5),
        ("max([])", None),
        ("sum([1, 2.5])", Decimal("3.5")),
        ("sum([])", 0),
        ("len(item) + len(tags)", 10),
        ("left(item, 2)", "建设"),
        ("right(item, 2)", "许可"),
        ("right(item, 0)", ""),
        ("concat(left(code, 2), '-', right(code, 1))", "00-7"),
        ("startswith(item, '建设') and endswith(item, '许可')", True),
        ("contains(item, '规划') and contains(tags, '3')", True),
        ("'扩建' in tags and '拆除' not in tags", True),
        ("days_between('2026-01-01', day)", 31),
        ("days_between(day, at)", -1),
        ("day > at", True),
        ("day >= '2026-02-01'", True),
        ("at == '2026-01-31T15:30:00+00:00'", True),
        ("at <= '2026-01-31'", True),
        ("blank(grade) and blank(' 无 ') and not blank(item) and not blank(0)", True),
        ("empty('') and empty([]) and not empty(' ')", True),
        ("coalesce(grade, '一般')", "一般"),
        ("[1, '2'] == ('1', 2)", True),
        ("True", True),
        ("None", None),
        (" amount\n  > 100 ", True),
        ("amount > 100  # 大额", True),
    ],
)
def test_an_expression_means_what_it_says(text, found):
    assert value_of(text) == found
    assert type(value_of(text)) is type(found)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (5, "5", True),
        (5, "5.0", True),
        (7, "007", False),
        (5, "\uff15", False),
        (0.1, Decimal("0.1"), True),
        (1, True, False),
        ("true", True, False),
        (date(2026, 1, 1), "2026-01-01", True),
        (date(2026, 1, 1), "2026-1-1", False),
        (date(2026, 1, 1), 5, False),
        (datetime(2025, 12, 31, 16, tzinfo=UTC), date(2026, 1, 1), True),
        ([1, 2], ["1", 2.0], True),
        ([1], [1, 1], False),
        ([[1]], [[1]], False),
        (float("nan"), float("nan"), False),
        (None, None, False),
        (None, 0, False),
    ],
)
def test_shapes_of_one_value_are_equal_and_others_are_not(left, right, equal):
    case = {"a": left, "b": right}

    assert evaluate_expression(compile_expression("a == b"), case) is equal
    assert evaluate_expression(compile_expression("b == a"), case) is equal
    assert evaluate_expression(compile_expression("a != b"), case) is not equal
    if not isinstance(left, list):  # lists are looked into one level deep
        assert evaluate_expression(compile_expression("a in [b]"), case) is equal


@pytest.mark.parametrize(
    "text",
    [
        "grade > 1", "grade <= 1", "1 < grade", "grade == 1", "grade == grade", "grade == days",
        "grade in (1, 2)", "grade in item", "'a' in grade", "grade", "urgent and grade",
        "grade > days", "amount * grade > 1", "-grade < 1", "len(grade) < 5", "max(1, grade) > 0",
        "sum([1, grade]) > 0", "left(grade, 1) == 'a'", "startswith(grade, 'a')",
        "contains(grade, 'a')", "days_between(grade, day) < 9", "0 < grade < 5", "grade != None",
        "round(grade) == 0", "concat(grade, 'a') == 'a'",
    ],
)  # fmt: skip
@pytest.mark.parametrize("case", [{}, {"grade": None, "days": None}])
def test_what_compares_with_nothing_does_not_hold(text, case):
    expression = compile_expression(text, known=KNOWN)

    assert holds(expression, {**CASE, **case} if case else {}) is False


@pytest.mark.parametrize(
    "text",
    ["grade == None", "None == grade", "grade is None", "not grade", "not (grade > 1)",
     "grade != 1", "grade not in (1, 2)", "blank(grade)", "empty(grade)"],
)  # fmt: skip
def test_the_opposite_of_what_does_not_hold_holds(text):
    assert holds(compile_expression(text, known=KNOWN), {})


def test_chinese_labels_are_the_same_as_keys():
    by_label = compile_expression("金额 > 100 and 事项 != ''", labels=LABELS, known=KNOWN)
    by_key = compile_expression("amount > 100 and item != ''", known=KNOWN)

    assert by_label.names == by_key.names == {"amount", "item"}
    assert holds(by_label, CASE) is holds(by_key, CASE) is True


def test_a_label_in_full_width_letters_is_found_though_the_parser_folds_them():
    expression = compile_expression("Ａ类 > 1", labels={"Ａ类": "a_kind"})

    assert expression.names == {"a_kind"}


def test_a_key_goes_before_a_label_of_the_same_name():
    expression = compile_expression("item", labels={"item": "amount"}, known=["item", "amount"])

    assert expression.names == {"item"}


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("amout > 1", "unknown_field", "amout” → amount?"),
        ("金颔 > 1", "unknown_field", "金颔” → 金额?"),
        ("item == 1 and xyz", "unknown_field", "Position 15"),
        ("事项 == 1 and 无此", "unknown_field", "Position 13: there is no field “无此”"),
        ("lenght(item)", "unknown_function", "lenght” → len"),
        ("left(item)", "arguments", "left takes 2 values, not 1"),
        ("round(1, 2, 3)", "arguments", "round takes 1–2 values, not 3"),
        ("amount = 1", "unreadable", "→ == ?"),
        ("amount \uff1e 1", "unreadable", "→ > ?"),
        ("item == “甲”", "unreadable", '→ " ?'),
        ("amount >", "unreadable", "Position 9: “end 结尾”"),
        ("amount > 'x", "unreadable", "Position 10"),
        ("amount.x", "not_allowed", "Attribute"),
        ("amount ** 2", "not_allowed", "Pow"),
        ("amount == '\\x41'", "character", "Position 12"),
        ("1e30", "number", "codes are texts"),
        ("", "missing", "no expression"),
        ("1+" * 600, "too_long", "1000"),
        ("[" + "1," * 300 + "]", "too_many_parts", "200"),
        ("1" + "+1" * 60, "too_deep", "40"),
        ("item > 5", "incomparable", "text 文本 and number 数字"),
        ("urgent < True", "incomparable", "true/false 是否"),
        ("tags < 3", "incomparable", "list 列表"),
        ("3 in item", "incomparable", "number 数字 and text 文本"),
        ("item * 3", "no_number", "* needs a number, not text 文本"),
        ("sum(tags)", "no_number", "sum needs a number"),
        ("amount / 0", "no_result", "dividing by zero"),
        ("amount % 0", "no_result", "dividing by zero"),
        ("1 // 0.0", "no_result", "dividing by zero"),
        ("999999999999999999999 * 9999 + 1", "too_large", "too large"),
        ("round(1, 11)", "places", "0 to 10"),
        ("left(amount, 1)", "argument", "left takes text here, not number 数字"),
        ("left(item, -1)", "argument", "0, 1, 2"),
        ("days_between(item, day)", "argument", "2026-01-31"),
        ("item and amount > 1", "no_condition", "text 文本"),
        ("not amount", "no_condition", "number 数字"),
    ],
)
def test_a_mistake_is_named(text, code, words):
    found = refusal_of(text)

    assert found.code == f"expressions.text.{code}"
    assert words in found.detail


def test_a_mistake_says_what_it_belongs_to_and_shows_no_value():
    expression = compile_expression("item > 5", where="leave.yaml: approve")

    with pytest.raises(InvalidInput) as caught:
        holds(expression, {"item": "张三"})

    assert caught.value.detail.startswith("leave.yaml: approve: ")
    assert "张三" not in str(caught.value.extra) + caught.value.detail
    assert caught.value.extra["expression"] == "item > 5"


@pytest.mark.parametrize("text", ["amount", "item", "amount + 1", "tags", "1", "'yes'"])
def test_a_guard_that_gives_no_condition_is_refused(text):
    with pytest.raises(InvalidInput) as caught:
        holds(compile_expression(text), CASE)

    assert caught.value.code == "expressions.text.no_condition"


@pytest.mark.parametrize("value", [object(), os.system, os, b"bytes", {1}, len, type])
def test_what_no_form_can_hold_is_refused(value):
    for values in ({"item": value}, {"item": [value]}):
        with pytest.raises(InvalidInput) as caught:
            evaluate_expression(compile_expression("item == 1 or 1 in item"), values)

        assert caught.value.code.startswith("expressions.text.")


def test_a_list_beyond_the_limit_and_a_value_nested_without_end_are_refused():
    nested = []
    for _ in range(100_000):
        nested = [nested]

    assert refusal_of("tags == 1", {"tags": [0] * 1_001}).code.endswith("list_too_long")
    assert refusal_of("tags == 1", {"tags": nested}).code.endswith("value_too_deep")


def test_the_page_about_expressions_names_every_function():
    page = find_page("expressions.md").read_text("utf-8")

    assert [name for name in FUNCTIONS if f"`{name}(" not in page] == []


def test_the_examples_of_the_page_hold_as_they_say():
    page = find_page("expressions.md").read_text("utf-8")
    block = yaml.safe_load(page.split("```yaml\n# guards\n")[1].split("```")[0])

    assert len(block["guards"]) >= 5
    for text in block["guards"]:
        assert holds(compile_expression(text, labels=block["labels"]), block["case"]), text


def find_page(name):
    return Path(__file__).resolve().parents[5] / "docs" / "reference" / name
