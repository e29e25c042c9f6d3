"""A small world without a database, and people who do anything at random. 随机演练。"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.calendar.types import WorkCalendar
from yiwang.kernel.workflow.services import absences
from yiwang.kernel.workflow.services.declaring import read_case_type
from yiwang.kernel.workflow.services.machine import (
    attaching,
    deciding,
    handing,
    hearing,
    joining,
    moving,
    pausing,
    requesting,
)
from yiwang.kernel.workflow.services.machine.chasing import chase
from yiwang.kernel.workflow.services.machine.clocks import keep_clocks, tick
from yiwang.kernel.workflow.services.machine.draft import Draft
from yiwang.kernel.workflow.types import (
    OPEN,
    WAITING,
    CaseState,
    CaseType,
    Event,
    Holder,
    Person,
    Who,
)

PEOPLE = [f"p{at}" for at in range(6)]
ORGANIZATIONS = ["a", "b"]
ROLES = {"p0": "viewer", "p1": "steward", "p2": "steward", "p3": "director", "p4": "engineer"}


def person(account: str) -> Person:
    at = PEOPLE.index(account)
    return Person(
        account, frozenset({ORGANIZATIONS[at % 2]}), frozenset({ROLES.get(account, "viewer")})
    )


@dataclass
class Village:
    """A world of six people in two organizations."""

    count: int = 0
    at: datetime = datetime(2026, 9, 1, 2, tzinfo=UTC)
    calendar: WorkCalendar = field(default_factory=lambda: WorkCalendar({}))
    agents: dict[str, str] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)

    def new_id(self) -> str:
        self.count += 1
        return f"t{self.count:05d}"

    def look_up(self, rule, state):
        return dict.fromkeys(rule.gives)

    def find_holders(self, who: Who, state: CaseState) -> Sequence[Holder]:
        if who.assigner:
            return [Holder(account=state.assigner or state.starter)]
        if who.starter:
            return [Holder(account=state.starter)]
        if who.handled:
            handled = state.handled.get(who.handled)
            return [Holder(account=one) for one in handled.by] if handled else []
        if who.role:
            return [Holder(role=who.role, organization=state.organization if who.of else "")]
        return [Holder(account=one) for one in state.data.get(who.each or who.field) or []]

    def find_people(self, who: Who, state: CaseState) -> Sequence[str]:
        found = []
        for holder in self.find_holders(who, state):
            named = [one for one in PEOPLE if person(one).is_asked(holder)]
            found += [holder.account] if holder.account else named
        return [one for one in found if one not in self.locked]

    def keep_able(self, holders: Sequence[Holder]) -> Sequence[Holder]:
        return [one for one in holders if one.account not in self.locked]

    def stand_in(self, holder: Holder) -> Holder:
        agent = self.agents.get(holder.account)
        if agent is None or agent in self.locked or agent == holder.account:
            return holder
        return replace(holder, account=agent, on_behalf_of=holder.on_behalf_of or holder.account)


@dataclass
class Play:
    """One case in the village, with its whole log."""

    type: CaseType
    world: Village = field(default_factory=Village)
    state: CaseState = field(default_factory=CaseState)
    log: list[Event] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    opened: dict[str, Any] = field(default_factory=dict)

    def draft(self, account: str) -> Draft:
        return Draft(self.type, self.state, person(account), self.world)

    def keep(self, draft: Draft) -> None:
        if draft.events:
            keep_clocks(draft)
        self.state = draft.state
        self.log += draft.events

    def start(self, account: str, **data: Any) -> None:
        draft = self.draft(account)
        moving.start(
            draft, type=self.type.code, version=0, starter=account, **self.opened,
            organization=min(person(account).organizations), data=data,
        )  # fmt: skip
        self.keep(draft)

    def do(self, account: str, verb: str, *args: Any, **named: Any) -> None:
        """One verb by one person; what is refused changes nothing."""
        draft = self.draft(account)
        self.world.at += timedelta(hours=7)
        VERBS[verb](draft, *args, **named)
        self.keep(draft)

    def open_tasks(self) -> list[str]:
        return [one.id for one in self.state.tasks.values() if one.status == "open"]


def be_away(draft: Draft, account: str, agent: str) -> None:
    """Somebody is away: what they hold moves to who stands in, as the service moves it."""
    draft.world.agents[account] = agent
    for task in list(draft.state.tasks.values()):
        if task.holder.account == account and task.status in (OPEN, WAITING):
            absences._move(draft, task)


def attach_anything(draft: Draft) -> None:
    """A file beside the fields; its digest is whatever its id is."""
    file = draft.world.new_id()
    sent = {"id": file, "name": f"{file}.pdf", "type": "application/pdf", "size": 1, "sha256": file}
    attaching.attach(draft, [sent])


VERBS: dict[str, Any] = {
    "act": deciding.act,
    "send_back": deciding.send_back,
    "withdraw": deciding.withdraw,
    "transfer": handing.transfer,
    "delegate": handing.delegate,
    "add_signers": handing.add_signers,
    "remove_signer": handing.remove_signer,
    "suspend": pausing.suspend,
    "resume": pausing.resume,
    "terminate": pausing.terminate,
    "ask_supplement": pausing.ask_supplement,
    "supply": pausing.supply,
    "cancel_supplement": pausing.cancel_supplement,
    "migrate": pausing.migrate,
    "child_ended": joining.tell_child_ended,
    "hear": hearing.hear,
    "child_progress": joining.tell_child_progress,
    "report": requesting.report,
    "request": requesting.request,
    "answer": requesting.answer,
    "tick": lambda draft: (tick(draft), chase(draft)),
    "be_away": be_away,
    "lock": lambda draft, account: draft.world.locked.add(account),
    "attach": attach_anything,
    "detach": attaching.detach,
    "erase": attaching.erase,
    "urge": lambda draft: draft.say("urged", by=draft.person.account),
}


def play_at_random(text: str, seed: int, steps: int) -> Play:
    """Anybody does anything, mostly what is possible; what is refused is noted."""
    dice = random.Random(seed)
    play = Play(read_case_type(text))
    play.opened = dice.choice([{}, {"assigner": dice.choice(PEOPLE), "depth": 1}])
    play.world.agents = {"p5": "p0"} if dice.random() < 0.3 else {}
    members = dice.sample(PEOPLE, dice.randint(1, 5))
    play.start(
        dice.choice(PEOPLE), days=dice.randint(0, 6), members=members, departments=ORGANIZATIONS
    )
    for _ in range(steps):
        verb, args, named = _anything(play, dice)
        try:
            play.do(_somebody(play, dice), verb, *args, **named)
        except YiwangError as error:
            play.refused.append(error.code)
    return play


def _somebody(play: Play, dice: random.Random) -> str:
    asked = [
        account
        for account in PEOPLE
        if any(
            person(account).is_asked(play.state.tasks[task].holder) for task in play.open_tasks()
        )
    ]
    return dice.choice(asked if asked and dice.random() < 0.8 else PEOPLE)


def _anything(play: Play, dice: random.Random) -> tuple[str, list[Any], dict[str, Any]]:
    tasks = list(play.state.tasks) or ["none"]
    task = dice.choice(play.open_tasks() or tasks) if dice.random() < 0.8 else dice.choice(tasks)
    other = Holder(account=dice.choice(PEOPLE))
    earlier = play.state.earlier() or list(play.type.nodes)
    asked = [one["task"] for one in play.state.requests.values()]
    ways: list[tuple[float, str, list[Any], dict[str, Any]]] = [
        (9, "act", [task, dice.choice(["agree", "agree", "refuse", "drop"])],
         {"opinion": ".", "copies": dice.sample(PEOPLE, dice.choice([0, 0, 0, 1, 2]))}),
        (2, "send_back", [task, dice.choice(earlier)],
         {"reason": ".", "straight": dice.random() < 0.5}),
        (2, "withdraw", [], {}),
        (1, "transfer", [task, other], {"reason": ".", "oversees": dice.random() < 0.2}),
        (1, "delegate", [task, other], {}),
        (1, "add_signers", [task, [other]], {"mode": dice.choice(["before", "with", "after"])}),
        (1, "remove_signer", [dice.choice(tasks)], {"reason": ".", "oversees": dice.random() < 0.5}),
        (0.5, "suspend", [], {"reason": "."}),
        (1, "resume", [], {}),
        (0.1, "terminate", [], {"reason": "."}),
        (0.5, "ask_supplement", [task, [dice.choice(list(play.type.fields))]], {"note": "."}),
        (1, "supply", [dice.choice(tasks), dict.fromkeys(play.state.asked, "x")], {}),
        (0.3, "cancel_supplement", [dice.choice(tasks)], {"reason": "."}),
        (0.1, "migrate", [1, dice.choice(list(play.type.nodes))], {"reason": "."}),
        (1, "child_ended", [dice.choice(list(play.state.children) or ["none"])],
         {"status": "closed", "outcome": "answered"}),
        (1, "child_progress", [dice.choice(list(play.state.children) or ["none"]), dice.random()], {}),
        (2, "report", [task], {"data": {"percent": dice.randint(0, 100)}}),
        (2, "request", [task, dice.choice(["delay", "cancel"])],
         {"reason": ".", "days": dice.choice([1, 3, 10, 0])}),
        (4, "answer", [dice.choice(asked or tasks), dice.choice(["agree", "refuse"])], {"opinion": "."}),
        (0.3, "urge", [], {}),
        (1, "attach", [], {}),
        (0.5, "detach", [dice.choice(list(play.state.attached) or ["none"])],
         {"reason": ".", "oversees": dice.random() < 0.5}),
        (0.1, "erase", [dice.choice(list(play.state.attached) or ["none"])], {"reason": "."}),
        (0.5, "be_away", [dice.choice(PEOPLE), dice.choice(PEOPLE)], {}),
        (0.1, "lock", [dice.choice(PEOPLE)], {}),
        (2, "tick", [], {}),
    ]  # fmt: skip
    chosen = dice.choices(ways, [way[0] for way in ways])[0]
    return chosen[1], chosen[2], chosen[3]
