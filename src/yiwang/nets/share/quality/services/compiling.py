"""Rules as SQL: one state per rule and row. 规则编译。

A state is true, false, or NULL where the rule has nothing to say of the row. What a more basic rule
of the same field has found bad is not held against it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW, VersionInfo
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Schema
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Element
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.types import RuleKind, RuleSpec

from .code_members import Members
from .fields import BLANK, GOOD, MALFORMED, UNREADABLE, WRONG, outcome_sql
from .patterns import is_blank_sql
from .scan import Scan

PLAIN_NUMBER = "-?[0-9]+([.][0-9]+)?"
ANYTHING = Element(code="", zh="", en="", definition="", match_key=())
DATE = replace(ANYTHING, type="date")


@dataclass(frozen=True, slots=True)
class Told:
    """Where it stands what an element says of a column: outcome, canonical text, is that right. 已判。"""

    outcome: str
    text: str
    right: str


@dataclass(frozen=True, slots=True)
class Work:
    """What compiling needs to know beside the rules. 编译环境。"""

    scan: Scan
    members: Members
    arrivals: Sequence[tuple[int, date]]
    told: Mapping[tuple[str, Element], Told] = field(default_factory=dict)

    def column(self, name: str) -> str:
        """A column of the register, or InvalidInput. 列。"""
        if name not in self.scan.columns:
            raise InvalidInput(
                "quality.rule.no_column", "The register has no column %(column)s", column=name
            )
        return pool.quote_name(name)

    def blank(self, name: str) -> str:
        """Whether a cell says nothing. 是否空白。"""
        return self.scan.workings.add(is_blank_sql(self.column(name)))

    def outcome(self, name: str, element: Element) -> str:
        """What the element says of a cell. 判定。"""
        if (name, element) in self.told:
            return self.scan.outcomes.add(self.told[name, element].outcome)
        value = self.column(name)
        number = last = ""
        if element.check == "resident_id":
            number, last = self.identity(name)
        return self.scan.outcomes.add(outcome_sql(element, value, number, last))

    def identity(self, name: str) -> tuple[str, str]:
        """The digits of an identity number as two columns. 身份号码数字。"""
        value, add = self.column(name), self.scan.workings.add
        whole = self.scan.readings.add(f"TRY_CAST({value} AS BIGINT)")
        number, last = standards.identity_digits_sql(value, whole)
        return add(number), add(last)

    def listed_elsewhere(self, rule: RuleSpec) -> str | None:
        """Whether a cell stands in the register that a rule names, None where there is none. 对照。"""
        resource, there = str(rule.params["resource"]), str(rule.params["field"])
        other = catalog.get_resources([resource]).get(resource)
        latest = pool.find_latest(other.table) if other and other.table else None
        if latest is None or there not in latest.columns:
            return None
        field = pool.quote_name(there)
        listed = f"SELECT {field} FROM {pool.relation(latest.id)} WHERE {field} <> ''"
        return self.scan.workings.add(f"{self.column(rule.fields[0])} IN ({listed})")

    def filter(self, text: str) -> query.Compiled:
        """A filter over the register's columns. 筛选。"""
        return query.compile_node(query.parse_filter(text, Schema(self.scan.columns)), "duckdb")


def element_of(rule: RuleSpec) -> Element:
    """The element that a rule goes by; a rule may name a bare type instead. 规则的数据元。"""
    found = standards.find_element(rule.element) if rule.element else None
    kind = rule.params.get("type")
    return replace(ANYTHING, type=kind) if kind else found or ANYTHING


def columns_of(rule: RuleSpec) -> list[str]:
    """The columns that a rule reads, those of its filters among them. 规则所用列。"""
    filters = [rule.when, *(str(rule.params.get(name, "")) for name in ("holds", "given", "then"))]
    free = [name for text in filters if text for name in fields_of(text)]
    on = str(rule.params.get("on", ""))
    return list(dict.fromkeys([*rule.fields, *([on] if on else []), *free]))


def fields_of(text: str) -> list[str]:
    """The fields that a filter names. 筛选所用字段。"""
    return query.list_fields(query.parse_filter(text, Schema.open()))


State = tuple[str, list[Any]]


def add_state(work: Work, rule: RuleSpec) -> str:
    """Register a rule's state in the scan and give the column's name. 规则状态列。"""
    return work.scan.states.add(*when_asked(work, rule, full_state(work, rule)))


def full_state(work: Work, rule: RuleSpec) -> State:
    """What a rule says of a row, its `when` apart. 规则状态。"""
    return _STATES[rule.kind](work, rule)


def when_asked(work: Work, rule: RuleSpec, state: State) -> State:
    """A state of the rows that the rule's `when` picks, NULL for others. 适用条件。"""
    if not rule.when:
        return state
    condition = work.filter(rule.when)
    return (
        f"CASE WHEN coalesce({condition.sql}, false) THEN {state[0]} END",
        [*condition.params, *state[1]],
    )


def _required(work: Work, rule: RuleSpec) -> State:
    return f"NOT {work.blank(rule.fields[0])}", []


def _by_outcome(bad: int, *silent: int) -> Callable[[Work, RuleSpec], State]:
    listed = ", ".join(str(one) for one in silent)

    def state(work: Work, rule: RuleSpec) -> State:
        found = work.outcome(rule.fields[0], element_of(rule))
        return f"CASE WHEN {found} IN ({listed}) THEN NULL ELSE {found} <> {bad} END", []

    return state


def _code(work: Work, rule: RuleSpec) -> State:
    value = work.column(rule.fields[0])
    code_set = str(rule.params["code_set"])
    on = str(rule.params.get("on", ""))
    if on:
        day = work.scan.workings.add(_day_sql(work.column(on)))
        # Which day is known one layer up only, and so which list.
        found = work.scan.outcomes.add(work.members.on_day(code_set, value, day))
    else:
        found = work.scan.workings.add(work.members.on_arrival(code_set, value, ROW, work.arrivals))
    return (
        f"CASE WHEN {found} THEN true WHEN {work.blank(rule.fields[0])} THEN NULL ELSE {found} END",
        [],
    )


def _day_sql(value: str) -> str:
    read = standards.read_typed_sql(replace(ANYTHING, type="date"), value)
    return f"coalesce(TRY_CAST({value} AS DATE), TRY_CAST({read} AS DATE))"


def _number_sql(value: str) -> str:
    """A cell as a number; most are written plainly, and reading those is quick. 数值。"""
    read = standards.read_typed_sql(replace(ANYTHING, type="number"), value)
    return (
        f"CASE WHEN regexp_full_match({value}, '{PLAIN_NUMBER}') THEN TRY_CAST({value} AS DOUBLE)"
        f" WHEN {value} <> '' THEN TRY_CAST({read} AS DOUBLE) END"
    )


def _length(work: Work, rule: RuleSpec) -> State:
    value = work.column(rule.fields[0])
    low, high = int(rule.params.get("min", 0)), int(rule.params.get("max", 10**9))
    return _unless_blank(work, rule, f"length({value}) BETWEEN {low} AND {high}")


def _range(work: Work, rule: RuleSpec) -> State:
    value, kind = work.column(rule.fields[0]), str(rule.params.get("type", "number"))
    read = work.scan.workings.add(_day_sql(value) if kind == "date" else _number_sql(value))
    tests, bounds = bounds_of(rule, read)
    return f"CASE WHEN {read} IS NOT NULL THEN {tests} END", bounds


def bounds_of(rule: RuleSpec, read: str) -> State:
    """Whether a number or day lies within a rule's bounds. 取值范围。"""
    kind = "DATE" if rule.params.get("type", "number") == "date" else "DOUBLE"
    bounds = [
        (sign, rule.params[name])
        for name, sign in (("min", ">="), ("max", "<="))
        if name in rule.params
    ]
    tests = " AND ".join(f"{read} {sign} CAST(? AS {kind})" for sign, _ in bounds) or "true"
    return tests, [bound for _, bound in bounds]


def _pattern(work: Work, rule: RuleSpec) -> State:
    value = work.column(rule.fields[0])
    sql, _ = _unless_blank(work, rule, f"regexp_full_match({value}, ?)")
    return sql, [str(rule.params["pattern"])]


def _unless_blank(work: Work, rule: RuleSpec, test: str) -> State:
    return f"CASE WHEN NOT {work.blank(rule.fields[0])} THEN {test} END", []


def _compare(work: Work, rule: RuleSpec) -> State:
    relation = rule.params.get("relation")
    if relation:
        return _RELATIONS[str(relation)](work, rule)
    condition = work.filter(str(rule.params["holds"]))
    some_blank = " OR ".join(work.blank(name) for name in rule.fields)
    return f"CASE WHEN NOT ({some_blank}) THEN coalesce({condition.sql}, false) END", [
        *condition.params
    ]


def _sex_of_id(work: Work, rule: RuleSpec) -> State:
    sex, number, right = _against_id(work, rule)
    return f"CASE WHEN {right} THEN {number} % 2 = {code_of_sex(sex)} END", []


def code_of_sex(value: str) -> str:
    """1 for men, 0 for women, as identity numbers have it. 性别奇偶。"""
    men, women = "'1', '男', '男性'", "'2', '女', '女性'"
    return f"CASE WHEN {value} IN ({men}) THEN 1 WHEN {value} IN ({women}) THEN 0 END"


def _birth_of_id(work: Work, rule: RuleSpec) -> State:
    birth, number, right = _against_id(work, rule)
    plain = (
        f"CASE WHEN strlen({birth}) = 10 THEN TRY_CAST(replace({birth}, '-', '') AS INTEGER) END"
    )
    typed = "CASE WHEN strlen({0}) = 10 THEN TRY_CAST(replace({0}, '-', '') AS INTEGER) END"
    told = work.told.get((rule.fields[0], DATE))
    if told:
        typed = typed.format(told.text)
    else:
        read = standards.read_typed_sql(DATE, birth)
        typed = f"list_transform([{read}], lambda yw_c: {typed.format('yw_c')})[1]"
    day = work.scan.workings.add(f"CASE WHEN {birth} <> '' THEN coalesce({plain}, {typed}) END")
    return f"CASE WHEN {right} THEN {number} // 1000 % 100000000 = {day} END", []


def _against_id(work: Work, rule: RuleSpec) -> tuple[str, str, str]:
    """The other field, the number's digits, and whether the number is itself right."""
    other, identity = rule.fields
    number, _ = work.identity(identity)
    right = f"{work.outcome(identity, identity_element(rule))} = {GOOD}"
    return work.column(other), number, right


def identity_element(rule: RuleSpec) -> Element:
    """The element of the identity number that a rule holds another field against. 证件号码数据元。"""
    return standards.find_element(str(rule.params.get("identity", "resident_id"))) or ANYTHING


_RELATIONS = {"sex_of_id": _sex_of_id, "birth_of_id": _birth_of_id}


def _condition(work: Work, rule: RuleSpec) -> State:
    given, then = work.filter(str(rule.params["given"])), work.filter(str(rule.params["then"]))
    return (
        f"CASE WHEN coalesce({given.sql}, false) THEN coalesce({then.sql}, false) END",
        [*given.params, *then.params],
    )


def _reference(work: Work, rule: RuleSpec) -> State:
    found = work.listed_elsewhere(rule)
    return ("NULL::BOOLEAN", []) if found is None else _unless_blank(work, rule, found)


def _fresh(work: Work, rule: RuleSpec) -> State:
    day = work.scan.workings.add(_day_sql(work.column(rule.fields[0])))
    bound = str(rule.params["since"])
    return f"CASE WHEN {day} IS NOT NULL THEN {day} >= CAST(? AS DATE) END", [bound]


_STATES: dict[RuleKind, Callable[[Work, RuleSpec], State]] = {
    RuleKind.REQUIRED: _required,
    RuleKind.CODE: _code,
    RuleKind.TYPED: _by_outcome(UNREADABLE, BLANK),
    RuleKind.FORMAT: _by_outcome(MALFORMED, BLANK, UNREADABLE),
    RuleKind.CHECK: _by_outcome(WRONG, BLANK, UNREADABLE, MALFORMED),
    RuleKind.LENGTH: _length,
    RuleKind.RANGE: _range,
    RuleKind.PATTERN: _pattern,
    RuleKind.COMPARE: _compare,
    RuleKind.CONDITION: _condition,
    RuleKind.REFERENCE: _reference,
    RuleKind.FRESH: _fresh,
}


def work_over(
    connection: pool.Connection, version: VersionInfo, columns: Sequence[str] = ()
) -> Work:
    """What compiling needs for a version, or for some columns of it. 版本的编译环境。"""
    arrivals = pool.list_arrivals(version.id)
    return Work(Scan(columns or version.columns), Members(connection), arrivals)
