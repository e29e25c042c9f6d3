"""What the questions of one form choose from, asked once and only where one needs it. 可选来源。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.types import ORGANIZATION_KINDS
from yiwang.kernel.records import services
from yiwang.kernel.records.services import Desk

FEW = 30
FOUND = 12
Offers = list[tuple[str, str]]


@dataclass
class Sources:
    """Where the questions of a form get what they offer. 可选来源。

    `code` is the entity that is filled in, `standing` the values of the record that is changed,
    `queries` what was typed into fields that look for something, by name.
    """

    desk: Desk
    code: str
    standing: Mapping[str, Any] = field(default_factory=dict)
    queries: Mapping[str, str] = field(default_factory=dict)
    _few: dict[str, Offers | None] = field(default_factory=dict)
    _titles: dict[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def directory(self) -> identity.Directory:
        """The people one may name. 人员名录。"""
        return identity.Directory(self.desk.actor)

    @cached_property
    def places(self) -> list[tuple[str, Offers]]:
        """Organizations by kind. 机构。"""
        groups: dict[str, Offers] = {kind: [] for kind in ORGANIZATION_KINDS}
        for one in identity.list_organizations():
            if one.valid_until is None or today() < one.valid_until:
                groups[one.kind].append((one.code, one.name))
        return [
            (gettext(ORGANIZATION_KINDS[kind]), found) for kind, found in groups.items() if found
        ]

    def find_places(self, text: str) -> Offers:
        """Organizations that are called so. 查找机构。"""
        wanted = text.strip().casefold()
        known = [pair for _, pairs in self.places for pair in pairs]
        found = [one for one in known if wanted in one[1].casefold() or one[0].casefold() == wanted]
        return found[:FOUND]

    def name_place(self, code: str) -> str:
        """What an organization is called. 机构名称。"""
        found = identity.find_organization(code)
        return found.name if found else code

    def few_records(self, entity: str) -> Offers | None:
        """All records one may point at, where they are few. 少量可选记录。"""
        if entity not in self._few:
            found = self.find_records(entity, "", FEW + 1)
            self._few[entity] = sorted(found, key=lambda one: one[1]) if len(found) <= FEW else None
        return self._few[entity]

    def find_records(self, entity: str, text: str, most: int = FOUND) -> Offers:
        """Records that hold the words, by title; none where one may see or search none. 查找记录。"""
        try:
            return services.offer_records(self.desk, entity, text, most)
        except YiwangError:
            return []

    def name_record(self, entity: str, record: str) -> str:
        """What a record is called, as far as one may know. 记录名称。"""
        if (entity, record) not in self._titles:
            found = services.name_records(self.desk, entity, [record])
            self._titles[entity, record] = found.get(record) or gettext("A record you may not see")
        return self._titles[entity, record]
