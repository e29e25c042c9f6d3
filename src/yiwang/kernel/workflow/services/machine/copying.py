"""Who is told of a case without being asked to act. 抄送。"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.workflow.types import Who

from .draft import Draft

COPIES_AT_MOST = 200


def copy_by_rule(draft: Draft, rules: Iterable[Who]) -> None:
    """Tell those whom the type names; who acts knows. 按定义抄送。"""
    found = [one for who in rules for one in draft.world.find_people(who, draft.state)]
    people = [one for one in dict.fromkeys(found) if one != draft.person.account]
    if people:
        draft.say("copied", people=people[:COPIES_AT_MOST], rule=True)


def copy_by_hand(draft: Draft, people: Sequence[str]) -> None:
    """Tell those whom the decider names. 手工抄送。"""
    named = [one for one in dict.fromkeys(people) if one != draft.person.account]
    if len(named) > COPIES_AT_MOST:
        raise InvalidInput(
            "workflow.copies.count", "Copy to at most %(most)s people", most=COPIES_AT_MOST
        )
    if named:
        draft.say("copied", people=named)
