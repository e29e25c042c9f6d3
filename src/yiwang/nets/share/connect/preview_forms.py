"""The form of a preview: what is proposed, to be changed where it is wrong. 预览表单。"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiwang.kernel.base.act import Actor
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog.services.permissions import UNMASK

from .services import PreviewLook
from .types import DeliveryKind, Instructions

COMMA, TAB, SEMICOLON, BAR = ",", "\t", ";", "|"
MOST_COLUMNS = 300


class ReadingForm(forms.Form):
    """How the file is read, and what it becomes. 读法表单。"""

    name = forms.CharField(
        label=_("Resource"),
        max_length=200,
        help_text=_("A new name makes a new resource; the name of one you have renews it"),
        widget=forms.TextInput(attrs={"list": "own", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("Kind of delivery"), choices=DeliveryKind.choices)
    header_row = forms.IntegerField(
        label=_("Header row"),
        min_value=0,
        max_value=1000,
        help_text=_("The row with the column names; 0 if there is none"),
    )
    header_rows = forms.IntegerField(
        label=_("Rows of headings"),
        required=False,
        min_value=1,
        max_value=5,
        help_text=_("Two where a second row divides the names of the first"),
    )
    footer_rows = forms.IntegerField(
        label=_("Rows under the table"),
        required=False,
        min_value=0,
        max_value=24,
        help_text=_("Totals and notes at the end that are no rows of the table"),
    )
    encoding = forms.ChoiceField(label=_("Encoding"), required=False)
    delimiter = forms.ChoiceField(label=_("Columns are separated by"), required=False)
    records = forms.CharField(label=_("Records path"), required=False, max_length=500)

    def __init__(self, look: PreviewLook, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", initial_of(look))
        super().__init__(*args, **kwargs)
        self.look = look
        table = look.table
        self._choose("encoding", [(one.name, one.name) for one in look.found.encodings])
        delimited = table is not None and table.format == "delimited"
        self._choose("delimiter", delimiter_choices(table.delimiter) if delimited and table else [])
        if not look.found.records and not look.told.records:
            del self.fields["records"]
        if table is None or table.named:
            for name in ("header_row", "header_rows", "footer_rows"):
                del self.fields[name]

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        if len(choices) < 2:
            del self.fields[name]
        else:
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def instructions(self) -> Instructions:
        """What is told under these choices, columns left aside. 读法。"""
        data, told, table = self.cleaned_data, self.look.told, self.look.table
        asked: dict[str, Any] = {
            name: data[name]
            for name in ("kind", "header_row", "header_rows", "footer_rows")
            if name in data
        }
        if data.get("encoding") and table and data["encoding"] != table.encoding:
            asked["encoding"] = data["encoding"]
        if data.get("delimiter") and table and data["delimiter"] != table.delimiter:
            asked["delimiter"] = data["delimiter"]
        if data.get("records"):
            asked["records"] = data["records"]
        if asked.get("footer_rows") == self.look.footer_proposed:
            asked["footer_rows"] = None  # proposed anew: the next file may end otherwise
        return replace(told, **asked)


def initial_of(look: PreviewLook) -> dict[str, Any]:
    """What stands in the form before anybody changed anything. 初始值。"""
    table, read, told = look.table, look.read, look.told
    return {
        "name": look.delivery.resource_name,
        "kind": told.kind or DeliveryKind.FULL,
        "header_row": read.header_row if read else None,
        "header_rows": read.header_rows or None if read else None,
        "footer_rows": len(read.footer) if read else None,
        "encoding": table.encoding if table else "",
        "delimiter": table.delimiter if table else "",
        "records": told.records,
    }


def delimiter_choices(current: str) -> list[tuple[str, Any]]:
    """The delimiters to choose from, the current one among them. 分隔符选项。"""
    known = [
        (COMMA, _("comma ,")),
        (TAB, _("tab")),
        (SEMICOLON, _("semicolon ;")),
        (BAR, _("bar |")),
    ]
    if current not in (COMMA, TAB, SEMICOLON, BAR):
        known.insert(0, (current, _("nothing: one column")))
    return known


def read_columns(data: Mapping[str, Any], look: PreviewLook, told: Instructions) -> Instructions:
    """What the form says about the columns of this picture. 读列设置。

    Nothing where it was drawn for other headings: the numbers would mean other columns.
    """
    if data.get("shape") != shape_of(look.headings):
        return replace(told, columns={}, names={}, left_out=(), key=())
    columns: dict[str, str] = {}
    names: dict[str, str] = {}
    left_out: list[str] = []
    key: list[str] = []
    for at, heading in enumerate(look.headings[:MOST_COLUMNS]):
        element = standards.read_element(str(data.get(f"element-{at}", "")))
        name = " ".join(str(data.get(f"name-{at}", "")).split())[:300]
        columns[heading] = element
        if name and name != look.columns[at].shown and name != heading:
            names[heading] = name
        if not data.get(f"keep-{at}"):
            left_out.append(heading)
        elif data.get(f"key-{at}"):
            key.append(heading)
    return replace(told, columns=columns, names=names, left_out=tuple(left_out), key=tuple(key))


def shape_of(headings: Sequence[str]) -> str:
    """A short sign of these headings in this order. 表头签名。"""
    return hashlib.sha256("\x1f".join(headings).encode()).hexdigest()[:16]


def find_faults(actor: Actor, look: PreviewLook, told: Instructions) -> dict[str, str]:
    """What stands in the way of landing, by field. 校验预览。"""
    faults: dict[str, str] = {}
    known = standards.get_elements()
    taken: dict[str, int] = {}
    for at, column in enumerate(look.columns[:MOST_COLUMNS]):
        if not column.kept:
            continue
        element = told.columns.get(column.heading, "")
        if element and element not in known:
            faults[f"element-{at}"] = str(_("There is no such data element"))
        elif column.masked and element and not known[element].personal and _releases(actor, look):
            faults[f"element-{at}"] = str(
                _("Only who may see personal data unmasked can say that this is none")
            )
        if column.name.casefold() in taken:
            faults[f"name-{at}"] = str(_("Another column has this name"))
        taken[column.name.casefold()] = at
    if not taken:
        faults["keep-0"] = str(_("Leave at least one column in"))
    fresh = look.known is None or not look.known.table
    if fresh and told.kind != DeliveryKind.FULL:
        faults["kind"] = str(_("The first delivery of a resource is a full one"))
    needs_key = told.kind in (DeliveryKind.UPSERT, DeliveryKind.DELETE)
    if needs_key and not told.key and not (look.known and look.known.key):
        faults["kind"] = str(_("This kind needs a key: mark the columns that identify a row"))
    return faults


def _releases(actor: Actor, look: PreviewLook) -> bool:
    return not actor.may(UNMASK, organization=look.delivery.owner)
