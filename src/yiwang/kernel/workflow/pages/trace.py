"""The trace of a case as a table, and as a file. 流转记录页面。"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import Light
from yiwang.kernel.ui.lists.cells import show
from yiwang.kernel.ui.lists.view import write_line
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import USE, CaseView
from yiwang.kernel.workflow.services.looking import record_look
from yiwang.kernel.workflow.services.tracing import Stint, list_stints

from .words import TASK_KINDS, label_action, name_holder, say_duration, say_hours

SHOWN_AT_MOST = 100
OUTCOMES = {
    "held": Light(msg("In hand"), "blue"),
    "done": Light(msg("Done"), "green"),
    "moved": Light(msg("Handed on")),
    "dropped": Light(msg("Not asked any more")),
}
HEADINGS = (
    msg("Step"), msg("Person asked"), msg("Done by"), msg("In the name of"), msg("What for"),
    msg("Arrived"), msg("Ended"), msg("Office hours"), msg("Hours"), msg("State"),
    msg("Decision"), msg("Opinion"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TraceRow:
    """A stint in words. 流转记录行。"""

    step: str
    holder: str
    by: str
    behalf: str
    kind: str
    arrived_at: datetime
    ended_at: datetime | None
    worked: timedelta
    lasted: timedelta
    light: Light
    action: str
    opinion: str

    @property
    def office_hours(self) -> str:
        """How long of it offices were open. 工作时长。"""
        return say_hours(self.worked)

    @property
    def all_hours(self) -> str:
        """How long in all. 用时。"""
        return say_duration(self.lasted)

    @property
    def who(self) -> str:
        """Whoever did it, else whoever is asked. 办理人。"""
        return self.by or self.holder


def trace(view: CaseView) -> list[TraceRow]:
    """Everybody who had the case in hand. 流转记录。"""
    return [_row(one, view) for one in list_stints(view.entries)]


def _row(one: Stint, view: CaseView) -> TraceRow:
    node = view.type.nodes.get(one.node)
    acted = one.outcome == "done"
    return TraceRow(
        step=in_language(node.title) if node else one.node,
        holder=name_holder(one.holder, view),
        by=_name(one.by, view) if acted else "",
        behalf=_name(one.on_behalf_of or one.holder.on_behalf_of, view),
        kind=gettext(TASK_KINDS.get(one.kind, "")),
        arrived_at=one.arrived_at,
        ended_at=one.ended_at,
        worked=one.worked,
        lasted=one.lasted,
        light=OUTCOMES[one.outcome],
        action=label_action(node, one.action) if one.action else "",
        opinion=one.opinion,
    )


def _name(account: str, view: CaseView) -> str:
    return gettext("The system") if account == SYSTEM.id else view.names.get(account, account)


@needs(USE)
@require_safe
def export_trace(request: HttpRequest, case_id: str) -> HttpResponseBase:
    """The whole trace as CSV, UTF-8 with a mark that Excel reads. 导出流转记录。"""
    actor = actor_of(request)
    view = services.describe_case(actor, case_id)
    record_look(actor, view)
    response = HttpResponse(list(write_trace(view)), content_type="text/csv; charset=utf-8")
    name = f"{view.case.number}.csv"
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response


def write_trace(view: CaseView) -> Iterator[str]:
    """The lines of the file, header first; lengths of time in hours. 流转记录文件行。"""
    yield "\ufeff" + write_line([gettext(one) for one in HEADINGS])
    for row in trace(view):
        cells = [
            row.step, row.holder, row.by, row.behalf, row.kind, row.arrived_at, row.ended_at,
            _hours(row.worked), _hours(row.lasted), gettext(row.light.text), row.action,
            row.opinion,
        ]  # fmt: skip
        yield write_line([show(cell) for cell in cells])


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:.2f}"
