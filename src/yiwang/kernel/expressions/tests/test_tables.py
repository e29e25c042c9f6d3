"""Decision tables: how they are read, what they decide, and what is told before they are used."""

import copy
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.errors import Conflict, InvalidInput, YiwangError
from yiwang.kernel.expressions import table_checks
from yiwang.kernel.expressions.table_cells import TESTS
from yiwang.kernel.expressions.tables import check_table, decide, read_table

LABELS = {"金额": "amount", "类别": "kind"}
KNOWN = ["amount", "kind", "day", "urgent", "code"]
TABLE = yaml.safe_load("""
hit: first
inputs: [金额, kind, "left(code, 2)"]
outputs: [step, days]
rows:
  - when: {amount: "<100", 类别: [甲, 乙]}
    then: {step: 窗口, days: 1}
  - when: {金额: "100..500", "left(code, 2)": "!=11"}
    then: {step: 科长, days: 3}
  - when: {金额: ">500", kind: "-"}
    then: {step: 局长, days: 10}
default: {step: 退回, days: 0}
""")


def read(**changes):
    return read_table(TABLE | changes, labels=LABELS, known=KNOWN, where="rules/route.yaml")


def one_column(*cells, hit="first", name="amount"):
    """A table of one input whose rows give their numbers."""
    rows = [{"when": {name: cell}, "then": {"row": place}} for place, cell in enumerate(cells, 1)]
    return read_table(
        {"hit": hit, "inputs": [name], "outputs": ["row"], "rows": rows, "default": {"row": 0}}
    )


def codes_of(table, level="error"):
    return [(one.code, one.rows) for one in check_table(table) if one.level == level]


@pytest.mark.parametrize(
    ("case", "step"),
    [
        ({"amount": 99, "kind": "甲"}, "窗口"),
        ({"amount": "99.99", "kind": "乙"}, "窗口"),
        ({"amount": 99, "kind": "丙"}, "退回"),
        ({"amount": 100, "code": "1201"}, "科长"),
        ({"amount": 500.0, "code": "1201"}, "科长"),
        ({"amount": 100, "code": "1101"}, "科长"),
        ({"amount": Decimal("500.01")}, "局长"),
        ({"amount": None, "kind": "甲"}, "退回"),
        ({"amount": "很多", "kind": "甲"}, "退回"),
        ({}, "退回"),
    ],
)
def test_the_first_row_that_holds_decides(case, step):
    rows = copy.deepcopy(TABLE["rows"])
    rows[1]["when"]["left(code, 2)"] = "!='99'"

    assert decide(read(rows=rows), case)["step"] == step


def test_collect_gives_all_rows_in_order_and_only_the_default_where_none_holds():
    table = one_column(">1", "-", ">5", hit="collect")

    assert decide(table, {"amount": 9}) == [{"row": 1}, {"row": 2}, {"row": 3}]
    assert decide(table, {}) == [{"row": 2}]
    assert decide(one_column("1", hit="collect"), {}) == [{"row": 0}]


def test_unique_names_the_rows_that_hold_at_once():
    table = one_column("1..5", 9, "5..7", hit="unique")

    assert decide(table, {"amount": 4}) == {"row": 1}
    with pytest.raises(Conflict) as caught:
        decide(table, {"amount": 5})
    assert caught.value.code == "expressions.table.not_unique"
    assert "Rows 1, 3 hold" in caught.value.detail


@pytest.mark.parametrize(
    ("cell", "holding", "others"),
    [
        (5, [5, "5", 5.0, Decimal("5.00")], [4, "05", None, True, "x"]),
        ([1, 2.5], [1, "2.5"], [2, None]),
        ("<5", [4.99, "-1"], [5, None, "x", "007", float("nan")]),
        ("<= 5", [5], [5.01]),
        (">5", [5.01], [5]),
        (">=-5", [-5], [-6]),
        ("!=5", [4, None, "x", True], [5, "5", 5.0]),
        ("1..5", [1, 5, "3"], [0.99, 5.01, None]),
        ("0.5 .. 2.5", [0.5, 2.5], [0.4]),
        ("-3..-1", [-2], [0]),
        ("甲", ["甲"], ["甲 ", "乙", None, []]),
        ("007", ["007"], [7, "7"]),
        (["11", "12"], ["11", 12], [1, True]),
        ("'<5'", ["<5"], [4, "5"]),
        (["'-'", "x"], ["-", "x"], [None]),
        ("'2026-01-01'", ["2026-01-01"], [date(2026, 1, 1)]),
        (">=b", ["b", "c", "甲"], ["a", "B", None]),
        ("a..c", ["a", "b", "bzz", "c"], ["c ", "A"]),
        (date(2026, 1, 31), [date(2026, 1, 31), "2026-01-31", datetime(2026, 1, 31, 23)],
         ["2026-1-31", 20260131, "2026-02-30"]),
        ("<2026-02-01", [date(2026, 1, 31), "2026-01-31 23:59"], [date(2026, 2, 1), None, 5]),
        ("2026-01-01..2026-01-31", ["2026-01-31"], ["2026-02-01"]),
        (True, [True], [False, 1, "true", None]),
        ([True, False], [True, False], [None]),
        ("-", [None, 5, "x", [1], {}], []),
    ],
)  # fmt: skip
def test_a_cell_holds_for_what_it_says(cell, holding, others):
    table = one_column(cell)

    assert [value for value in holding if decide(table, {"amount": value})["row"] != 1] == []
    assert [value for value in others if decide(table, {"amount": value})["row"] != 0] == []


def test_outputs_come_as_written_and_nobody_can_change_the_table():
    outputs = {"a": "x", "b": [1, "y"], "c": None, "d": date(2026, 1, 1)}
    table = read_table(
        {
            "hit": "first", "inputs": ["amount"], "outputs": list(outputs),
            "rows": [{"then": outputs}], "default": outputs,
        }
    )  # fmt: skip
    decide(table, {})["b"].append(3)

    assert decide(table, {}) == outputs
    assert table.names == {"amount"}


def with_row(**changes):
    return {"rows": [TABLE["rows"][0] | changes, *TABLE["rows"][1:]]}


THEN = TABLE["default"]


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"hit": "any"}, "hit", "“any”"),
        ({"hits": "first"}, "unknown_key", "hits” → hit?"),
        ({"inputs": []}, "inputs", "1 to 20"),
        ({"inputs": "amount"}, "inputs", ""),
        ({"inputs": [1]}, "inputs", ""),
        ({"inputs": ["amount", "金额", "kind"]}, "inputs_doubled", ""),
        ({"outputs": []}, "outputs", ""),
        ({"outputs": ["step", "step"]}, "outputs", "none twice"),
        ({"outputs": ["步骤"]}, "outputs", "small letters"),
        ({"rows": []}, "rows", "1 to 500"),
        ({"rows": {}}, "rows", ""),
        ({"rows": TABLE["rows"] * 167}, "rows", ""),
        ({"rows": ["x"]}, "row", "row 1"),
        (with_row(then=THEN, wen={}), "row", "row 1: a row has when and then"),
        (with_row(when=["x"]), "pairs", "row 1: when pairs"),
        (with_row(then="x"), "pairs", "row 1: then pairs"),
        (with_row(when={"金颔": 1}), "unknown_input", "row 1: there is no input “金颔” → 金额?"),
        (with_row(when={"amount": 1, "金额": 2}), "input_doubled", "row 1"),
        (
            with_row(then=THEN | {"stop": 1}),
            "unknown_output",
            "row 1: there is no output “stop” → step?",
        ),
        (with_row(then={"step": "x"}), "output_missing", "row 1 gives no days"),
        (with_row(then=THEN | {"days": {"a": 1}}), "output_value", "row 1: days"),
        ({"default": {"step": "x"}}, "output_missing", "row default gives no days"),
        ({"default": None}, "pairs", "row default"),
        (with_row(when={"金额": None}), "cell", "#1 金额: “” is no test"),
        (with_row(when={"金额": "<"}), "cell", "“<”"),
        (with_row(when={"金额": "<>5"}), "cell", "“<>5”"),
        (with_row(when={"金额": "=5"}), "cell", "“=5”"),
        (with_row(when={"金额": "==5"}), "cell", ""),
        (with_row(when={"金额": "1...5"}), "cell", ""),
        (with_row(when={"金额": {"a": 1}}), "cell", ""),
        (with_row(when={"金额": ["<5", 7]}), "cell", "“<5”"),
        (with_row(when={"金额": ["1..5"]}), "cell", ""),
        (with_row(when={"金额": float("nan")}), "cell", ""),
        (with_row(when={"金额": 1e300}), "cell", ""),
        (with_row(when={"金额": 10**40}), "cell", ""),
        ({"hit": 10**5000}, "hit", "“int”"),
        (with_row(when={"金额": datetime(2026, 1, 1)}), "cell", ""),
        (with_row(when={"kind": "a\0"}), "cell", ""),
        (with_row(when={"kind": "x" * 201}), "cell", ""),
        (with_row(when={"金额": []}), "cell_list", "1 to 200"),
        (with_row(when={"金额": [[1]]}), "cell", ""),
        (with_row(when={"金额": [1, "x"]}), "cell_mixed", "#1 金额: "),
        (with_row(when={"金额": "1..x"}), "cell_mixed", ""),
        (with_row(when={"金额": "5"}), "column_mixed", "row 2, 金额"),
        (with_row(when={"金额": True}), "column_mixed", "row 2"),
    ],
)
def test_whatever_is_odd_is_named(changes, code, words):
    with pytest.raises(InvalidInput) as caught:
        read(**changes)

    assert caught.value.code == f"expressions.table.{code}"
    assert caught.value.detail.startswith("rules/route.yaml: ")
    assert words in caught.value.detail


@pytest.mark.parametrize("content", [None, [], "x", {1: 2}, {"hit": "first"}])
def test_what_is_no_table_is_refused(content):
    with pytest.raises(InvalidInput) as caught:
        read_table(content)

    assert caught.value.code.startswith("expressions.table.")


@pytest.mark.parametrize("key", ["hit", "inputs", "outputs", "rows", "default"])
def test_every_part_is_required(key):
    with pytest.raises(InvalidInput) as caught:
        read_table({name: part for name, part in TABLE.items() if name != key})

    assert caught.value.detail == f"The decision table lacks {key}"


def test_an_input_is_refused_like_any_expression():
    with pytest.raises(InvalidInput) as caught:
        read(inputs=["amuont", "kind", "code"])

    assert caught.value.code == "expressions.text.unknown_field"
    assert caught.value.detail.startswith("rules/route.yaml: inputs: ")


def test_a_wrong_value_under_an_expression_is_a_failure_and_no_default():
    with pytest.raises(InvalidInput) as caught:
        decide(read(), {"code": 5})

    assert caught.value.code == "expressions.text.argument"


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        (["<5", ">=5"], []),
        (["<=5", ">=5"], [(1, 2)]),
        (["1..5", "6..9"], []),
        (["1..5", 5.5], []),
        (["1..5", [7, 3]], [(1, 2)]),
        ([">5", "<6"], [(1, 2)]),
        ([">2026-01-01", "<2026-01-03"], [(1, 2)]),
        ([">2026-01-01", "<2026-01-02"], []),
        ([">a", "<b"], [(1, 2)]),
        (["a..b", "<a"], []),
        (["!=5", 5], []),
        (["!=5", "!=6"], [(1, 2)]),
        (["-", 5], [(1, 2)]),
        ([True, False], []),
        ([1, 1.0], [(1, 2)]),
        (["5..1", "1..5"], []),
    ],
)
def test_overlaps_of_a_unique_table_are_found(cells, rows):
    found = codes_of(one_column(*cells, hit="unique"))

    assert [one for code, one in found if code == "expressions.table.overlap"] == rows


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        (["<5", "<3"], [(2, 1)]),
        (["<3", "<5"], []),
        (["-", 1, 2], [(2, 1), (3, 1)]),
        (["<5", ">=5", "3..9"], [(3, 1, 2)]),
        (["<5", ">=5", "-"], []),
        (["!=5", 5, "-"], [(3, 1, 2)]),
        (["<5", ">5", "4..6"], []),
        (["2026-01-01..2026-01-10", "2026-01-11..2026-01-20", "2026-01-05..2026-01-15"], [(3, 1, 2)]),
        (["1..10", "11..20", "5..15"], []),
        ([True, False, "-"], []),
    ],
)  # fmt: skip
def test_rows_that_can_never_be_reached_are_found(cells, rows):
    found = codes_of(one_column(*cells))

    assert [one for code, one in found if code == "expressions.table.unreachable"] == rows


@pytest.mark.parametrize(
    "cell", ["5..1", "b..a", "2026-02-01..2026-01-01", "<0001-01-01", ">9999-12-31"]
)
def test_a_test_that_holds_for_nothing_is_found(cell):
    table = one_column(cell)

    assert codes_of(table) == [("expressions.table.cell_empty", (1,))]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["<5", ">5"], "default_reached"),
        (["<5", ">=5"], "default_missing"),
        ([True, False], "default_missing"),
        ([">=0001-01-01"], "default_missing"),
        (["-"], "default_never"),
        (["!=5", 5], "default_never"),
    ],
)
def test_it_is_said_how_the_default_is_reached(cells, code):
    assert codes_of(one_column(*cells), "info") == [(f"expressions.table.{code}", ())]


def test_problems_are_sentences_with_an_example():
    table = one_column("1..5", "5..9", hit="unique")
    sentences = [one.detail for one in check_table(table)]

    assert "rows 1 and 2 hold at once, for example where amount = 5" in sentences
    assert "the default holds, for example, where amount = 0" in sentences


def test_rows_that_cannot_all_be_worked_out_are_said_so_in_bounded_time(monkeypatch):
    monkeypatch.setattr(table_checks, "MAX_STEPS", 2_000)
    names = [f"f{place}" for place in range(20)]
    rows = [
        {"when": dict.fromkeys(names[row % 5 :: 3], f"!={row * 7 % 11}"), "then": {"row": row}}
        for row in range(1, 30)
    ]
    table = read_table(
        {"hit": "first", "inputs": names, "outputs": ["row"], "rows": rows, "default": {"row": 0}}
    )
    wide = one_column(*[f"{place}..{place + 5}" for place in range(500)])

    assert "expressions.table.too_wide" in [one.code for one in check_table(table)] + [
        one.code for one in check_table(wide)
    ]


junk = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates(),
        st.datetimes(), st.sampled_from(["-", "<5", "1..5", ">x", "amount", "first", 10**4000]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)  # fmt: skip
PLACES = [
    ("hit",), ("inputs",), ("inputs", 1), ("outputs",), ("outputs", 0), ("rows",), ("rows", 1),
    ("rows", 1, "when"), ("rows", 1, "then"), ("rows", 1, "when", "金额"), ("rows", 2, "when", "kind"),
    ("rows", 1, "then", "days"), ("default",), ("default", "step"), ("extra",),
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), junk, junk)
def test_no_content_of_a_file_raises_anything_but_a_failure(path, piece, value):
    content = copy.deepcopy(TABLE)
    holder = content
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = piece

    try:
        table = read_table(content, labels=LABELS, known=KNOWN)
        assert all(one.detail for one in check_table(table))
        found = decide(table, {"amount": value, "kind": value, "code": "45"})
    except YiwangError as error:
        found = error.detail
    assert found


def test_the_page_shows_every_test_of_a_cell_and_its_table_decides_as_it_says():
    page = Path(__file__).resolve().parents[5] / "docs" / "reference" / "expressions.md"
    text = page.read_text("utf-8")
    shown = yaml.safe_load(text.split("```yaml\n# table\n")[1].split("```")[0])
    table = read_table(shown["table"], labels=shown["labels"])

    assert [name for name, (example, _) in TESTS.items() if f"`{example}`" not in text] == []
    assert len(shown["cases"]) >= 3
    for one in shown["cases"]:
        assert decide(table, one["case"]) == one["gives"]
