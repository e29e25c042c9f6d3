"""Files that declare case types: what is wrong with one is said with file and line."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.declared import LARGEST
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services.declaring import read_case_type

from .files import BOARD, LEAVE, PART, TASKS

DISPATCH = """
case: demo.complaint
title: {zh: 诉求, en: Complaint}
fields:
  kind: {label: {zh: 类别, en: Kind}}
  amount: {label: {zh: 金额, en: Amount}, kind: number}
  department: {label: {zh: 承办单位, en: Department}, kind: organization}
tables:
  dispatch:
    hit: first
    inputs: [类别, 金额]
    outputs: [department]
    rows:
      - when: {类别: 噪音}
        then: {department: D02}
      - when: {类别: 低保, 金额: "> 100"}
        then: {department: D01}
    default: {department: B01}
start: {roles: [viewer], edits: [kind, amount], to: dispatch}
nodes:
  dispatch:
    title: {zh: 派单, en: Dispatch}
    decide: dispatch
    then:
      - {if: "department == 'B01'", to: bureau}
      - {to: handle}
  bureau:
    title: {zh: 人工派单, en: By hand}
    who: {role: engineer}
    edits: [department]
    needs: [department]
    actions: {agree: {label: {zh: 派单, en: Dispatch}, to: handle}}
  handle:
    title: {zh: 办理, en: Handle}
    who: {role: steward, of: department}
    actions: {agree: {label: {zh: 办结, en: Done}, to: done}}
  done: {title: {zh: 办结, en: Done}, ends: done}
"""


@pytest.mark.parametrize("text", [LEAVE, BOARD, TASKS, PART, DISPATCH])
def test_the_files_of_the_tests_are_well(text):
    assert read_case_type(text).nodes


def line_with(text: str, part: str) -> int:
    return next(at for at, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("old", "new", "code", "on"),
    [
        ("prefix: QJ", "perfix: QJ", "declared.key.unknown", "perfix"),
        ("prefix: QJ", "prefix: qj", "declared.value.wrong", "prefix"),
        ("title: {zh: 请假, en: Leave}", "title: {en: Leave}", "declared.key.missing", "title: {en"),
        ("to: director}", "to: nobody}", "workflow.type.node", "to: nobody"),
        ("天数 > 3", "天数 >", "expressions.text.unreadable", "天数 >"),
        ("天数 > 3", "工龄 > 3", "expressions.text.unknown_field", "工龄"),
        ("edits: [note]", "edits: [nota]", "workflow.type.field", "nota"),
        ("needs: [days]", "needs: [note]", "workflow.type.needs", "needs: [note]"),
        ("who: {role: director}", "who: {role: director, starter: true}", "workflow.type.who", "starter: true"),
        ("      - {to: granted}\n", "", "workflow.type.default", "  long:"),
        ("- {if: 天数 > 3, to: director}", "- {to: director}", "workflow.type.shadowed", "  long:"),
        ("      - {to: granted}", "      - {to: long}", "workflow.type.circle", "  long:"),
        ("agree: {label: {zh: 同意, en: Agree}, to: long}", "agree: {label: {zh: 同意, en: Agree}, to: granted}", "workflow.type.unreachable", "  long:"),
        ("days: {label", "days: {label: {zh: x}}\n  days: {label", "declared.file.key", "  days: {label: {zh: 天"),
        ("prefix: QJ", "prefix: &a QJ", "declared.file.alias", ""),
        ("prefix: QJ", "prefix: [", "declared.file.yaml", ""),
        ("prefix: QJ", "prefix: !!python/object:os.system x", "declared.file.tag", "prefix"),
        ("kind: number", "kind: nubmer", "declared.value.wrong", "nubmer"),
        ("who: {role: director}", "who: {role: directer}", "workflow.type.role", "directer"),
        ("roles: [viewer, steward", "roles: [viewer, stewart", "workflow.type.role", "stewart"),
        ("oversees: [director]", "oversees: [boss]", "workflow.type.role", "boss"),
        ("oversees: [director]", "oversees: [director]\nescalates: {role: mayor}", "workflow.type.role", "mayor"),
        ("to: refused, opinion: required}", "to: refused, cc: [{role: diretcor}]}", "workflow.type.role", "diretcor"),
        ("天数 > 3", "天数 > 3 and 天数 < 2", "workflow.type.never", "天数 > 3"),
        ("- {if: 天数 > 3, to: director}", "- {if: 天数 > 3, to: director}\n      - {if: days > 5, to: refused}", "workflow.type.overtaken", "days > 5"),
        ("天数 > 3", "case_light == 'blue'", "workflow.type.never", "blue"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said_with_its_line(old, new, code, on):
    text = LEAVE.replace(old, new, 1)
    assert text != LEAVE

    with pytest.raises(InvalidInput) as told:
        read_case_type(text, name="leave.yaml")

    assert told.value.code == code
    assert "leave.yaml" in told.value.detail
    if on:
        assert told.value.extra["line"] == line_with(text, on)


def test_the_nearest_key_is_named():
    with pytest.raises(InvalidInput, match="nearest: prefix"):
        read_case_type(LEAVE.replace("prefix:", "perfix:"))


def test_a_step_from_which_no_end_is_reached_is_refused():
    text = BOARD.replace("to: final}", "to: draft}").replace("to: dropped}", "to: board}", 1)
    with pytest.raises(InvalidInput) as told:
        read_case_type(text)
    assert told.value.code in ("workflow.type.dead_end", "workflow.type.unreachable")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "declared.file.empty"),
        ("- a\n- b\n", "declared.file.shape"),
        ("a: " + "[" * 60 + "]" * 60, "declared.file.deep"),
        ("a: " + "[" * 20_000, "declared.file.yaml"),
        ("x" * (LARGEST + 1), "declared.file.large"),
        ("case: \x00", "declared.file.unreadable"),
        ("? [a, b]\n: c", "declared.file.key"),
    ],
)
def test_hostile_files_are_refused_with_a_word(text, code):
    with pytest.raises(InvalidInput) as told:
        read_case_type(text, name="x.yaml")
    assert told.value.code in (code, "declared.file.unreadable", "declared.file.deep")


class TestDecisionTables:
    @pytest.mark.parametrize(
        ("data", "node", "department"),
        [
            ({"kind": "噪音"}, "handle", "D02"),
            ({"kind": "低保", "amount": 200}, "handle", "D01"),
            ({"kind": "低保", "amount": 50}, "bureau", "B01"),
            ({}, "bureau", "B01"),
        ],
    )
    def test_a_table_fills_fields_and_the_case_goes_on(self, town, data, node, department):
        services.publish_case_type(town["eng"], DISPATCH)
        case = town.start("wang", "demo.complaint", **data)
        assert (case.node, case.data["department"]) == (node, department)

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("decide: dispatch", "decide: nothing", "workflow.type.table"),
            ("outputs: [department]", "outputs: [office]", "expressions.table"),
            ("      - when: {类别: 噪音}\n", "      - when: {}\n", "expressions.table.unreachable"),
            ("    default: {department: B01}\n", "", "expressions.table"),
            ("hit: first", "hit: any", "expressions.table"),
        ],
    )
    def test_a_table_with_something_wrong_is_refused_at_its_line(self, old, new, code):
        with pytest.raises(InvalidInput) as told:
            read_case_type(DISPATCH.replace(old, new), name="c.yaml")
        assert told.value.code.startswith(code)
        assert "c.yaml, line" in told.value.detail

    def test_fields_that_a_table_fills_must_be_fields(self):
        text = DISPATCH.replace("{department:", "{office:").replace("[department]", "[office]", 1)
        with pytest.raises(InvalidInput) as told:
            read_case_type(text)
        assert told.value.code in ("workflow.type.field", "expressions.table.output")


@pytest.mark.parametrize("opening", ["[", "{", "? ", "{a: ", "- "])
def test_a_file_nested_without_end_is_refused_before_anything_is_built(opening):
    """The builder in C would end the whole process: nobody could catch it."""
    with pytest.raises(InvalidInput) as told:
        read_case_type(opening * 40_000)

    assert told.value.code in ("declared.file.deep", "declared.file.yaml")


@pytest.mark.parametrize(
    "value", ["9" * 5000, "0x" + "f" * 5000, "!!int abc", "!!int ''", "!!bool abc"]
)
def test_a_value_that_cannot_be_held_is_refused_with_its_line(value):
    with pytest.raises(InvalidInput) as told:
        read_case_type(LEAVE.replace("title: {zh: 请假, en: Leave}", f"title: {value}", 1))

    assert (told.value.code, told.value.extra["line"]) == ("declared.file.tag", 3)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Two fields of one name: nobody could say which a condition asks for.
        ("{zh: 事由, en: Why}", "{zh: 天数, en: Reason}"),
        ("{zh: 事由, en: Why}", "{zh: 事由, en: note}"),
        # A field that hides what the kernel knows of the case: whoever fills it in would lie to guards.
        ("  note: {label: {zh: 备注, en: Note}", "  starter: {label: {zh: 备注, en: Note}"),
    ],
)
def test_a_name_in_a_condition_means_one_thing(old, new):
    text = LEAVE.replace(old, new).replace("edits: [note]", "edits: [why]")
    with pytest.raises(InvalidInput) as told:
        read_case_type(text)

    assert told.value.code == "workflow.type.name"


def test_children_are_opened_for_a_list_only():
    """The letters of a text are no departments."""
    with pytest.raises(InvalidInput) as told:
        read_case_type(TASKS.replace("each: departments", "each: text"))

    assert told.value.code == "workflow.type.each"


def test_a_role_that_nobody_can_be_given_is_told_with_the_nearest_there_is():
    with pytest.raises(InvalidInput) as told:
        read_case_type(
            LEAVE.replace("who: {role: director}", "who: {role: directer}"), name="l.yaml"
        )

    assert "director" in told.value.detail


def test_what_a_table_fills_may_be_something_that_no_form_offers():
    text = DISPATCH.replace(
        "label: {zh: 承办单位, en: Department}, kind: organization",
        "label: {zh: 承办, en: Who}, choices: {D01: {zh: 民政, en: One}}",
    )
    assert text != DISPATCH

    assert read_case_type(text).nodes
