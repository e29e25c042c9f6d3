"""The boxes of whoever is signed in: to do, done, started, copied, watched. 待办箱。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from yiwang.kernel.base.text import msg
from yiwang.kernel.records.types import Capped
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.lists import render_list
from yiwang.kernel.ui.lists.cells import show
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import USE
from yiwang.kernel.workflow.types.boxes import BoxName

from .boxes import SPECS, rows_of

TABS = (
    ("inbox", "todo", msg("To do")),
    ("done", "done", msg("Done by me")),
    ("started", "started", msg("Started by me")),
    ("copied", "unread", msg("Copied to me")),
    ("watched", "watched", msg("Watched by me")),
)
BULK: Mapping[BoxName, Sequence[tuple[str, str]]] = {
    "todo": (
        ("decide", msg("Decide together")),
        ("transfer", msg("Hand on together")),
        ("delegate", msg("Let somebody prepare them")),
    ),
    "started": (("urge", msg("Urge together")),),
}
QUICK = (
    ("", "", msg("Everything")),
    ("today", "today", msg("Due today")),
    ("red", "red", msg("Overdue")),
)


def say_count(count: Capped) -> str:
    """A count as people read it: `1,000+`. 显示计数。"""
    return f"{show(count.number)}+" if count.is_more else show(count.number)


def with_count(label: str, count: Capped | None) -> str:
    """A label and how much stands behind it; nothing for nothing. 带计数的标签。"""
    if count is None or not count.number:
        return gettext(label)
    told = {"label": gettext(label), "count": say_count(count)}
    return gettext("%(label)s (%(count)s)") % told


def list_tabs(counts: Mapping[str, Capped]) -> list[tuple[str, str]]:
    """The boxes as tabs, with how much stands in them. 待办箱标签。"""
    return [
        (reverse(f"workflow:{route}"), with_count(label, counts[name]))
        for route, name, label in TABS
    ]


def list_quick(request: HttpRequest, counts: Mapping[str, Capped]) -> list[tuple[str, str, bool]]:
    """What of the to-do list is short of time, one press away. 快捷筛选。"""
    present = request.GET.get("light", "")
    return [
        (f"?light={light}" if light else "?", with_count(label, counts.get(name)), light == present)
        for light, name, label in QUICK
    ]


def show_box(request: HttpRequest, box: BoxName, title: str) -> HttpResponseBase:
    """One box below the tabs. 待办箱。"""
    counts = services.count_boxes(actor_of(request))
    context = {
        "tabs": list_tabs(counts),
        "quick": list_quick(request, counts) if box == "todo" else [],
        "bulk": BULK.get(box, ()),
    }
    return render_list(
        request, SPECS[box], rows_of(request, box), title=title,
        template="workflow/inbox.html", context=context,
    )  # fmt: skip


@needs(USE)
@require_safe
def show_todo(request: HttpRequest) -> HttpResponseBase:
    """What waits for me. 待办。"""
    return show_box(request, "todo", msg("Inbox"))


@needs(USE)
@require_safe
def show_done(request: HttpRequest) -> HttpResponseBase:
    """What I decided. 已办。"""
    return show_box(request, "done", msg("Done by me"))


@needs(USE)
@require_safe
def show_started(request: HttpRequest) -> HttpResponseBase:
    """What I started. 我发起的。"""
    return show_box(request, "started", msg("Started by me"))


@needs(USE)
@require_safe
def show_copied(request: HttpRequest) -> HttpResponseBase:
    """What was copied to me. 抄送我的。"""
    return show_box(request, "copied", msg("Copied to me"))


@needs(USE)
@require_safe
def show_watched(request: HttpRequest) -> HttpResponseBase:
    """What I watch. 我关注的。"""
    return show_box(request, "watched", msg("Watched by me"))
