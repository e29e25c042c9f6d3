"""Fields of a case that take what a field of an entity takes: a record it points to, one of its choices. 同业务字段。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.records import services as records
from yiwang.kernel.records import types
from yiwang.kernel.workflow.types import CaseType, Field

OFFERED = 200
Offers = list[tuple[str, types.Label]]
"""Values that may be chosen, each with what it is called. 可选值。"""


def find_source(same_as: str) -> types.Field | None:
    """The field `app.entity.field`, if it is a link or a choice of one. 来源字段。"""
    code, _, key = same_as.rpartition(".")
    entity = records.snapshot().entities.get(code)
    found = entity.fields.get(key) if entity else None
    return found if found and found.kind in ("link", "choice") else None


def check_sources(case_type: CaseType) -> None:
    """Raise NotFound unless every field that is like one of an entity finds it. 检查来源字段。"""
    for field in case_type.fields.values():
        if field.same_as and find_source(field.same_as) is None:
            raise NotFound(
                "workflow.type.same_as",
                "%(field)s: there is no link or choice %(name)s",
                field=field.key,
                name=field.same_as,
            )


def list_offers(actor: Actor, field: Field) -> Offers:
    """What somebody may choose for such a field. 可选值。"""
    source = find_source(field.same_as)
    if source is None:
        return []
    if source.kind == "choice":
        return list(source.choices)
    desk = records.at_desk(actor)
    found = records.offer_records(desk, source.to, "", OFFERED)
    return [(one, {"zh": title}) for one, title in sorted(found, key=lambda one: one[1])]


def name_values(actor: Actor, case_type: CaseType, data: Mapping[str, Any]) -> dict[str, str]:
    """What the chosen values are called, as far as the reader may know; by value. 所选值名称。"""
    found: dict[str, str] = {}
    if not actor.may(records.USE):
        return found
    for field, value in _chosen(case_type, data):
        source = find_source(field.same_as)
        if source and source.kind == "link":
            found |= records.name_records(records.at_desk(actor), source.to, [value])
    return found


def check_chosen(actor: Actor, case_type: CaseType, filled: Mapping[str, Any]) -> None:
    """InvalidInput where a value is none that the actor may choose. 校验所选值。"""
    for field, value in _chosen(case_type, filled):
        source = find_source(field.same_as)
        if source is None or not _is_open(actor, source, value):
            raise InvalidInput(
                "workflow.field.same_as",
                "%(field)s: this cannot be chosen",
                field=field.label["zh"],
                key=field.key,
            )


def _is_open(actor: Actor, source: types.Field, value: str) -> bool:
    if source.kind == "choice":
        return value in dict(source.choices)
    return bool(records.name_records(records.at_desk(actor), source.to, [value]))


def _chosen(case_type: CaseType, data: Mapping[str, Any]) -> Iterator[tuple[Field, str]]:
    for key, field in case_type.fields.items():
        if field.same_as and data.get(key):
            yield field, str(data[key])
