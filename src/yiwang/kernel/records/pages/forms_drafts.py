"""What one began to fill in. 我的草稿。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.base.text import msg
from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE, Desk
from yiwang.kernel.records.services.drafts import SavedDraft
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.labels import in_language

from .forms import find_form


@dataclass(frozen=True, slots=True)
class Line:
    """A draft in the list; without an address where its form is gone. 草稿行。"""

    id: str
    title: str
    about: str
    updated_at: datetime
    address: str


@needs(USE)
@require_safe
def show_drafts(request: HttpRequest) -> HttpResponseBase:
    """My drafts. 我的草稿。"""
    desk = services.at_desk(actor_of(request))
    lines = [draw_line(desk, one) for one in services.list_drafts(desk)]
    return render(request, "records/drafts.html", {"lines": lines})


@needs(USE)
@require_POST
def drop_draft(request: HttpRequest, draft: str) -> HttpResponse:
    """Forget one of them. 删除草稿。"""
    services.drop_draft(services.at_desk(actor_of(request)), draft)
    flash(request, msg("The draft is gone."))
    return redirect("records:drafts")


def draw_line(desk: Desk, saved: SavedDraft) -> Line:
    """A draft by what it is called. 草稿行。"""
    try:
        entity = desk.entity(saved.entity)
        form = find_form(desk, entity, saved.form)
    except NotFound:
        gone = gettext("This form is no longer there")
        return Line(saved.id, saved.form, gone, saved.updated_at, "")
    code = entity.code
    if saved.record:
        address = reverse("records:edit", args=[code, saved.record])
    elif form.style == "steps":
        address = reverse("records:step", args=[code, saved.id, 1])
    else:
        address = reverse("records:new", args=[code])
    if saved.record or form.style != "steps":
        address += f"?form={saved.form}&draft={saved.id}"
    title = str(saved.answers.get(entity.titled_by) or in_language(entity.title))
    return Line(saved.id, title, in_language(form.title), saved.updated_at, address)
