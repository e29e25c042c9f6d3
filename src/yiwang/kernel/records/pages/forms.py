"""What the pages of forms share: which form, how it is drawn, what a refusal becomes. 表单页面。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted, TooMany
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE, Desk
from yiwang.kernel.records.types import Entity, Field, Form, InvalidValues, Record
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.labels import in_language

from .fields_finding import list_offers, source_of
from .filling import Filling
from .sources import Sources

ALL = "all"
REFUSALS = (InvalidInput, Conflict, NotPermitted, TooMany)
"""What a person can put right on the form they have before them."""


@dataclass
class FormPage:
    """A page with a form on it. 表单页。"""

    request: HttpRequest
    filling: Filling
    submit: str
    hidden: dict[str, str] = field(default_factory=dict)
    numbers: tuple[int, ...] | None = None
    title: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def draw(self, status: int = 200, **more: Any) -> HttpResponse:
        """Draw the form with its answers and what is wrong with them. 绘制。"""
        filling, entity = self.filling, self.filling.entity
        filling.know(self._keys())
        parts = filling.draw(self.numbers)
        context = {
            "title": self.title or in_language(filling.form.title),
            "crumb": in_language(filling.form.title),
            "help": in_language(filling.form.help),
            "up": in_language(entity.title),
            "up_url": reverse("records:entity", args=[entity.code]),
            "parts": parts,
            "is_one": len(filling.form.sections) == 1 or self.numbers is not None,
            "problems": filling.list_problems(),
            "offers": filling.offers,
            "has_conditions": bool(filling.deciding & self._keys()),
            "hidden": list(self.hidden.items()),
            "submit": self.submit,
            "takes_over": filling.takes_over,
            "directory": filling.sources.directory,
            **self.more,
            **more,
        }
        return render(self.request, "records/form.html", context, status=status)

    def _keys(self) -> set[str]:
        sections = self.filling.form.sections
        return {
            key
            for number, section in enumerate(sections, start=1)
            if self.numbers is None or number in self.numbers
            for key in self.filling.keys_of(section)
        }


def find_form(desk: Desk, entity: Entity, name: str) -> Form:
    """The form that is named, else the first that is declared, else all fields; NotFound. 取表单。

    `all` names all fields: a declared form may bear the code of its entity.
    """
    declared = desk.forms(entity.code)
    if name == ALL or not (name or declared):
        whole: Form = desk.snapshot.memo.setdefault(
            ("form", entity.code), services.default_form(entity)
        )
        return whole
    form = desk.form(name) if name else declared[0]
    if form.entity != entity.code:
        raise NotFound("records.form.unknown", "There is no form %(form)s", form=name)
    return form


def name_form(desk: Desk, form: Form) -> str:
    """How an address or a draft names a form. 表单标识。"""
    return form.code if desk.snapshot.forms.get(form.code) is form else ALL


def list_others(desk: Desk, entity: Entity, form: Form) -> list[tuple[str, str]]:
    """The other forms in which a new record can be filled in: title and address. 其他表单。"""
    address = reverse("records:new", args=[entity.code])
    return [
        (in_language(one.title), f"{address}?form={one.code}")
        for one in desk.forms(entity.code)
        if one is not form
    ]


def list_given(entity: Entity, told: Mapping[str, str]) -> dict[str, str]:
    """What an address says of the fields that name a slot, or by which known values are looked up. 地址带入项。"""
    by = {mine for one in entity.fields.values() if one.known for _, mine in one.known.match}
    if slots := entity.slots:
        by |= {slots.of, slots.day, slots.since, slots.until}
    return {key: told[key][:200] for key in by if told.get(key)}


def fill_anew(
    desk: Desk,
    entity: Entity,
    form: Form,
    answers: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
) -> Filling:
    """A form for a new record, with its defaults and what is given, or the answers of a draft. 新建填报。"""
    writable = frozenset(desk.writable(entity.code, "create"))
    filling = Filling(desk, entity, form, writable)
    defaults = {**services.to_json(entity, services.list_defaults(entity)), **(given or {})}
    told = defaults if answers is None else answers
    filling.answers = {key: told[key] for key in filling.keys if key in told}
    return filling


def make_record(page: FormPage, key: str) -> Record | None:
    """Make the record of a filled form; None where something is wrong, told on the form. 建记录。"""
    filling = page.filling
    if filling.problems:
        filling.check()
        return None
    try:
        return services.create_record(
            filling.desk, filling.entity.code, filling.values, key=key, form=filling.form
        )
    except InvalidValues as error:
        filling.add_problems(error.problems)
    except REFUSALS as error:
        filling.add_failure(error)
    return None


def keep(page: FormPage, answers: Mapping[str, Any], **more: Any) -> HttpResponse:
    """Keep answers in a draft and lead to the drafts; what forbids it is told on the form. 保存草稿。"""
    filling = page.filling
    form = name_form(filling.desk, filling.form)
    try:
        services.save_draft(filling.desk, filling.entity.code, form, answers, **more)
    except REFUSALS as error:
        filling.problems = {}
        filling.add_failure(error)
        return page.draw(error.status)
    return leave_draft(page.request)


def leave_draft(request: HttpRequest) -> HttpResponse:
    """Lead to the drafts after one was kept. 转到草稿页。"""
    flash(request, msg("Kept. Nobody but you sees it; it is forgotten after 90 days."))
    return redirect("records:drafts")


def leave(request: HttpRequest, record: Record, message: str) -> HttpResponse:
    """Lead to a record after it was written. 转到记录页。"""
    flash(request, message)
    return redirect("records:record", record.entity, record.id)


def leave_unseen(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Lead to the list: what was made is not the reader's to see. 转到列表。"""
    flash(request, msg("It is done, but you may not see the record"))
    return redirect("records:entity", entity.code)


def tell_asked(filling: Filling) -> JsonResponse:
    """What is asked as things stand, for the script that shows and hides questions. 当前应填项。"""
    parts = [part.number for part in filling.draw() if part.is_asked]
    return JsonResponse({"asked": sorted(filling.asked), "parts": parts})


def tell_unseen() -> str:
    """What is said when answers lead to more questions. 追加提问提示。"""
    return gettext(
        "Your answers lead to more questions. Answer them too, then send the form again."
    )


@needs(USE)
@require_safe
def suggest_people(request: HttpRequest, field: str) -> HttpResponseBase:
    """Names to choose from while somebody types one. 人员提示。"""
    people = identity.suggest_people(request.GET.get(field, ""))
    return render(request, "ui/forms/options.html", {"people": people})


@needs(USE)
@require_safe
def offer(request: HttpRequest, code: str, place: str) -> HttpResponseBase:
    """What one may choose from while somebody types words into a field. 查找提示。"""
    desk = services.at_desk(actor_of(request))
    source = source_of(find_field(desk, code, place), Sources(desk, code))
    if source is None:
        raise unknown_field()
    name = request.GET.get("name", "")[:120]
    query = request.GET.get(f"{name}-q", "").strip()[:80]
    found = source.find(query)
    context = {
        "name": name,
        "offers": list_offers(source, "", found, required=True),
        "nothing": bool(query) and not found,
    }
    return render(request, "records/_found.html", context)


def find_field(desk: Desk, code: str, place: str) -> Field:
    """The field that a place names; NotFound where the reader may not fill it in. 查找字段。"""
    key, _, member = place.partition(".")
    fields = desk.entity(code).fields
    if key not in {*desk.writable(code, "create"), *desk.writable(code, "edit")}:
        raise unknown_field()
    found = fields[key].fields.get(member) if member else fields[key]
    if found is None:
        raise unknown_field()
    return found


def unknown_field() -> NotFound:
    """There is no such field, or none to be filled in. 无此字段。"""
    return NotFound("records.field.unknown", "There is no such field")
