"""Choosing data items, and how each is to be seen, in one table of a form. 信息项选择控件。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog.types import ItemInfo

CLEAR = "clear"
MASK_WORDS = {
    "null": _("Left empty"),
    "token": _("As a token of this grant"),
    "month": _("Year and month only"),
    "year": _("Year only"),
    "prefix": _("First %(n)s characters"),
    "round": _("As a range of %(n)s"),
    "noise": _("With noise of %(n)s"),
    "shift": _("Days moved by up to %(n)s"),
}


def name_mask(mask: str) -> str:
    """A mask in words. 脱敏方式名称。"""
    kind, _colon, measure = mask.partition(":")
    # A mask of the elements stands under its own name.
    return str(MASK_WORDS[kind] % {"n": measure}) if kind in MASK_WORDS else mask


def describe_columns(columns: Sequence[str], masks: Mapping[str, str]) -> str:
    """Columns with the masks chosen for them. 信息项及脱敏。"""
    said = [f"{one} ({name_mask(masks[one])})" if one in masks else one for one in columns]
    return "、".join(said) or "—"


@dataclass(frozen=True, slots=True)
class Offer:
    """One item with the ways in which it can be seen, the usual one first. 可选信息项。"""

    name: str
    guarded: bool
    ways: Sequence[tuple[str, str]]


def offer_items(items: Sequence[ItemInfo], guarded: set[str]) -> list[Offer]:
    """The items of a resource as they can be asked for. 可申请信息项。"""
    known = standards.get_elements()
    return [
        Offer(item.name, item.name in guarded, _list_ways(known.get(item.effective), item, guarded))
        for item in items
    ]


def _list_ways(element: Any, item: ItemInfo, guarded: set[str]) -> list[tuple[str, str]]:
    personal = item.name in guarded
    usual = gettext("Masked as usual") if personal else gettext("As it is")
    whole = [(CLEAR, gettext("Unmasked"))] if personal else []
    others = [(one, name_mask(one)) for one in standards.offer_disguises(element)]
    return [("", usual), *whole, *others]


class ItemTable(forms.Widget):
    """A row for each item: whether, and how. 信息项表。"""

    template_name = "exchange/_items.html"
    use_fieldset = True
    offers: Sequence[Offer] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:  # noqa: ARG002
        """The chosen items, each with how it is to be seen. 取选择。"""
        chosen = set(data.getlist(name) if hasattr(data, "getlist") else data.get(name, ()))
        return {
            offer.name: data.get(f"how-{at}", "")
            for at, offer in enumerate(self.offers)
            if offer.name in chosen
        }

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template needs. 模板数据。"""
        held = value or {}
        rows = [
            (at, offer, offer.name in held, held.get(offer.name, ""))
            for at, offer in enumerate(self.offers)
        ]
        return super().get_context(name, None, attrs) | {"rows": rows, "name": name}

    def id_for_label(self, id_: str, index: Any = None) -> str:
        """The first row is what an error leads to. 定位首行。"""
        return "" if index is None else f"{id_}-0"


class ItemsField(forms.Field):
    """The chosen items, each with how it is to be seen. 信息项字段。"""

    widget = ItemTable

    def offer(self, offers: Sequence[Offer]) -> None:
        """Say what there is to choose from. 设定选项。"""
        self.widget.offers = offers

    def clean(self, value: Mapping[str, str]) -> dict[str, str]:
        """The choice, with only ways that were offered. 校验。"""
        chosen = dict(super().clean(value))
        offered = {one.name: {way for way, _label in one.ways} for one in self.widget.offers}
        if any(how not in offered[name] for name, how in chosen.items()):
            raise ValidationError(gettext("Choose one of the ways offered"))
        return chosen
