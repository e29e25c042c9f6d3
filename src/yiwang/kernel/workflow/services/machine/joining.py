"""A parent case and its children. 主流程与子流程。"""

from __future__ import annotations

from yiwang.kernel.workflow.types import RUNNING

from .draft import Draft
from .judging import has_joined
from .moving import go


def tell_child_ended(draft: Draft, child: str, *, status: str, outcome: str) -> None:
    """A child closed or was terminated; the parent goes on when enough have. 子流程结束。"""
    draft.say("child_ended", child=child, status=status, outcome=outcome)
    join(draft)


def tell_child_progress(draft: Draft, child: str, progress: float) -> None:
    """A child has come further, or was set back. 子流程进度。"""
    if child in draft.state.children:
        draft.say("child_progress", child=child, progress=progress)


def join(draft: Draft) -> None:
    """Go on from a node whose children have ended enough; the others are needed no more. 汇聚。"""
    state = draft.state
    if state.status != RUNNING or not state.children:
        return
    children = draft.node.children
    if children and has_joined(children.join, list(state.children.values())):
        rest = [child.id for child in state.children.values() if child.status == RUNNING]
        draft.say("joined", rest=rest)
        go(draft, draft.node.then)
