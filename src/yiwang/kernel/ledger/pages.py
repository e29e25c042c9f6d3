"""The ledger as the auditor sees it. 台账页面。"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.timezone import localtime

from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.lists import (
    Column,
    Filter,
    Light,
    ListQuery,
    ListSlice,
    ListSpec,
    Provider,
    render_list,
)
from yiwang.kernel.ui.lists.build import ListState
from yiwang.kernel.ui.lists.keyset import take_slice

from . import services
from .models import ActRow, LedgerRow
from .types import READ, LedgerFilter

OUTCOMES = {"done": Light(msg("Done"), "green"), "refused": Light(msg("Refused"), "red")}
R = TypeVar("R", bound=LedgerRow)


def show_moment(row: LedgerRow) -> str:
    """When it was, to the second of the city. 时刻。"""
    return f"{localtime(row.at):%Y-%m-%d %H:%M:%S}"


def show_object(row: LedgerRow) -> str:
    """What it was about. 对象。"""
    return row.object_label or row.object_id or row.object_type


def act_url(row: ActRow) -> str:
    """The page of an act. 行为地址。"""
    return reverse("ledger:act", args=[row.id])


WHO = (
    Column("actor_label", msg("Who")),
    Column("actor_id", msg("Actor number"), kind="code"),
    Column("roles", msg("Roles"), kind="code"),
    Column("organization", msg("Organization"), kind="code"),
)
ON = (
    Column("object_type", msg("Kind of object"), kind="code"),
    Column("object", msg("Object"), show_object),
)
FILTERS = (
    Filter("actor_id", msg("Actor number"), kind="text"),
    Filter("organization", msg("Organization"), kind="text"),
    Filter("object_type", msg("Kind of object"), kind="text"),
    Filter("object_id", msg("Object number"), kind="text"),
    Filter("since", msg("From"), kind="date"),
    Filter("until", msg("Until"), kind="date"),
)
ACTS = ListSpec(
    "ledger.acts",
    [
        Column("at", msg("When"), show_moment, act_url, kind="datetime", sort="at"),
        *WHO,
        Column("verb", msg("Act"), kind="code"),
        *ON,
        Column("outcome", msg("Outcome"), lambda row: OUTCOMES[row.outcome], kind="light"),
        Column("reason", msg("Reason")),
    ],
    filters=[
        Filter("verb", msg("Act"), kind="text"),
        Filter(
            "outcome",
            msg("Outcome"),
            choices=[(name, light.text) for name, light in OUTCOMES.items()],
        ),
        *FILTERS,
    ],
    order=["-at"],
    export="ledger-acts",
)
READS = ListSpec(
    "ledger.reads",
    [
        Column("at", msg("When"), show_moment, kind="datetime", sort="at"),
        *WHO,
        *ON,
        Column("purpose", msg("Purpose")),
        Column("columns", msg("Columns"), lambda row: "、".join(row.columns)),
        Column("rows", msg("Rows"), kind="number"),
        Column("where", msg("Condition")),
        Column("unmasked", msg("Unmasked")),
    ],
    filters=FILTERS,
    order=["-at"],
    export="ledger-reads",
)
TABS = (("ledger:list", msg("Acts")), ("ledger:reads", msg("Looks at personal data")))


@needs(READ)
def list_acts(request: HttpRequest) -> HttpResponseBase:
    """What was done and tried. 行为清单。"""
    rows = services.list_acts(
        actor_of(request), read_filter(request, ACTS), exporting=is_export(request)
    )
    return show_list(request, ACTS, with_labels(rows))


@needs(READ)
def list_reads(request: HttpRequest) -> HttpResponseBase:
    """Who looked at personal data. 查阅清单。"""
    rows = services.list_reads(
        actor_of(request), read_filter(request, READS), exporting=is_export(request)
    )
    return show_list(request, READS, with_labels(rows))


@needs(READ)
def show_act(request: HttpRequest, act_id: str) -> HttpResponse:
    """One act, with the acts and looks within it. 行为详情。"""
    act, within, reads = services.get_act(actor_of(request), act_id)
    label_rows([act, *within, *reads])
    facts: list[tuple[str, Any]] = [
        (msg("When"), show_moment(act)),
        (msg("Who"), act.actor_label),  # type: ignore[attr-defined]
        (msg("Actor number"), act.actor_id),
        (msg("Roles"), act.roles),
        (msg("Organization"), act.organization),
        (msg("On behalf of"), act.on_behalf_of),
        (msg("Kind of object"), act.object_type),
        (msg("Object number"), act.object_id),
        (msg("Object"), act.object_label),
        (msg("Reason"), act.reason),
        (msg("Act number"), act.id),
    ]
    context = {
        "act": act,
        "facts": facts,
        "outcome": OUTCOMES[act.outcome],
        "details": json.dumps(act.details, ensure_ascii=False, indent=2) if act.details else "",
        "within": within,
        "reads": reads,
    }
    return render(request, "ledger/act.html", context)


def show_list(request: HttpRequest, spec: ListSpec, rows: Provider) -> HttpResponseBase:
    """A list of the ledger between its tabs. 台账列表。"""
    tabs = [(reverse(route), label) for route, label in TABS]
    return render_list(
        request, spec, rows, title=msg("Ledger"), template="ledger/list.html",
        context={"tabs": tabs},
    )  # fmt: skip


def read_filter(request: HttpRequest, spec: ListSpec) -> LedgerFilter:
    """What the address asks for. 读取筛选。"""
    return LedgerFilter(**ListState(request, spec).filters)


def is_export(request: HttpRequest) -> bool:
    """Whether the list is taken away as a file. 是否导出。"""
    return request.GET.get("format") == "csv"


def with_labels(rows: QuerySet[R]) -> Provider:
    """The rows, each slice with the names of its actors asked at once. 附上行为人名称。"""

    def provide(query: ListQuery) -> ListSlice:
        found = take_slice(rows, query.order, query.after, query.limit)
        label_rows(found.rows)
        return found

    return provide


def label_rows(rows: Any) -> None:
    """Give each row the name of its actor, and its texts as they may be read. 标注行为人。"""
    services.mask_written(rows)
    labels = services.get_actor_labels({row.actor_id for row in rows})
    for row in rows:
        row.actor_label = labels.get(row.actor_id, "")


urlpatterns = [
    path("", list_acts, name="list"),
    path("reads/", list_reads, name="reads"),
    path("acts/<str:act_id>/", show_act, name="act"),
]
