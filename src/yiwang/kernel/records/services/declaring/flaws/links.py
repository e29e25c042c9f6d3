"""Whether links lead somewhere, and a first record can be made. 关联检查。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.types import Entity, Texts

from .words import Flaw, check_named, listed, no_entity


def check_links(entity: Entity, entities: Mapping[str, Entity]) -> Iterator[Flaw]:
    """Links to what is not there, and links in a circle that all must be filled in. 关联检查。"""
    for key, field in entity.fields.items():
        if field.kind != "link" or not field.to:
            continue
        if field.to not in entities:
            yield ("fields", key, "to"), no_entity(field.to, entities)
        elif field.required and (way := _way_back(field.to, entity.code, entities)):
            yield (
                ("fields", key, "required"),
                InvalidInput(
                    "records.link.circle",
                    "%(way)s need each other: no first record could ever be made",
                    way=" → ".join((entity.code, *way)),
                ),
            )
    if entity.texts and entity.texts.tree:
        yield from _check_tree(entity.texts, entities)


def _check_tree(texts: Texts, entities: Mapping[str, Entity]) -> Iterator[Flaw]:
    """The entity of the categories is there, and its levels are fields of it."""
    tree = entities.get(texts.tree)
    if tree is None:
        yield ("texts", "tree"), no_entity(texts.tree, entities)
        return
    levels = listed(("texts", "levels"), texts.levels, ("text",))
    yield from check_named(levels, tree.fields)


def _way_back(begin: str, end: str, entities: Mapping[str, Entity]) -> tuple[str, ...]:
    """The way by required links from one entity to another, or nothing."""
    ways: list[tuple[str, ...]] = [(begin,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == end:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [(*way, to) for to in _needed_links(entities.get(way[-1]))]
    return ()


def _needed_links(entity: Entity | None) -> list[str]:
    fields = entity.fields.values() if entity else ()
    return [one.to for one in fields if one.kind == "link" and one.required]
