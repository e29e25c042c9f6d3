"""What groups of counted cases are called. 流程分组名称。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records.types import By
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.workflow.types import CaseType

from .publishing import find_newest_of

PLACES = ("organization", "unit", "handled_by")
FIXED: Mapping[str, Mapping[str, str]] = {
    "state": {
        "running": msg("In hand"), "suspended": msg("Suspended"),
        "supplementing": msg("Waits for more from the applicant"),
        "closed": msg("Case closed"), "terminated": msg("Terminated"),
    },
    "light": {"red": msg("Red"), "yellow": msg("Yellow"), "green": msg("Green")},
    "in_time": {"yes": msg("In time"), "no": msg("After its limit")},
}  # fmt: skip


def name_groups(
    by: Sequence[By], keys: Sequence[tuple[Any, ...]], codes: Iterable[str]
) -> list[tuple[str, ...]]:
    """The words for some groups, in at most two queries. 分组名称。"""
    places = [at for at, one in enumerate(by) if one.key in PLACES]
    wanted = {str(key[at]) for key in keys for at in places if key[at]}
    names = {code: one.name for code, one in identity.get_organizations(wanted).items()}
    asks_type = {"kind", "step", "outcome"} & {one.key for one in by}
    types = find_newest_of(set(codes)) if asks_type else {}
    return [
        tuple(_word(one, value, names, types) for one, value in zip(by, key, strict=True))
        for key in keys
    ]


def _word(by: By, value: Any, names: Mapping[str, str], types: Mapping[str, CaseType]) -> str:
    if value in (None, ""):
        return gettext("Not set")
    text = str(value)
    if by.key in FIXED:
        return gettext(FIXED[by.key].get(text, text))
    if by.key in PLACES:
        return names.get(text, text)
    return _of_type(by.key, text, types)


def _of_type(key: str, text: str, types: Mapping[str, CaseType]) -> str:
    """A kind, step or outcome as a type calls it; an outcome as the step that ends so."""
    if key == "kind" and text in types:
        return in_language(types[text].title)
    nodes = [one for kind in types.values() for one in kind.nodes.values()]
    if key == "step":
        return next((in_language(one.title) for one in nodes if one.key == text), text)
    if key == "outcome":
        return next((in_language(one.title) for one in nodes if one.ends == text), text)
    return text
