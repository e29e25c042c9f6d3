"""What a step sends to many organizations, and what their cases tell of it. 下发登记。

The act that brings a case to such a step only writes down who is to be asked: one row each, however
many there are. A worker opens their cases afterwards (`spreading`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import islice

from yiwang.kernel.base.act import Act, Ref
from yiwang.kernel.base.clock import CITY_ZONE, now
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.types import OrganizationInfo
from yiwang.kernel.jobs.services import enqueue
from yiwang.kernel.workflow.models import Case, Push, PushTarget
from yiwang.kernel.workflow.services.machine.draft import Draft
from yiwang.kernel.workflow.types import CLOSED, NEVER, OWN, CaseState, Node
from yiwang.kernel.workflow.types import Push as PushRule

AT_ONCE = 1_000
LEVELS = ("r1", "r2", "r3", "r4", "r5")
SPREAD, END = "workflow.push", "workflow.push_end"


def follow_pushes(act: Act, case: Case, draft: Draft) -> None:
    """Send what the steps that were entered send; tell a push what became of its case. 下发联动。"""
    for event in draft.events:
        node = draft.type.nodes.get(event.body["node"]) if event.kind == "entered" else None
        if node and node.push:
            _open_push(act, case, draft, node, node.push)
    if draft.state.live:
        return
    if case.target:
        _note_ended(act, case, draft.state)
    if any(node.push for node in draft.type.nodes.values()):
        _end_pushes(act, case)


def _open_push(act: Act, case: Case, draft: Draft, node: Node, rule: PushRule) -> None:
    """Whoever was asked before, when the case came here earlier, is not asked again."""
    found = identity.list_organizations_under(rule.level, _places(draft.state, rule))
    if not found:
        raise Conflict(
            "workflow.push.nobody",
            "There is no organization of this level to send it to (%(level)s)",
            level=rule.level,
        )
    push = _find_or_make(act, case, draft.state, node, rule)
    asked = set(PushTarget.objects.filter(push=push).values_list("organization", flat=True))
    rows = _targets(act, push, [one for one in found if one.code not in asked])
    PushTarget.objects.bulk_create(rows, batch_size=500)
    push.total, push.spread_at = len(asked) + len(rows), None
    push.save(update_fields=["total", "spread_at", "due_at"])
    if case.target:
        PushTarget.objects.filter(pk=case.target).update(passed=True, changed_at=act.at)
    act.note(pushed=len(rows))
    on = Ref("workflow.case", case.pk, case.number)
    enqueue(act, SPREAD, {"push": push.pk}, on=on, unique_key=f"{SPREAD}:{push.pk}")


def _places(state: CaseState, rule: PushRule) -> list[str]:
    """Below whom: what the field names; the whole city only where the rule names no field."""
    if not rule.under:
        return []
    value = state.organization if rule.under == OWN else state.data.get(rule.under)
    named = value if isinstance(value, list) else [value]
    # Nobody named is nobody, not everybody.
    return [str(one) for one in named if one] or [""]


def _find_or_make(act: Act, case: Case, state: CaseState, node: Node, rule: PushRule) -> Push:
    due_at = _due(state, rule) or case.due_at
    found = Push.objects.filter(case=case, node=node.key).first()
    if found:
        found.due_at = due_at
        return found
    above = PushTarget.objects.filter(pk=case.target).first() if case.target else None
    push = Push(
        case=case, node=node.key, level=rule.level, due_at=due_at, opened_at=act.at,
        above=above.pk if above else "",
    )  # fmt: skip
    push.root = above.root if above else push.pk
    push.save(force_insert=True)
    return push


def _due(state: CaseState, rule: PushRule) -> datetime | None:
    """The end of the last day on which an answer is in time."""
    told = state.data.get(rule.until) if rule.until else None
    if not told:
        return None
    day = date.fromisoformat(str(told)) + timedelta(days=1)
    return datetime.combine(day, time(), CITY_ZONE)


def _targets(act: Act, push: Push, found: Iterable[OrganizationInfo]) -> list[PushTarget]:
    codes = iter(one.code for one in found)
    rows: list[PushTarget] = []
    while part := list(islice(codes, AT_ONCE)):
        chains = identity.list_chains(part)
        rows += [
            PushTarget(
                push=push, root=push.root, organization=code, due_at=push.due_at or NEVER,
                changed_at=act.at, **levels_of(chains[code]),
            )
            for code in part
        ]  # fmt: skip
    return rows


def levels_of(chain: tuple[str, ...]) -> dict[str, str]:
    """An organization and those above it by column, the topmost first. 层级列。"""
    return {name: chain[at] if at < len(chain) else "" for at, name in enumerate(LEVELS)}


def _note_ended(act: Act, case: Case, state: CaseState) -> None:
    """Its own report counts from now on, no longer those of whom it handed the question on to."""
    done = state.status == CLOSED
    target = PushTarget.objects.filter(pk=case.target)
    target.update(
        state=PushTarget.DONE if done else PushTarget.DROPPED,
        done_at=act.at if done else None,
        changed_at=act.at,
    )
    handed_on = list(Push.objects.filter(case=case)) if done else []
    if handed_on:
        # Not where the one above has reported meanwhile: then that report counts.
        target.filter(push__ended_at=None).update(passed=False)
        _count_no_more(act, handed_on)


def _count_no_more(act: Act, handed_on: Iterable[Push]) -> None:
    """Neither those that were asked nor whom they asked."""
    pushes = [push.pk for push in handed_on]
    while pushes:
        rows = PushTarget.objects.filter(push__in=pushes)
        handed = list(rows.filter(passed=True).values_list("pk", flat=True))
        rows.update(passed=True, changed_at=act.at)
        pushes = list(Push.objects.filter(above__in=handed).values_list("pk", flat=True))


def _end_pushes(act: Act, case: Case) -> None:
    """Nobody waits for the answers that are still missing: a worker takes the questions back."""
    for push in Push.objects.filter(case=case, ended_at=None):
        Push.objects.filter(pk=push.pk).update(ended_at=act.at)
        on = Ref("workflow.case", case.pk, case.number)
        enqueue(act, END, {"push": push.pk}, on=on, unique_key=f"{END}:{push.pk}")


def note_seen(case: Case) -> None:
    """Somebody who is asked has opened what was sent to their organization. 标记已查看。"""
    if case.target:
        moment = now()
        PushTarget.objects.filter(pk=case.target, state=PushTarget.SENT).update(
            state=PushTarget.SEEN, seen_at=moment, changed_at=moment
        )
