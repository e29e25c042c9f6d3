"""How a case goes from node to node. 流转。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.workflow.services.guards import decide_by_table, holds_guard
from yiwang.kernel.workflow.types import (
    Branch,
    Children,
    Handled,
    Holder,
    Node,
    Who,
)

from .draft import Draft
from .judging import judge

# A route may lead to a route; a circle without people in it would never end.
HOPS = 50


def start(draft: Draft, **opened: Any) -> None:
    """Open a case and bring it to its first node. 发起。"""
    draft.say("opened", **opened)
    enter(draft, draft.type.first)


def enter(
    draft: Draft,
    key: str,
    *,
    holders: Sequence[Holder] = (),
    hops: int = 0,
    **entered: Any,
) -> None:
    """Go to a node and do what it asks: ask people, choose a way, open children, end. 进入环节。

    `holders` replace those that the node names, where a case comes back to who had it.
    """
    if hops > HOPS:
        raise Conflict("workflow.route.endless", "The steps lead in a circle without people")
    draft.cancel(draft.state.tasks.values(), "moved")
    draft.say("entered", node=key, **entered)
    node = draft.node
    if node.ends:
        draft.say("closed", outcome=node.ends)
    elif node.decides:
        _ask(draft, node, holders)
    elif node.children:
        _open_children(draft, node.children)
    elif node.table:
        draft.say(
            "filled", data=decide_by_table(draft.type, node.table, draft.state), by=node.table
        )
        go(draft, node.then, hops=hops + 1, **entered)
    else:
        go(draft, node.route, hops=hops + 1, **entered)


def go(draft: Draft, branches: Sequence[Branch], *, hops: int = 0, **entered: Any) -> None:
    """Take the first branch whose guard holds. 选择分支。"""
    for branch in branches:
        if holds_guard(draft.type, branch.guard, draft.state):
            return enter(draft, branch.to, hops=hops, **entered)
    raise Conflict(
        "workflow.route.none",
        "No way leads on from here for these values; tell who keeps this type",
    )


def settle(draft: Draft) -> None:
    """Go on when those who sign have decided. 汇总意见。"""
    node = draft.node
    action = judge(node, draft.state)
    if not action:
        return
    came: dict[str, Any] = {"back": node.key, "by": draft.person.account, "jump_back": ""}
    if action == node.positive and draft.state.jump_back:
        holders = [Holder(account=draft.state.jump_by)]
        enter(draft, draft.state.jump_back, holders=holders, **came)
        return
    go(draft, node.actions[action].branches, **came)


def _ask(draft: Draft, node: Node, holders: Sequence[Holder]) -> None:
    """Open a task for each holder; a rule that names nobody asks whom the type falls back to."""
    asked = list(holders) or list(draft.world.find_holders(node.who or Who(), draft.state))
    if not asked:
        asked = list(draft.world.find_holders(draft.type.fallback, draft.state))
    if not asked:
        asked = [Holder(account=draft.state.starter)]
    for holder in asked:
        draft.open_task(holder)
    if node.skip_same and not holders:
        _skip_same(draft, node)


def _skip_same(draft: Draft, node: Node) -> None:
    """Whoever decided the step before has decided this one too. 跳过相同处理人。"""
    if draft.state.moved_by != draft.person.account:
        return
    same = [t for t in draft.state.tasks.values() if draft.person.is_asked(t.holder)]
    for task in same:
        draft.say(
            "task_done", task=task.id, action=node.positive, by=draft.person.account, skipped=True
        )
    if same:
        settle(draft)


def _open_children(draft: Draft, children: Children) -> None:
    """Say which children are to be opened; the service opens them. 派生子流程。"""
    members = draft.state.data.get(children.each) or []
    for member in members:
        draft.say("child_opened", child=draft.world.new_id(), type=children.type, member=member)
    if not members:
        go(draft, draft.node.then)


def handlers_of(handled: Mapping[str, Handled], key: str) -> list[Holder]:
    """Who decided a node before. 原办理人。"""
    return [Holder(account=account) for account in handled[key].by]
