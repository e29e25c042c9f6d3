"""Whom and what the forms of a case offer. 可选人员与机构。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext

from yiwang.kernel.base.act import Actor
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow.services import find_away
from yiwang.kernel.workflow.services.places import Groups, offer_places
from yiwang.kernel.workflow.types import Field

from .opinions import offer_phrases
from .words import say_away


class Choices(identity.Directory):
    """Whom and what the reader may choose, asked once and only where a form needs it. 可选项。

    `code` is the type of case for which files are sent.
    """

    def __init__(
        self, actor: Actor, standing: Mapping[str, str] | None = None, *, code: str = ""
    ) -> None:
        super().__init__(actor)
        self.standing, self.code = standing or {}, code

    @cached_property
    def people(self) -> list[Any]:
        """Those of the actor's organization, and who of them is away. 本单位人员。"""
        return mark_away(super().people)

    @cached_property
    def phrases(self) -> list[str]:
        """What the reader often writes as an opinion. 常用意见。"""
        return offer_phrases(self.actor)

    def places_of(self, field: Field) -> Groups:
        """Organizations by kind that a field takes, and those that stand in the case already. 可选机构。"""
        key = (*field.levels, field.reach)
        if key not in self._places:
            self._places[key] = self._list_places(field)
        return self._places[key]

    @cached_property
    def _places(self) -> dict[tuple[str, ...], Groups]:
        return {}

    def _list_places(self, field: Field) -> Groups:
        found = offer_places(self.actor, field)
        known = {code for _, pairs in found for code, _ in pairs}
        others = [pair for pair in self.standing.items() if pair[0] not in known]
        return [*found, (gettext("In this case"), others)] if others else found


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom one may name, and what one should know of them. 可选人员。"""

    id: str
    name: str
    label: str
    organization_name: str
    note: str


def mark_away(people: Sequence[Any]) -> list[Named]:
    """People with a word for those who are away today. 标注不在岗。"""
    away = find_away(one.id for one in people)
    return [
        Named(
            one.id, one.name, one.label, one.organization_name,
            say_away(away[one.id]) if one.id in away else "",
        )
        for one in people
    ]  # fmt: skip
