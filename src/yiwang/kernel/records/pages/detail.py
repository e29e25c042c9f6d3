"""The page of one record. 记录详情页。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.base.errors import InvalidInput, NotFound, NotPermitted
from yiwang.kernel.files import services as files
from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE
from yiwang.kernel.records.types import Entity, Page, Record
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.labels import in_language

from .looks import gather_names
from .showing import Shown, draw_field, label_of, show_short, show_value

LINKED = 20
"""Records of one kind that point here and are shown. 关联记录上限。"""
CASE_ROUTE = "workflow:case"


@dataclass(frozen=True, slots=True)
class Part:
    """Fields that belong together, as the form asks for them. 字段分组。"""

    title: str
    fields: list[Shown]

    @property
    def facts(self) -> list[Shown]:
        """Those of one value. 单值字段。"""
        return [one for one in self.fields if not one.heads]

    @property
    def tables(self) -> list[Shown]:
        """Those of several rows. 分组表格。"""
        return [one for one in self.fields if one.heads]


@dataclass(frozen=True, slots=True)
class Linked:
    """Records of one kind that point here. 关联记录。 `more` leads to all of them."""

    title: str
    lines: list[tuple[str, str]]
    more: str = ""


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A field whose value was known, and what its source says. 已知行。"""

    label: str
    source: str
    title: str
    url: str
    said: str
    kept: services.Kept


@dataclass(frozen=True)
class RecordPage:
    """Everything the page of a record shows. 记录页内容。"""

    request: HttpRequest
    desk: services.Desk
    entity: Entity
    record: Record

    @property
    def url(self) -> str:
        """The address of the page. 地址。"""
        return reverse("records:record", args=[self.entity.code, self.record.id])

    def context(self) -> dict[str, Any]:
        """What the template asks for. 模板内容。"""
        record = self.record
        names = gather_names(self.desk, dict(self.entity.fields), [record])
        shown = {
            key: draw_field(record, key, self.entity.fields[key], names)
            for key in self.entity.fields
            if key in record.values
        }
        return {
            "page": self,
            "record": record,
            "entity": self.entity,
            "kind": in_language(self.entity.title),
            "list_url": reverse("records:entity", args=[self.entity.code]),
            "parts": arrange(self.desk, self.entity, shown),
            "owner": names.person(record.owner),
            "organization": names.place(record.organization),
            "linked": self.linked,
            "known": self.known,
            "answers": self.answers,
            "may_reveal": "reveal" in record.verbs,
        }

    @property
    def known(self) -> list[KnownLine]:
        """What was known when it was filled in: agreed with, or put right. 已知与更正。"""
        return [self._known(one) for one in services.list_known(self.desk, self.record)]

    def _known(self, one: services.Kept) -> KnownLine:
        field = one.source.fields[one.source_key]
        names = gather_names(self.desk, {field.key: field}, [])
        url = reverse("records:record", args=[one.source.code, one.record]) if one.record else ""
        return KnownLine(
            label_of(self.entity.fields[one.key]), in_language(one.source.title), one.title, url,
            show_value(field, one.said, names), one,
        )  # fmt: skip

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Forms that take over what stands here: title and address. 据此填报。"""
        return [
            (
                in_language(next((one.title for one in self.desk.forms(other.code)), other.title)),
                f"{reverse('records:new', args=[other.code])}?{key}={self.record.id}",
            )
            for other, key in services.list_correctable(self.desk, self.entity.code)
        ]

    @property
    def linked(self) -> list[Linked]:
        """What points here, kind by kind. 关联记录。"""
        found = services.list_linking(self.desk, self.entity.code, self.record.id, LINKED)
        return [draw_linked(*one, self.record.id) for one in found if one[2].records]


def arrange(desk: services.Desk, entity: Entity, shown: Mapping[str, Shown]) -> list[Part]:
    """Fields in the sections of the first form, the others at the end. 分组排列。"""
    forms = desk.forms(entity.code)
    sections = forms[0].sections if forms else ()
    parts, placed = [], set()
    for section in sections:
        keys = [one.key for one in section.asks if one.key in shown and one.key not in placed]
        placed.update(keys)
        parts.append(Part(in_language(section.title), [shown[key] for key in keys]))
    rest = [one for key, one in shown.items() if key not in placed]
    title = gettext("Other particulars") if parts and rest else gettext("What is recorded")
    return [one for one in [*parts, Part(title, rest)] if one.fields]


def draw_linked(other: Entity, key: str, page: Page, record_id: str) -> Linked:
    """Records of one kind, by title. 绘制关联记录。"""
    label = in_language(other.fields[key].label)
    lines = [
        (show_short(one.title), reverse("records:record", args=[other.code, one.id]))
        for one in page.records
    ]
    address = reverse("records:entity", args=[other.code])
    more = f"{address}?view=all&{key}={record_id}" if page.after is not None else ""
    return Linked(f"{in_language(other.title)} ({label})", lines, more)


def open_record(request: HttpRequest, code: str, record_id: str) -> RecordPage:
    """The record that the address names. 打开记录。"""
    desk = services.at_desk(actor_of(request))
    record = services.get_record(desk, code, record_id)
    return RecordPage(request, desk, desk.entity(code), record)


@needs(USE)
@require_safe
def show_record(request: HttpRequest, code: str, record_id: str) -> HttpResponseBase:
    """A record: its fields, what belongs to it, what may be done. 记录详情。"""
    page = open_record(request, code, record_id)
    return render(request, "records/record.html", page.context())


@needs(USE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, code: str, record_id: str, key: str) -> HttpResponseBase:
    """Show one masked value whole, once, for a purpose that goes on record. 查看明文。"""
    page = open_record(request, code, record_id)
    if request.method != "POST":
        return redirect(page.url)
    purpose = request.POST.get("purpose", "")
    try:
        value = services.reveal_value(page.desk, code, record_id, key, purpose)
    except InvalidInput as error:
        context = page.context() | {"refused": key, "refusal": explain(error), "purpose": purpose}
        return render(request, "records/record.html", context, status=error.status)
    record = page.record
    clear = replace(record, values={**record.values, key: value}, masked=record.masked - {key})
    page = replace(page, record=clear)
    return render(request, "records/record.html", page.context() | {"revealed": key})


@needs(USE)
@require_safe
def fetch_file(
    request: HttpRequest, code: str, record_id: str, key: str, file_id: str
) -> HttpResponseBase:
    """A file of a record, to be kept. 下载附件。"""
    page = open_record(request, code, record_id)
    if key in page.record.masked:
        raise NotPermitted("records.file.masked", "This file is masked for you")
    found = find_file(page.record, key, file_id)
    services.note_file(page.desk, page.record, key)
    response = FileResponse(
        files.open_file(file_id), as_attachment=True, filename=found["name"],
        content_type=found.get("type") or "application/octet-stream",
    )  # fmt: skip
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def find_file(record: Record, key: str, file_id: str) -> Mapping[str, Any]:
    """A file that a field of a record names; NotFound. 查找附件。"""
    named = record.values.get(key)
    held = [one for one in named if isinstance(one, Mapping)] if isinstance(named, list) else []
    found = [one for one in held if one.get("id") == file_id]
    if not found:
        raise NotFound("records.file.unknown", "This record has no such file")
    return dict(found[0])
