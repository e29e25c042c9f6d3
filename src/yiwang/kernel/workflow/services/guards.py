"""Guards of a case type over the data of a case. 流转条件。"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.expressions.services import (
    DecisionTable,
    Expression,
    compile_expression,
    decide,
    evaluate_expression,
    holds,
    read_table,
)
from yiwang.kernel.workflow.types import CaseState, CaseType, Share

from .machine.evolving import CHASE
from .machine.progress import WHOLE, progress_of


def holds_guard(case_type: CaseType, guard: str, state: CaseState) -> bool:
    """Whether a guard holds; none always does, and what compares with nothing does not. 条件是否成立。"""
    if not guard:
        return True
    return holds(compile_guard(case_type, guard), {**facts_of(state, case_type), **state.data})


def facts_of(state: CaseState, case_type: CaseType | None = None) -> dict[str, object]:
    """What a guard may ask beside the fields. 内置变量。

    `case_light` is the worst light that people heard of, `case_due` the day of the promised limit,
    else of the legal one; `case_progress` counts to a hundred.
    """
    ended = [child for child in state.children.values() if child.status == "closed"]
    return {
        "starter": state.starter,
        "starter_organization": state.organization,
        "children_closed": len(ended),
        "children": len(state.children),
        "case_number": state.number,
        "case_title": state.title,
        "case_depth": state.depth,
        "case_step": state.node,
        "case_status": state.status,
        "case_light": _light(state),
        "case_due": _due(state),
        "case_progress": round(WHOLE * progress_of(case_type, state)) if case_type else 0,
    }


def _light(state: CaseState) -> str:
    lights = {light for name, light in state.told.items() if name != CHASE}
    return next((one for one in ("red", "yellow") if one in lights), "green")


def _due(state: CaseState) -> str | None:
    clock = state.clocks.get("promised") or state.clocks.get("legal")
    if clock is None:
        return None
    return datetime.fromisoformat(clock["due_at"]).astimezone(CITY_ZONE).date().isoformat()


HEAVIEST = 1000
FACTS = frozenset(facts_of(CaseState()))
MOMENTS = frozenset(("case_opened", "case_moment"))
"""What a record that is kept may ask beside: when the case was opened, when it came to this. 时刻变量。"""


def compile_guard(case_type: CaseType, guard: str, where: str = "") -> Expression:
    """A guard made ready; InvalidInput says what is wrong with it. 编译条件。"""
    return _compile(guard, _labels(case_type), frozenset(case_type.fields) | FACTS, where)


def compile_kept(case_type: CaseType, text: str) -> Expression:
    """An expression for a record that a case keeps, made ready. 编译登记表达式。"""
    return _compile(text, _labels(case_type), frozenset(case_type.fields) | FACTS | MOMENTS, "")


def decide_by_table(case_type: CaseType, name: str, state: CaseState) -> dict[str, Any]:
    """The fields that a decision table fills; of a `collect` table each holds a list. 决策表取值。"""
    known = {**facts_of(state, case_type), **state.data}
    given = decide(compile_table(case_type, name), known)
    if isinstance(given, dict):
        return given
    return {output: [row[output] for row in given] for output in given[0]}


def split_off(case_type: CaseType, share: Share, state: CaseState) -> dict[str, Any]:
    """What a part is told beside the fields it takes over: its weight, what is given to it. 分工内容。

    Conflict for a weight that is not between 0 and 1,000.
    """
    known = {**facts_of(state, case_type), **state.data}

    def value_of(text: str) -> Any:
        return evaluate_expression(compile_guard(case_type, text), known)

    told: dict[str, Any] = {}
    if share.give:
        told["give"] = {key: value_of(text) for key, text in share.give.items()}
    if share.weight:
        weight = float(value_of(share.weight) or 0)
        if not 0 < weight <= HEAVIEST:
            raise Conflict(
                "workflow.children.weight", "A part weighs more than 0 and at most %(most)s",
                most=HEAVIEST,
            )  # fmt: skip
        told["weight"] = weight
    return told


def compile_table(case_type: CaseType, name: str, where: str = "") -> DecisionTable:
    """A decision table made ready; InvalidInput names row and cell. 编译决策表。"""
    text = json.dumps(case_type.tables[name], ensure_ascii=False)
    return _compile_table(text, _labels(case_type), frozenset(case_type.fields) | FACTS, where)


@lru_cache(maxsize=256)
def _compile_table(
    content: str, labels: tuple[tuple[str, str], ...], known: frozenset[str], where: str
) -> DecisionTable:
    return read_table(json.loads(content), known=known, labels=dict(labels), where=where)


def _labels(case_type: CaseType) -> tuple[tuple[str, str], ...]:
    """Labels that can be written as names in a condition, with their keys."""
    return tuple(
        (text, key)
        for key, one in case_type.fields.items()
        for text in one.label.values()
        if text.isidentifier()
    )


@lru_cache(maxsize=2048)
def _compile(
    guard: str, labels: tuple[tuple[str, str], ...], known: frozenset[str], where: str
) -> Expression:
    return compile_expression(guard, labels=dict(labels), known=known, where=where)
