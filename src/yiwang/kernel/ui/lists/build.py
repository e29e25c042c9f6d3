"""From a declaration and a request to the rows a template draws. 列表组装。"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from .cells import Cell, draw_box, draw_row, escape_text, make_cell
from .keyset import read_cursor, take_slice, write_cursor
from .spec import Column, Filter, ListQuery, ListSlice, ListSpec, Provider

Rows = QuerySet[Any] | Provider


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: where a press on it leads, how it is ordered now. 列头。"""

    column: Column
    url: str
    ordered: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, ready to draw. 列表页。"""

    spec: ListSpec
    prefix: str
    headings: list[Heading]
    rows: list[list[Cell]]
    form: forms.Form
    is_narrowed: bool
    next_url: str
    first_url: str
    export_url: str
    reset_url: str
    kept: list[tuple[str, str]]
    boxes: list[SafeString]

    @property
    def body(self) -> SafeString:
        """All lines, drawn. 表格内容。"""
        labels = [escape_text(gettext(column.label)) for column in self.spec.columns]
        boxes = self.boxes or [SafeString()] * len(self.rows)
        lines = (draw_row(cells, labels, box) for cells, box in zip(self.rows, boxes, strict=True))
        return SafeString("".join(lines))

    @property
    def following(self) -> str:
        """The filters whose choices change with those of others, for htmx. 联动筛选项。"""
        names = [item.name for item in self.spec.filters if item.follows]
        return ",".join(f"#{self.id}-field-{name}" for name in names)

    @property
    def id(self) -> str:
        """The element's id, unique on the page. 元素标识。"""
        return f"list-{self.prefix}{self.spec.name.replace('.', '-')}"


def build_list(request: HttpRequest, spec: ListSpec, rows: Rows, *, prefix: str = "") -> Listing:
    """The page of a list that a request asks for. 组装列表。

    With several lists on one page each has its `prefix`, which its parameters carry.
    """
    state = ListState(request, spec, prefix)
    found = state.take(rows, spec.page_size)
    return Listing(
        spec=spec,
        prefix=prefix,
        headings=[state.head(column) for column in spec.columns],
        rows=[[make_cell(column, row) for column in spec.columns] for row in found.rows],
        form=state.form,
        is_narrowed=state.is_narrowed,
        next_url=state.url(after=write_cursor(found.after)) if found.after is not None else "",
        first_url=state.url(after="") if state.after else "",
        export_url=state.url(after="", format="csv") if spec.export else "",
        reset_url=state.reset_url,
        kept=state.kept,
        boxes=list(draw_boxes(spec, found.rows)),
    )


def draw_boxes(spec: ListSpec, rows: Sequence[Any]) -> Iterator[SafeString]:
    """The boxes that choose lines, where the list has them. 选择框。"""
    if spec.choice and spec.choice_name:
        for row in rows:
            yield draw_box(spec.choice(row), spec.choice_name(row))


class ListState:
    """What the address says about one list. 列表状态。"""

    def __init__(self, request: HttpRequest, spec: ListSpec, prefix: str = "") -> None:
        self.spec, self.prefix, self.request = spec, prefix, request
        self.data: QueryDict = request.GET
        self.form = make_filter_form(request, spec, prefix)
        self.form.is_valid()
        cleaned = self.form.cleaned_data
        self.search: str = cleaned.pop("q", "") or ""
        self.filters = {name: value for name, value in cleaned.items() if value not in ("", None)}
        self.filters = {name: value for name, value in self.filters.items() if value is not False}
        self.after = self.data.get(f"{prefix}after", "")
        self.order = self._read_order()
        self.is_narrowed = bool(self.search or self.filters)

    def take(self, rows: Rows, limit: int, after: list[Any] | None = None) -> ListSlice:
        """`limit` rows after a key, by default the one in the address. 取行。"""
        if after is None and self.after:
            after = read_cursor(self.after)
        if not isinstance(rows, QuerySet):
            return rows(ListQuery(self.filters, self.search, self.order, after, limit))
        return take_slice(self.narrow(rows), self.order, after, limit)

    def take_all(self, rows: Rows, chunk: int) -> Iterator[Any]:
        """Every row from the start, a chunk at a time. 取全部行。"""
        found = self.take(rows, chunk)
        yield from found.rows
        while found.after is not None:
            found = self.take(rows, chunk, found.after)
            yield from found.rows

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the filters and the search leave. 应用筛选。"""
        for item in self.spec.filters:
            if item.name in self.filters:
                rows = apply_filter(item, rows, self.filters[item.name])
        return self._search_in(rows) if self.search else rows

    def head(self, column: Column) -> Heading:
        """The column's head and where a press on it leads. 列头。"""
        if not column.sort:
            return Heading(column, "", "")
        present = self.data.get(f"{self.prefix}sort", "")
        ordered = {column.name: "ascending", f"-{column.name}": "descending"}.get(present, "")
        wanted = f"-{column.name}" if ordered == "ascending" else column.name
        return Heading(column, self.url(after="", sort=wanted), ordered)

    def url(self, **changes: str) -> str:
        """The same address with other parameters; an empty one is left out. 改参地址。"""
        data = self.data.copy()
        for name, value in changes.items():
            data.pop(self.prefix + name, None)
            if value:
                data[self.prefix + name] = value
        return f"{self.request.path}?{data.urlencode()}"

    @property
    def reset_url(self) -> str:
        """The address without filters and search. 清除筛选地址。"""
        own = {self.prefix + name for name in [*self.form.fields, "after"]}
        data = self.data.copy()
        for name in own & set(data):
            data.pop(name)
        return f"{self.request.path}?{data.urlencode()}" if data else self.request.path

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters that the filter form must carry along. 保留参数。"""
        own = {self.prefix + name for name in [*self.form.fields, "after", "format"]}
        return [(name, str(value)) for name, value in self.data.items() if name not in own]

    def _read_order(self) -> tuple[str, ...]:
        wanted = self.data.get(f"{self.prefix}sort", "")
        for column in self.spec.columns:
            if column.sort and column.name == wanted.removeprefix("-"):
                return (f"-{column.sort}" if wanted.startswith("-") else column.sort,)
        return tuple(self.spec.order)

    def _search_in(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if callable(self.spec.search):
            return self.spec.search(rows, self.search)
        anywhere = Q(pk__in=[])
        for lookup in self.spec.search:
            anywhere |= Q(**{f"{lookup}__icontains": self.search})
        return rows.filter(anywhere)


def apply_filter(item: Filter, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
    """The rows that one filter leaves. 应用筛选项。"""
    if item.apply:
        return item.apply(rows, value)
    return rows.filter(**{item.lookup or item.name: value})


def make_filter_form(request: HttpRequest, spec: ListSpec, prefix: str) -> forms.Form:
    """The filters as a form that reads the address. 筛选表单。"""
    fields: dict[str, forms.Field] = {}
    if spec.search:
        box = forms.TextInput(attrs={"type": "search"})
        label = gettext_lazy(spec.search_label)
        fields["q"] = forms.CharField(required=False, label=label, max_length=200, widget=box)
    for item in spec.filters:
        fields[item.name] = make_filter_field(request, item)
    form_class = type("FilterForm", (FilterForm,), fields)
    form: forms.Form = form_class(request.GET, auto_id=f"{prefix}{spec.name}-%s")
    form.parameter_prefix = prefix  # type: ignore[attr-defined]
    form.folded_names = {item.name for item in spec.filters if item.folded}  # type: ignore[attr-defined]
    return form


class FilterForm(forms.Form):
    """Filters whose parameters carry the list's prefix. 筛选表单。"""

    parameter_prefix = ""
    folded_names: Set[str] = frozenset()

    @property
    def plain(self) -> list[forms.BoundField]:
        """Filters that always show. 常用筛选项。"""
        return [self[name] for name in self.fields if name not in self.folded_names]

    @property
    def folded(self) -> list[forms.BoundField]:
        """Filters asked for seldom. 更多筛选项。"""
        return [self[name] for name in self.fields if name in self.folded_names]

    @property
    def is_unfolded(self) -> bool:
        """Whether one of those is in use. 是否展开。"""
        return any(field.value() or field.errors for field in self.folded)

    def add_prefix(self, field_name: str) -> str:
        return f"{self.parameter_prefix}{field_name}"


def make_filter_field(request: HttpRequest, item: Filter) -> forms.Field:
    """The form field of one filter. 筛选字段。"""
    label = gettext_lazy(item.label)
    if item.kind == "text":
        return forms.CharField(required=False, label=label, max_length=200)
    if item.kind == "flag":
        return forms.BooleanField(required=False, label=label)
    if item.kind == "date":
        widget = forms.DateInput(attrs={"type": "date"})
        return forms.DateField(required=False, label=label, widget=widget)
    if item.kind == "number":
        return forms.DecimalField(required=False, label=label, max_digits=30)
    choices = item.choices(request) if callable(item.choices) else item.choices
    shown: list[tuple[str, str]] = [("", gettext("All"))]
    shown += [(value, gettext(text)) for value, text in choices]
    return forms.ChoiceField(required=False, label=label, choices=list(shown))
