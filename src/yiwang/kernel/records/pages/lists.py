"""The list of an entity's records, and what leads to its other views. 记录列表。"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from yiwang.kernel.base.text import msg
from yiwang.kernel.records.services import USE
from yiwang.kernel.ui.access import needs
from yiwang.kernel.ui.lists import (
    Column,
    Empty,
    ListQuery,
    ListSlice,
    ListSpec,
    Provider,
    render_list,
)

from .boards import show_board
from .calendars import show_calendar
from .filtering import list_filters, read_filters
from .looks import Look, Row, open_look
from .maps import show_map
from .occupancy import show_occupancy
from .showing import COLUMN_KINDS, label_of
from .timelines import show_timeline

MASKED = msg("masked; neither filter nor order")


@needs(USE)
@require_safe
def show_entity(request: HttpRequest, code: str) -> HttpResponseBase:
    """Records of an entity in the view that the address names. 记录视图。"""
    look = open_look(request, code)
    return DRAWERS[look.view.kind](look)


def show_list(look: Look) -> HttpResponseBase:
    """Records as a list. 列表视图。"""
    return render_list(
        look.request, spec_of(look), provide(look), template="records/list.html",
        context=look.context(),
    )  # fmt: skip


def spec_of(look: Look) -> ListSpec:
    """What the list shows, by the view and by what exists for the reader. 列表声明。"""
    return ListSpec(
        f"records.{look.entity.code}",
        [_column(look, key, first=at == 0) for at, key in enumerate(look.columns)],
        filters=list_filters(look),
        search=look.searched,
        order=look.view.order,
        empty=_empty(look),
    )


def _column(look: Look, key: str, *, first: bool) -> Column:
    field = look.fields[key]
    return Column(
        key,
        label_of(field),
        value=lambda row: row.text(key) or (row.title if first else ""),
        link=_own_link if first else _link_along(key) if field.kind == "link" else None,
        kind=COLUMN_KINDS.get(field.kind, "text"),
        sort=key if key in look.narrowable else "",
        note=MASKED if key in look.masked else "",
    )


def _own_link(row: Row) -> str:
    return row.url


def _link_along(key: str) -> Callable[[Row], str]:
    return lambda row: row.link(key)


def _empty(look: Look) -> Empty:
    title = msg("There are no records yet")
    if "create" in look.verbs:
        text = gettext("Add the first one, or take them in from a sheet.")
        return Empty(title, text, msg("Add a record"), f"{look.url}new/")
    return Empty(title, msg("Whoever may add records has added none that you may see."))


def provide(look: Look) -> Provider:
    """Rows for a list, as the address asks for them. 记录行提供者。"""

    def rows(query: ListQuery) -> ListSlice:
        nodes = read_filters(look, query.filters)
        wanted = look.want(
            nodes, search=query.search, order=query.order, after=query.after, limit=query.limit
        )
        return ListSlice(*look.read(wanted))

    return rows


DRAWERS: Mapping[str, Callable[[Look], HttpResponseBase]] = {
    "list": show_list,
    "board": show_board,
    "calendar": show_calendar,
    "timeline": show_timeline,
    "map": show_map,
    "slots": show_occupancy,
}
