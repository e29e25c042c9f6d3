"""Looking at cases and tasks. 查阅流程与任务。"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.calendar.services import clock_from_json, light_of
from yiwang.kernel.calendar.types import Clock
from yiwang.kernel.calendar.types import Light as ClockLight
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow.models import Case, CaseEntry
from yiwang.kernel.workflow.types import (
    DELAY,
    DONE,
    OPEN,
    RUNNING,
    CaseState,
    CaseType,
    Person,
    TaskState,
)

from . import store
from .borrowing import name_values
from .machine.draft import Draft
from .machine.evolving import CHASE, replay
from .machine.requesting import split_it
from .permissions import USE, oversees
from .publishing import find_newest, get_type
from .seeing import (
    CLEAR,
    EMPTY,
    WORDS,
    Looks,
    find_looks,
    is_altered,
    show_data,
    show_entries,
)
from .sight import may_see
from .watching import is_watching
from .world import City, person_of

CHILDREN_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A limit of a case as it stands now. 时限状态。 `name` is legal, promised or node."""

    name: str
    clock: Clock
    light: ClockLight


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a list shows it. 流程行。"""

    id: str
    number: str
    title: str
    type_title: dict[str, str]
    node_title: dict[str, str]
    status: str
    outcome: str
    opened_at: datetime
    closed_at: datetime | None
    starter: str
    due: Due | None = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with everything its page shows. 流程详情。

    `own` is the task that the reader can act on now, `names` the names of all people in it,
    `places` those of all organizations. `newer` is the newest version of its type where that is not
    the case's own, for those who may move it there; `parent` is left out where it may not be seen.
    What was filled in and written stands here as the reader may see it (`looks`), never else; `kept`
    are fields that hold something of which the reader sees a mask or nothing, `altered` what reads
    otherwise than it stands, `words` for what was written beside the fields.
    `may_delay`: the reader split it and can ask for more time while its parts run.
    """

    case: Case
    type: CaseType
    state: CaseState
    entries: Sequence[CaseEntry]
    names: dict[str, str]
    own: TaskState | None
    may_oversee: bool
    may_withdraw: bool
    children: Sequence[CaseLine]
    places: dict[str, str]
    parent: CaseLine | None = None
    newer: CaseType | None = None
    is_watched: bool = False
    looks: Looks = field(default_factory=lambda: Looks({}, words=False))
    kept: frozenset[str] = frozenset()
    altered: frozenset[str] = frozenset()
    may_delay: bool = False


def describe_case(actor: Actor, case_id: str) -> CaseView:
    """A case with its log, for those who may see it (`sight`); else NotFound. 流程详情。"""
    return unmasked(actor, case_id, frozenset())


def unmasked(actor: Actor, case_id: str, names: Collection[str]) -> CaseView:
    """The same with some of what is masked seen whole; the caller has put the look on record. 明文详情。"""
    actor.require(USE)
    case = Case.objects.filter(pk=case_id).first()
    if case is None or not may_see(actor, case):
        raise NotFound("workflow.case.unknown", "There is no such case")
    case_type, person = get_type(case.type_id), person_of(actor)
    stored = store.load_state(case)
    own_looks = find_looks(actor, person, case_type, stored)
    looks = own_looks.unmask(names)
    state = replace(stored, data=show_data(case_type, stored.data, looks))
    rows = list(CaseEntry.objects.filter(case_id=case_id).order_by("seq"))
    written = [row.body for row in rows]
    entries = show_entries(actor, case_type, rows, looks)
    altered = {key for key, value in state.data.items() if value != stored.data[key]}
    if any(is_altered(was, row.body) for was, row in zip(written, entries, strict=True)):
        altered.add(WORDS)
    # Nothing beneath the view knows more than it shows; a step reads the case anew, under lock.
    case.data = dict(state.data)
    children = Case.objects.filter(parent_id=case.pk).order_by("id")[:CHILDREN_AT_MOST]
    above = oversees(actor, case_type, case.organization)
    return CaseView(
        case=case,
        type=case_type,
        state=state,
        entries=entries,
        names=_names(case_type, case, entries) | name_values(actor, case_type, case.data),
        own=_own_task(person, state),
        may_oversee=above,
        may_withdraw=_may_withdraw(actor, case_type, state),
        children=[_case_line(row) for row in children],
        places=_places(case_type, case, entries),
        parent=_find_parent(actor, case),
        newer=_find_newer(case_type) if above and state.live else None,
        is_watched=is_watching(actor, case.pk),
        looks=looks,
        altered=frozenset(altered),
        kept=_kept(own_looks, stored),
        may_delay=_may_delay(actor, case_type, stored),
    )


def _kept(looks: Looks, stored: CaseState) -> frozenset[str]:
    told = {key for key, look in looks.fields.items() if look != CLEAR}
    return frozenset(key for key in told if stored.data.get(key) not in EMPTY)


def _find_parent(actor: Actor, case: Case) -> CaseLine | None:
    parent = Case.objects.filter(pk=case.parent_id).first() if case.parent_id else None
    if parent is None or not may_see(actor, parent):
        return None
    return _case_line(parent)


def _find_newer(case_type: CaseType) -> CaseType | None:
    _, newest = find_newest(case_type.code)
    return newest if newest.version > case_type.version else None


def replay_case(case_id: str) -> CaseState:
    """The state that the log of a case gives, to hold its rows against. 重放流程。"""
    return replay(store.load_events(case_id))


def _own_task(person: Person, state: CaseState) -> TaskState | None:
    asked = (t for t in state.tasks.values() if t.status == OPEN and person.is_asked(t.holder))
    return next(asked, None) if state.live else None


def _may_withdraw(actor: Actor, case_type: CaseType, state: CaseState) -> bool:
    """Whether the button is worth showing; the verb decides."""
    if state.status != "running":
        return False
    offers = {key for key, node in case_type.nodes.items() if "withdraw" in node.verbs}
    voted = state.node in offers and any(
        task.by == actor.id and task.status == DONE for task in state.tasks.values()
    )
    fresh = not any(task.status == DONE for task in state.tasks.values()) and not state.children
    return voted or (state.came_from in offers and state.moved_by == actor.id and fresh)


def _may_delay(actor: Actor, case_type: CaseType, state: CaseState) -> bool:
    node = case_type.nodes.get(state.node)
    if not node or not node.children or DELAY not in node.requests - state.requests.keys():
        return False
    draft = Draft(case_type, state, person_of(actor), City(now(), actor.id))
    return state.status == RUNNING and split_it(draft)


def _names(case_type: CaseType, case: Case, entries: Iterable[CaseEntry]) -> dict[str, str]:
    """Names of all accounts that stand in a case, in one go. 姓名。"""
    ids = {case.starter, *_listed(case_type, case.data, ("person", "people"))}
    for entry in entries:
        ids |= {entry.actor, entry.on_behalf_of, str(entry.body.get("by", ""))}
        ids.update(entry.body.get("people", ()))
        for holder in _holders_in(entry):
            ids |= {holder.get("account", ""), holder.get("on_behalf_of", "")}
    return identity.name_accounts(ids - {""})


def _places(case_type: CaseType, case: Case, entries: Iterable[CaseEntry]) -> dict[str, str]:
    """Names of all organizations that stand in a case. 机构名称。"""
    codes = {case.organization, *_listed(case_type, case.data, ("organization", "organizations"))}
    for entry in entries:
        codes |= {holder.get("organization", "") for holder in _holders_in(entry)}
        codes.add(str(entry.body.get("member", "")))
    return {code: one.name for code, one in identity.get_organizations(codes - {""}).items()}


def _holders_in(entry: CaseEntry) -> list[dict[str, str]]:
    return [
        entry.body[name] for name in ("holder", "was") if isinstance(entry.body.get(name), dict)
    ]


def _listed(case_type: CaseType, data: Any, kinds: tuple[str, ...]) -> list[str]:
    """What the fields of some kinds hold, lists taken apart."""
    found = [data.get(key) for key, one in case_type.fields.items() if one.kind in kinds]
    lists = [value if isinstance(value, list) else [value] for value in found if value]
    return [str(one) for values in lists for one in values]


def list_limits(case: Case) -> list[Due]:
    """The limits of a case, the soonest first. 时限。"""
    told = case.memo.get("clocks", {}).items()
    clocks = {name: clock_from_json(one) for name, one in told if name != CHASE}
    found = [Due(name, clock, light_of(clock, now())) for name, clock in clocks.items()]
    return sorted(found, key=lambda one: one.clock.due_at)


def _next_due(case: Case) -> Due | None:
    return next((one for one in list_limits(case) if one.clock.stopped_at is None), None)


def _case_line(row: Case) -> CaseLine:
    case_type = get_type(row.type_id)
    node = case_type.nodes.get(row.node)
    return CaseLine(
        id=row.pk,
        number=row.number,
        title=row.title,
        type_title=dict(case_type.title),
        node_title=dict(node.title) if node else {"zh": row.node},
        status=row.status,
        outcome=row.outcome,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        starter=row.starter,
        due=_next_due(row),
    )
