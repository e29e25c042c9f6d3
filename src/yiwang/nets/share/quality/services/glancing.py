"""The first of two looks: what a row surely passes, told cheaply. 初看。

A glance is true where the rule surely holds, NULL where it surely has nothing to say, and false
where only the full state of `compiling` can tell. It names no dear test, so that a glance at all
rows is short to plan and quick to run; the few rows it leaves open are judged in full.

A row that passes every rule need not be told apart rule by rule: the tests of all glances run
over all rows, plainly, and only rows that some test does not take get a state for each rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from yiwang.kernel.pool.types import ROW
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Element
from yiwang.nets.share.quality.types import RuleKind, RuleSpec

from .compiling import (
    DATE,
    PLAIN_NUMBER,
    Work,
    bounds_of,
    code_of_sex,
    element_of,
    identity_element,
)
from .fields import quick_sql
from .matching import match_sql
from .patterns import commonly_filled_sql, filled_sql, lettered_sql


@dataclass(frozen=True, slots=True)
class Glance:
    """What a rule says of a row at first sight, over columns of a scan. 初看。

    It holds where all of `passes` do, and says nothing where `silent` is true. A rule of some rows
    only has `asked`, which tells of which. `fills` are the columns that are no blanks where
    it passes. One that is `told` holds wherever all the others do.
    """

    passes: tuple[str, ...]
    silent: str = "false"
    asked: str = ""
    fills: frozenset[str] = frozenset()
    told: bool = False

    def passes_sql(self) -> str:
        """Whether the rule surely holds. 必然通过。"""
        return " AND ".join(self.passes)

    def state_sql(self) -> str:
        """True, false (open), or NULL where it says nothing of a row it asks about. 状态。"""
        silent = f" WHEN {self.silent} THEN NULL" if self.silent != "false" else ""
        return f"CASE WHEN {self.passes_sql()} THEN true{silent} ELSE false END"


def glance_all(work: Work, rules: Sequence[RuleSpec]) -> list[Glance]:
    """Register what the glances of rules need in the scan. 登记初看。

    What is right by another rule is there: that it is no blank is asked of the other rows alone.
    """
    found = {
        at: glance(work, rule)
        for at, rule in enumerate(rules)
        if rule.kind != RuleKind.REQUIRED or rule.when
    }
    filled = frozenset(name for one in found.values() if not one.asked for name in one.fills)
    for at, rule in enumerate(rules):
        if at not in found:
            found[at] = _required(work, rule, told=rule.fields[0] in filled)
    return [found[at] for at in range(len(rules))]


def glance(work: Work, rule: RuleSpec) -> Glance:
    """Register what one rule's glance needs in the scan. 登记单条初看。"""
    return replace(_GLANCES[rule.kind](work, rule), asked=asked_sql(work, rule))


def plain_sql(glances: Sequence[Glance]) -> str:
    """Whether a row is one that every rule takes, or does not ask about. 全部通过。"""
    tests = [test for one in glances if not one.asked and not one.told for test in one.passes]
    tests += [f"(NOT {one.asked} OR ({one.passes_sql()}))" for one in glances if one.asked]
    return " AND ".join(dict.fromkeys(tests))


def asked_sql(work: Work, rule: RuleSpec) -> str:
    """Whether a rule asks about a row at all, '' where about every one. 适用范围。"""
    conditions = [rule.when] if rule.when else []
    if rule.kind == RuleKind.CONDITION:
        conditions.append(str(rule.params["given"]))
    found = [_holds(work, text) for text in conditions]
    if rule.kind == RuleKind.REFERENCE and work.listed_elsewhere(rule) is None:
        found.append("false")
    return f"({' AND '.join(found)})" if found else ""


def _holds(work: Work, condition: str) -> str:
    compiled = work.filter(condition)
    return work.scan.tests.add(f"coalesce({compiled.sql}, false)", compiled.params)


def _empty(value: str) -> str:
    return f"coalesce({value}, '') = ''"


def _filled(work: Work, name: str) -> str:
    """Surely no blank: by its first character, or because it is longer than any word for nothing."""
    value = work.column(name)
    first = work.scan.workings.add(f"unicode({value})")
    common = work.scan.tests.add(commonly_filled_sql(first))
    return f"CASE WHEN {common} THEN true ELSE {lettered_sql(first)} OR {_long(value)} END"


def _long(value: str) -> str:
    return f"strlen({value}) > 15 AND {value} >= '!' AND NOT ({_edged(value)})"


def _edged(value: str) -> str:
    return " OR ".join(
        f"{test}({value}, '{space}')" for test in ("starts_with", "suffix") for space in " \u3000"
    )


def _day(work: Work, name: str) -> str:
    """The date of a text of ten bytes, where it is one."""
    value = work.column(name)
    return work.scan.workings.add(
        f"CASE WHEN strlen({value}) = 10 THEN TRY_CAST({value} AS DATE) END"
    )


def _right(work: Work, name: str, element: Element) -> Glance:
    """Whether a cell is surely right by its element; nothing is said of an empty one."""
    value, number, last, day = work.column(name), "", "", ""
    digits = element.type in ("date", "datetime", "number", "integer")
    if element.check == "resident_id":
        number, last = work.identity(name)
        digits = True
    elif element.type == "date":
        day = _day(work, name)
    pattern = "" if digits else standards.sole_pattern(element)
    if pattern:
        return _matches(work, name, pattern)
    if element.check or digits:
        quick = work.scan.tests.add(quick_sql(element, value, number, last, day))
        return Glance((quick,), _empty(value), fills=frozenset([name] if digits else []))
    return Glance((_filled(work, name),), _empty(value), fills=frozenset([name]))


def _matches(work: Work, name: str, pattern: str) -> Glance:
    match = match_sql(work.column(name), pattern)
    tests = [work.scan.tests.add(match.sql)]
    if not match.fills:
        tests.append(_filled(work, name))
    return Glance(tuple(tests), _empty(work.column(name)), fills=frozenset([name]))


def _required(work: Work, rule: RuleSpec, *, told: bool = False) -> Glance:
    name = rule.fields[0]
    if told:
        value = work.column(name)
        first = work.scan.outcomes.add(f"unicode({value})")
        return Glance((f"({filled_sql(first)} OR {_long(value)})",), told=True)
    return Glance((_filled(work, name),), fills=frozenset([name]))


def _by_element(work: Work, rule: RuleSpec) -> Glance:
    return _right(work, rule.fields[0], element_of(rule))


def _code(work: Work, rule: RuleSpec) -> Glance:
    value, code_set = work.column(rule.fields[0]), str(rule.params["code_set"])
    on = str(rule.params.get("on", ""))
    if on:
        found = work.scan.tests.add(work.members.on_day(code_set, value, _day(work, on)))
    else:
        found = work.scan.workings.add(work.members.on_arrival(code_set, value, ROW, work.arrivals))
    return Glance((found,), _empty(value))


def _length(work: Work, rule: RuleSpec) -> Glance:
    name = rule.fields[0]
    value = work.column(name)
    low, high = int(rule.params.get("min", 0)), int(rule.params.get("max", 10**9))
    test = work.scan.tests.add(f"length({value}) BETWEEN {low} AND {high}")
    return Glance((test, _filled(work, name)), _empty(value), fills=frozenset([name]))


def _pattern(work: Work, rule: RuleSpec) -> Glance:
    return _matches(work, rule.fields[0], str(rule.params["pattern"]))


def _range(work: Work, rule: RuleSpec) -> Glance:
    name = rule.fields[0]
    value = work.column(name)
    if rule.params.get("type", "number") == "date":
        read = _day(work, name)
    else:
        plain = f"regexp_full_match({value}, '{PLAIN_NUMBER}')"
        read = work.scan.workings.add(f"CASE WHEN {plain} THEN TRY_CAST({value} AS DOUBLE) END")
    tests, bounds = bounds_of(rule, read)
    test = work.scan.tests.add(f"{read} IS NOT NULL AND {tests}", bounds)
    return Glance((test,), _empty(value), fills=frozenset([name]))


def _fresh(work: Work, rule: RuleSpec) -> Glance:
    name = rule.fields[0]
    passes = f"{_day(work, name)} >= CAST(? AS DATE)"
    test = work.scan.tests.add(passes, [str(rule.params["since"])])
    return Glance((test,), _empty(work.column(name)), fills=frozenset([name]))


def _compare(work: Work, rule: RuleSpec) -> Glance:
    relation = rule.params.get("relation")
    if relation:
        return _RELATIONS[str(relation)](work, rule)
    filled = [_filled(work, name) for name in rule.fields]
    silent = " OR ".join(_empty(work.column(name)) for name in rule.fields)
    holds = _holds(work, str(rule.params["holds"]))
    return Glance((holds, *filled), silent, fills=frozenset(rule.fields))


def _sex_of_id(work: Work, rule: RuleSpec) -> Glance:
    sex, identity = rule.fields
    right = _right(work, identity, identity_element(rule))
    number, _ = work.identity(identity)
    value = work.column(sex)
    same = work.scan.tests.add(f"{number} % 2 = {code_of_sex(value)}")
    return Glance((*right.passes, same), f"{right.silent} OR {_empty(value)}", fills=right.fills)


def _birth_of_id(work: Work, rule: RuleSpec) -> Glance:
    birth, identity = rule.fields
    right, plain = _right(work, identity, identity_element(rule)), _right(work, birth, DATE)
    number, _ = work.identity(identity)
    day = _day(work, birth)
    told = f"year({day}) * 10000 + month({day}) * 100 + day({day})"
    same = work.scan.tests.add(f"{number} // 1000 % 100000000 = {told}")
    passes = (*right.passes, *plain.passes, same)
    return Glance(passes, f"{right.silent} OR {plain.silent}", fills=right.fills | plain.fills)


_RELATIONS = {"sex_of_id": _sex_of_id, "birth_of_id": _birth_of_id}


def _condition(work: Work, rule: RuleSpec) -> Glance:
    return Glance((_holds(work, str(rule.params["then"])),))


def _reference(work: Work, rule: RuleSpec) -> Glance:
    name = rule.fields[0]
    passes = (work.listed_elsewhere(rule) or "false", _filled(work, name))
    return Glance(passes, _empty(work.column(name)), fills=frozenset([name]))


_GLANCES: dict[RuleKind, Callable[[Work, RuleSpec], Glance]] = {
    RuleKind.REQUIRED: _required,
    RuleKind.CODE: _code,
    RuleKind.TYPED: _by_element,
    RuleKind.FORMAT: _by_element,
    RuleKind.CHECK: _by_element,
    RuleKind.LENGTH: _length,
    RuleKind.RANGE: _range,
    RuleKind.PATTERN: _pattern,
    RuleKind.COMPARE: _compare,
    RuleKind.CONDITION: _condition,
    RuleKind.REFERENCE: _reference,
    RuleKind.FRESH: _fresh,
}
