"""What happened to a record; taking it out and bringing it back. 变更历史页。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yiwang.kernel.base.errors import NotPermitted, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE
from yiwang.kernel.records.services.naming import Names, gather_names
from yiwang.kernel.records.types import Change, Entity, Field
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import ReasonForm, add_failure
from yiwang.kernel.ui.labels import in_language

from .detail import open_record
from .looks import read_rev
from .showing import label_of, show_rows, show_value

VERBS = {
    "create": msg("Record made"),
    "edit": msg("Changed"),
    "remove": msg("Removed"),
    "restore": msg("Brought back"),
}
Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a change, line by line before and after. 字段变更。"""

    label: str
    before: Lines
    after: Lines
    masked: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as the page tells it. 变更条目。"""

    rev: int
    word: str
    who: str
    at: datetime
    reason: str
    differences: list[Difference]


@needs(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def show_history(request: HttpRequest, code: str, record_id: str) -> HttpResponseBase:
    """The changes of a record, newest first; bringing back one that was taken out. 变更历史。"""
    desk = services.at_desk(actor_of(request))
    changes = services.list_history(desk, code, record_id)
    entity = desk.entity(code)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.restore_record(desk, code, record_id, reason=form.cleaned_data["reason"])
            flash(request, msg("The record is back as it was."))
            return redirect("records:record", code, record_id)
        except YiwangError as error:
            add_failure(form, error)
    removed = bool(changes) and changes[0].verb == "remove"
    context = {
        "kind": in_language(entity.title),
        "title": title_of(entity, changes, record_id),
        "url": reverse("records:record", args=[code, record_id]),
        "list_url": reverse("records:entity", args=[code]),
        "entries": tell(desk, entity, changes),
        "removed": removed,
        "form": form if removed and "remove" in desk.verbs(code) else None,
    }
    return render(request, "records/history.html", context, status=422 if form.errors else 200)


def title_of(entity: Entity, changes: Sequence[Change], record_id: str) -> str:
    """What the record is called, by the last change that told it. 记录标题。"""
    key = entity.titled_by
    told = (value for one in changes for value in (one.after.get(key), one.before.get(key)))
    return str(next((value for value in told if value), record_id[-8:]))


def tell(desk: services.Desk, entity: Entity, changes: Sequence[Change]) -> list[Entry]:
    """Changes as the page tells them. 变更条目。"""
    names = gather_names(
        lambda code, ids: services.name_records(desk, code, list(ids)),
        entity.fields,
        [(values, one.masked) for one in changes for values in (one.before, one.after)],
        people={one.actor for one in changes},
    )
    return [
        Entry(
            one.rev, VERBS.get(one.verb, one.verb), names.person(one.actor), one.at, one.reason,
            list(compare(entity.fields, one, names)),
        )
        for one in changes
    ]  # fmt: skip


def compare(fields: Mapping[str, Field], change: Change, names: Names) -> list[Difference]:
    """The fields of a change that held or hold something. 字段对比。"""
    found = [
        Difference(
            label_of(one),
            write_lines(one, change.before.get(key), names),
            write_lines(one, change.after.get(key), names),
            key in change.masked,
        )
        for key, one in fields.items()
        if key in change.after
    ]
    return [one for one in found if one.before or one.after]


def write_lines(field: Field, value: object, names: Names) -> Lines:
    """A value of a change: a line, or one for each row of a group. 变更值。"""
    if field.kind == "group" and isinstance(value, list):
        return tuple(" · ".join(filter(None, row)) for row in show_rows(field, value, names))
    text = show_value(field, value, names)
    return (text,) if text else ()


@needs(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, code: str, record_id: str) -> HttpResponse:
    """Take a record out, for a reason; its history keeps it. 删除记录。"""
    page = open_record(request, code, record_id)
    if "remove" not in page.record.verbs:
        raise NotPermitted("records.record.kept", "You may not take this record out")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.remove_record(
                page.desk, code, record_id, reason=form.cleaned_data["reason"],
                rev=read_rev(request.POST),
            )  # fmt: skip
            flash(request, msg("The record is taken out. Its history can bring it back."))
            return leave(page.desk, code, record_id)
        except YiwangError as error:
            add_failure(form, error)
    status = 422 if form.errors else 200
    return render(request, "records/remove.html", page.context() | {"form": form}, status=status)


def leave(desk: services.Desk, code: str, record_id: str) -> HttpResponse:
    """Where one goes after a record is gone: its history, if one may read it. 删除后去向。"""
    if "history" in desk.verbs(code):
        return redirect("records:history", code, record_id)
    return redirect("records:entity", code)
