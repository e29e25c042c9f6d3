"""What a column holds, and which kinds of fields can share one. 列的类型。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yiwang.kernel.base.clock import today
from yiwang.kernel.records.models import EntityTable, FieldColumn
from yiwang.kernel.records.types import Field
from yiwang.kernel.standards import services as standards

TEXTS = frozenset(
    {"text", "longtext", "date", "datetime", "choice", "person", "organization", "point"}
)
"""Kinds whose stored text is a text as it stands. 以文本存储的类型。"""
MOST_LABELS = 200


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind with what it needs to be read: places of a number, spellings of a choice. 类型形态。"""

    kind: str
    decimals: int = 0
    spellings: Mapping[str, str] = field(default_factory=dict)


def shape_of(row: FieldColumn) -> Shape:
    """What a column holds. 列的形态。"""
    return Shape(row.kind, row.decimals)


def shape_of_field(one: Field) -> Shape:
    """What a field asks for. 字段的形态。"""
    spellings = list_spellings(one) if one.kind == "choice" else {}
    return Shape(one.kind, one.decimals if one.kind == "number" else 0, spellings)


def list_spellings(one: Field) -> dict[str, str]:
    """What may stand for a choice: its code, or a label that no other choice has. 选项写法。

    Long code lists are matched by code alone.
    """
    known = [(code, list(label.values())) for code, label in one.choices]
    version = standards.find_code_set(one.code_set, today()) if one.code_set else None
    known += [(code.code, [code.name]) for code in version.codes.values()] if version else []
    codes = {code: code for code, _ in known}
    if len(known) > MOST_LABELS:
        return codes
    labels = [(label, code) for code, told in known for label in dict.fromkeys(told)]
    named = [label for label, _ in labels]
    return {label: code for label, code in labels if named.count(label) == 1} | codes


def is_same(row: FieldColumn, one: Field, target: EntityTable | None) -> bool:
    """Whether a column is of just this field's kind. 是否同类列。"""
    shape = shape_of_field(one)
    wanted = (shape.kind, shape.decimals, target.pk if target else None)
    return (row.kind, row.decimals, row.target_id) == wanted


def fits(row: FieldColumn, one: Field, target: EntityTable | None) -> bool:
    """Whether the field reads the column's values right as they lie there. 无需转换。"""
    if is_same(row, one, target):
        return True
    if row.kind in TEXTS and one.kind in ("text", "longtext"):
        return True
    if row.kind == "boolean" and one.kind == "integer":
        return True
    return {row.kind, one.kind} == {"integer", "number"} and row.decimals == one.decimals
