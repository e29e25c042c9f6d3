"""Changing a record on one page. 修改记录。

The form carries the revision it was drawn from and a digest of each answer as it was. So what the
reader touched is told from what others changed meanwhile, and only that is written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yiwang.kernel.base.errors import NotFound, NotPermitted, Stale, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE, Desk
from yiwang.kernel.records.services.naming import Names, gather_names
from yiwang.kernel.records.types import Entity, Form, InvalidValues, Record
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.lists.cells import show

from .commands import obey
from .filling import Answers, Filling
from .forms import (
    REFUSALS,
    FormPage,
    find_form,
    keep,
    leave,
    leave_unseen,
    tell_asked,
    tell_unseen,
)
from .forms_new import find_draft, forget
from .instead import choose_instead
from .showing import label_of, show_value

Digests = dict[str, str]


@dataclass
class Edit:
    """A record being changed: how it is, and how it was when the form was drawn. 修改过程。"""

    desk: Desk
    record: Record
    page: FormPage
    fresh: Answers
    was: Digests
    rev: int

    @property
    def filling(self) -> Filling:
        """The form. 填报。"""
        return self.page.filling

    def list_touched(self) -> Answers:
        """The answers that differ from what the form was drawn with. 已改动的答案。"""
        answers = self.filling.answers
        return {
            key: answers.get(key)
            for key in self.filling.keys
            if digest(answers.get(key)) not in (self.was.get(key), digest(self.fresh.get(key)))
        }


@needs(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def fill_edit(request: HttpRequest, code: str, record_id: str) -> HttpResponseBase:
    """The form of a record, and changing it. 修改填报。"""
    desk = services.at_desk(actor_of(request))
    entity = desk.require(code, "edit")
    form = find_form(desk, entity, request.GET.get("form", ""))
    edit = open_edit(request, desk, entity, form, record_id)
    return send(edit) if request.method == "POST" else edit.page.draw()


def open_edit(request: HttpRequest, desk: Desk, entity: Entity, form: Form, record_id: str) -> Edit:
    """The record in its form, or the form as it was left. 打开修改表单。"""
    record = services.get_record(desk, entity.code, record_id)
    if "edit" not in record.verbs:
        raise NotPermitted(
            "records.row.denied", "Your rights do not reach such a record (%(verb)s)", verb="edit"
        )
    filling = fill_again(desk, entity, form, record)
    fresh = filling.settle()
    saved = find_draft(desk, request.POST.get("draft", "") or request.GET.get("draft", ""))
    told = request.POST if request.method == "POST" else (saved.notes if saved else {})
    was = read_digests(told.get("was", "")) or {key: digest(one) for key, one in fresh.items()}
    rev = int(told["rev"]) if str(told.get("rev", "")).isdigit() else record.rev
    filling.answers = {**fresh, **(saved.answers if saved else {})}
    page = FormPage(request, filling, gettext("Save"))
    page.title = gettext("Change: %(title)s") % {"title": record.title}
    page.hidden = {"rev": str(rev), "was": json.dumps(was), "draft": saved.id if saved else ""}
    up_url = reverse("records:record", args=[record.entity, record.id])
    page.more = {"crumb": gettext("Change"), "up": record.title, "up_url": up_url}
    return Edit(desk, record, page, fresh, was, rev)


def fill_again(desk: Desk, entity: Entity, form: Form, record: Record) -> Filling:
    """A form over a record: what is masked is shown and stays as it is. 修改填报。"""
    writable = frozenset(desk.writable(entity.code)) & record.values.keys() - record.masked
    locked = {key: show(record.values[key]) for key in record.masked if record.values.get(key)}
    filling = Filling(desk, entity, form, writable, standing=record.values, locked=locked)
    told = services.to_json(entity, record.values)
    filling.answers = {key: told.get(key) for key in filling.keys}
    return filling


def send(edit: Edit) -> HttpResponse:
    """Do what was sent: a command on the page, saving for later, writing. 提交。"""
    filling, told = edit.filling, edit.page.request.POST.get("do", "")
    shown = filling.take(edit.page.request)
    untouched = edit.filling.answers.keys() - edit.list_touched().keys()
    filling.answers |= {key: edit.fresh.get(key) for key in untouched}
    if told == "asked":
        return tell_asked(filling)
    if obey(filling, told):
        return edit.page.draw()
    if told == "save":
        return save(edit)
    choose_instead(filling.entity, filling.answers, told)
    if filling.asked - shown:
        return edit.page.draw(422, note=tell_unseen())
    return write(edit)


def write(edit: Edit) -> HttpResponse:
    """Write what was touched. 写入。"""
    filling, page = edit.filling, edit.page
    if filling.problems:
        filling.check()
        return page.draw(422)
    asked = filling.asked
    touched = {key: value for key, value in edit.list_touched().items() if key in asked}
    try:
        if touched:
            services.update_record(
                edit.desk, filling.entity.code, edit.record.id, touched,
                rev=edit.rev, form=filling.form,
            )  # fmt: skip
    except InvalidValues as error:
        filling.add_problems(error.problems)
    except Stale as error:
        return draw_changed(edit, error.status)
    except REFUSALS as error:
        filling.add_failure(error)
    except NotFound:
        return leave_unseen(page.request, filling.entity)
    if filling.problems:
        return page.draw(422)
    forget(edit.desk, page.hidden["draft"])
    return leave(page.request, edit.record, msg("Saved."))


def draw_changed(edit: Edit, status: int) -> HttpResponse:
    """The form again, over the record as others left it meanwhile; what was typed is kept. 并发修改。"""
    changes = say_changes(edit)
    now = {key: digest(one) for key, one in edit.fresh.items()}
    edit.page.hidden |= {"rev": str(edit.record.rev), "was": json.dumps(now)}
    touched = edit.list_touched()
    edit.filling.notes = {key: told for key, told in changes.items() if key in touched}
    nothing = gettext("What this form asks for is as it was; something else was changed.")
    return edit.page.draw(status, changes=list(changes.values()) or [nothing])


def say_changes(edit: Edit) -> dict[str, str]:
    """What others changed since the form was drawn, with who and when where one may know. 他人改动。"""
    changed = [key for key, one in edit.fresh.items() if edit.was.get(key) != digest(one)]
    fields, values = edit.filling.entity.fields, edit.record.values
    authors = find_authors(edit)
    rows = [({key: values.get(key) for key in changed}, edit.record.masked)]
    names = gather_names(
        lambda code, ids: services.name_records(edit.desk, code, list(ids)),
        fields, rows, people={who for who, _ in authors.values()},
    )  # fmt: skip
    return {
        key: say_change(
            label_of(fields[key]), show_value(fields[key], values.get(key), names),
            authors.get(key), names,
        )
        for key in changed
    }  # fmt: skip


def say_change(label: str, value: str, author: tuple[str, Any] | None, names: Names) -> str:
    """One change as a sentence. 改动说明。"""
    told: dict[str, str] = {"label": label, "value": value or "—"}
    if author is None:
        return gettext("%(label)s is now: %(value)s") % told
    told |= {"name": names.person(author[0]), "at": show(author[1])}
    return gettext("%(label)s is now: %(value)s (%(name)s, %(at)s)") % told


def find_authors(edit: Edit) -> Mapping[str, tuple[str, Any]]:
    """Who changed which field last since the form was drawn, and when. 改动人。"""
    if "history" not in edit.record.verbs:
        return {}
    try:
        history = services.list_history(edit.desk, edit.record.entity, edit.record.id)
    except YiwangError:
        return {}
    found: dict[str, tuple[str, Any]] = {}
    for change in history:
        if change.rev > edit.rev:
            for key in change.after:
                found.setdefault(key, (change.actor, change.at))
    return found


def save(edit: Edit) -> HttpResponse:
    """Keep what was touched for later. 保存草稿。"""
    notes = {"rev": edit.rev, "was": edit.page.hidden["was"]}
    touched, draft = edit.list_touched(), edit.page.hidden["draft"]
    return keep(edit.page, touched, draft=draft, record=edit.record.id, notes=notes)


def digest(answer: Any) -> str:
    """A short text that is the same for the same answer. 答案摘要。"""
    told = json.dumps(answer or None if not isinstance(answer, bool) else answer, sort_keys=True)
    return blake2b(told.encode(), digest_size=6).hexdigest()


def read_digests(text: str) -> Digests:
    """The digests that a form carries; none where they were tampered with. 读取摘要。"""
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return {str(key): str(one) for key, one in told.items()} if isinstance(told, dict) else {}
