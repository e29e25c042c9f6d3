"""Guards of a case type over the data of a case. 流转条件。"""

from __future__ import annotations

from functools import lru_cache

from yiwang.kernel.workflow.types import CaseState, CaseType

from .expressions import Expression, compile_expression, holds


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
    labels = tuple(
        (text, key) for key, one in case_type.fields.items() for text in one.label.values()
    )
    return _compile(guard, labels, frozenset(case_type.fields) | FACTS, where)


@lru_cache(maxsize=2048)
def _compile(
    guard: str, labels: tuple[tuple[str, str], ...], known: frozenset[str], where: str
) -> Expression:
    usable = {label: key for label, key in labels if label.isidentifier()}
    return compile_expression(guard, labels=usable, known=known, where=where)
