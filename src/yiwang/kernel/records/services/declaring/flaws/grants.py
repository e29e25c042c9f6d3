"""Whether what is granted is there, and somebody may see each entity. 授权检查。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yiwang.kernel.base.declared import Path
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.nearest import suggest
from yiwang.kernel.identity.types import ADMINISTRATORS, ROLES
from yiwang.kernel.records.services.declaring.building import code_of, entities_of
from yiwang.kernel.records.services.declaring.computing import in_order, names_of
from yiwang.kernel.records.services.filterable import holds_personal
from yiwang.kernel.records.types import Bundle, Entity, Field

from .views import check_where
from .words import Flaw, listed, no_entity, no_field

LISTS = ("hide", "clear", "edits")


def check_grants(told: Mapping[str, Any], bundle: Bundle) -> Iterator[Flaw]:
    """What does not fit in the permissions of an app. 授权检查。"""
    for at, one in enumerate(told["permissions"]):
        path: Path = ("permissions", at)
        yield from _roles(one, path)
        yield from _unknown_entities(one, path, bundle)
        yield from _lists(one, path)
        yield from _fields(one, path, bundle)
        yield from _worked_out(one, path, bundle)
    yield from _unseen(bundle)


def _roles(told: Mapping[str, Any], path: Path) -> Iterator[Flaw]:
    for at, role in enumerate(told["roles"]):
        if role not in ROLES:
            yield (
                (*path, "roles", at),
                InvalidInput(
                    "records.grant.role",
                    "there is no role %(role)s%(suggestion)s",
                    role=role,
                    suggestion=suggest(role, ROLES.keys() - ADMINISTRATORS),
                ),
            )
        elif role in ADMINISTRATORS:
            yield (
                (*path, "roles", at),
                InvalidInput(
                    "records.grant.administrator", "%(role)s sees no business data", role=role
                ),
            )


def _unknown_entities(told: Mapping[str, Any], path: Path, bundle: Bundle) -> Iterator[Flaw]:
    for at, code in enumerate(told.get("on", ())):
        if code_of(bundle.app, code) not in bundle.entities:
            known = [one.partition(".")[2] for one in bundle.entities]
            yield (*path, "on", at), no_entity(code, known)


def _lists(told: Mapping[str, Any], path: Path) -> Iterator[Flaw]:
    for key in told.get("edits", ()):
        if key in told.get("hide", ()):
            yield (
                (*path, "edits"),
                InvalidInput(
                    "records.grant.both", "%(field)s cannot be both hidden and edited", field=key
                ),
            )
    if "edits" in told and not {"create", "edit", "import"} & set(told["may"]):
        yield (
            (*path, "edits"),
            InvalidInput("records.grant.edits", "edits stands beside create, edit or import"),
        )


def _fields(told: Mapping[str, Any], path: Path, bundle: Bundle) -> Iterator[Flaw]:
    codes = entities_of(bundle.app, told, bundle.entities)
    about = [bundle.entities[code] for code in codes if code in bundle.entities]
    for entity in about:
        yield from check_where((*path, "where"), told.get("where", ""), entity)
    for name in LISTS:
        for place, key, _ in listed((*path, name), told.get(name, ())):
            is_strict = "on" in told or name == "edits"
            yield from ((place, flaw) for flaw in _named(name, key, about, is_strict=is_strict))


def _worked_out(told: Mapping[str, Any], path: Path, bundle: Bundle) -> Iterator[Flaw]:
    """What is hidden or masked must not be worked out from a computed field that shows. 可推算字段。"""
    if "see" not in told["may"]:
        return
    codes = entities_of(bundle.app, told, bundle.entities)
    for entity in (bundle.entities[code] for code in codes if code in bundle.entities):
        covered = _covered(told, entity)
        for key, source in _showing(entity, covered):
            yield (
                (*path, "hide") if "hide" in told else path,
                InvalidInput(
                    "records.grant.worked_out",
                    "%(field)s of %(entity)s is worked out from %(source)s, which these roles do "
                    "not see whole; hide %(field)s from them too",
                    field=key,
                    entity=entity.code,
                    source=source,
                ),
            )


def _covered(told: Mapping[str, Any], entity: Entity) -> frozenset[str]:
    """The fields that these roles see masked or not at all. 未完整可见字段。"""
    personal = {key for key, one in entity.fields.items() if holds_personal(one)}
    hidden = personal - set(told.get("clear", ())) | set(told.get("hide", ()))
    return frozenset(hidden & entity.fields.keys())


def _showing(entity: Entity, covered: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Computed fields that show, each with a covered one that it reads, however far back. 泄露路径。"""
    tells: dict[str, str] = {}
    for key in in_order(entity.fields):
        names = names_of(entity.fields[key])
        source = next(
            (tells.get(one, one) for one in sorted(names) if one in covered | {*tells}), ""
        )
        if source:
            tells[key] = source
            if key not in covered:
                yield key, source


def _named(
    name: str, key: str, about: Sequence[Entity], *, is_strict: bool
) -> Iterator[InvalidInput]:
    """Where no entity is named, a field counts for those that have it."""
    holders = [one for one in about if key in one.fields]
    lacking = [one for one in about if key not in one.fields]
    if lacking and (is_strict or not holders):
        known = {field for one in about for field in one.fields}
        yield no_field(key, known - {key})
        return
    found = [_wrong_in(name, one.fields[key], one) for one in holders]
    flaws = [one for one in found if one]
    if name != "clear" or len(flaws) == len(found):
        yield from flaws[:1]


def _wrong_in(name: str, field: Field, entity: Entity) -> InvalidInput | None:
    if name == "hide" and field.key == entity.titled_by:
        return InvalidInput(
            "records.grant.title",
            "%(field)s names the records of %(entity)s and cannot be hidden",
            field=field.key, entity=entity.code,
        )  # fmt: skip
    if name == "clear" and not holds_personal(field):
        return InvalidInput(
            "records.grant.clear", "%(field)s of %(entity)s is not masked",
            field=field.key, entity=entity.code,
        )  # fmt: skip
    if name == "edits" and field.computed:
        return InvalidInput(
            "records.grant.computed", "%(field)s is worked out and cannot be edited",
            field=field.key,
        )  # fmt: skip
    return None


def _unseen(bundle: Bundle) -> Iterator[Flaw]:
    for code, grants in bundle.grants.items():
        if not any("see" in one.verbs for one in grants):
            yield (
                ("permissions",),
                InvalidInput("records.grant.unseen", "nobody may see %(entity)s", entity=code),
            )
