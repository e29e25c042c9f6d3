"""One step of a case: read under lock, decided, written, told, in one transaction. 流程步骤。"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from yiwang.kernel.base.act import SYSTEM, Act, Actor, Ref
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.events.services import announce
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow.models import Case
from yiwang.kernel.workflow.types import TERMINATED, CaseState, CaseType, Event

from . import store
from .effects import follow_subject
from .filling import check_text
from .keeping import keep_records
from .machine.clocks import keep_clocks
from .machine.draft import Draft
from .machine.joining import tell_child_ended, tell_child_progress
from .machine.moving import start
from .machine.pausing import terminate
from .machine.progress import progress_of
from .numbering import next_number
from .permissions import USE
from .publishing import find_newest, get_type
from .pushing.opening import follow_pushes
from .seeing import title_for
from .telling import tell_people
from .world import City, person_of

TITLE_AT_MOST = 200
NOT_NEEDED = "其他子流程已满足汇聚条件，本件不再需要"
DEEPEST = 30
_depth: ContextVar[int] = ContextVar("depth_of_cases", default=0)


@dataclass(slots=True)
class Step:
    """A case in the hands of one act. 步骤。"""

    act: Act
    case: Case
    old: CaseState
    draft: Draft

    @property
    def type(self) -> CaseType:
        """The version under which it runs. 流程定义。"""
        return self.draft.type


@contextmanager
def stepping(
    actor: Actor, verb: str, case_id: str = "", *, task: str = "", reason: str = ""
) -> Iterator[Step]:
    """Open a step on a case, or on that of a task; at its end it is written and told. 开启一步。

    Holders of `workflow.cases.use`; what else is needed each verb says. NotFound, Conflict.
    """
    check_text(reason)
    with acting(actor, verb, on=Ref("workflow.case", case_id), reason=reason) as act:
        actor.require(USE)
        case = store.lock_case_of(task) if task else store.lock_case(case_id)
        act.on = Ref("workflow.case", case.pk, case.number)
        step = _open(act, case)
        yield step
        close_step(step)


def open_step(act: Act, case_id: str) -> Step:
    """Read a case under lock for an act. 读取流程。"""
    return _open(act, store.lock_case(case_id))


def _open(act: Act, case: Case) -> Step:
    old = store.load_state(case)
    draft = Draft(get_type(case.type_id), old, person_of(act.actor), City(act.at, act.actor.id))
    return Step(act, case, old, draft)


def close_step(step: Step) -> None:
    """Write what was said, and let children, parent, people and subscribers know. 写入并通知。"""
    if not step.draft.events:
        return
    keep_clocks(step.draft)
    store.save_step(step.act, step.case, step.old, step.draft)
    follow(step.act, step.case, step.draft)


def follow(act: Act, case: Case, draft: Draft) -> None:
    """What a change of a case brings with it, in the same transaction. 后续处理。"""
    note(act, draft.events)
    keep_records(act, case, draft)
    follow_pushes(act, case, draft)
    follow_subject(act, case, draft)
    announce(act, "workflow.case.changed", describe_change(case, draft))
    tell_people(act, case, draft)
    follow_tree(act, case, draft)


def note(act: Act, events: list[Event]) -> None:
    """The kinds of what happened go into the ledger row, never the data. 记入台账。"""
    act.note(events=[*act.details.get("events", []), *(event.kind for event in events)][:50])


def describe_change(case: Case, draft: Draft) -> dict[str, object]:
    """What subscribers hear: ids and short facts. 事件内容。"""
    return {
        "case": case.pk,
        "number": case.number,
        "type": case.code,
        "node": draft.state.node,
        "status": draft.state.status,
        "kinds": sorted({event.kind for event in draft.events}),
        "seq": draft.state.seq,
    }


def open_case(
    act: Act,
    type_id: str,
    case_type: CaseType,
    data: Mapping[str, Any],
    *,
    starter: str,
    organization: str,
    title: str = "",
    case_id: str = "",
    parent: Case | None = None,
    target: str = "",
    assigner: str = "",
    depth: int = 0,
) -> Case:
    """Write a new case and bring it to its first step, within an act. 立案。"""
    case = Case(
        id=case_id or new_id(),
        number=next_number(case_type.prefix),
        type_id=type_id,
        title=title_for(case_type, _title(case_type, title)),
        starter=starter,
        organization=organization,
        parent=parent,
        root=(parent.root or parent.pk) if parent else "",
        opened_at=act.at,
        target=target,
    )
    act.on = act.on if parent or target else Ref("workflow.case", case.pk, case.number)
    draft = Draft(case_type, CaseState(), person_of(act.actor), City(act.at, act.actor.id))
    place = {"parent": parent.pk if parent else "", "assigner": assigner, "depth": depth}
    start(
        draft,
        type=case_type.code,
        version=case_type.version,
        number=case.number,
        title=case.title,
        starter=starter,
        organization=organization,
        data={key: value for key, value in data.items() if value is not None},
        **{key: value for key, value in place.items() if value},
    )
    keep_clocks(draft)
    store.save_new(act, case, draft)
    follow(act, case, draft)
    return case


def _title(case_type: CaseType, title: str) -> str:
    title = check_text(" ".join(title.split())) or str(case_type.title["zh"])
    if len(title) > TITLE_AT_MOST:
        raise InvalidInput(
            "workflow.case.title",
            "The title is longer than %(most)s characters",
            most=TITLE_AT_MOST,
        )
    return title


@contextmanager
def _one_deeper() -> Iterator[None]:
    """Cases that open and end cases reach so far within one act; further only a circle does."""
    depth = _depth.get() + 1
    if depth > DEEPEST:
        raise Conflict("workflow.children.endless", "The cases open each other in a circle")
    token = _depth.set(depth)
    try:
        yield
    finally:
        _depth.reset(token)


def follow_tree(act: Act, case: Case, draft: Draft) -> None:
    """Open the children that were asked for, end them with their parent, tell one's own parent. 联动。"""
    with _one_deeper():
        _follow_tree(act, case, draft)


def _follow_tree(act: Act, case: Case, draft: Draft) -> None:
    # Nobody waits any more for children of the step that a migration left; a new visit opens its own.
    if any(event.kind == "migrated" for event in draft.events):
        _end_children(act, case, act.reason, beside=draft.state.children)
    for event in draft.events:
        if event.kind == "child_opened":
            _open_child(act, case, draft, event)
        elif event.kind == "terminated":
            _end_children(act, case, event.body["reason"])
        elif event.kind == "joined" and event.body["rest"]:
            _end_children(act, case, NOT_NEEDED, beside=draft.state.children)
    if case.parent_id:
        _tell_parent(act, case.parent_id, case, draft)


def _open_child(act: Act, case: Case, draft: Draft, event: Event) -> None:
    children = draft.type.nodes[draft.state.node].children
    if children is None:
        # The case has left the node again within the act: nobody waits for them.
        return
    data = {into: draft.state.data.get(key) for into, key in children.data.items()}
    data |= {children.into: event.body["member"], **event.body.get("give", {})}
    type_id, case_type = find_newest(children.type)
    known = {key: value for key, value in data.items() if key in case_type.fields}
    open_case(
        act, type_id, case_type, known, title=case.title, starter=case.starter,
        organization=event.body["member"] if children.belongs else case.organization,
        case_id=event.body["child"], parent=case,
        assigner=case.starter if act.actor is SYSTEM else act.actor.id,
        depth=draft.state.depth + 1,
    )  # fmt: skip


def _end_children(act: Act, case: Case, reason: str, beside: Collection[str] = ()) -> None:
    running = Case.objects.filter(parent_id=case.pk, closed_at=None).exclude(pk__in=beside)
    for child_id in list(running.order_by("pk").values_list("pk", flat=True)):
        step = open_step(act, child_id)
        terminate(step.draft, reason=reason)
        close_step(step)


def _tell_parent(act: Act, parent_id: str, case: Case, draft: Draft) -> None:
    """That it ended, or how far it is where that has changed."""
    state, progress = draft.state, progress_of(draft.type, draft.state)
    if state.live and progress == progress_of(draft.type, draft.before):
        return
    step = open_step(act, parent_id)
    if state.live:
        tell_child_progress(step.draft, case.pk, progress)
    elif step.draft.state.status != TERMINATED:
        tell_child_ended(step.draft, case.pk, status=state.status, outcome=state.outcome)
    close_step(step)
