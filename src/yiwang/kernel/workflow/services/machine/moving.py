"""How a case goes from node to node. 流转。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.workflow.services.guards import decide_by_table, holds_guard, split_off
from yiwang.kernel.workflow.types import (
    DONE,
    MAIN,
    Branch,
    Children,
    Handled,
    Holder,
    Node,
    Share,
    Who,
)

from .copying import copy_by_rule
from .draft import Draft
from .judging import judge

# A route may lead to a route; a circle without people in it would never end.
HOPS = 50
# As many cases may stand above one that opens further ones; a circle of types ends here too.
DEEPEST = 10


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
    skip: bool = False,
    **entered: Any,
) -> None:
    """Go to a node and do what it asks: ask people, choose a way, open children, end. 进入环节。

    `holders` replace those that the node names, where a case comes back to who had it. `skip` lets
    whoever agreed just before be passed over.
    """
    if hops > HOPS:
        raise Conflict("workflow.route.endless", "The steps lead in a circle without people")
    draft.cancel(draft.state.tasks.values(), "moved")
    draft.say("entered", node=key, **entered)
    node = draft.node
    if node.ends:
        draft.say("closed", outcome=node.ends)
    copy_by_rule(draft, [*node.copies, *(draft.type.copies if node.ends else ())])
    if node.ends:
        return
    if node.decides:
        _ask(draft, node, holders, skip=skip)
    elif node.children:
        _open_children(draft, node.children, hops, entered)
    elif node.table:
        draft.say(
            "filled", data=decide_by_table(draft.type, node.table, draft.state), by=node.table
        )
        go(draft, node.then, hops=hops + 1, skip=skip, **entered)
    elif node.look_up:
        found = draft.world.look_up(node.look_up, draft.state)
        draft.say("filled", data=found, by=node.look_up.entity)
        go(draft, node.then, hops=hops + 1, skip=skip, **entered)
    elif node.route:
        go(draft, node.route, hops=hops + 1, skip=skip, **entered)


def go(
    draft: Draft, branches: Sequence[Branch], *, hops: int = 0, skip: bool = False, **entered: Any
) -> None:
    """Take the first branch whose guard holds. 选择分支。"""
    for branch in branches:
        if holds_guard(draft.type, branch.guard, draft.state):
            return enter(draft, branch.to, hops=hops, skip=skip, **entered)
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
    came: dict[str, Any] = {"back": node.key, "by": _decider(draft), "jump_back": ""}
    agreed = action == node.positive
    copy_by_rule(draft, node.actions[action].copies)
    if agreed and draft.state.jump_back:
        holders = [Holder(account=draft.state.jump_by)]
        enter(draft, draft.state.jump_back, holders=holders, **came)
        return
    go(draft, node.actions[action].branches, skip=agreed, **came)


def _decider(draft: Draft) -> str:
    """Who acts, if the decision was theirs: an added signer, or who removed one, takes nothing back."""
    me = draft.person.account
    own = (t for t in draft.state.tasks.values() if t.kind == MAIN and t.status == DONE)
    return me if any(task.by == me for task in own) else ""


def _ask(draft: Draft, node: Node, holders: Sequence[Holder], *, skip: bool) -> None:
    """Open a task for each holder; a rule that names nobody asks whom the type falls back to."""
    able = [] if node.votes else draft.world.keep_able(holders)
    for holder in able or _named(draft, node):
        draft.open_task(holder)
    if node.skip_same and skip and not able:
        _skip_same(draft, node)


def _named(draft: Draft, node: Node) -> list[Holder]:
    """Whom the rules of node and type name; at the last who oversees, so that no case stands for ever."""
    rules = [node.who, draft.type.fallback, *(Who(role=one) for one in sorted(draft.type.oversees))]
    for who in rules:
        found = draft.world.find_holders(who, draft.state) if who else ()
        if able := draft.world.keep_able(found):
            return list(able)
    if draft.state.starter == SYSTEM.id:
        # Nobody holds the post yet: it waits for whoever comes to hold it.
        return [Holder(role=next((who.role for who in reversed(rules) if who and who.role), ""))]
    return [Holder(account=draft.state.starter)]


def _skip_same(draft: Draft, node: Node) -> None:
    """Whoever decided the step before has decided this one too. 跳过相同处理人。"""
    if draft.state.moved_by != draft.person.account or _asks_more(draft, node):
        return
    # What somebody holds for another is decided in the other's name: never in passing.
    mine = [t for t in draft.state.tasks.values() if not t.holder.on_behalf_of]
    same = [task for task in mine if draft.person.is_asked(task.holder)]
    for task in same:
        draft.say(
            "task_done", task=task.id, action=node.positive, by=draft.person.account, skipped=True
        )
    if same:
        settle(draft)


def _asks_more(draft: Draft, node: Node) -> bool:
    """Whether agreeing here takes more than a nod: an opinion, or something to fill in."""
    missing = any(draft.state.data.get(key) in (None, "", []) for key in node.needs)
    return missing or node.actions[node.positive].asks_opinion


def _open_children(draft: Draft, children: Children, hops: int, entered: Mapping[str, Any]) -> None:
    """Say which children are to be opened; the service opens them. 派生子流程。"""
    members: dict[str, Share] = {}
    for share in children.shares:
        for member in draft.state.data.get(share.each) or []:
            members.setdefault(member, share)
    if members and draft.state.depth >= DEEPEST:
        raise Conflict(
            "workflow.children.deep", "Nothing is split further than %(levels)s levels",
            levels=DEEPEST,
        )  # fmt: skip
    for member, share in members.items():
        told = split_off(draft.type, share, draft.state)
        draft.say(
            "child_opened", child=draft.world.new_id(), type=children.type, member=member, **told
        )
    if not members:
        go(draft, draft.node.then, hops=hops + 1, **entered)


def handlers_of(handled: Mapping[str, Handled], key: str) -> list[Holder]:
    """Who decided a node before. 原办理人。"""
    return [Holder(account=account) for account in handled[key].by]
