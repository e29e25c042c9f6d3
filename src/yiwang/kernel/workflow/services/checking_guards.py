"""Whether the ways of a case type can ever be taken. 流转条件检查。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from yiwang.kernel.base.declared import Path
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.expressions.services import Answers, Expression, can_hold
from yiwang.kernel.workflow.types import Branch, CaseType, Field

from .checking_parts import Found
from .guards import compile_guard

FACT_ANSWERS: Mapping[str, Answers] = {
    "children": Answers("integer", least=0),
    "children_closed": Answers("integer", least=0),
    "case_depth": Answers("integer", least=0),
    "case_progress": Answers("integer", least=0, most=100),
    "case_light": Answers("choice", ("green", "yellow", "red")),
}

MOST_ASKED, MOST_BEFORE = 300, 20
"""Ways of a type that are looked at, and how many before each: a check ends in seconds whatever the file. 检查上限。"""


def can_be_taken(case_type: CaseType) -> Iterator[Found]:
    """A way whose condition never holds, or only where one before it does. 条件可满足性检查。"""
    answers, asked = answers_of(case_type), 0
    for path, branches in _groups(case_type):
        asked += len(branches)
        if asked > MOST_ASKED:
            return
        yield from _of_group(case_type, answers, path, branches)


def _of_group(
    case_type: CaseType, answers: Mapping[str, Answers], path: Path, branches: Sequence[Branch]
) -> Iterator[Found]:
    before: list[Expression] = []
    for at, branch in enumerate(branches):
        try:
            guard = compile_guard(case_type, branch.guard) if branch.guard else None
        except YiwangError:
            return  # It was told of among those that cannot be read.
        if guard is None:
            return
        extra = {"guard": branch.guard}
        if not can_hold(guard, answers):
            yield (*path, at), "workflow.type.never", "no answers make %(guard)s hold", extra
        elif before and not can_hold(guard, answers, after=before[-MOST_BEFORE:]):
            yield (
                (*path, at), "workflow.type.overtaken",
                "wherever %(guard)s holds, a way before it is taken", extra,
            )  # fmt: skip
        before.append(guard)


def _groups(case_type: CaseType) -> Iterator[tuple[Path, Sequence[Branch]]]:
    for node in case_type.nodes.values():
        here: Path = ("nodes", node.key)
        for name, actions in (("actions", node.actions), ("hears", node.hears)):
            for key, action in actions.items():
                yield (*here, name, key, "route"), action.branches
        yield (*here, "route"), node.route
        yield (*here, "then"), node.then


def answers_of(case_type: CaseType) -> dict[str, Answers]:
    """What each field can hold, as far as forms take nothing else. 字段取值范围。"""
    filled = _filled_by_tables(case_type)
    told = {
        key: Answers() if key in filled else _answers(field)
        for key, field in case_type.fields.items()
    }
    steps = Answers("choice", tuple(case_type.nodes))
    found = {**FACT_ANSWERS, "case_step": steps, **told}
    return {key: one for key, one in found.items() if one is not None}


def _answers(field: Field) -> Answers | None:
    match field.kind:
        case "choice":
            return Answers("choice", tuple(code for code, _ in field.choices))
        case "number" | "integer" | "boolean":
            return Answers(field.kind)
        case "people" | "organizations" | "files":
            return None
    return Answers("text")


def _filled_by_tables(case_type: CaseType) -> set[str]:
    """Fields that something else than a form fills, with whatever it says."""
    found = {output for table in case_type.tables.values() for output in table.get("outputs", ())}
    for node in case_type.nodes.values():
        found |= set(node.look_up.gives.values()) if node.look_up else set()
        found |= set(node.look_up.gives) if node.look_up else set()
        for opened in (node.children, node.push):
            if opened and opened.type == case_type.code:
                found |= {opened.into, *opened.data}
        for share in node.children.shares if node.children else ():
            found |= set(share.give)
    return found
