"""Letters that say the same, and what many write about: to look at, to mend, to answer once. 重复与热点。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, YiwangError
from yiwang.kernel.base.ids import new_ulid
from yiwang.kernel.base.text import msg
from yiwang.kernel.records.services import USE
from yiwang.kernel.texts import services as texts
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.services.bulk import BulkGroup

WINDOWS = (7, 30, 90, 365, 3650)
WRITTEN = ("text", "longtext")


class JoinForm(forms.Form):
    """Which letter belongs here too. 归入表单。"""

    record = forms.CharField(
        label=_("Address of the letter's page"), max_length=500,
        help_text=_("Open the letter and copy the address; its ID will do as well."),
    )  # fmt: skip

    @property
    def named(self) -> str:
        """The ID at the end of the address. 记录标识。"""
        return str(self.cleaned_data["record"]).strip().rstrip("/").rpartition("/")[2]


class AnswerForm(forms.Form):
    """One answer for all letters of a group at one step. 一并答复表单。"""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40, initial=new_ulid)
    part = forms.CharField(widget=forms.HiddenInput, max_length=200)
    opinion = forms.CharField(label=_("Opinion"), required=False, max_length=2000)

    def __init__(self, group: BulkGroup, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{part_of(group)}-%s", initial={"part": part_of(group)})
        node = group.node
        self.keys = [key for key in node.edits if group.type.fields[key].kind in WRITTEN]
        asked = {key: _field_of(group, key) for key in self.keys}
        self.fields = {f"f_{key}": one for key, one in asked.items()} | self.fields

    @property
    def filled(self) -> Mapping[str, Any]:
        """What was written, by field of the case. 填报内容。"""
        told = {key: self.cleaned_data[f"f_{key}"] for key in self.keys}
        return {key: value for key, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Part:
    """Letters of a group that wait for the reader at one step. 待一并办理部分。"""

    group: BulkGroup
    form: forms.Form

    @property
    def step(self) -> str:
        """The step at which they wait. 环节。"""
        return in_language(self.group.node.title)

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """What may be decided: key and label. 办理按钮。"""
        return [(one.key, in_language(one.label)) for one in self.group.node.actions.values()]


@needs(USE)
@require_safe
def front(request: HttpRequest) -> HttpResponseBase:
    """The kinds of records whose texts are put into groups; the only one at once. 归并对象。"""
    found = texts.list_sorted_entities(actor_of(request))
    if len(found) == 1:
        return redirect("workbench:groups_of", found[0].code)
    kinds = [(one.code, in_language(one.title)) for one in found]
    return render(request, "workbench/groups_front.html", {"kinds": kinds})


@needs(USE)
@require_safe
def groups_of(request: HttpRequest, code: str) -> HttpResponseBase:
    """What many write about, the largest first. 热点清单。"""
    actor = actor_of(request)
    entity = next((one for one in texts.list_sorted_entities(actor) if one.code == code), None)
    if entity is None:
        raise NotFound(
            "texts.entity.undeclared", "%(entity)s declares no texts with a category", entity=code
        )
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, WINDOWS) else 30
    context = {
        "entity": entity,
        "kind": in_language(entity.title),
        "groups": texts.list_groups(actor, code, days=days),
        "days": days,
        "windows": WINDOWS,
    }
    return render(request, "workbench/groups.html", context)


@needs(USE)
@require_safe
def group(request: HttpRequest, group_id: str) -> HttpResponseBase:
    """One group: its letters, and those that can be answered together. 归并组。"""
    return draw(request, group_id)


def draw(
    request: HttpRequest, group_id: str, refused: Mapping[str, forms.Form] | None = None
) -> HttpResponse:
    """The page of a group, with a form that was just refused. 绘制页面。"""
    actor = actor_of(request)
    view = texts.get_group(actor, group_id)
    told = refused or {}
    context = {
        "group": view,
        "kind": in_language(view.entity.title),
        "title": view.members[0].record.title,
        "parts": list_parts(actor, view, told),
        "join": told.get("join") or JoinForm(auto_id="join-%s"),
    }
    return render(request, "workbench/group.html", context, status=422 if refused else 200)


def list_parts(
    actor: Actor, view: texts.GroupView, refused: Mapping[str, forms.Form] | None = None
) -> list[Part]:
    """What of a group waits for the actor, by step. 待办部分。"""
    if not actor.may(workflow.USE):
        return []
    cases = [one.record.case_id for one in view.members if one.record.case_id]
    found = workflow.group_tasks(actor, workflow.list_open_tasks(actor, cases))
    told = refused or {}
    return [Part(one, told.get(part_of(one)) or AnswerForm(one)) for one in found if not one.aside]


def part_of(group: BulkGroup) -> str:
    """What tells one part of a group from another in a form. 部分标识。"""
    return f"{group.type.code}-{group.node.key}-{group.type.version}"


@needs(workflow.USE)
@require_POST
def answer(request: HttpRequest, group_id: str) -> HttpResponseBase:
    """Answer all letters of a group that wait for the reader at one step. 一并答复。"""
    actor = actor_of(request)
    view = texts.get_group(actor, group_id)
    wanted = request.POST.get("part", "")
    part = next((one for one in list_parts(actor, view) if part_of(one.group) == wanted), None)
    if part is None:
        flash(request, msg("These letters wait for you no more."), "yellow")
        return redirect("workbench:group", group_id)
    form = AnswerForm(part.group, request.POST)
    if not form.is_valid():
        return draw(request, group_id, {wanted: form})
    told = form.cleaned_data
    run = workflow.decide_tasks(
        actor, [one.id for one in part.group.tasks], request.POST.get("action", ""),
        opinion=told["opinion"], key=told["key"], data=form.filled,
    )  # fmt: skip
    return redirect("workflow:bulk", run.pk)


@needs(USE)
@require_POST
def join(request: HttpRequest, group_id: str) -> HttpResponseBase:
    """Put a letter into the group by hand. 归入。"""
    form = JoinForm(request.POST, auto_id="join-%s")
    if form.is_valid():
        try:
            texts.join_group(actor_of(request), group_id, form.named)
        except (NotFound, Conflict, InvalidInput) as error:
            add_failure(form, error, "record")
        else:
            flash(request, msg("The letter belongs to this group now."))
            return redirect("workbench:group", group_id)
    return draw(request, group_id, {"join": form})


@needs(USE)
@require_POST
def leave(request: HttpRequest, group_id: str) -> HttpResponseBase:
    """Take a letter out of the group. 移出。"""
    actor = actor_of(request)
    view = texts.get_group(actor, group_id)
    try:
        texts.leave_group(actor, group_id, request.POST.get("record", ""))
    except YiwangError as error:
        flash(request, error.message, "red", **error.extra)
    else:
        flash(request, msg("The letter stands by itself now."))
    if len(view.members) > 1:
        return redirect("workbench:group", group_id)
    return redirect("workbench:groups_of", view.entity.code)


def _field_of(group: BulkGroup, key: str) -> forms.Field:
    one = group.type.fields[key]
    widget = forms.Textarea(attrs={"rows": 5}) if one.kind == "longtext" else forms.TextInput()
    return forms.CharField(
        label=in_language(one.label), required=key in group.node.needs, max_length=20_000,
        widget=widget,
    )  # fmt: skip
