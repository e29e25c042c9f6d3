"""The steps of a case type as a list in the order in which they are reached: what the drawing says, in words. 环节列表。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.workflow.services import CaseView
from yiwang.kernel.workflow.services.checking import list_ways
from yiwang.kernel.workflow.types import CaseType, Node


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """A step as the drawing shows it: `state` is passed, now, or later. 图中环节。"""

    title: str
    state: str
    ends: bool
    ways: tuple[str, ...]


def draw_steps(view: CaseView) -> list[DrawnStep]:
    """Every step, the present one marked, with where each way leads. 绘制环节。"""
    entered = find_path(view)
    states = {key: _state(view, node, entered) for key, node in view.type.nodes.items()}
    return list_steps(view.type, states)


def list_steps(case_type: CaseType, states: Mapping[str, str]) -> list[DrawnStep]:
    """The steps of a type in words, each with where its ways lead. 环节文字说明。"""
    return [
        DrawnStep(
            in_language(node.title),
            states.get(node.key, ""),
            bool(node.ends),
            tuple(_ways(case_type, node)),
        )
        for node in order_nodes(case_type)
    ]


def find_path(view: CaseView) -> list[str]:
    """The steps behind the case as it stands: what was done before a return counts no more. 已走路径。"""
    path: list[str] = []
    for entry in view.entries:
        if entry.kind == "entered":
            node = entry.body["node"]
            path = [*path[: path.index(node)], node] if node in path else [*path, node]
    return path


def order_nodes(case_type: CaseType) -> list[Node]:
    """The steps by how few moves they are away from the first, the ends last. 环节顺序。"""
    seen, todo = [case_type.first], [case_type.first]
    while todo:
        for _, branch in list_ways(case_type.nodes[todo.pop(0)]):
            if branch.to not in seen and branch.to in case_type.nodes:
                seen.append(branch.to)
                todo.append(branch.to)
    found = [case_type.nodes[key] for key in seen]
    return sorted(found, key=lambda node: bool(node.ends))


def _state(view: CaseView, node: Node, entered: list[str]) -> str:
    if node.key == view.state.node:
        return "passed" if view.state.status == "closed" else "now"
    return "passed" if node.key in entered else "later"


def _ways(case_type: CaseType, node: Node) -> list[str]:
    """Where each decision leads; where only one way is, the drawing itself says it."""
    if node.actions or node.hears:
        told = [
            (in_language(action.label), branch.to)
            for action in (*node.actions.values(), *node.hears.values())
            for branch in action.branches
        ]
    else:
        told = [
            (branch.guard or gettext("otherwise"), branch.to)
            for branch in (*node.route, *node.then)
        ]
    if len({to for _, to in told}) < 2:
        return []
    return [f"{label} → {in_language(case_type.nodes[to].title)}" for label, to in told]
