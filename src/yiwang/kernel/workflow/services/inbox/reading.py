"""A page of a box. 读取待办箱。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.query.rows import Columns
from yiwang.kernel.workflow.models import Case
from yiwang.kernel.workflow.services.permissions import USE
from yiwang.kernel.workflow.services.publishing import get_type
from yiwang.kernel.workflow.services.sight import find_visible
from yiwang.kernel.workflow.services.world import person_of
from yiwang.kernel.workflow.types.boxes import BoxLine, BoxName, BoxPage, Wanted

from .narrowing import list_filters
from .walks import BOXES, Box, list_branches, select_lines

OF_CASE = (
    "id", "number", "title", "type_id", "code", "node", "status", "starter", "organization",
    "opened_at", "closed_at", "next_due_at", "yellow_at",
)  # fmt: skip
OF_ROW: Mapping[BoxName, Sequence[str]] = {
    "todo": ("id", "code", "node", "kind", "on_behalf_of", "opened_at", "due_at", "yellow_at"),
    "done": ("id", "code", "node", "kind", "on_behalf_of", "done_at", "action"),
    "started": (),
    "copied": ("id", "by", "at", "read_at"),
    "watched": ("id", "at"),
}
COLUMNS = {
    name: Columns(**({"r": (BOXES[name].model, names)} if names else {}), c=(Case, OF_CASE))
    for name, names in OF_ROW.items()
}


def list_box(actor: Actor, name: BoxName, wanted: Wanted | None = None) -> BoxPage:
    """待办 `todo`, 已办 `done`, 我发起的 `started`, 抄送我的 `copied`, 我关注的 `watched`. 读取待办箱。

    Holders of `workflow.cases.use`. One statement, whatever is asked for and however long the box.
    """
    actor.require(USE)
    wanted = wanted or Wanted()
    box, columns, person = BOXES[name], COLUMNS[name], person_of(actor)
    statement = select_lines(
        columns.text, box, list_branches(name, person), list_filters(box, wanted), wanted,
        limit=wanted.limit + 1,
    )  # fmt: skip
    rows = columns.read(statement)
    shown = rows[: wanted.limit]
    lines = [line_of(box, row) for row in shown]
    after = None
    if len(rows) > wanted.limit:
        after = (shown[-1][box.order(wanted)[0]], shown[-1][box.key])
    if name == "watched":
        # Who may not read a case any more sees nothing of it, though they watched it once.
        seen = find_visible(actor, [line.case_id for line in lines])
        lines = [line for line in lines if line.case_id in seen]
    return BoxPage(lines, after)


def line_of(box: Box, row: Mapping[str, Any]) -> BoxLine:
    """A row of the statement as a line. 待办箱行。"""
    case_type = get_type(row["c.type_id"])
    key = row[box.step]
    node = case_type.nodes.get(key)
    action = row.get("r.action", "")
    known = node.actions.get(action) if node else None
    return BoxLine(
        id=row[box.key],
        case_id=row["c.id"],
        number=row["c.number"],
        title=row["c.title"],
        code=row["c.code"],
        node=key,
        type_title=case_type.title,
        node_title=node.title if node else {"zh": key},
        status=row["c.status"],
        starter=row["c.starter"],
        organization=row["c.organization"],
        since=row[box.since],
        opened_at=row["c.opened_at"],
        closed_at=row["c.closed_at"],
        due_at=row[box.due],
        yellow_at=row[box.yellow],
        task_kind=row.get("r.kind", ""),
        action=action,
        action_title=known.label if known else None,
        on_behalf_of=row.get("r.on_behalf_of", ""),
        by=row.get("r.by", ""),
        is_unread=box.name == "copied" and row["r.read_at"] is None,
    )
