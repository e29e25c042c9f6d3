"""Values of records as people read them. 值的显示。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext

from yiwang.kernel.files.services import show_size
from yiwang.kernel.records.services.naming import Names, find_choice
from yiwang.kernel.records.types import Field, FieldKind, Record, Value
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists.cells import show
from yiwang.kernel.ui.lists.spec import Kind

SHORT = 80
"""Characters of a long text in a list. 列表中长文本的长度。"""

COLUMN_KINDS: Mapping[FieldKind, Kind] = {
    "integer": "number",
    "number": "number",
    "date": "date",
    "datetime": "datetime",
}


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of a record: its name, how large, where it is fetched; nowhere if masked. 附件。"""

    name: str
    size: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A field of a record, ready to draw. 显示的字段。

    `rows` are those of a group, each a list of texts under `heads`; `files` what can be fetched.
    """

    key: str
    label: str
    text: str = ""
    url: str = ""
    masked: bool = False
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    files: tuple[FileLine, ...] = ()

    @property
    def pairs(self) -> list[list[tuple[str, str]]]:
        """Each row of a group with its heads. 分组行与列名。"""
        return [list(zip(self.heads, row, strict=True)) for row in self.rows]


def label_of(field: Field) -> str:
    """What a field is called, with its unit. 字段名称。"""
    unit = in_language(field.unit)
    return f"{in_language(field.label)} ({unit})" if unit else in_language(field.label)


def show_value(field: Field, value: Value, names: Names) -> str:
    """A value as text: labels for codes, names for links, grouped digits. 显示值。"""
    if value is None or value == "":
        return ""
    writer = _WRITERS.get(field.kind)
    if writer is None or (isinstance(value, str) and field.kind in _NO_TEXTS):
        return show(value)  # A text where none belongs is what a mask left.
    return writer(field, value, names)


def show_field(record: Record, key: str, field: Field, names: Names) -> str:
    """A field of a record as text. 显示记录字段。"""
    return show_value(field, record.values.get(key), names)


def show_short(text: str) -> str:
    """A long text's beginning, for lists and cards. 缩略显示。"""
    line = " ".join(text.split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"


def link_of(record: Record, key: str, field: Field, names: Names) -> str:
    """Where a link leads, if the reader may know what it names. 关联地址。"""
    value = record.values.get(key)
    known = field.kind == "link" and key not in record.masked and value
    if not known or value not in names.links.get(field.to, {}):
        return ""
    return reverse("records:record", args=[field.to, value])


def draw_field(record: Record, key: str, field: Field, names: Names) -> Shown:
    """A field of a record for its page. 字段显示。"""
    value = record.values.get(key)
    shown = Shown(key, label_of(field), masked=key in record.masked and value not in (None, []))
    if not value and not isinstance(value, bool | int):
        return shown
    if field.kind == "group":
        heads = tuple(label_of(one) for one in field.fields.values())
        return replace(shown, heads=heads, rows=tuple(show_rows(field, value, names)))
    if field.kind == "files":
        return replace(shown, files=tuple(_file_line(record, key, one) for one in value))
    text, url = show_value(field, value, names), link_of(record, key, field, names)
    return replace(shown, text=text, url=url)


def show_rows(field: Field, rows: list[Mapping[str, Value]], names: Names) -> list[tuple[str, ...]]:
    """The rows of a group as texts. 分组行。"""
    return [
        tuple(show_value(one, row.get(key), names) for key, one in field.fields.items())
        for row in rows
    ]


def _file_line(record: Record, key: str, one: Mapping[str, Any]) -> FileLine:
    url = reverse("records:file", args=[record.entity, record.id, key, one["id"]])
    return FileLine(one["name"], show_size(int(one.get("size") or 0)), url)


def _show_number(field: Field, value: Decimal, _names: Names) -> str:
    return f"{value:,.{field.decimals}f}"


def _show_choice(field: Field, value: str, _names: Names) -> str:
    label = find_choice(field, value)
    return in_language(label) if label else value


def _show_choices(field: Field, value: list[str], names: Names) -> str:
    return gettext(", ").join(_show_choice(field, one, names) for one in value)


def _show_moment(_field: Field, value: datetime, _names: Names) -> str:
    return f"{localtime(value):%Y-%m-%d %H:%M}"


def _show_group(field: Field, value: list[Any], _names: Names) -> str:
    del field
    return gettext("%(count)s rows") % {"count": len(value)} if value else ""


def _show_files(_field: Field, value: list[Mapping[str, Any]], _names: Names) -> str:
    return gettext(", ").join(str(one["name"]) for one in value)


_NO_TEXTS: frozenset[FieldKind] = frozenset({"integer", "number", "date", "datetime", "boolean"})
_WRITERS: Mapping[FieldKind, Callable[[Field, Any, Names], str]] = {
    "number": _show_number,
    "datetime": _show_moment,
    "choice": _show_choice,
    "choices": _show_choices,
    "link": lambda field, value, names: names.link(field.to, value),
    "person": lambda _, value, names: names.person(value),
    "organization": lambda _, value, names: names.place(value),
    "group": _show_group,
    "files": _show_files,
}
