"""Which organizations may be named in a case. 可填机构。

What a page offers and what is taken are the same question: a browser may send anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.types import OrganizationInfo
from yiwang.kernel.workflow.types import CaseType, Field

from .permissions import USE

Groups = list[tuple[str, list[tuple[str, str]]]]
"""Codes and names under the word for their kind. 分组选项。"""


def offer_places(actor: Actor, field: Field) -> Groups:
    """What somebody may choose for a field of organizations. 可选机构。"""
    permission = "" if field.reach == "city" else USE
    return identity.choose_organizations(actor, permission, field.levels, current=True)


def check_places(
    actor: Actor, case_type: CaseType, filled: Mapping[str, Any], standing: Mapping[str, Any]
) -> None:
    """InvalidInput where an organization is none that the actor may name there. 校验机构。

    What stands in the case already may be named again.
    """
    known = {code for _, code in _named(case_type, standing)}
    asked = [(field, code) for field, code in _named(case_type, filled) if code not in known]
    found = identity.get_organizations({code for _, code in asked}) if asked else {}
    for field, code in asked:
        place = found.get(code)
        if place is None or not _may_be_named(actor, field, place):
            raise InvalidInput(
                "workflow.field.place", "%(field)s: %(place)s cannot be named here",
                field=field.label["zh"], key=field.key, place=code,
            )  # fmt: skip


def _may_be_named(actor: Actor, field: Field, place: OrganizationInfo) -> bool:
    if field.levels and place.kind not in field.levels:
        return False
    if place.valid_until and place.valid_until <= today():
        return False
    return field.reach == "city" or actor.may(USE, organization=place.code)


def _named(case_type: CaseType, data: Mapping[str, Any]) -> Iterator[tuple[Field, str]]:
    for key, field in case_type.fields.items():
        if field.kind in ("organization", "organizations") and data.get(key):
            value = data[key]
            yield from (
                (field, str(one)) for one in (value if isinstance(value, list) else [value])
            )
