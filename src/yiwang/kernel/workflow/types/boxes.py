"""What of a box is asked for, and a line of it. 待办箱类型。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from .definition import Label
from .state import NEVER

BoxName = Literal["todo", "done", "started", "copied", "watched"]
Light = Literal["", "red", "today", "yellow"]
# A place in a list: the value it is ordered by, and the key of the row.
Place = tuple[datetime, str | int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a box is asked for. 筛选条件。

    `kind` is the code of a case type, `step` a node of it, `starter` and `organization` are parts
    of names; the days are those of the city, both ends included. `light` is `red` (overdue),
    `today` (due today and not overdue yet) or `yellow`. `order` is `since` or `due`, with a minus
    before it the other way round; `after` the last line of the page before.
    """

    kind: str = ""
    step: str = ""
    starter: str = ""
    organization: str = ""
    since_from: date | None = None
    since_until: date | None = None
    due_from: date | None = None
    due_until: date | None = None
    light: Light = ""
    search: str = ""
    order: str = "-since"
    after: Place | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class BoxLine:
    """A task or a case as a box shows it. 待办箱行。

    `id` is that of the task, in other boxes of the case or of the row; `status` and `outcome` are
    those of the case, `task_kind` and `action` those of the task. `since` is when the line came
    into the box, `due_at` the soonest limit that runs.
    """

    id: str | int
    case_id: str
    number: str
    title: str
    code: str
    node: str
    type_title: Label
    node_title: Label
    status: str
    starter: str
    organization: str
    since: datetime
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime
    yellow_at: datetime
    task_kind: str = ""
    action: str = ""
    action_title: Label | None = None
    on_behalf_of: str = ""
    by: str = ""
    is_unread: bool = False

    @property
    def has_limit(self) -> bool:
        """Whether a limit runs. 是否有时限。"""
        return self.due_at < NEVER


@dataclass(frozen=True, slots=True)
class BoxPage:
    """Some lines of a box, and where to go on; None at the end. 待办箱页。"""

    lines: list[BoxLine]
    after: Place | None = None
