"""The notices of whoever is signed in. 通知页面。"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yiwang.kernel.base.text import msg
from yiwang.kernel.notify import services
from yiwang.kernel.notify.types import NoticeInfo
from yiwang.kernel.ui.access import actor_of, signed_in
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.lists import (
    Column,
    Empty,
    Filter,
    Light,
    ListQuery,
    ListSlice,
    ListSpec,
    render_list,
)


def light_of(row: NoticeInfo) -> Light:
    """Whether a notice waits. 阅读状态。"""
    return Light(msg("Read")) if row.read_at else Light(msg("Unread"), "blue")


NOTICES = ListSpec(
    "notify.notices",
    columns=[
        Column("text", msg("Notice"), link=lambda row: reverse("notify:open", args=[row.id])),
        Column("sent_at", msg("Sent"), kind="datetime"),
        Column("state", msg("State"), kind="light", value=light_of),
    ],
    filters=[Filter("unread", msg("Unread only"), kind="flag")],
    empty=Empty(
        msg("No notices"),
        msg("You are told here when something of yours arrives, changes or waits for you."),
    ),
)


@signed_in
@require_safe
def list_page(request: HttpRequest) -> HttpResponseBase:
    """My notices. 我的通知。"""

    def rows(query: ListQuery) -> ListSlice:
        after = str(query.after[0]) if query.after else ""
        unread = bool(query.filters.get("unread"))
        actor = actor_of(request)
        found = services.list_notices(actor, unread=unread, after=after, limit=query.limit + 1)
        shown = found[: query.limit]
        return ListSlice(shown, [shown[-1].id] if len(found) > query.limit else None)

    context = {"unread": services.count_unread(actor_of(request))}
    return render_list(
        request, NOTICES, rows, title=msg("Notices"), template="notify/list.html", context=context
    )


@signed_in
@require_safe
def open_page(request: HttpRequest, notice_id: str) -> HttpResponse:
    """Mark a notice read and go where it leads. 打开通知。"""
    found = services.read_notice(actor_of(request), notice_id)
    return redirect(found.url or "notify:list")


@signed_in
@require_POST
def read_all_page(request: HttpRequest) -> HttpResponse:
    """Mark all read. 全部已读。"""
    services.read_all(actor_of(request))
    flash(request, msg("All notices are marked as read."))
    return redirect("notify:list")
