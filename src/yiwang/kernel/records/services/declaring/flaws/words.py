"""What is said of names and kinds that do not fit. 检查用语。"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from yiwang.kernel.base.declared import Path
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.nearest import suggest
from yiwang.kernel.records.types import Entity, Field

Flaw = tuple[Path, InvalidInput]
Named = tuple[Path, str, Collection[str]]
"""Where a field is named, which, and of what kinds it may be; of any where none is told. 引用。"""


def no_field(name: str, fields: Iterable[str]) -> InvalidInput:
    """A name that no field has. 未知字段。"""
    return InvalidInput(
        "records.field.unknown",
        "there is no field %(field)s%(suggestion)s",
        field=name,
        suggestion=suggest(name, fields),
    )


def no_entity(code: str, entities: Iterable[str]) -> InvalidInput:
    """A code that no entity has. 未知业务对象。"""
    return InvalidInput(
        "records.entity.missing",
        "there is no entity %(entity)s%(suggestion)s",
        entity=code,
        suggestion=suggest(code, entities),
    )


def wrong_kind(field: Field, kinds: Iterable[str]) -> InvalidInput:
    """A field of a kind that does not stand here. 字段类型不符。"""
    return InvalidInput(
        "records.field.kind",
        "%(field)s is of kind %(kind)s; here stands one of %(kinds)s",
        field=field.key,
        kind=field.kind,
        kinds=", ".join(sorted(kinds)),
    )


def check_named(named: Iterable[Named], fields: Mapping[str, Field]) -> Iterator[Flaw]:
    """Fields that are named where there are none such, or none of a kind that fits. 检查引用。"""
    for path, key, kinds in named:
        if key not in fields:
            yield path, no_field(key, fields)
        elif kinds and fields[key].kind not in kinds:
            yield path, wrong_kind(fields[key], kinds)


def listed(path: Path, keys: Iterable[str], kinds: Collection[str] = ()) -> Iterator[Named]:
    """The fields that a list names. 列表引用。"""
    return (((*path, at), key, kinds) for at, key in enumerate(keys))


def others(entities: Mapping[str, Entity], app: str) -> dict[str, Entity]:
    """Entities of other apps; of its own only what its files declare counts. 其他应用的业务对象。"""
    return {code: one for code, one in entities.items() if one.app != app}
