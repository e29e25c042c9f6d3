"""How far a case is, from its parts and from what people report. 进度。"""

from __future__ import annotations

from collections.abc import Iterable

from yiwang.kernel.workflow.types import TERMINATED, CaseState, CaseType, ChildState

WHOLE = 100


def progress_of(case_type: CaseType, state: CaseState) -> float:
    """How far a case is, 0 to 1: the weighted mean of its parts while it has some. 进度。"""
    if not state.live:
        return 1.0
    if state.children:
        return weigh(state.children.values())
    node = case_type.nodes.get(state.node)
    return _told(node.progress, state) if node else 0.0


def weigh(children: Iterable[ChildState]) -> float:
    """The weighted mean of parts; one that was terminated counts for nothing. 加权进度。"""
    counting = [one for one in children if one.status != TERMINATED]
    total = sum(one.weight for one in counting)
    return sum(one.weight * one.progress for one in counting) / total if total else 1.0


def _told(progress: float | str, state: CaseState) -> float:
    """A number of the step, or what people reported, cut to what there is."""
    if not isinstance(progress, str):
        return progress
    reported = state.data.get(progress)
    if isinstance(reported, bool) or reported in (None, ""):
        return 0.0
    return min(max(float(reported), 0.0), float(WHOLE)) / WHOLE
