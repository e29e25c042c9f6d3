"""The records that a number on a dashboard counts. 看板下钻页。"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.query.types import Node
from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import render_list

from .lists import provide, spec_of
from .looks import Look, default_view


@dataclass(frozen=True)
class CountedLook(Look):
    """The records of one number, before one reader. 下钻查看。"""

    told: Node | None = None

    @cached_property
    def base(self) -> Node | None:
        """What the number counts. 固定筛选。"""
        return self.told


@needs(USE)
@require_safe
def show_counted(request: HttpRequest, dashboard: str, at: int, told: str) -> HttpResponseBase:
    """Just the records that a number counts, as far as the reader may see them. 下钻列表。"""
    desk = services.at_desk(actor_of(request))
    counted = services.read_counted(desk, dashboard, at, told)
    if not counted.block.entity:
        raise NotFound(
            "records.dashboard.number_unknown", "There is no such number on this dashboard"
        )
    entity = desk.entity(counted.block.entity)
    look = CountedLook(
        request, desk, entity, default_view(entity), services.filter_of(desk, counted)
    )
    words = [in_language(counted.measure.label), *services.name_group(desk, counted)]
    context = {
        "title": counted.title,
        "dashboard": dashboard,
        "board": in_language(desk.dashboard(dashboard).title),
        "lead": " · ".join(words),
    }
    spec = replace(spec_of(look), filters=(), search=())
    return render_list(
        request, spec, provide(look), template="records/counted.html", context=context
    )
