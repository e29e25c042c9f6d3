"""The first of two looks: what a row surely passes, told cheaply. 初看。

A glance is true where the rule surely holds, NULL where it surely has nothing to say, and false
where only the full state of `compiling` can tell. It names no dear test, so that a glance at all
rows is short to plan and quick to run; the few rows it leaves open are judged in full.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from yiwang.kernel.pool.types import ROW
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Element
from yiwang.nets.share.quality.types import RuleKind, RuleSpec

from .compiling import (
    ANYTHING,
    PLAIN_NUMBER,
    State,
    Work,
    bounds_of,
    code_of_sex,
    element_of,
    full_state,
    identity_element,
    when_asked,
)
from .fields import quick_sql
from .patterns import filled_sql

DATE = replace(ANYTHING, type="date")


def add_glance(work: Work, rule: RuleSpec) -> str:
    """Register a rule's glance in the scan and give the column's name. 初看列。"""
    sql, params = when_asked(work, rule, _GLANCES.get(rule.kind, full_state)(work, rule))
    return work.scan.states.add(sql, params)


def _empty(value: str) -> str:
    return f"coalesce({value}, '') = ''"


def _filled(work: Work, name: str) -> str:
    """Surely no blank: by its first character, or because it is longer than any word for nothing."""
    value = work.column(name)
    first = work.scan.workings.add(f"unicode({value})")
    long = f"strlen({value}) > 15 AND {value} >= '!' AND NOT ({_edged(value)})"
    return f"({filled_sql(first)} OR {long})"


def _edged(value: str) -> str:
    return " OR ".join(
        f"{test}({value}, '{space}')" for test in ("starts_with", "suffix") for space in " \u3000"
    )


def _three(passes: str, silent: str) -> str:
    return f"CASE WHEN {passes} THEN true WHEN {silent} THEN NULL ELSE false END"


def _day(work: Work, name: str) -> str:
    """The date of a text of ten bytes, where it is one."""
    value = work.column(name)
    return work.scan.workings.add(
        f"CASE WHEN strlen({value}) = 10 THEN TRY_CAST({value} AS DATE) END"
    )


def _right(work: Work, name: str, element: Element) -> str:
    """A column: true where a cell is surely right by its element, NULL where it is empty."""
    value, number, last, day = work.column(name), "", "", ""
    if element.check == "resident_id":
        number, last = work.identity(name)
    elif element.type == "date":
        day = _day(work, name)
    if element.check or element.type in ("date", "datetime", "number", "integer"):
        quick = work.scan.tests.add(quick_sql(element, value, number, last, day))
    else:
        quick = _filled(work, name)
        if element.pattern:
            quick = f"{standards.passes_sql(element, value)} AND {quick}"
    return work.scan.outcomes.add(_three(quick, _empty(value)))


def _required(work: Work, rule: RuleSpec) -> State:
    return f"coalesce({_filled(work, rule.fields[0])}, false)", []


def _by_element(work: Work, rule: RuleSpec) -> State:
    return _right(work, rule.fields[0], element_of(rule)), []


def _unless_empty(work: Work, rule: RuleSpec, test: str) -> str:
    value = work.column(rule.fields[0])
    return _three(f"{test} AND {_filled(work, rule.fields[0])}", _empty(value))


def _code(work: Work, rule: RuleSpec) -> State:
    value, code_set = work.column(rule.fields[0]), str(rule.params["code_set"])
    on = str(rule.params.get("on", ""))
    if on:
        found = work.scan.outcomes.add(work.members.on_day(code_set, value, _day(work, on)))
    else:
        found = work.scan.workings.add(work.members.on_arrival(code_set, value, ROW, work.arrivals))
    return _three(found, _empty(value)), []


def _length(work: Work, rule: RuleSpec) -> State:
    low, high = int(rule.params.get("min", 0)), int(rule.params.get("max", 10**9))
    length = f"length({work.column(rule.fields[0])})"
    return _unless_empty(work, rule, f"{length} BETWEEN {low} AND {high}"), []


def _pattern(work: Work, rule: RuleSpec) -> State:
    test = f"regexp_full_match({work.column(rule.fields[0])}, ?)"
    return _unless_empty(work, rule, test), [str(rule.params["pattern"])]


def _range(work: Work, rule: RuleSpec) -> State:
    name = rule.fields[0]
    value = work.column(name)
    if rule.params.get("type", "number") == "date":
        read = _day(work, name)
    else:
        plain = f"regexp_full_match({value}, '{PLAIN_NUMBER}')"
        read = work.scan.workings.add(f"CASE WHEN {plain} THEN TRY_CAST({value} AS DOUBLE) END")
    tests, bounds = bounds_of(rule, read)
    return _three(f"{read} IS NOT NULL AND {tests}", _empty(value)), bounds


def _fresh(work: Work, rule: RuleSpec) -> State:
    name = rule.fields[0]
    passes = f"{_day(work, name)} >= CAST(? AS DATE)"
    return _three(passes, _empty(work.column(name))), [str(rule.params["since"])]


def _compare(work: Work, rule: RuleSpec) -> State:
    relation = rule.params.get("relation")
    if relation:
        return _RELATIONS[str(relation)](work, rule)
    values = [work.column(name) for name in rule.fields]
    condition = work.filter(str(rule.params["holds"]))
    holds = f"coalesce({condition.sql}, false)"
    filled = " AND ".join([holds, *(_filled(work, name) for name in rule.fields)])
    return _three(filled, " OR ".join(map(_empty, values))), [*condition.params]


def _sex_of_id(work: Work, rule: RuleSpec) -> State:
    sex, identity = rule.fields
    right = _right(work, identity, identity_element(rule))
    number, _ = work.identity(identity)
    value = work.column(sex)
    same = work.scan.tests.add(f"{number} % 2 = {code_of_sex(value)}")
    return _three(f"{right} AND {same}", f"{right} IS NULL OR {_empty(value)}"), []


def _birth_of_id(work: Work, rule: RuleSpec) -> State:
    birth, identity = rule.fields
    right, plain = _right(work, identity, identity_element(rule)), _right(work, birth, DATE)
    number, _ = work.identity(identity)
    day = _day(work, birth)
    told = f"year({day}) * 10000 + month({day}) * 100 + day({day})"
    same = work.scan.tests.add(f"{number} // 1000 % 100000000 = {told}")
    return _three(f"{right} AND {plain} AND {same}", f"{right} IS NULL OR {plain} IS NULL"), []


_RELATIONS = {"sex_of_id": _sex_of_id, "birth_of_id": _birth_of_id}


def _reference(work: Work, rule: RuleSpec) -> State:
    found = work.listed_elsewhere(rule)
    return ("NULL::BOOLEAN", []) if found is None else (_unless_empty(work, rule, found), [])


_GLANCES: dict[RuleKind, Callable[[Work, RuleSpec], tuple[str, list[Any]]]] = {
    RuleKind.REQUIRED: _required,
    RuleKind.CODE: _code,
    RuleKind.TYPED: _by_element,
    RuleKind.FORMAT: _by_element,
    RuleKind.CHECK: _by_element,
    RuleKind.LENGTH: _length,
    RuleKind.RANGE: _range,
    RuleKind.PATTERN: _pattern,
    RuleKind.COMPARE: _compare,
    RuleKind.REFERENCE: _reference,
    RuleKind.FRESH: _fresh,
}
