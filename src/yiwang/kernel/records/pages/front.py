"""Which records one may work with, app by app. 记录首页。"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE
from yiwang.kernel.records.types import Entity, Wanted
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.labels import in_language

from .boards import show_count

COUNTED = 60
"""Kinds of records that are counted on one page. 计数上限。"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of records one may see: what it is for, how many there are. 业务对象条目。"""

    title: str
    help: str
    count: str
    url: str
    may_create: bool


@dataclass(frozen=True, slots=True)
class App:
    """An app with the kinds of records it brings, and its dashboards: address, title, help. 应用分组。"""

    title: str
    kinds: list[Kind]
    dashboards: list[tuple[str, str, str]]


@needs(USE)
@require_safe
def show_front(request: HttpRequest) -> HttpResponseBase:
    """The kinds of records one may see, app by app. 我的记录。"""
    desk = services.at_desk(actor_of(request))
    entities, dashboards = desk.entities(), desk.dashboards()
    counted = {one.code for one in entities[:COUNTED]}
    apps = [
        App(
            in_language(desk.bundle(app).title),
            [
                describe(desk, one, counted=one.code in counted)
                for one in entities
                if one.app == app
            ],
            [
                (
                    reverse("records:dashboard", args=[one.code]),
                    in_language(one.title),
                    in_language(one.help),
                )
                for one in dashboards
                if one.code.partition(".")[0] == app
            ],
        )
        for app in dict.fromkeys(one.app for one in entities)
    ]
    context = {"apps": apps}
    return render(request, "records/front.html", context)


def describe(desk: services.Desk, entity: Entity, *, counted: bool) -> Kind:
    """A kind of records, counted to a limit. 业务对象条目。"""
    count = show_count(services.count_records(desk, entity.code, Wanted())) if counted else ""
    return Kind(
        in_language(entity.title),
        in_language(entity.help),
        count,
        reverse("records:entity", args=[entity.code]),
        "create" in desk.verbs(entity.code),
    )
