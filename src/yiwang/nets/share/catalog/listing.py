"""The list of entries: search, filters, export. 目录列表。"""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.lists import Column, Empty, Filter, Light, ListSpec, render_list

from . import services
from .models import Resource
from .types import GRADES, OpenType, SharingType, Stage, UpdateCycle


def published_light(resource: Resource) -> Light:
    """Published or draft, as word and colour. 发布状态。"""
    if resource.publish_date:
        return Light(msg("Published"), "green")
    return Light(msg("Draft"), "yellow" if resource.table else "")


def choices_of(words: Any) -> Any:
    """Choices of a filter in the reader's language. 筛选选项。"""
    return lambda _: [(one.value, str(one.label)) for one in words if one.value]


def by_state(rows: QuerySet[Resource], value: str) -> QuerySet[Resource]:
    """Published entries, or drafts that hold data. 按发布状态筛选。"""
    drafts = rows.filter(publish_date__isnull=True).exclude(table="")
    return rows.filter(publish_date__isnull=False) if value == "published" else drafts


def by_lowered(rows: QuerySet[Resource], _: str) -> QuerySet[Resource]:
    """Entries whose grade a person put below the computed one. 人工降级。"""
    return rows.filter(grade__lt=F("grade_computed"))


def by_unconfirmed(rows: QuerySet[Resource], _: str) -> QuerySet[Resource]:
    """Entries with items whose proposed element nobody has looked at. 数据元待确认。"""
    return services.with_proposals(rows)


def search_in(rows: QuerySet[Resource], text: str) -> QuerySet[Resource]:
    """The entries that the index finds for the words. 全文检索。"""
    return rows.filter(id__in=services.find_ids(text))


ENTRIES = ListSpec(
    name="catalog",
    columns=(
        Column("name", msg("Name"), link=lambda r: reverse("catalog:detail", args=[r.id]), sort="name"),
        Column("code", msg("Code"), kind="code", sort="code"),
        Column("owner", msg("Provider")),
        Column("state", msg("State"), published_light, kind="light"),
        Column("stage", msg("Stage"), lambda r: r.get_stage_display()),
        Column("grade", msg("Grade"), lambda r: str(GRADES[r.grade])),
        Column("sharing_type", msg("Sharing type"), lambda r: r.get_sharing_type_display()),
        Column("update_cycle", msg("Update cycle"), lambda r: r.get_update_cycle_display()),
        Column("landed_at", msg("Last landed"), kind="datetime", sort="landed_at"),
    ),
    filters=(
        Filter(
            "state",
            msg("State"),
            choices=[("published", msg("Published")), ("draft", msg("Draft with data"))],
            apply=by_state,
        ),
        Filter("sharing_type", msg("Sharing type"), choices=choices_of(SharingType)),
        Filter("open_type", msg("Openness"), choices=choices_of(OpenType)),
        Filter("update_cycle", msg("Update cycle"), choices=choices_of(UpdateCycle)),
        Filter("grade", msg("Grade"), choices=lambda _: [(str(n), str(one)) for n, one in GRADES.items()]),
        Filter("lowered", msg("Lowered by a person"), choices=[("yes", msg("Yes"))], apply=by_lowered),
        Filter(
            "elements", msg("Data elements"), choices=[("proposed", msg("To be confirmed"))], apply=by_unconfirmed,
        ),
        Filter("stage", msg("Stage"), choices=choices_of(Stage)),
        Filter("owner", msg("Provider")),
    ),
    search=search_in,
    search_label=msg("Name, abstract, code, item or department"),
    order=("-updated_at",),
    export="catalog",
    empty=Empty(
        msg("Nothing in the catalogue yet"),
        msg("Whatever lands becomes an entry by itself."),
        msg("Send in files"),
        "/deliveries/send/",
        "share.delivery.land",
    ),
)  # fmt: skip


def list_entries(request: HttpRequest) -> HttpResponseBase:
    """Draw the list. 目录列表页。"""
    actor = actor_of(request)
    names = services.name_codes(services.list_owner_codes(actor))
    return render_list(
        request,
        services.name_owners_in(ENTRIES, names),
        services.visible_resources(actor),
        template="catalog/list.html",
        context={"counts": services.count_states(actor)},
    )
