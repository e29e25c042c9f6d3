"""Pages of deliveries. 报送页面。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import YiwangError, fill
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import ReasonForm, add_failure
from yiwang.kernel.ui.lists import Column, Empty, Filter, Light, ListSpec, render_list
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import EDIT, LOOK
from yiwang.nets.share.catalog.types import Dependent

from . import services
from .forms import AgainForm, SendForm
from .mapping_pages import export_mapping, reset_mapping, show_mapping
from .models import Delivery
from .preview_pages import land_ready, show_preview
from .services.differences_page import DIFFERENCES, list_differences
from .services.permissions import LAND, PURGE, SEE, WITHDRAW
from .types import LIGHTS, DeliveryKind, DeliveryState, Instructions


def state_light(delivery: Delivery) -> Light:
    """The state as word and colour. 状态灯。"""
    return light_of(delivery.state)


def light_of(state: str) -> Light:
    """A state's word and colour. 状态灯。"""
    return Light(str(DeliveryState(state).label), LIGHTS.get(state, ""))


def state_choices(_: HttpRequest) -> list[tuple[str, str]]:
    """The states to filter by, in the reader's language. 状态选项。"""
    return [(state.value, str(state.label)) for state in DeliveryState]


def detail_url(delivery: Delivery) -> str:
    """The page of a delivery; it leads on to the preview who may decide about it. 报送页地址。"""
    return reverse("connect:detail", args=[delivery.id])


def landed_rows(delivery: Delivery) -> int | None:
    """Its rows, once it has landed. 汇聚行数。"""
    return delivery.rows if delivery.landed_at else None


COLUMNS = (
    Column("file_name", msg("File"), link=detail_url),
    Column("member", msg("Table"), "member"),
    Column("resource_name", msg("Resource")),
    Column("owner", msg("Owner")),
    Column("kind", msg("Kind"), lambda one: gettext(one.kind)),
    Column("state", msg("State"), state_light, kind="light"),
    Column("rows", msg("Rows"), landed_rows, kind="number"),
    Column("received_at", msg("Received"), kind="datetime", sort="received_at"),
)

PREVIEW_STATES = {
    "waiting": msg("is being read"),
    "ready": msg("ready to land"),
    "choice": msg("needs a choice"),
}


def next_step(delivery: Delivery) -> str:
    """What a person can do about it now. 下一步。"""
    if delivery.state == DeliveryState.PREVIEW:
        found = PREVIEW_STATES.get(delivery.preview.get("state", ""), "")
        why = delivery.preview.get("why", "")
        return ": ".join(gettext(part) for part in (found, why) if part)
    return explain_stored(delivery)


FORMAT_NAMES = {
    "delimited": msg("Text with separated columns (CSV, TSV, TXT)"),
    "xlsx": msg("Excel workbook (XLSX)"),
    "xls": msg("Excel workbook, old (XLS)"),
    "ods": msg("OpenDocument sheet (ODS)"),
    "json": "JSON",
    "jsonl": "JSON Lines",
    "parquet": "Parquet",
}

DELIVERIES = ListSpec(
    name="deliveries",
    columns=COLUMNS,
    filters=(
        Filter("state", msg("State"), choices=state_choices),
        Filter("owner", msg("Owner")),
    ),
    search=("file_name", "resource_name"),
    order=("-received_at",),
    export="deliveries",
    empty=Empty(
        msg("No deliveries"),
        msg("Send in a file, and what became of it stands here."),
        msg("Send in files"),
        "/deliveries/send/",
        LAND,
    ),
)

OF_RESOURCE = ListSpec(
    name="resource-deliveries",
    columns=COLUMNS,
    filters=DELIVERIES.filters[:1],
    order=("-received_at",),
    export="deliveries",
    empty=DELIVERIES.empty,
)

BATCH = ListSpec(
    name="batch",
    columns=(*COLUMNS[:3], COLUMNS[5], Column("next", msg("What to know"), next_step), COLUMNS[6]),
    filters=DELIVERIES.filters[:1],
    order=("received_at",),
    page_size=100,
    export="batch",
)


@needs(SEE)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """All deliveries within reach. 报送列表。"""
    rows = services.visible_deliveries(actor_of(request))
    return render_list(
        request,
        catalog.name_owners_in(DELIVERIES, name_owner_codes(rows)),
        rows,
        template="connect/list.html",
        context={"counts": label_counts(services.count_states(rows))},
    )


def name_owner_codes(rows: QuerySet[Delivery]) -> dict[str, str]:
    """Names of the departments in a list. 部门名称。"""
    return catalog.name_codes(rows.order_by("owner").values_list("owner", flat=True).distinct())


@needs(LAND)
def send(request: HttpRequest) -> HttpResponseBase:
    """Send in files. 报送文件。"""
    actor = actor_of(request)
    form = SendForm(actor, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = receive_all(actor, form, look="look" in request.POST)
        except YiwangError as error:
            add_failure(form, error)
        else:
            return redirect("connect:batch", batch.id)
    status = 422 if form.errors else 200
    return render(request, "connect/send.html", {"form": form}, status=status)


def receive_all(actor: Actor, form: SendForm, *, look: bool = False) -> services.Batch:
    """Keep every file of a form, then let the workers look at them or land them. 接收全部文件。

    What cannot be meant for one of them is refused before any is kept.
    """
    data = form.cleaned_data
    single = data["name"] if len(data["uploads"]) == 1 else ""
    told = form.instructions()
    if look and told.kind == DeliveryKind.FULL:
        told = replace(told, kind="")
    for file in data["uploads"]:
        services.check_file(told, data["owner"], file.name, single)
    batch = services.open_batch(actor, owner=data["owner"])
    for file in data["uploads"]:
        services.receive_file(
            actor,
            file.file,
            file_name=file.name,
            owner=data["owner"],
            name=single,
            instructions=told,
            batch=batch,
            look=look,
        )
    return batch


@needs(SEE)
def show_batch(request: HttpRequest, batch_id: str) -> HttpResponseBase:
    """Files sent together, and how far they are. 批次。"""
    actor = actor_of(request)
    batch = services.get_batch(actor, batch_id)
    rows = services.visible_deliveries(actor).filter(batch=batch)
    counts = services.count_states(rows)
    states = [
        one.get("state", "waiting")
        for one in rows.filter(state=DeliveryState.PREVIEW).values_list("preview", flat=True)
    ]
    looking = sum(1 for one in states if one == "waiting")
    waiting = counts.get(DeliveryState.RECEIVED, 0) + counts.get(DeliveryState.LANDING, 0) + looking
    total = sum(counts.values())
    context = {
        "batch": batch,
        "counts": label_counts(counts),
        "total": total,
        "done": total - waiting,
        "waiting": waiting,
        "ready": sum(1 for one in states if one == "ready")
        if actor.may(LAND, organization=batch.owner)
        else 0,
        "choices": sum(1 for one in states if one == "choice"),
    }
    partial = request.headers.get("HX-Request") == "true"
    template = "connect/_batch.html" if partial else "connect/batch.html"
    spec = catalog.name_owners_in(BATCH, catalog.name_codes([batch.owner]))
    return render_list(request, spec, rows, template=template, context=context)


@needs(SEE)
def show_of_resource(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """The deliveries of one entry. 资源的报送记录。"""
    actor = actor_of(request)
    resource = catalog.get_resource(actor, resource_id)
    rows = services.visible_deliveries(actor).filter(resource=resource.id)
    spec = catalog.name_owners_in(OF_RESOURCE, catalog.name_codes([resource.owner]))
    context = catalog.frame_of(actor, resource)
    return render_list(request, spec, rows, template="connect/of_resource.html", context=context)


@needs(SEE)
def show_detail(request: HttpRequest, delivery_id: str) -> HttpResponseBase:
    """One delivery: what was read, what differs, what to decide. 报送详情。"""
    actor = actor_of(request)
    delivery = services.get_delivery(actor, delivery_id)
    waits = delivery.state == DeliveryState.PREVIEW
    if waits and actor.may(LAND, organization=delivery.owner):
        return redirect("connect:preview", delivery.id)
    return render(request, "connect/detail.html", detail_context(actor, delivery))


def detail_context(actor: Actor, delivery: Delivery) -> dict[str, Any]:
    """What the page of a delivery shows. 报送详情内容。"""
    told = Instructions.from_json(delivery.instructions)
    affected = services.list_affected(delivery)
    owner = identity.get_organizations([delivery.owner]).get(delivery.owner)
    initial = told.as_json() | {"key": ", ".join(told.key), "kind": delivery.kind}
    return {
        "delivery": delivery,
        "state": state_light(delivery),
        "kind": DeliveryKind(delivery.kind).label,
        "owner_name": owner.name if owner else delivery.owner,
        "told": told,
        "waiting": delivery.state in (DeliveryState.RECEIVED, DeliveryState.LANDING),
        "open": delivery.state in services.OPEN,
        "error": explain_stored(delivery),
        "notes": [explain_note(note) for note in delivery.reading.get("notes", [])],
        "format_name": FORMAT_NAMES.get(delivery.reading.get("format", ""), ""),
        "differing": label_differences(delivery),
        "affected": describe_affected(actor, affected),
        "seen": catalog.sign_dependents(affected),
        "again": AgainForm(initial=initial),
        "may_look": actor.may(LOOK, organization=delivery.owner),
        "may_edit": actor.may(EDIT, organization=delivery.owner),
        "may_land": actor.may(LAND, organization=delivery.owner),
        "may_withdraw": actor.may(WITHDRAW, organization=delivery.owner),
        "may_purge": actor.may(PURGE, organization=delivery.owner),
    }


def describe_affected(actor: Actor, found: Sequence[Dependent]) -> list[tuple[str, str, str]]:
    """Who uses columns that would go: what it is, whose, which columns. 受影响方说明。

    Those of others that the reader may not know of are there without a name.
    """
    names = catalog.name_codes({one.organization for one in found})
    return [
        (one.label, names[one.organization], "、".join(one.columns))
        if one.direct or actor.may(SEE, organization=one.organization)
        else (gettext("A grant of other data made of it"), "", "、".join(one.columns))
        for one in found
    ]


def explain_note(note: dict[str, Any]) -> str:
    """A note of the reader in the language of the page; its reason is a message too. 读取说明。"""
    params = {
        name: gettext(value) if name == "reason" else value
        for name, value in note["params"].items()
    }
    return fill(gettext(note["message"]), params)


def label_differences(delivery: Delivery) -> list[tuple[str, str, int]]:
    """Kinds of differences: code, what it means, how many, the most first. 差异种类。"""
    found = sorted(delivery.differences.items(), key=lambda pair: -pair[1])
    return [(kind, services.label_difference(kind), number) for kind, number in found]


def explain_stored(delivery: Delivery) -> str:
    """The stored error in the reader's language. 错误说明。"""
    if not delivery.error:
        return ""
    return fill(gettext(delivery.error["message"]), delivery.error["extra"])


@needs(SEE)
def show_differences(request: HttpRequest, delivery_id: str) -> HttpResponseBase:
    """Every cell that was read otherwise than it was stored. 差异清单。"""
    actor = actor_of(request)
    delivery = services.get_delivery(actor, delivery_id)
    return render_list(
        request,
        DIFFERENCES,
        list_differences(actor, delivery, export=request.GET.get("format") == "csv"),
        template="connect/differences.html",
        context={"delivery": delivery, "differing": label_differences(delivery)},
    )


@needs(LAND)
def decide(request: HttpRequest, delivery_id: str) -> HttpResponseBase:
    """Land a held delivery after all, or again with other instructions. 处置。"""
    actor = actor_of(request)
    if request.method != "POST":
        return redirect("connect:detail", delivery_id)
    if "anyway" in request.POST:
        seen = request.POST.get("seen", "") if "looked" in request.POST else ""
        return act_with_reason(request, delivery_id, partial(services.land_anyway, seen=seen))
    form = AgainForm(request.POST)
    if not form.is_valid():
        return refuse(request, delivery_id, form)
    services.land_again(actor, delivery_id, instructions=form.instructions())
    flash(request, msg("It is being landed again"))
    return redirect("connect:detail", delivery_id)


@needs(WITHDRAW)
def withdraw(request: HttpRequest, delivery_id: str) -> HttpResponseBase:
    """Undo a wrong delivery. 撤回。"""
    return act_with_reason(request, delivery_id, services.withdraw_delivery)


@needs(PURGE)
def purge(request: HttpRequest, delivery_id: str) -> HttpResponseBase:
    """Destroy a delivery that should never have come. 清除。"""
    return act_with_reason(request, delivery_id, services.purge_delivery)


def act_with_reason(request: HttpRequest, delivery_id: str, service: Any) -> HttpResponseBase:
    """Call a service that needs a reason, and come back to the delivery. 附原因操作。"""
    if request.method != "POST":
        return redirect("connect:detail", delivery_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return refuse(request, delivery_id, form)
    service(actor_of(request), delivery_id, reason=form.cleaned_data["reason"])
    flash(request, msg("Done"))
    return redirect("connect:detail", delivery_id)


def refuse(request: HttpRequest, delivery_id: str, form: Any) -> HttpResponseBase:
    """The page again, with what is missing. 表单有误。"""
    actor = actor_of(request)
    context = detail_context(actor, services.get_delivery(actor, delivery_id))
    return render(request, "connect/detail.html", context | {"refused": form}, status=422)


def label_counts(counts: dict[str, int]) -> list[tuple[Light, int, str]]:
    """States with their words, colours and numbers. 状态计数。"""
    return [(light_of(state), number, state) for state, number in counts.items()]


urlpatterns = [
    path("", show_list, name="list"),
    path("send/", send, name="send"),
    path("resource/<str:resource_id>/", show_of_resource, name="of_resource"),
    path("resource/<str:resource_id>/mapping/", show_mapping, name="mapping"),
    path("resource/<str:resource_id>/mapping/export/", export_mapping, name="export_mapping"),
    path("resource/<str:resource_id>/mapping/reset/", reset_mapping, name="reset_mapping"),
    path("batch/<str:batch_id>/", show_batch, name="batch"),
    path("batch/<str:batch_id>/land/", land_ready, name="land_ready"),
    path("<str:delivery_id>/", show_detail, name="detail"),
    path("<str:delivery_id>/preview/", show_preview, name="preview"),
    path("<str:delivery_id>/differences/", show_differences, name="differences"),
    path("<str:delivery_id>/decide/", decide, name="decide"),
    path("<str:delivery_id>/withdraw/", withdraw, name="withdraw"),
    path("<str:delivery_id>/purge/", purge, name="purge"),
]
