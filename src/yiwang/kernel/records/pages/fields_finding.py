"""Questions whose answer is looked for: records, and codes of long lists. 查找项。

Few answers stand in a list. Among many one types some words; with script what is found follows
the typing, without it a button sends the page and it comes back with what was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from django import forms
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext

from yiwang.kernel.records.services.naming import list_choices
from yiwang.kernel.records.types import Field
from yiwang.kernel.ui.labels import in_language

from .questions import Question, blank, keep_choice
from .sources import FOUND, Offers, Sources

OPTIONS_AT_MOST = 300
"""More than these nobody looks through in a list. 列表选项上限。"""


class Source(Protocol):
    """What is looked through. 查找来源。"""

    def find(self, text: str) -> Offers: ...

    def name(self, value: str) -> str: ...


class CodeSource:
    """Codes of a long list, by code or name. 代码来源。"""

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        self.choices = dict(choices)

    def find(self, text: str) -> Offers:
        """Codes that begin so, names that hold it. 查找。"""
        wanted = text.strip().casefold()
        found = [
            (code, name)
            for code, name in self.choices.items()
            if code.startswith(wanted) or wanted in name.casefold()
        ]
        return found[:FOUND] if wanted else []

    def name(self, value: str) -> str:
        """The name of a code. 名称。"""
        return self.choices.get(value, value)


class PlaceSource:
    """Organizations, by name or code. 机构来源。"""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources

    def find(self, text: str) -> Offers:
        """Those that are called so and still exist. 查找。"""
        return self.sources.find_places(text) if text.strip() else []

    def name(self, value: str) -> str:
        """The name of an organization. 名称。"""
        return self.sources.name_place(value)


class RecordSource:
    """Records of an entity that one may see. 记录来源。"""

    def __init__(self, entity: str, sources: Sources) -> None:
        self.entity, self.sources = entity, sources

    def find(self, text: str) -> Offers:
        """Records that hold the words. 查找。"""
        return self.sources.find_records(self.entity, text) if text.strip() else []

    def name(self, value: str) -> str:
        """The title of a record. 标题。"""
        return self.sources.name_record(self.entity, value)


class FindWidget(forms.Widget):
    """Words to look for, and what was found. 查找控件。"""

    template_name = "records/find.html"
    use_fieldset = True

    def __init__(self, source: Source, sources: Sources, address: str, *, required: bool) -> None:
        self.source, self.sources, self.address = source, sources, address
        self.required = required
        super().__init__()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        query = self.sources.queries.get(name, "")
        found = self.source.find(query)
        told = super().get_context(name, value, attrs)
        told["widget"] |= {
            "query": query,
            "address": f"{self.address}?name={name}" if self.address else "",
            "offers": list_offers(self.source, value, found, required=self.required),
            "nothing": bool(query) and not found,
        }
        return told


def list_offers(source: Source, value: str, found: Offers, *, required: bool) -> Offers:
    """What can be chosen: what stands there, what was found, nothing where that may be. 可选项。"""
    offers = dict([(value, source.name(value))] if value else [])
    offers |= dict(found)
    told = list(offers.items())
    return told if required or not value else [*told, blank()]


class FindQuestion(Question):
    """One of many that one looks for; `place` names the field, for what a script asks. 查找项。"""

    def __init__(
        self, source: Source, sources: Sources, place: str, *, required: bool, **kwargs: Any
    ) -> None:
        self.source, self.sources = source, sources
        address = reverse("records:offers", args=[sources.code, place])
        widget = FindWidget(source, sources, address, required=required)
        super().__init__(required=required, widget=widget, **kwargs)

    def take(self, sent: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        """What was chosen; else the one that is called exactly as was typed."""
        query = sent.get(f"{name}-q", "").strip()
        chosen = super().take(sent, files, name)
        if chosen or not query:
            return chosen
        found = self.source.find(query)
        exact = [value for value, title in found if query in (value, title)]
        if len(exact) == 1:
            return exact[0]
        choose, nothing = (
            gettext("Choose one of those that were found"),
            gettext("Nothing is called so"),
        )
        self.faults[name] = [choose if found else nothing]
        return None

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else value

    def anchor(self, bound: forms.BoundField) -> str:
        return f"{bound.auto_id}-q"


class PickQuestion(Question):
    """One of few, from a list; what stands there is named even if nobody could choose it now. 列表选择项。"""

    def __init__(self, offers: Sequence[Any], source: Source, **kwargs: Any) -> None:
        self.source = source
        super().__init__(widget=forms.Select(choices=[("", "—"), *offers]), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if value:
            keep_choice(self.widget, value, self.source.name(value))
        return "" if value is None else value


def source_of(field: Field, sources: Sources) -> Source | None:
    """What is looked through for a field; None where nothing is. 查找来源。"""
    if field.kind == "link":
        return RecordSource(field.to, sources)
    if field.kind == "organization":
        return PlaceSource(sources)
    if field.kind == "choice":
        return CodeSource([(code, in_language(label)) for code, label in list_choices(field)])
    return None


def ask_link(field: Field, sources: Sources, place: str, told: dict[str, Any]) -> Question:
    """A link: few records stand in a list, many are looked for. 关联项。"""
    source, few = RecordSource(field.to, sources), sources.few_records(field.to)
    if few is None:
        return FindQuestion(source, sources, place, **told)
    return PickQuestion(few, source, **told)


def ask_organization(field: Field, sources: Sources, place: str, told: dict[str, Any]) -> Question:
    """An organization: few stand in a list by kind, many are looked for. 机构项。"""
    del field
    source, count = PlaceSource(sources), sum(len(pairs) for _, pairs in sources.places)
    if count > OPTIONS_AT_MOST:
        return FindQuestion(source, sources, place, **told)
    return PickQuestion(sources.places, source, **told)
