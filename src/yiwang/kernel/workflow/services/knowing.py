"""What is known already of what a case asks for, declared as for records. 已知信息带入。

Only what the reader may see in the clear is offered; each offer of personal data leaves a look in
the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records import services as records
from yiwang.kernel.records import types
from yiwang.kernel.workflow.types import CaseType, Field

from .borrowing import find_source

DECIMALS = 15
"""A number of a case has as many as fit. 小数位。"""


def find_known(
    actor: Actor, fields: Collection[Field], answers: Mapping[str, Any]
) -> dict[str, records.Offer]:
    """What is known of fields of a case, given what was answered; by field. 查已知信息。

    Nothing for whom records are closed.
    """
    asked = [one for one in fields if one.known]
    if not asked or not actor.may(records.USE):
        return {}
    return records.find_known(records.at_desk(actor), asked, answers)


def check_known(case_type: CaseType) -> None:
    """Raise unless each source stands in one place only, gives the same kind, and is masked alike. 检查已知来源。"""
    entities = records.snapshot().entities
    told = {key: _as_of_a_record(one) for key, one in case_type.fields.items()}
    for path, error in records.check_known(told, entities):
        label = case_type.fields[str(path[1])].label["zh"]
        raise InvalidInput(
            "workflow.type.known", "%(field)s: %(problem)s",
            field=label, key=str(path[1]), problem=str(error.detail), said=error.message,
            facts=dict(error.extra),
        )  # fmt: skip
    for key, field in told.items():
        known = field.known
        element = entities[known.entity].fields[known.field].element if known else ""
        if element and element != field.element:
            raise InvalidInput(
                "workflow.type.known_element",
                "%(field)s takes over what is the data element %(element)s, so it must be that too",
                field=case_type.fields[key].label["zh"], key=key, element=element,
            )  # fmt: skip


def _as_of_a_record(field: Field) -> types.Field:
    """The field as an entity would declare it."""
    source = find_source(field.same_as) if field.same_as else None
    kind: Any = source.kind if source else field.kind
    return types.Field(
        field.key, field.label, kind, field.element, to=source.to if source else "",
        decimals=DECIMALS if kind == "number" else 0, known=field.known,
    )  # fmt: skip
