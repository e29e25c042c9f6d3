"""Urging up the chain while a light is red. 逐级催办。"""

from __future__ import annotations

from yiwang.kernel.calendar.services import clock_from_json, light_of
from yiwang.kernel.workflow.types import RUNNING, TimeLimit

from .clocks import is_red, start_named
from .draft import Draft
from .evolving import CHASE


def chase(draft: Draft) -> bool:
    """Urge who is asked at once, and one more of the chain each time, as long as a light is red. 催办一级。

    Whether anybody is urged now. Those of the chain may read the case from then on.
    """
    urges, clock = draft.type.urges, draft.state.clocks.get(CHASE)
    if urges is None or not _is_time(draft):
        return False
    rung = draft.state.rung + 1 if clock else 0
    named = (draft.world.find_people(who, draft.state) for who in urges.chain[:rung])
    people = list(dict.fromkeys(one for some in named for one in some))
    draft.say("chased", rung=rung, people=people)
    if rung < len(urges.chain):
        told = {"was": clock["due_at"]} if clock else {}
        start_named(draft, CHASE, TimeLimit(urges.every), **told)
    elif clock:
        draft.say("lit", clock=CHASE, light="red", due=clock["due_at"])
    return True


def _is_time(draft: Draft) -> bool:
    """Red, and nobody was urged for it yet, or long enough ago and somebody is left."""
    state, clock = draft.state, draft.state.clocks.get(CHASE)
    if state.status != RUNNING or not is_red(state):
        return False
    if clock is None:
        return True
    is_due = light_of(clock_from_json(clock), draft.world.at) == "red"
    return is_due and state.told.get(CHASE) != "red"
