"""A form as one question after the other, kept at each step, checked at the end. 分步填报。

The draft is the state: its address can be left and come back to, on another machine too. Its id is
the key of the record, so handing in twice makes one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.base.text import msg
from yiwang.kernel.files.services import show_size
from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE, Desk
from yiwang.kernel.records.services.drafts import SavedDraft
from yiwang.kernel.records.services.naming import Names, gather_names
from yiwang.kernel.records.types import Entity, Field, Form, Section
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.labels import in_language

from .commands import obey
from .filling import Filling, is_empty
from .forms import (
    REFUSALS,
    FormPage,
    fill_anew,
    find_form,
    leave,
    leave_draft,
    leave_unseen,
    list_given,
    list_others,
    make_record,
    name_form,
    tell_asked,
    tell_unseen,
)
from .instead import choose_instead
from .showing import FileLine, Shown, label_of, show_rows, show_value

FIRST = 1


@dataclass
class Walk:
    """Somebody on their way through the steps of a form. 分步过程。 `draft` is "" before the first answer."""

    request: HttpRequest
    desk: Desk
    entity: Entity
    form: Form
    filling: Filling
    draft: str

    @property
    def steps(self) -> list[tuple[int, Section]]:
        """The sections that ask something now, with their numbers. 当前步骤。"""
        asked = self.filling.asked
        return [
            (number, section)
            for number, section in enumerate(self.form.sections, start=1)
            if asked & set(self.filling.keys_of(section))
        ]

    def address(self, number: int) -> str:
        """Where a step is. 步骤地址。"""
        return reverse("records:step", args=[self.entity.code, self.draft, number])

    @property
    def check_address(self) -> str:
        """Where all answers are looked over. 核对地址。"""
        return reverse("records:check", args=[self.entity.code, self.draft])

    @property
    def is_changing(self) -> bool:
        """Whether one came from the check, and goes back there. 是否自核对页返回修改。"""
        return self.request.GET.get("back") == "check"

    def after(self, number: int) -> str:
        """Where it goes on after a step. 下一步。"""
        later = [one for one, _ in self.steps if one > number]
        return self.check_address if self.is_changing or not later else self.address(later[0])

    def before(self, number: int) -> str:
        """Where one comes from. 上一步。"""
        if self.is_changing:
            return self.check_address
        earlier = [one for one, _ in self.steps if one < number]
        return self.address(earlier[-1] if earlier else number)

    def page(self, number: int) -> FormPage:
        """The page of one step. 步骤页。"""
        numbers = [one for one, _ in self.steps]
        section = self.form.sections[number - 1]
        titles = [in_language(one.title) for _, one in self.steps]
        more = {
            "steps": [*titles, gettext("Check your answers")],
            "current": numbers.index(number) + 1 if number in numbers else 1,
            "help": in_language(section.help)
            or (in_language(self.form.help) if number == numbers[0] else ""),
            "has_back": bool(self.draft) and (number != numbers[0] or self.is_changing),
        }
        return FormPage(
            self.request, self.filling, gettext("Continue"), {}, (number,),
            in_language(section.title), more,
        )  # fmt: skip


def fill_first_step(
    request: HttpRequest, desk: Desk, entity: Entity, form: Form
) -> HttpResponseBase:
    """The first step, before there is a draft. 第一步。"""
    walk = Walk(
        request,
        desk,
        entity,
        form,
        fill_anew(desk, entity, form, given=list_given(entity, request.GET.dict())),
        "",
    )
    number = walk.steps[0][0] if walk.steps else FIRST
    if request.method == "POST":
        return send(walk, number)
    return walk.page(number).draw(others=list_others(desk, entity, form))


@needs(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def fill_step(request: HttpRequest, code: str, draft: str, number: int) -> HttpResponseBase:
    """One step of a form that is being filled in. 填报步骤。"""
    walk = open_walk(request, code, draft)
    if isinstance(walk, HttpResponse):
        return walk
    numbers = [one for one, _ in walk.steps]
    if number not in numbers:
        return redirect(walk.address(numbers[0]) if numbers else walk.check_address)
    return send(walk, number) if request.method == "POST" else walk.page(number).draw()


def open_walk(request: HttpRequest, code: str, draft: str) -> Walk | HttpResponse:
    """The way as the draft has it; to the record where it was handed in already. 打开草稿。"""
    desk = services.at_desk(actor_of(request))
    entity = desk.require(code, "create")
    try:
        saved = services.get_draft(desk, draft)
    except NotFound:
        made = services.find_submission(desk, draft)
        if not made:
            raise
        return redirect("records:record", code, made)
    if saved.entity != code or saved.record:
        raise NotFound("records.draft.unknown", "You have no such draft; it may be handed in")
    return make_walk(request, desk, entity, saved)


def make_walk(request: HttpRequest, desk: Desk, entity: Entity, saved: SavedDraft) -> Walk:
    """The way that a draft is on. 草稿过程。"""
    form = find_form(desk, entity, saved.form)
    filling = fill_anew(desk, entity, form, dict(saved.answers))
    return Walk(request, desk, entity, form, filling, saved.id)


def send(walk: Walk, number: int) -> HttpResponse:
    """Keep the answers of a step, then do what was asked for. 提交步骤。"""
    filling, told = walk.filling, walk.request.POST.get("do", "")
    shown = filling.take(walk.request)
    if told == "asked":
        return tell_asked(filling)
    if obey(filling, told):
        return walk.page(number).draw()
    begun = bool(walk.draft)
    try:
        keep(walk, shown)
    except REFUSALS as error:
        filling.add_failure(error)
        return walk.page(number).draw(error.status)
    if told == "save":
        return leave_draft(walk.request)
    if told == "back":
        return redirect(walk.before(number))
    return go_on(walk, number, shown, "" if begun else walk.address(number))


def keep(walk: Walk, shown: frozenset[str]) -> None:
    """Put the answers of a step into the draft. 保存步骤答案。"""
    told = walk.filling.answers if not walk.draft else None
    answers = told or {key: walk.filling.answers.get(key) for key in shown}
    saved = services.save_draft(
        walk.desk, walk.entity.code, name_form(walk.desk, walk.form), answers, draft=walk.draft
    )
    walk.draft = saved.id


def go_on(walk: Walk, number: int, shown: frozenset[str], action: str) -> HttpResponse:
    """On to the next step, unless something in this one is to be put right. 前往下一步。

    The page of the very first answers is sent to the draft (`action`) from then on.
    """
    filling = walk.filling
    keys = set(filling.keys_of(walk.form.sections[number - 1]))
    unseen = (filling.asked & keys) - shown
    filling.check()
    filling.problems = {
        path: told
        for path, told in filling.problems.items()
        if path.partition(".")[0] in keys - unseen
    }
    if unseen or filling.problems:
        page = walk.page(number)
        page.more = {**page.more, "action": action}
        return page.draw(422, note=tell_unseen() if unseen else "")
    return redirect(walk.after(number))


@needs(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def check_answers(request: HttpRequest, code: str, draft: str) -> HttpResponseBase:
    """All answers to look over, and handing them in. 核对并提交。"""
    walk = open_walk(request, code, draft)
    if isinstance(walk, HttpResponse):
        return walk
    if request.method == "POST":
        take_instead(walk)
        return hand_in(walk)
    walk.filling.check()
    return draw_check(walk)


def take_instead(walk: Walk) -> None:
    """Put the free slot that was chosen into the draft, so that it stands there whatever follows. 改选入草稿。"""
    slots = walk.entity.slots
    told = walk.request.POST.get("do", "")
    if slots and choose_instead(walk.entity, walk.filling.answers, told):
        keep(walk, frozenset({slots.day, slots.since, slots.until}) & set(walk.filling.keys))


def hand_in(walk: Walk) -> HttpResponse:
    """Make the record of the draft. 提交。"""
    page = FormPage(walk.request, walk.filling, "")
    try:
        with transaction.atomic():
            record = make_record(page, walk.draft)
            if record:
                services.drop_draft(walk.desk, walk.draft)
    except NotFound:
        return leave_unseen(walk.request, walk.entity)
    if record is None:
        return draw_check(walk, 422)
    return leave(walk.request, record, msg("Handed in."))


def draw_check(walk: Walk, status: int = 200) -> HttpResponse:
    """The page with all answers. 核对页。"""
    titles = [in_language(one.title) for _, one in walk.steps]
    context = {
        "title": gettext("Check your answers"),
        "form_title": in_language(walk.form.title),
        "up": in_language(walk.entity.title),
        "up_url": reverse("records:entity", args=[walk.entity.code]),
        "steps": [*titles, gettext("Check your answers")],
        "current": len(titles) + 1,
        "parts": list_answers(walk),
        "problems": list_problems(walk),
        "draft": walk.draft,
        "offers": walk.filling.offers,
    }
    return render(walk.request, "records/check.html", context, status=status)


def list_answers(walk: Walk) -> list[tuple[str, str, list[Shown]]]:
    """Each step with its title, its address and its answers. 全部答案。"""
    filling, asked = walk.filling, walk.filling.asked
    names = gather_names(
        lambda code, ids: services.name_records(walk.desk, code, list(ids)),
        walk.entity.fields, [(filling.values, frozenset())],
    )  # fmt: skip
    return [
        (
            in_language(section.title),
            f"{walk.address(number)}?back=check",
            [
                draw_answer(key, walk.entity.fields[key], filling.answers.get(key), names)
                for key in filling.keys_of(section)
                if key in asked
            ],
        )
        for number, section in walk.steps
    ]


def draw_answer(key: str, field: Field, value: Any, names: Names) -> Shown:
    """An answer as it was given. 答案显示。"""
    shown = Shown(key, label_of(field))
    if is_empty(value):
        return shown
    if field.kind == "group":
        heads = tuple(label_of(one) for one in field.fields.values())
        return replace(shown, heads=heads, rows=tuple(show_rows(field, value, names)))
    if field.kind == "files":
        lines = tuple(FileLine(one["name"], show_size(int(one["size"]))) for one in value)
        return replace(shown, files=lines)
    text = show_value(field, value, names)
    return replace(shown, text=text.replace("T", " ") if field.kind == "datetime" else text)


def list_problems(walk: Walk) -> list[tuple[str, str]]:
    """What is wrong, each with the address of its question. 问题与地址。"""
    place = {key: number for number, section in walk.steps for key in walk.filling.keys_of(section)}
    found = []
    for path in walk.filling.problems:
        key = path.partition(".")[0]
        for anchor, text in walk.filling.list_problems([key]):
            start = f"{walk.address(place[key])}?back=check" if key in place else ""
            found.append((f"{start}{anchor}" if start else "", text))
    return list(dict.fromkeys(found))
