"""What every page over the records of an entity begins with. 查看上下文。"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.query.types import All, Node
from yiwang.kernel.records import services
from yiwang.kernel.records.services.naming import Names, gather_for_records
from yiwang.kernel.records.types import Entity, Field, Record, View, Wanted
from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.labels import in_language

from .showing import link_of, show_field, show_short

ALL_RECORDS = "all"
"""How the address names the list that no file declares. 默认列表。"""


@dataclass(frozen=True, slots=True)
class Row:
    """A record on a page, with the names it mentions. 记录行。"""

    record: Record
    names: Names
    fields: dict[str, Field]

    @property
    def title(self) -> str:
        """What it is called. 标题。"""
        return show_short(self.record.title)

    @property
    def url(self) -> str:
        """Its page. 地址。"""
        return reverse("records:record", args=[self.record.entity, self.record.id])

    def text(self, key: str) -> str:
        """A field as one line. 字段文本。"""
        if key not in self.fields:
            return ""
        return show_short(show_field(self.record, key, self.fields[key], self.names))

    def link(self, key: str) -> str:
        """Where a field leads. 字段地址。"""
        return link_of(self.record, key, self.fields[key], self.names)

    def facts(self, keys: Iterable[str]) -> list[tuple[str, str]]:
        """Label and text of some fields, empty ones left out. 摘要。"""
        told = [(in_language(self.fields[key].label), self.text(key)) for key in keys]
        return [(label, text) for label, text in told if text]


@dataclass(frozen=True)
class Look:
    """One view of an entity before one reader. 一次查看。"""

    request: HttpRequest
    desk: services.Desk
    entity: Entity
    view: View

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The fields that exist for the reader, in their order. 可见字段。"""
        return {key: self.entity.fields[key] for key in self.desk.visible(self.entity.code)}

    @cached_property
    def narrowable(self) -> frozenset[str]:
        """What the reader may filter and order by. 可筛选字段。"""
        return self.desk.narrowable(self.entity.code)

    @cached_property
    def verbs(self) -> frozenset[str]:
        """What the reader may do with records of this kind. 可用动作。"""
        return self.desk.verbs(self.entity.code)

    @cached_property
    def masked(self) -> frozenset[str]:
        """What is masked for the reader, on some records at least. 脱敏字段。"""
        return frozenset(self.fields) - self.desk.plain(self.entity.code)

    @property
    def searched(self) -> tuple[str, ...]:
        """The fields whose words the reader may look for. 搜索字段。"""
        return self.entity.search if self.desk.searchable(self.entity.code) else ()

    @property
    def columns(self) -> list[str]:
        """The fields that the view shows, as far as they exist for the reader. 显示列。"""
        found = [key for key in self.view.columns if key in self.fields]
        return found or list(self.fields)[:1]

    @property
    def url(self) -> str:
        """The entity's first page. 业务对象地址。"""
        return reverse("records:entity", args=[self.entity.code])

    @property
    def title(self) -> str:
        """What the records are called. 名称。"""
        return in_language(self.entity.title)

    @cached_property
    def base(self) -> Node | None:
        """The fixed filter of the view. 固定筛选。"""
        return services.filter_of_view(self.desk, self.view)

    def want(
        self,
        nodes: Sequence[Node] = (),
        *,
        search: str = "",
        order: Sequence[str] = (),
        after: Sequence[Any] | None = None,
        limit: int = 50,
    ) -> Wanted:
        """What to ask of the service: the view's fixed filter and what the reader chose. 请求。"""
        told = nodes[0] if len(nodes) == 1 else All(tuple(nodes)) if nodes else None
        order = tuple(one for one in order if one.removeprefix("-") in self.narrowable)[:1]
        return Wanted(told, search, order, after, limit, fixed=self.base)

    def read(self, wanted: Wanted) -> tuple[list[Row], list[Any] | None]:
        """Records with the names they mention, and where to go on. 读取。"""
        page = services.list_records(self.desk, self.entity.code, wanted)
        return make_rows(self, page.records), page.after

    @cached_property
    def tabs(self) -> list[tuple[str, str]]:
        """The views of the entity: address and label. 视图标签。"""
        views = list_views(self.desk, self.entity)
        if len(views) < 2:
            return []
        return [(self.address_of(one), in_language(one.title)) for one in views]

    @property
    def here(self) -> str:
        """The address of this view. 当前视图地址。"""
        return self.address_of(self.view)

    def address_of(self, view: View) -> str:
        """Where a view of the entity is shown. 视图地址。"""
        return f"{self.url}?view={view.code}"

    def context(self) -> dict[str, Any]:
        """What the frame of each view's page asks for. 模板内容。"""
        return {"look": self, "entity": self.entity, "title": self.title, "query": self.query}

    @property
    def query(self) -> str:
        """The parameters of the address, for the export of just this. 地址参数。"""
        data = self.request.GET.copy()
        for name in ("after", "format"):
            data.pop(name, None)
        return data.urlencode()

    @property
    def help(self) -> str:
        """What the view or the records are for. 说明。"""
        return in_language(self.view.help) or in_language(self.entity.help)


def make_rows(look: Look, records: Iterable[Record]) -> list[Row]:
    """Records with the names that all of them mention. 记录行。"""
    found = list(records)
    names = gather_names(look.desk, look.fields, found)
    return [Row(one, names, look.fields) for one in found]


def gather_names(desk: services.Desk, fields: dict[str, Field], records: Sequence[Record]) -> Names:
    """The names that some records mention, as the reader may know them. 名称。"""
    return gather_for_records(
        lambda code, ids: services.name_records(desk, code, list(ids)), fields, records
    )


def open_look(request: HttpRequest, code: str) -> Look:
    """The view that the address names, else the first list of the entity. 打开视图。"""
    desk = services.at_desk(actor_of(request))
    entity = desk.entity(code)
    views = [*list_views(desk, entity), default_view(entity)]
    asked = request.GET.get("view", "")
    found = [one for one in views if (one.code == asked if asked else one.kind == "list")]
    if not found:
        raise NotFound("records.view.unknown", "There is no view %(view)s", view=asked[:90])
    return Look(request, desk, entity, found[0])


def read_rev(sent: Mapping[str, Any]) -> int:
    """The revision that a form saw; 0, which none is, for anything else. 读取版本号。"""
    text = str(sent.get("rev", ""))
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def list_views(desk: services.Desk, entity: Entity) -> list[View]:
    """The declared views that the reader may use; a plain list where none is declared. 视图。"""
    views = list(desk.views(entity.code))
    return views if any(one.kind == "list" for one in views) else [default_view(entity), *views]


def default_view(entity: Entity) -> View:
    """The list that no file declares. 默认列表。"""
    word = gettext("All records")
    return replace(services.default_view(entity), code=ALL_RECORDS, title={"zh": word, "en": word})
