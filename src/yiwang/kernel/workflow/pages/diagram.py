"""A case type as a drawing, and where a case stands in it. 流程状态图。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from django.utils.translation import gettext

from yiwang.kernel.ui.diagrams import Diagram, Step, TooLarge, Way, draw_diagram
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.workflow.services import CaseView
from yiwang.kernel.workflow.services.checking import list_ways
from yiwang.kernel.workflow.types import TERMINATED, CaseState, CaseType, Node

from .steps import find_path

START = "·start"
"""What no step can be called. 起点。"""
Pair = tuple[str, str]


def draw_type(case_type: CaseType) -> Diagram | None:
    """Every step and way of a type; None where there are too many to be read. 流程定义图。"""
    return _draw(_steps(case_type, {}), _ways(case_type, {}))


def draw_case(view: CaseView) -> Diagram | None:
    """Where a case stands, which way it came, what is still ahead. 流程进展图。"""
    path = find_path(view)
    came = [(START, path[0]), *pairwise(path)] if path else []
    ahead = find_ahead(view.type, view.state)
    states = {key: _state_of(view.state, key, path, ahead) for key in view.type.nodes}
    told = {(tail, head) for tail, head, _ in list_pairs(view.type)}
    ways = _ways(view.type, {pair: _way_state(pair, came, ahead) for pair in told})
    ways += [
        Way(*pair, state="jump") for pair in came if pair not in told and _is_known(view, pair)
    ]
    return _draw(_steps(view.type, states, view.state), ways)


def find_ahead(case_type: CaseType, state: CaseState) -> set[str]:
    """The steps that can still come, the present one among them; none once it has ended. 后续环节。"""
    if not state.live:
        return set()
    seen, todo = {state.node}, [state.node]
    while todo:
        for _, branch in list_ways(case_type.nodes[todo.pop()]):
            if branch.to not in seen:
                seen.add(branch.to)
                todo.append(branch.to)
    return seen


def list_pairs(case_type: CaseType) -> Iterator[tuple[str, str, str]]:
    """Each way as its two ends and what leads along it, the start among them. 路径列表。"""
    yield START, case_type.first, ""
    for node in case_type.nodes.values():
        for action in (*node.actions.values(), *node.hears.values()):
            for branch in action.branches:
                yield node.key, branch.to, _join(in_language(action.label), branch.guard)
        for branch in (*node.route, *node.then):
            otherwise = gettext("otherwise") if len(node.route) > 1 or len(node.then) > 1 else ""
            yield node.key, branch.to, branch.guard or otherwise


def _join(label: str, guard: str) -> str:
    return f"{label} ({guard})" if guard else label


def _draw(steps: Sequence[Step], ways: Sequence[Way]) -> Diagram | None:
    try:
        return draw_diagram(steps, ways)
    except TooLarge:
        return None


def _steps(
    case_type: CaseType, states: Mapping[str, str], state: CaseState | None = None
) -> list[Step]:
    start = Step(START, "", shape="start", state="passed" if states else "")
    return [
        start,
        *(
            Step(
                node.key,
                in_language(node.title),
                _note(node, states.get(node.key, ""), state),
                _shape(node),
                states.get(node.key, ""),
                _share(node, state),
            )
            for node in case_type.nodes.values()
        ),
    ]


def _ways(case_type: CaseType, states: Mapping[Pair, str]) -> list[Way]:
    """Several decisions that lead the same way are one line with all their names."""
    labels: dict[Pair, list[str]] = {}
    for tail, head, label in list_pairs(case_type):
        labels.setdefault((tail, head), []).extend([label] if label else [])
    return [
        Way(*pair, " / ".join(dict.fromkeys(found)), states.get(pair, ""))
        for pair, found in labels.items()
    ]


def _state_of(state: CaseState, key: str, path: Sequence[str], ahead: set[str]) -> str:
    if key == state.node:
        stopped = "stopped" if state.status == TERMINATED else "now"
        return "passed" if state.status == "closed" else stopped
    if key in path:
        return "passed"
    return "ahead" if key in ahead else "off"


def _way_state(pair: Pair, came: Sequence[Pair], ahead: set[str]) -> str:
    if pair in came:
        return "came"
    return "ahead" if pair[0] in ahead else "off"


def _is_known(view: CaseView, pair: Pair) -> bool:
    """A case that was moved to another version may have passed steps that this one has not."""
    return all(key == START or key in view.type.nodes for key in pair)


def _shape(node: Node) -> str:
    if node.ends:
        return "end"
    if node.children:
        return "parts"
    return "gate" if node.passes else "step"


def _share(node: Node, state: CaseState | None) -> float | None:
    """How far the parts are, while the case waits for them."""
    if state is None or node.key != state.node or not state.children:
        return None
    return sum(child.progress for child in state.children.values()) / len(state.children)


def _note(node: Node, word: str, state: CaseState | None) -> str:
    """Colour alone says nothing to many: what it means stands there too."""
    if state and node.key == state.node and state.children:
        ended = sum(child.status != "running" for child in state.children.values())
        told = {"ended": ended, "all": len(state.children)}
        return gettext("%(ended)s of %(all)s parts ended") % told
    texts = {
        "now": gettext("here now"),
        "stopped": gettext("terminated here"),
        "passed": gettext("ended here") if node.ends else gettext("done"),
    }
    # Where a way is only chosen nobody does anything.
    return "" if _shape(node) == "gate" and word == "passed" else texts.get(word, "")
