"""Case types: what is published, and publishing. 流程定义页面。"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import (
    Column,
    Empty,
    ListQuery,
    ListSlice,
    ListSpec,
    Provider,
    build_list,
)
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import CaseTypeVersion
from yiwang.kernel.workflow.services import PUBLISH
from yiwang.kernel.workflow.services.looking import get_type_version, list_types

from .diagram import draw_type
from .forms import TypeForm
from .steps import list_steps
from .words import explain_failure

LARGEST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A published version, and who published it. 定义行。"""

    version: CaseTypeVersion
    by: str

    @property
    def title(self) -> str:
        """What it is called. 名称。"""
        return in_language(self.version.title)


TYPES = ListSpec(
    "workflow.types",
    [
        Column(
            "title", msg("Kind of case"),
            link=lambda row: reverse("workflow:type", args=[row.version.pk]),
        ),
        Column("code", msg("Code"), "version.code", kind="code"),
        Column("version", msg("Version"), "version.version", kind="number"),
        Column("by", msg("Published by")),
        Column("at", msg("Published at"), "version.published_at", kind="datetime"),
    ],
    empty=Empty(
        msg("No kind of case is published yet"),
        msg("Choose the YAML file of a case type below, and publish it."),
    ),
)  # fmt: skip


@needs(PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
def show_types(request: HttpRequest) -> HttpResponseBase:
    """Published case types; publishing one. 流程定义。"""
    form = TypeForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = InvalidInput.status
        if form.is_valid():
            try:
                return publish(request, form)
            except InvalidInput as error:
                form.add_error("upload", explain_failure(error))
    context = {"form": form, "list": build_list(request, TYPES, rows_of(actor_of(request)))}
    return render(request, "workflow/types.html", context, status=status)


def publish(request: HttpRequest, form: TypeForm) -> HttpResponse:
    """Publish an uploaded file. 发布流程定义。"""
    upload = form.cleaned_data["upload"]
    if upload.size > LARGEST_BYTES:
        raise InvalidInput(
            "workflow.type.large", "The file is larger than %(most)s bytes", most=LARGEST_BYTES
        )
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("workflow.type.encoding", "The file is not text in UTF-8") from error
    actor = actor_of(request)
    name = upload.name or "case.yaml"
    made = services.publish_case_type(actor, text, name=name, reason=form.cleaned_data["reason"])
    flash(
        request, msg("%(kind)s is published as version %(version)s."),
        kind=in_language(made.title), version=made.version,
    )  # fmt: skip
    return redirect("workflow:types")


def rows_of(actor: Actor) -> Provider:
    """A provider of versions with the names of who published them. 定义行提供者。"""

    def rows(query: ListQuery) -> ListSlice:
        after = str(query.after[0]) if query.after else ""
        found = list_types(actor, after=after, limit=query.limit + 1)
        shown = found[: query.limit]
        people = identity.name_accounts({one.published_by for one in shown})
        lines = [Row(one, people.get(one.published_by, "")) for one in shown]
        return ListSlice(lines, [shown[-1].pk] if len(found) > query.limit else None)

    return rows


@needs(PUBLISH)
@require_safe
def show_type(request: HttpRequest, type_id: str) -> HttpResponseBase:
    """One version: its steps drawn, and its file as it was sent. 流程定义。"""
    row = get_type_version(actor_of(request), type_id)
    case_type = services.get_type(row.pk)
    context = {
        "row": row,
        "title": in_language(row.title),
        "diagram": draw_type(case_type),
        "steps": list_steps(case_type, {}),
    }
    return render(request, "workflow/type.html", context)
