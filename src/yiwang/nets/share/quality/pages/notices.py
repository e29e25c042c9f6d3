"""Rectification notices: made, sent, downloaded, taken back. 整改单页面。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import DropZone, FilesField, add_failure
from yiwang.kernel.ui.lists import Column, Empty, Filter, Light, ListSpec, render_list
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import EXPORT, UNMASK
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.models import Notice, NoticeReturn
from yiwang.nets.share.quality.types import LineState, NoticeState, ReturnState

from .overview import title_of, words_of

COLORS = {
    NoticeState.DRAFT: "",
    NoticeState.SENT: "yellow",
    NoticeState.RETURNED: "blue",
    NoticeState.CLOSED: "green",
    NoticeState.CANCELLED: "",
}
LINE_COLORS = {
    LineState.OPEN: "yellow",
    LineState.FIXED: "green",
    LineState.EXCUSED: "",
    LineState.UNCHANGED: "red",
}
RETURN_COLORS = {
    ReturnState.RECEIVED: "blue",
    ReturnState.LANDING: "blue",
    ReturnState.DONE: "green",
    ReturnState.FAILED: "red",
}
OUT = (NoticeState.SENT, NoticeState.RETURNED)


def notice_light(notice: Notice) -> Light:
    """Where a notice stands; past its day it is red. 整改单状态。"""
    state = NoticeState(notice.state)
    if state in OUT and notice.due_on and notice.due_on < today():
        return Light(msg("Overdue"), "red")
    return Light(state.label, COLORS[state])  # type: ignore[arg-type]


NOTICES = ListSpec(
    "quality.notices",
    columns=(
        Column(
            "number", msg("Notice number"), link=lambda n: reverse("quality:notice", args=[n.id])
        ),
        Column("owner", msg("Department")),
        Column("state", msg("State"), notice_light, kind="light"),
        Column("rows", msg("Wrong cells"), kind="number"),
        Column("due_on", msg("Due on"), kind="date", sort="due_on"),
        Column("sent_at", msg("Sent"), kind="datetime"),
        Column("returned_at", msg("Came back"), kind="datetime"),
    ),
    filters=(
        Filter(
            "state", msg("State"), choices=lambda _: [(s.value, str(s.label)) for s in NoticeState]
        ),
        Filter("owner", msg("Department")),
    ),
    search=("number",),
    order=("-created_at",),
    export="notices",
    empty=Empty(
        msg("No notices yet"),
        msg("A notice takes findings to the department that can mend them, as a workbook."),
        msg("New notices"),
        "/quality/notices/new/",
        services.SEND,
    ),
)


class TermsForm(forms.Form):
    """To whom, until when, with what words. 下发表单。"""

    owners = forms.MultipleChoiceField(
        label=_("Departments"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each gets one notice with all its open findings"),
    )
    days = forms.IntegerField(
        label=_("Working days to answer"), min_value=1, max_value=250, initial=10
    )
    note = forms.CharField(
        label=_("Contact and note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands on the cover: whom to call, what to mind"),
    )
    purpose = forms.CharField(
        label=_("Purpose, to send personal values whole"),
        required=False,
        max_length=300,
        help_text=_(
            "Left empty, personal values are masked and rows are named by file and row. With a "
            "purpose they go out whole to their own department; it stands on the cover and in the "
            "record of looks."
        ),
    )


class ReturnForm(forms.Form):
    """A workbook that came back. 回执表单。"""

    uploads = FilesField(label=_("Returned workbook"), widget=DropZone(multiple=False))


@needs(services.READ)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """Notices within reach, the newest first. 整改单列表。"""
    actor = actor_of(request)
    rows = services.visible_notices(actor)
    owners = catalog.name_codes(rows.order_by("owner").values_list("owner", flat=True).distinct())
    return render_list(
        request,
        catalog.name_owners_in(NOTICES, owners),
        rows,
        template="quality/notices.html",
        context={"may_send": actor.may(services.SEND), "may_answer": actor.may(services.ANSWER)},
    )


@needs(services.SEND)
def make(request: HttpRequest) -> HttpResponseBase:
    """Make notices for chosen departments, or of chosen groups, and send them. 新建整改单。"""
    actor = actor_of(request)
    group = request.GET.get("group", "")
    chosen = services.get_group(actor, group) if group else None
    waiting = services.count_open_by_owner(actor)
    if chosen:
        waiting = {chosen.owner: (1, chosen.rows)}
    names = catalog.name_codes(waiting)
    form = TermsForm(request.POST or None, initial={"owners": [chosen.owner] if chosen else []})
    form.fields["owners"].choices = [  # type: ignore[attr-defined]
        (code, f"{names.get(code, code)} ({rows})") for code, (_n, rows) in sorted(waiting.items())
    ]
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = services.start_sending(
                actor,
                owners=told["owners"],
                groups=[chosen.id] if chosen else (),
                terms=services.Terms(told["days"], told["note"], told["purpose"]),
            )
        except YiwangError as error:
            add_failure(form, error)
        else:
            flash(request, msg("%(count)s notices are being written"), "green", count=len(made))
            if len(made) == 1:
                return redirect("quality:notice", notice_id=made[0].id)
            return redirect("quality:notices")
    context = {
        "form": form,
        "chosen": chosen,
        "chosen_title": title_of(chosen) if chosen else "",
        "waiting": waiting,
        "may_unmask": actor.may(UNMASK),
    }
    return render(request, "quality/make.html", context, status=422 if form.errors else 200)


@needs(services.READ)
def show_notice(request: HttpRequest, notice_id: str) -> HttpResponseBase:
    """One notice: its way so far, its lines, what came back. 整改单。"""
    actor = actor_of(request)
    notice = services.get_notice(actor, notice_id)
    error, status = "", 200
    if request.method == "POST":
        try:
            _end(request, notice)
        except YiwangError as failure:
            error, status = explain(failure), failure.status
        else:
            return redirect("quality:notice", notice_id=notice.id)
    job = jobs.get_job(actor, notice.job_id) if _being_written(request, notice) else None
    lines = services.list_lines(notice)
    context = {
        "notice": notice,
        "light": notice_light(notice),
        "owner_name": catalog.name_codes([notice.owner]).get(notice.owner, notice.owner),
        "job": job,
        "timeline": list_timeline(notice),
        "lines": [
            (line, title_of(line.group), words_of(line.group), line_light(line.state))
            for line in lines
        ],
        "returns": [(one, return_light(one)) for one in services.list_returns(actor, notice.id)],
        "may_download": bool(notice.file) and actor.may(EXPORT, organization=notice.owner),
        "may_answer": actor.may(services.ANSWER, organization=notice.owner) and notice.state in OUT,
        "may_end": actor.may(services.SEND, organization=notice.owner)
        and notice.state in (NoticeState.DRAFT, *OUT),
        "cases": services.list_cases(actor, {line.group.resource for line in lines}),
        "error": error,
    }
    return render(request, "quality/notice.html", context, status=status)


def _being_written(request: HttpRequest, notice: Notice) -> bool:
    return bool(
        notice.state == NoticeState.DRAFT
        and notice.job_id
        and notice.account == actor_of(request).id
    )


def _end(request: HttpRequest, notice: Notice) -> None:
    actor, reason = actor_of(request), request.POST.get("reason", "")
    if request.POST.get("step") == "cancel":
        services.cancel_notice(actor, notice.id, reason=reason)
        flash(request, msg("The notice has been taken back"), "green")
    else:
        services.close_notice(actor, notice.id, reason=reason)
        flash(request, msg("The notice has been closed"), "green")


def list_timeline(notice: Notice) -> list[tuple[str, Any]]:
    """What happened to a notice, and when. 办理经过。"""
    ended = {
        NoticeState.CLOSED: msg("Settled"),
        NoticeState.CANCELLED: msg("Cancelled"),
    }
    steps = [
        (msg("Made"), notice.created_at),
        (msg("Sent out"), notice.sent_at),
        (msg("Downloaded"), notice.downloaded_at),
        (msg("Correction came back"), notice.returned_at),
        (ended.get(NoticeState(notice.state), msg("Settled")), notice.closed_at),
    ]
    return [(label, at) for label, at in steps if at]


def line_light(state: str) -> Light:
    """What became of a line. 整改项状态。"""
    return Light(LineState(state).label, LINE_COLORS[LineState(state)])  # type: ignore[arg-type]


def return_light(found: NoticeReturn) -> Light:
    """How far a return has come. 回执状态。"""
    state = ReturnState(found.state)
    return Light(state.label, RETURN_COLORS[state])  # type: ignore[arg-type]


@needs(EXPORT)
def download(request: HttpRequest, notice_id: str) -> HttpResponseBase:
    """The workbook of a notice. 下载整改单。"""
    notice, stream = services.open_workbook(actor_of(request), notice_id)
    return FileResponse(stream, as_attachment=True, filename=services.file_name(notice))


@needs(services.ANSWER)
def take(request: HttpRequest) -> HttpResponseBase:
    """Take in a workbook that came back; it says itself which notice it answers. 接收回执。"""
    form = ReturnForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["uploads"][0]
        try:
            made = services.take_return(
                actor_of(request),
                upload,
                file_name=upload.name,
                notice=request.GET.get("notice", ""),
            )
        except YiwangError as error:
            add_failure(form, error, "uploads")
        else:
            return redirect("quality:return", return_id=made.id)
    return render(request, "quality/take.html", {"form": form}, status=422 if form.errors else 200)


@needs(services.READ)
def show_return(request: HttpRequest, return_id: str) -> HttpResponseBase:
    """What became of each answer of a returned workbook. 回执。"""
    actor = actor_of(request)
    found = services.get_return(actor, return_id)
    live = found.state in (ReturnState.RECEIVED, ReturnState.LANDING)
    mine = found.job_id and found.sender == actor.id
    error = found.error or {}
    context = {
        "found": found,
        "notice": found.notice,
        "light": return_light(found),
        "live": live,
        "job": jobs.get_job(actor, found.job_id) if live and mine else None,
        "counts": [(services.VERDICTS.get(code, code), n) for code, n in found.counts.items()],
        "problems": [
            (one, one.get("why") or services.VERDICTS.get(one["code"], one["code"]))
            for one in found.problems
        ],
        "error": error.get("detail", ""),
    }
    return render(request, "quality/return.html", context)


NOTICE_PATHS = [
    path("notices/", show_list, name="notices"),
    path("notices/new/", make, name="make"),
    path("notices/<str:notice_id>/", show_notice, name="notice"),
    path("notices/<str:notice_id>/workbook/", download, name="download"),
    path("return/", take, name="take"),
    path("returns/<str:return_id>/", show_return, name="return"),
]
