"""What a refusal of the database means, told by names alone. 约束冲突说明。

The text of a database error holds the values of other people's rows, so it goes nowhere: not to
the user, not into a log.
"""

from __future__ import annotations

import re

from django.db import IntegrityError
from django.utils.translation import get_language

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.records.types import Entity

from .indexes import Index
from .syncing import REFUSED

UNIQUE, FOREIGN = "23505", "23503"
_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (r_\d+\.\w+(?:, r_\d+\.\w+)*)")


def explain_violation(entity: Entity, error: IntegrityError) -> Conflict:
    """The conflict behind a refused change: a key that is taken, a link that leads nowhere. 冲突说明。"""
    if _name_of(error) == REFUSED or str(error) == REFUSED:
        return Conflict(
            "records.field.changing",
            "A field of these records is being changed to another kind, which this value does not fit",
        )
    keys = find_taken(entity, error)
    if keys:
        return Conflict(
            "records.key.taken",
            "Another record has the same %(labels)s",
            labels=", ".join(_label(entity, key) for key in keys),
            fields=list(keys),
        )
    return Conflict(
        "records.link.broken",
        "A record that this one points to is gone, or another record still points to this one",
    )


def find_taken(entity: Entity, error: IntegrityError) -> tuple[str, ...]:
    """The group of fields that another record has the same, or none. 重复的唯一字段。"""
    groups = [group for group in (entity.key, *entity.unique) if group]
    columns = _columns_of(error)
    named = _name_of(error)
    for group in groups:
        own = tuple(entity.fields[key].column for key in group)
        if own == columns or Index(entity.table, own, unique=True).name == named:
            return group
    return ("_id",) if columns == ("id",) or named == f"{entity.table}_pkey" else ()


def _name_of(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", "") or "")


def _columns_of(error: IntegrityError) -> tuple[str, ...]:
    found = _SQLITE_UNIQUE.search(str(error))
    return tuple(part.partition(".")[2] for part in found[1].split(", ")) if found else ()


def _label(entity: Entity, key: str) -> str:
    label = entity.fields[key].label if key in entity.fields else {}
    return label.get((get_language() or "zh")[:2]) or label.get("zh", key)
