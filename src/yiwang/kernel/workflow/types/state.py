"""A case at one moment, and what may happen to it. 流程状态与事件。

The state is what the log, folded from its beginning, gives; it holds only what the next step can
ask for, so that a step costs the same however old the case is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Status = Literal["running", "suspended", "supplementing", "closed", "terminated"]
RUNNING, SUSPENDED, SUPPLEMENTING = "running", "suspended", "supplementing"
CLOSED, TERMINATED = "closed", "terminated"

# A task is open (somebody can act), waiting (for tasks opened beneath it), done or cancelled.
OPEN, WAITING, DONE, CANCELLED = "open", "waiting", "done", "cancelled"

# Main tasks come with the node. Added signers have a say beside them; tasks beneath a waiting one
# are asked before it, or do its work for it; a supplement asks the starter for missing things.
MAIN, ADDED, BEFORE, DELEGATED, SUPPLEMENT = "main", "added", "before", "delegated", "supplement"
ASIDE = frozenset({BEFORE, DELEGATED, SUPPLEMENT})
# What a holder asks of whoever assigned it, while the work goes on: a task of its own.
DELAY, CANCEL = "delay", "cancel"
REQUESTS = frozenset({DELAY, CANCEL})

# When something is due that has no limit: after everything that has one.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is to act: an account, or anybody with a role in an organization. 办理人。

    `on_behalf_of` names the absent person whom the account stands in for, `apart` one account that
    may not act although it holds the role.
    """

    account: str = ""
    role: str = ""
    organization: str = ""
    on_behalf_of: str = ""
    apart: str = ""

    def to_json(self) -> dict[str, str]:
        """As the log keeps it, without what is empty. 存储形式。"""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task of the present node. 待办。 `parent` is the task that waits for it."""

    id: str
    holder: Holder
    kind: str = MAIN
    status: str = OPEN
    parent: str = ""
    action: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Handled:
    """That a node was decided before: at which visit and by whom. 已办环节。"""

    visit: int
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChildState:
    """A child case of the present node. 子流程。"""

    id: str
    status: str = RUNNING
    outcome: str = ""
    progress: float = 0
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands. 流程状态。

    `visit` counts entries into nodes. `handled` holds each node decided before, with its last
    visit. `came_from` and `moved_by` say who brought it to the present node, from where (empty when
    that cannot be withdrawn); `jump_back` is where a straight return goes on to, to `jump_by`.
    `clocks` are the running limits as JSON (`legal`, `promised`, `node`), `told` the light that
    people last heard of for each. `attached` are the files that were sent beside the fields and not
    withdrawn, each with who sent it. `assigner` is who split this part off, `depth` how many cases
    stand above it, `requests` what was asked and not answered yet, `rung` how far up the chain
    people were urged.
    """

    type: str = ""
    version: int = 0
    seq: int = 0
    status: str = RUNNING
    outcome: str = ""
    node: str = ""
    visit: int = 0
    starter: str = ""
    organization: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    tasks: Mapping[str, TaskState] = field(default_factory=dict)
    handled: Mapping[str, Handled] = field(default_factory=dict)
    children: Mapping[str, ChildState] = field(default_factory=dict)
    came_from: str = ""
    moved_by: str = ""
    jump_back: str = ""
    jump_by: str = ""
    asked: tuple[str, ...] = ()
    clocks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    attached: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    title: str = ""
    assigner: str = ""
    depth: int = 0
    requests: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rung: int = 0

    @property
    def supplied(self) -> bool:
        """Whether the starter supplied something at this step already. 是否已补正。"""
        return any(one.kind == SUPPLEMENT and one.status == DONE for one in self.tasks.values())

    @property
    def live(self) -> bool:
        """Whether anything can still happen to it. 是否在办。"""
        return self.status not in (CLOSED, TERMINATED)

    def earlier(self) -> list[str]:
        """The nodes decided before the present one, the latest first. 可退回环节。"""
        here = self.handled.get(self.node)
        found = sorted(self.handled.items(), key=lambda item: -item[1].visit)
        return [key for key, one in found if here is None or one.visit < here.visit]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a case; `body` is plain JSON. 流程事件。"""

    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)
