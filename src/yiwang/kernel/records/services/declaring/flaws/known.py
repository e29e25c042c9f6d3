"""Whether what is said to be known stands somewhere, in one place only. 已知来源检查。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yiwang.kernel.base.declared import Path
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.types import Entity, Field, Known

from .words import Flaw, no_entity, no_field, wrong_kind

ID = "id"
MATCHED = ("text", "choice", "organization", "link")
"""Kinds by which a record is told from others here. 可匹配类型。"""
GIVEN = (
    "text", "longtext", "integer", "number", "date", "datetime", "boolean", "choice", "choices",
    "point", "organization", "person", "link",
)  # fmt: skip
"""Kinds that are taken over from another record. 可带入类型。"""


def check_known(fields: Mapping[str, Field], entities: Mapping[str, Entity]) -> Iterator[Flaw]:
    """Sources that are not there, that give something else, or that could mean several. 已知来源检查。"""
    for key, field in fields.items():
        if field.known is None:
            continue
        path: Path = ("fields", key, "known")
        source = entities.get(field.known.entity)
        if source is None:
            yield (*path, "entity"), no_entity(field.known.entity, entities)
            continue
        yield from _check_given(field, source, path)
        yield from _check_match(fields, field.known, source, path)


def _check_given(field: Field, source: Entity, path: Path) -> Iterator[Flaw]:
    known = field.known
    if known is None:
        return
    found = source.fields.get(known.field)
    if found is None:
        yield (*path, "field"), no_field(known.field, source.fields)
    elif field.kind not in GIVEN:
        yield (*path, "field"), wrong_kind(field, GIVEN)
    elif (found.kind, found.to) != (field.kind, field.to):
        yield (*path, "field"), wrong_kind(found, (field.kind,))
    elif found.decimals > field.decimals:
        yield (
            (*path, "field"),
            InvalidInput(
                "records.known.decimals",
                "%(field)s has more decimals there than here", field=known.field,
            ),
        )  # fmt: skip


def _check_match(
    fields: Mapping[str, Field], known: Known, source: Entity, path: Path
) -> Iterator[Flaw]:
    """A key of the source, or its id by a link: so nobody is taken for somebody else."""
    match = dict(known.match)
    for theirs, mine in known.match:
        if mine not in fields:
            yield (*path, "match", theirs), no_field(mine, fields)
        elif theirs != ID and theirs not in source.fields:
            yield (*path, "match", theirs), no_field(theirs, source.fields)
        elif fields[mine].kind not in MATCHED:
            yield (*path, "match", theirs), wrong_kind(fields[mine], MATCHED)
    link = fields.get(match.get(ID, ""))
    by_link = set(match) == {ID} and (link is None or link.to == source.code)
    if not by_link and set(match) not in [set(one) for one in (source.key, *source.unique) if one]:
        yield (
            (*path, "match"),
            InvalidInput(
                "records.known.match",
                "a record of %(entity)s is told from others by its key, a unique group of fields, "
                "or by id and a link to it", entity=source.code,
            ),
        )  # fmt: skip
