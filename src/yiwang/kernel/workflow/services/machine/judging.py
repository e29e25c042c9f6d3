"""Whether those who sign at a node have decided, and what. 会签判定。"""

from __future__ import annotations

from math import ceil

from yiwang.kernel.workflow.types import (
    ADDED,
    CANCELLED,
    DONE,
    MAIN,
    CaseState,
    ChildState,
    Join,
    Node,
    TaskState,
)


def judge(node: Node, state: CaseState) -> str:
    """The action decided, or nothing yet. 判定结果。

    Added signers have a veto and must all have signed before the node agrees.
    """
    asked = [task for task in state.tasks.values() if task.status != CANCELLED]
    main = [task for task in asked if task.kind == MAIN]
    added = [task for task in asked if task.kind == ADDED]
    against = [
        task.action for task in added if task.status == DONE and task.action != node.positive
    ]
    if against:
        return against[0]
    verdict = _verdict(node, main)
    if verdict == node.positive and any(task.status != DONE for task in added):
        return ""
    return verdict


def _verdict(node: Node, tasks: list[TaskState]) -> str:
    done = [task for task in tasks if task.status == DONE]
    if not done:
        return ""
    if node.sign.rule in ("one", "any"):
        return done[0].action
    against = [task.action for task in done if task.action != node.positive]
    agreed = len(done) - len(against)
    wanted = _wanted(node.sign.rule, node.sign.amount, len(tasks))
    if agreed >= wanted:
        return node.positive
    if len(tasks) - len(against) < wanted:
        return _most(against)
    return ""


def _wanted(rule: str, amount: float, asked: int) -> int:
    """How many must agree; never more than were asked, never none. 所需票数。"""
    if rule == "count":
        return max(1, min(int(amount), asked))
    if rule == "ratio":
        # A share such as 2/3 of 3 is 2, whatever floating point makes of it.
        return max(1, min(ceil(amount * asked - 1e-9), asked))
    return asked


def _most(actions: list[str]) -> str:
    """The commonest action against; of equals the one said first. 多数反对意见。"""
    return max(actions, key=lambda action: (actions.count(action), -actions.index(action)))


def has_joined(join: Join, children: list[ChildState]) -> bool:
    """Whether children have ended enough to go on. 是否汇聚完成。"""
    ended = sum(child.status in ("closed", "terminated") for child in children)
    if join.rule == "any":
        return ended > 0
    return ended >= _wanted(join.rule, join.amount, len(children))
