"""Whether a new version can follow the one before. 版本衔接检查。"""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.nearest import suggest
from yiwang.kernel.records.types import Entity, Field

from .words import Flaw

_TEXTS = frozenset({"text", "longtext", "choice", "person", "organization", "point"})
_AS_TEXT = frozenset({*_TEXTS, "number", "date", "datetime"})
"""Kinds that rows of a group keep as text. 以文本保存的类型。"""


def check_changes(entity: Entity, before: Entity | None) -> Iterator[Flaw]:
    """What does not follow from the version before. 版本衔接检查。"""
    yield from _renamed(entity, before)
    if before:
        yield from _retyped_members(entity, before)


def _retyped_members(entity: Entity, before: Entity) -> Iterator[Flaw]:
    """Rows of a group lie as they were written: no change of the table turns what is in them."""
    for key, field in entity.fields.items():
        old = before.fields.get(key) or before.fields.get(field.was)
        if old is None or not field.kind == old.kind == "group":
            continue
        for name, member in field.fields.items():
            if name in old.fields and not _reads(member, old.fields[name]):
                yield (
                    ("fields", key, "fields", name),
                    InvalidInput(
                        "records.group.retyped",
                        "%(field)s was of kind %(kind)s, and rows that were written stay so; "
                        "take another key",
                        field=name,
                        kind=old.fields[name].kind,
                    ),
                )


def _reads(new: Field, old: Field) -> bool:
    """Whether a field of a row reads right what the one before wrote. 是否兼容。"""
    if new.kind == old.kind:
        return new.decimals >= old.decimals
    return (new.kind in _TEXTS and old.kind in _AS_TEXT) or (
        new.kind == "number" and old.kind == "integer"
    )


def _renamed(entity: Entity, before: Entity | None) -> Iterator[Flaw]:
    taken: dict[str, str] = {}
    for key, field in entity.fields.items():
        if field.was and (flaw := _wrong_name_before(field, entity, before, taken)):
            yield ("fields", key, "was"), flaw
        taken.setdefault(field.was, key)


def _wrong_name_before(
    field: Field, entity: Entity, before: Entity | None, taken: dict[str, str]
) -> InvalidInput | None:
    if field.was in entity.fields:
        return InvalidInput(
            "records.was.here", "%(was)s is still a field; nothing was renamed", was=field.was
        )
    if field.was in taken:
        return InvalidInput(
            "records.was.twice", "%(was)s became %(field)s already", was=field.was, field=taken[field.was]
        )  # fmt: skip
    if before and field.was not in before.fields and field.key not in before.fields:
        return InvalidInput(
            "records.was.unknown",
            "before there was no field %(was)s%(suggestion)s",
            was=field.was,
            suggestion=suggest(field.was, before.fields),
        )
    return None
