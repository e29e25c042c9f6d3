"""Guards of a case type over the data of a case. 流转条件。"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from yiwang.kernel.workflow.types import CaseState, CaseType

from .expressions import Expression, compile_expression, holds
from .table_types import DecisionTable
from .tables import decide, read_table


def holds_guard(case_type: CaseType, guard: str, state: CaseState) -> bool:
    """Whether a guard holds; none always does, and what compares with nothing does not. 条件是否成立。"""
    if not guard:
        return True
    return holds(compile_guard(case_type, guard), {**facts_of(state), **state.data})


def facts_of(state: CaseState) -> dict[str, object]:
    """What a guard may ask beside the fields. 内置变量。"""
    ended = [child for child in state.children.values() if child.status == "closed"]
    return {
        "starter": state.starter,
        "starter_organization": state.organization,
        "children_closed": len(ended),
        "children": len(state.children),
    }


FACTS = frozenset(facts_of(CaseState()))


def compile_guard(case_type: CaseType, guard: str, where: str = "") -> Expression:
    """A guard made ready; InvalidInput says what is wrong with it. 编译条件。"""
    return _compile(guard, _labels(case_type), frozenset(case_type.fields) | FACTS, where)


def decide_by_table(case_type: CaseType, name: str, state: CaseState) -> dict[str, Any]:
    """The fields that a decision table fills; of a `collect` table each holds a list. 决策表取值。"""
    given = decide(compile_table(case_type, name), {**facts_of(state), **state.data})
    if isinstance(given, dict):
        return given
    return {output: [row[output] for row in given] for output in given[0]}


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
