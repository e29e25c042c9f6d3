"""What each event does to the state of a case: the one meaning of the log. 事件演化。

Pure: the state of any case is `replay` of its log, and the rows beside the log are only its
newest state kept at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from yiwang.kernel.workflow.types import (
    CANCELLED,
    CLOSED,
    DONE,
    MAIN,
    OPEN,
    RUNNING,
    SUPPLEMENTING,
    SUSPENDED,
    TERMINATED,
    WAITING,
    CaseState,
    ChildState,
    Event,
    Handled,
    Holder,
    TaskState,
)

Body = Mapping[str, Any]
CHASE = "chase"
"""The clock that counts to the next one who is urged. 催办时钟。"""
Changes = Mapping[str, Any]
"""The fields of a state that an event changes. 状态变更。"""
Change = Callable[[CaseState, Body], Changes]


def evolve(state: CaseState, event: Event) -> CaseState:
    """The state after one event. 演化一步。"""
    return replace(state, seq=state.seq + 1, **CHANGES[event.kind](state, event.body))


def replay(events: Iterable[Event]) -> CaseState:
    """The state that a whole log gives. 重放日志。"""
    state = CaseState()
    for event in events:
        state = evolve(state, event)
    return state


def _opened(_state: CaseState, body: Body) -> Changes:
    return {
        "type": body["type"],
        "version": body["version"],
        "starter": body["starter"],
        "organization": body["organization"],
        "data": dict(body["data"]),
        "number": body.get("number", ""),
        "title": body.get("title", ""),
        "assigner": body.get("assigner", ""),
        "depth": body.get("depth", 0),
    }


def _filled(state: CaseState, body: Body) -> Changes:
    return {"data": {**state.data, **body["data"]}}


def _entered(state: CaseState, body: Body) -> Changes:
    """A new node begins with nobody asked; the one left by a decision keeps who decided it."""
    jump_back = body.get("jump_back", state.jump_back)
    handled = _after_deciding(state) if body.get("back") else dict(state.handled)
    return {
        "node": body["node"],
        "visit": state.visit + 1,
        "tasks": {},
        "children": {},
        "requests": {},
        "handled": handled if jump_back else _before(handled, body["node"]),
        "came_from": body.get("back", ""),
        "moved_by": body.get("by", ""),
        "jump_back": jump_back,
        "jump_by": body.get("jump_by", state.jump_by if jump_back else ""),
    }


def _after_deciding(state: CaseState) -> dict[str, Handled]:
    by = tuple(sorted({task.by for task in state.tasks.values() if task.by and task.kind == MAIN}))
    if not by:
        return dict(state.handled)
    # On a straight return the node keeps its place among those decided before.
    old = state.handled.get(state.node) if state.jump_back else None
    return {**state.handled, state.node: Handled(old.visit if old else state.visit, by)}


def _before(handled: dict[str, Handled], node: str) -> dict[str, Handled]:
    """Without a node that is to be decided anew and what was decided after it."""
    if node not in handled:
        return handled
    limit = handled[node].visit
    return {key: one for key, one in handled.items() if one.visit < limit}


def _task_opened(state: CaseState, body: Body) -> Changes:
    task = TaskState(
        body["task"],
        Holder(**body["holder"]),
        kind=body.get("kind", MAIN),
        parent=body.get("parent", ""),
    )
    return {"tasks": {**state.tasks, task.id: task}}


def _change_task(state: CaseState, task_id: str, **changes: Any) -> Changes:
    return {"tasks": {**state.tasks, task_id: replace(state.tasks[task_id], **changes)}}


def _task_done(state: CaseState, body: Body) -> Changes:
    return _change_task(state, body["task"], status=DONE, action=body["action"], by=body["by"])


def _task_cancelled(state: CaseState, body: Body) -> Changes:
    return _change_task(state, body["task"], status=CANCELLED)


def _task_waits(state: CaseState, body: Body) -> Changes:
    return _change_task(state, body["task"], status=WAITING)


def _task_reopened(state: CaseState, body: Body) -> Changes:
    return _change_task(state, body["task"], status=OPEN, action="", by="")


def _task_moved(state: CaseState, body: Body) -> Changes:
    return _change_task(state, body["task"], holder=Holder(**body["holder"]))


def _told(_state: CaseState, _body: Body) -> Changes:
    """An event that is only remembered: urged, copied, returned, withdrawn."""
    return {}


def _suspended(_state: CaseState, _body: Body) -> Changes:
    return {"status": SUSPENDED}


def _resumed(state: CaseState, _body: Body) -> Changes:
    return {"status": SUPPLEMENTING if state.asked else RUNNING}


def _supplement_asked(_state: CaseState, body: Body) -> Changes:
    return {"status": SUPPLEMENTING, "asked": tuple(body["fields"])}


def _supplemented(state: CaseState, _body: Body) -> Changes:
    return {"status": SUSPENDED if state.status == SUSPENDED else RUNNING, "asked": ()}


def _closed(_state: CaseState, body: Body) -> Changes:
    return {"status": CLOSED, "outcome": body["outcome"]}


def _terminated(_state: CaseState, _body: Body) -> Changes:
    return {"status": TERMINATED}


def _child_opened(state: CaseState, body: Body) -> Changes:
    child = ChildState(body["child"], weight=body.get("weight", 1.0))
    return {"children": {**state.children, child.id: child}}


def _child_ended(state: CaseState, body: Body) -> Changes:
    """A child that is not of the present node any more is only remembered."""
    if body["child"] not in state.children:
        return {}
    stood = state.children[body["child"]]
    child = replace(stood, status=body["status"], outcome=body["outcome"], progress=1.0)
    return {"children": {**state.children, child.id: child}}


def _clock_set(state: CaseState, body: Body) -> Changes:
    """A deadline that was moved has its lights told anew."""
    name, told = body["clock"], dict(state.told)
    if body.get("was", body["value"]["due_at"]) != body["value"]["due_at"]:
        told.pop(name, None)
    return {"clocks": {**state.clocks, name: body["value"]}, "told": told}


def _clock_dropped(state: CaseState, body: Body) -> Changes:
    """The step of that clock was left; a new one is told of anew."""
    clocks = {name: clock for name, clock in state.clocks.items() if name != body["clock"]}
    told = {name: light for name, light in state.told.items() if name != body["clock"]}
    rung = 0 if body["clock"] == CHASE else state.rung
    return {"clocks": clocks, "told": told, "rung": rung}


def _requested(state: CaseState, body: Body) -> Changes:
    asked = {name: body[name] for name in ("task", "days") if name in body}
    return {"requests": {**state.requests, body["request"]: asked}}


def _answered(state: CaseState, body: Body) -> Changes:
    requests = {name: one for name, one in state.requests.items() if name != body["request"]}
    return {"requests": requests}


def _chased(_state: CaseState, body: Body) -> Changes:
    return {"rung": body["rung"]}


def _lit(state: CaseState, body: Body) -> Changes:
    return {"told": {**state.told, body["clock"]: body["light"]}}


def _child_progress(state: CaseState, body: Body) -> Changes:
    child = replace(state.children[body["child"]], progress=body["progress"])
    return {"children": {**state.children, child.id: child}}


def _migrated(state: CaseState, body: Body) -> Changes:
    return {"version": body["version"], "title": body.get("title", state.title)}


def _attached(state: CaseState, body: Body) -> Changes:
    """What a file is called and what its digest is only the log tells."""
    sent = {one["id"]: body["by"] for one in body["files"]}
    return {"attached": {**state.attached, **sent}}


def _detached(state: CaseState, body: Body) -> Changes:
    left = {file: by for file, by in state.attached.items() if file != body["file"]}
    return {"attached": left}


CHANGES: Mapping[str, Change] = {
    "opened": _opened,
    "filled": _filled,
    "entered": _entered,
    "task_opened": _task_opened,
    "task_done": _task_done,
    "task_cancelled": _task_cancelled,
    "task_waits": _task_waits,
    "task_reopened": _task_reopened,
    "task_moved": _task_moved,
    "urged": _told,
    "heard": _told,
    "copied": _told,
    "returned": _told,
    "withdrawn": _told,
    "clock_set": _clock_set,
    "clock_dropped": _clock_dropped,
    "lit": _lit,
    "suspended": _suspended,
    "resumed": _resumed,
    "supplement_asked": _supplement_asked,
    "supplemented": _supplemented,
    "closed": _closed,
    "terminated": _terminated,
    "child_opened": _child_opened,
    "child_ended": _child_ended,
    "child_progress": _child_progress,
    "joined": _told,
    "migrated": _migrated,
    "attached": _attached,
    "detached": _detached,
    "erased": _detached,
    "reported": _told,
    "requested": _requested,
    "answered": _answered,
    "chased": _chased,
}
