"""Pages of previews: look, put right, land. 预览页面。"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import YiwangError, fill
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.flash import flash
from yiwang.nets.share.catalog import services as catalog

from . import services
from .models import Delivery
from .preview_forms import MOST_COLUMNS, ReadingForm, find_faults, read_columns, shape_of
from .services.permissions import LAND
from .types import DeliveryState, Instructions

REREAD = ("encoding", "delimiter", "records")


@needs(LAND)
def show_preview(request: HttpRequest, delivery_id: str) -> HttpResponseBase:
    """The first rows of a file and what is proposed for them. 预览。"""
    actor = actor_of(request)
    delivery = services.get_delivery(actor, delivery_id)
    if delivery.state not in services.OPEN:
        return redirect("connect:detail", delivery.id)
    if request.method == "POST":
        return answer(request, actor, delivery)
    look = services.look_preview(actor, delivery.id)
    if look is None:
        return render(request, "connect/preview_waiting.html", {"delivery": delivery})
    return draw(request, actor, look, ReadingForm(look))


def answer(request: HttpRequest, actor: Actor, delivery: Delivery) -> HttpResponseBase:
    """What a person did on the page. 处理预览操作。"""
    act = request.POST.get("do", "")
    if act == "open":
        services.ask_preview(actor, delivery.id)
        return redirect("connect:preview", delivery.id)
    if act == "leave":
        services.leave_out(actor, delivery.id, reason=gettext("left out at the preview"))
        flash(request, msg("It does not land"))
        return back(delivery)
    if act == "gather":
        services.gather_sheets(actor, delivery.id)
        flash(request, msg("The sheets are gathered into one resource"))
        return redirect("connect:preview", delivery.id)
    return choose(request, actor, delivery, land=act == "land")


def choose(
    request: HttpRequest, actor: Actor, delivery: Delivery, *, land: bool
) -> HttpResponseBase:
    """Draw the page again under other choices, or land under these. 按选择刷新或汇聚。"""
    data = take_header(request.POST)
    before = services.look_preview(actor, delivery.id)
    if before is None:
        return redirect("connect:preview", delivery.id)
    form = ReadingForm(before, data)
    if not form.is_valid():
        return draw(request, actor, before, form, status=422)
    told, name = form.instructions(), form.cleaned_data["name"]
    if any(getattr(told, part) != getattr(before.told, part) for part in REREAD):
        return read_again(request, actor, before, form)
    look = services.look_preview(actor, delivery.id, told, name=name) or before
    told = read_columns(data, look, told)
    look = services.look_preview(actor, delivery.id, told, name=name) or look
    faults = find_faults(actor, look, told) if land else {}
    if land and data.get("shape") != shape_of(look.headings):
        faults = {"": gettext("The headings are others now: look at the columns once more")}
    if land and not faults and look.table is not None:
        try:
            services.confirm_preview(actor, delivery.id, services.Confirmed(told, name))
        except YiwangError as error:
            faults = {"": explain(error)}
        else:
            flash(request, msg("It is landing; what you chose is remembered for the next delivery"))
            return back(delivery)
    form = ReadingForm(look, initial={**form.cleaned_data, **header_of(look)})
    return draw(request, actor, look, form, faults=faults, status=422 if faults else 200)


def take_header(data: QueryDict) -> QueryDict:
    """A click on a row's number says that this row holds the headings. 点选表头行。"""
    if "header" in data:
        chosen = str(data["header"])
        data = data.copy()
        data["header_row"] = "0" if chosen == data.get("header_row") else chosen
        data["header_rows"] = data["footer_rows"] = ""
    return data


def header_of(look: services.PreviewLook) -> dict[str, Any]:
    """The header as it was read. 表头位置。"""
    if look.read is None or look.table is None or look.table.named:
        return {}
    return {
        "header_row": look.read.header_row,
        "header_rows": look.read.header_rows or None,
        "footer_rows": len(look.read.footer),
    }


def read_again(
    request: HttpRequest, actor: Actor, look: services.PreviewLook, form: ReadingForm
) -> HttpResponseBase:
    """Read the file another way; where that fails the page says so beside the field. 重新读取。"""
    told = replace(form.instructions(), columns={}, names={}, left_out=(), header_row=None)
    try:
        services.ask_preview(actor, look.delivery.id, instructions=told)
    except YiwangError as error:
        return draw(request, actor, look, form, faults={"": explain(error)}, status=422)
    return redirect("connect:preview", look.delivery.id)


def back(delivery: Delivery) -> HttpResponseBase:
    """To the files sent together, or to the delivery. 返回。"""
    if delivery.batch_id:
        return redirect("connect:batch", delivery.batch_id)
    return redirect("connect:detail", delivery.id)


def draw(
    request: HttpRequest,
    actor: Actor,
    look: services.PreviewLook,
    form: ReadingForm,
    *,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    """The page of a preview. 预览页。"""
    delivery = look.delivery
    shown = look.columns[:MOST_COLUMNS]
    siblings = list_siblings(actor, delivery)
    context = {
        "delivery": delivery,
        "look": look,
        "form": form,
        "faults": faults or {},
        "columns": [(one, column_faults(one.number, faults or {})) for one in shown],
        "shape": shape_of(look.headings),
        "error": explain_error(delivery),
        "why": gettext(delivery.preview.get("why", "")) if delivery.preview.get("why") else "",
        "siblings": siblings,
        "can_gather": any(
            one.preview.get("headings") == delivery.preview.get("headings") for one in siblings
        ),
        "own": catalog.visible_resources(actor)
        .filter(owner=delivery.owner)
        .values_list("name", flat=True)[:200],
        "unread": sum(one.unreadable for one in shown),
        "masked": [one for one in shown if one.masked],
    }
    return render(request, "connect/preview.html", context, status=status)


def column_faults(number: int, faults: dict[str, str]) -> list[str]:
    """What is wrong with one column. 列错误。"""
    return [
        faults[f"{part}-{number}"]
        for part in ("keep", "name", "element", "key")
        if f"{part}-{number}" in faults
    ]


def explain_error(delivery: Delivery) -> str:
    """Why it is held or was refused. 暂存或退回原因。"""
    if not delivery.error:
        return ""
    return fill(gettext(delivery.error["message"]), delivery.error["extra"])


def list_siblings(actor: Actor, delivery: Delivery) -> list[Delivery]:
    """Other tables of the same file that wait with this one. 同文件其他表。"""
    rows = services.visible_deliveries(actor).filter(file=delivery.file)
    rows = rows.filter(state=DeliveryState.PREVIEW).exclude(id=delivery.id)
    return list(rows.order_by("received_at", "id")[:50])


@needs(LAND)
def land_ready(request: HttpRequest, batch_id: str) -> HttpResponseBase:
    """Land every previewed file of a batch that needs no choice. 汇聚全部就绪。"""
    if request.method == "POST":
        number = services.confirm_ready(actor_of(request), batch_id)
        flash(request, msg("%(count)s tables are landing"), count=number)
    return redirect("connect:batch", batch_id)


__all__ = ["Instructions", "land_ready", "show_preview"]
