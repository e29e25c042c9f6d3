"""The cases that a number on a dashboard counts. 流程下钻页。"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.base.text import msg
from yiwang.kernel.records import services as records
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import Column, Empty, ListQuery, ListSlice, ListSpec, render_list
from yiwang.kernel.workflow.services import USE
from yiwang.kernel.workflow.services.counted import list_counted, name_group

from .boxes import DUE, KIND, NUMBER, STARTER, STATE, STEP, TITLE, Row, name_people

COUNTED = ListSpec(
    "workflow.counted",
    [TITLE, NUMBER, KIND, STEP, STARTER, STATE, DUE,
     Column("since", msg("Started"), "line.since", kind="datetime")],
    empty=Empty(msg("There is nothing of this now.")),
)  # fmt: skip


@needs(USE)
@require_safe
def show_counted(request: HttpRequest, dashboard: str, at: int, told: str) -> HttpResponseBase:
    """Just the cases that a number counts, as far as the reader may see them. 下钻列表。"""
    actor = actor_of(request)
    desk = records.at_desk(actor)
    counted = records.read_counted(desk, dashboard, at, told)
    if not counted.block.cases:
        raise NotFound(
            "records.dashboard.number_unknown", "There is no such number on this dashboard"
        )

    def rows(query: ListQuery) -> ListSlice:
        after = str(query.after[0]) if query.after else ""
        lines, last = list_counted(actor, counted, after=after, limit=query.limit)
        names, moment = name_people(lines), now()
        return ListSlice([Row(one, names, moment) for one in lines], [last] if last else None)

    context = {
        "title": counted.title,
        "dashboard": dashboard,
        "board": in_language(desk.dashboard(dashboard).title),
        "lead": " · ".join([in_language(counted.measure.label), *name_group(counted)]),
    }
    return render_list(request, COUNTED, rows, template="records/counted.html", context=context)
