"""The next events of a case while they are being decided. 拟定中的事件。"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.workflow.types import (
    CANCELLED,
    DONE,
    MAIN,
    OPEN,
    REQUESTS,
    WAITING,
    CaseState,
    CaseType,
    Event,
    Holder,
    Node,
    Person,
    TaskState,
    World,
)

from .evolving import evolve


class Draft:
    """Events said so far and the state they give; nothing is stored yet. 草拟。

    A verb is a function that takes a draft and says events; whoever calls it stores `events` and
    `state` together. `before` is the state that was read, `states` what each event left.
    """

    def __init__(self, case_type: CaseType, state: CaseState, person: Person, world: World) -> None:
        self.type = case_type
        self.before = self.state = state
        self.person = person
        self.world = world
        self.events: list[Event] = []
        self.states: list[CaseState] = []

    def say(self, kind: str, /, **body: Any) -> None:
        """Add one event. 记录事件。"""
        event = Event(kind, body)
        self.events.append(event)
        self.state = evolve(self.state, event)
        self.states.append(self.state)

    @property
    def node(self) -> Node:
        """Where the case stands. 当前环节。"""
        return self.type.nodes[self.state.node]

    def open_task(self, holder: Holder, *, kind: str = MAIN, parent: str = "") -> str:
        """Ask somebody, or who stands in for them. 派发任务。"""
        task_id = self.world.new_id()
        extra = {name: value for name, value in (("kind", kind), ("parent", parent)) if value}
        stand_in = self.world.stand_in(holder)
        self.say(
            "task_opened", task=task_id, node=self.state.node, holder=stand_in.to_json(), **extra
        )
        return task_id

    def list_beneath(self, task: TaskState) -> list[TaskState]:
        """Everything asked beneath a task, to any depth. 下级任务。"""
        found = [one for one in self.state.tasks.values() if one.parent == task.id]
        return [*found, *(below for one in found for below in self.list_beneath(one))]

    def cancel(self, tasks: Iterable[TaskState], why: str) -> None:
        """Ask them no more. 取消任务。"""
        for task in list(tasks):
            if task.status in (OPEN, WAITING):
                self.say("task_cancelled", task=task.id, why=why)

    def find_own_task(self, task_id: str) -> TaskState:
        """A task that is open and theirs who acts; else the error says what happened to it. 取本人待办。"""
        self.require_running()
        task = self.get_task(task_id)
        if not self.person.is_asked(task.holder):
            raise NotPermitted("workflow.task.not_yours", "This task is not yours")
        require_open(task)
        return task

    def find_deciding_task(self, task_id: str) -> TaskState:
        """The same, but none that only answers what a holder asked for. 取本人决定任务。"""
        task = self.find_own_task(task_id)
        if task.kind in REQUESTS:
            raise NotPermitted("workflow.verb.not_here", "This is not possible at this step")
        return task

    def get_task(self, task_id: str) -> TaskState:
        """A task of the present node, or Conflict: the case has moved on. 取任务。"""
        task = self.state.tasks.get(task_id)
        if task is None:
            raise Conflict(
                "workflow.task.gone", "The case has moved on; this task is no longer open"
            )
        return task

    def require_running(self) -> None:
        """Conflict unless the case is running. 要求在办。"""
        if self.state.status != "running":
            raise Conflict(f"workflow.case.{self.state.status}", STANDSTILL[self.state.status])

    def require_live(self) -> None:
        """Conflict once the case has ended. 要求未办结。"""
        if not self.state.live:
            raise Conflict(f"workflow.case.{self.state.status}", STANDSTILL[self.state.status])

    def require_verb(self, verb: str) -> None:
        """NotPermitted where the node does not offer the verb. 要求环节允许。"""
        if verb not in self.node.verbs:
            raise NotPermitted("workflow.verb.not_here", "This is not possible at this step")


STANDSTILL = {
    "suspended": "The case is suspended; it must be resumed first",
    "supplementing": "The case waits for what the applicant was asked to supply",
    "closed": "The case is closed",
    "terminated": "The case was terminated",
}


def require_open(task: TaskState) -> None:
    """Conflict that names who acted on it. 要求任务未办。"""
    if task.status == DONE:
        raise Conflict(
            "workflow.task.done",
            "Somebody has done this task already",
            by=task.by,
            action=task.action,
        )
    if task.status == CANCELLED:
        raise Conflict("workflow.task.cancelled", "This task is no longer asked for")
    if task.status == WAITING:
        raise Conflict("workflow.task.waiting", "This task waits for others who were asked first")


def require_reason(text: str) -> str:
    """A reason in words, without white space around it; InvalidInput without one. 要求填写理由。"""
    text = text.strip()
    if not text:
        raise InvalidInput("workflow.reason.missing", "Say why")
    return text


def find_node(draft: Draft, key: str) -> Node:
    """A node by key, or NotFound. 取环节。"""
    found = draft.type.nodes.get(key)
    if found is None:
        raise NotFound("workflow.node.unknown", "There is no step %(node)s", node=key)
    return found
