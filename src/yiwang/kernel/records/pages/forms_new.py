"""A new record from a form on one page. 新建记录。"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.base.ids import new_ulid
from yiwang.kernel.base.text import msg
from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE, Desk
from yiwang.kernel.records.services.drafts import SavedDraft
from yiwang.kernel.records.types import Entity, Form
from yiwang.kernel.ui.access import actor_of, needs

from .commands import obey
from .forms import (
    FormPage,
    fill_anew,
    find_form,
    keep,
    leave,
    leave_unseen,
    list_given,
    list_others,
    make_record,
    tell_asked,
    tell_unseen,
)
from .forms_steps import fill_first_step
from .instead import choose_instead

KEY_LENGTH = 64


@needs(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def fill_new(request: HttpRequest, code: str) -> HttpResponseBase:
    """The form of a new record, and making it. 新建填报。"""
    desk = services.at_desk(actor_of(request))
    entity = desk.require(code, "create")
    form = find_form(desk, entity, request.GET.get("form", ""))
    if form.style == "steps":
        return fill_first_step(request, desk, entity, form)
    page = open_page(request, desk, entity, form)
    return send(page) if request.method == "POST" else page.draw()


def open_page(request: HttpRequest, desk: Desk, entity: Entity, form: Form) -> FormPage:
    """The form as it is opened, or as it was left. 打开表单。"""
    saved = find_draft(desk, request.POST.get("draft", "") or request.GET.get("draft", ""))
    key = saved.notes.get("key", "") if saved else request.POST.get("key", "")[:KEY_LENGTH]
    filling = fill_anew(
        desk, entity, form, saved.answers if saved else None, list_given(entity, request.GET.dict())
    )
    hidden = {"key": key or new_ulid(), "draft": saved.id if saved else ""}
    more = {"others": list_others(desk, entity, form)}
    return FormPage(request, filling, gettext("Save"), hidden, more=more)


def send(page: FormPage) -> HttpResponse:
    """Do what was sent: a command on the page, saving for later, handing in. 提交。"""
    request, filling, told = page.request, page.filling, page.request.POST.get("do", "")
    shown = filling.take(request)
    if told == "asked":
        return tell_asked(filling)
    if obey(filling, told):
        return page.draw()
    if told == "save":
        return save(page)
    choose_instead(filling.entity, filling.answers, told)
    unseen = filling.asked - shown
    if unseen:
        filling.check()
        filling.problems = {
            path: one for path, one in filling.problems.items() if path.partition(".")[0] in shown
        }
        return page.draw(422, note=tell_unseen())
    return hand_in(page)


def hand_in(page: FormPage) -> HttpResponse:
    """Make the record and forget the draft. 建记录。"""
    filling = page.filling
    try:
        record = make_record(page, page.hidden["key"])
    except NotFound:
        return leave_unseen(page.request, filling.entity)
    if record is None:
        return page.draw(422)
    forget(filling.desk, page.hidden["draft"])
    return leave(page.request, record, msg("Saved."))


def save(page: FormPage) -> HttpResponse:
    """Keep the answers for later. 保存草稿。"""
    filling, draft = page.filling, page.hidden["draft"]
    return keep(page, filling.answers, draft=draft, notes={"key": page.hidden["key"]})


def find_draft(desk: Desk, draft: str) -> SavedDraft | None:
    """The draft that a form goes on from; none where it was handed in meanwhile. 查找草稿。"""
    try:
        return services.get_draft(desk, draft) if draft else None
    except NotFound:
        return None


def forget(desk: Desk, draft: str) -> None:
    """Forget a draft that was handed in, if there was one. 删除已提交草稿。"""
    if find_draft(desk, draft):
        services.drop_draft(desk, draft)
