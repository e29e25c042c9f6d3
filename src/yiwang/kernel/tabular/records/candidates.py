"""Where in a nested document records may stand: paths with their numbers. 记录位置候选。

Things that lie alike are looked at together, level by level. The elements of a list are records;
so are the members of an object whose keys are data rather than names: they differ from one such
object to the next, or there are many of one shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .paths import ANY
from .stream import JsonStream, JsonTooLarge, Members

MOST = 8
_DEPTH = 7
_LOOKED = 500
_NAMES = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A path, how many records it gives, and what their members are called. 候选路径。"""

    path: str
    count: int
    members: list[str] = field(default_factory=list)


def list_candidates(stream: JsonStream) -> list[Candidate]:
    """The paths that give most records, the most first; empty where the document is too large. 候选。"""
    try:
        document = stream.value()
    except JsonTooLarge:
        return []
    found = list(_walk("", [document], _DEPTH))
    return sorted(found, key=lambda one: -one.count)[:MOST]


def _walk(path: str, things: Sequence[Any], depth: int) -> Iterator[Candidate]:
    inner, named = _children(things)
    if len(inner) > 1:
        yield Candidate(f"{path}/{ANY}", len(inner), _names(inner))
    if inner and depth:
        yield from _walk(f"{path}/{ANY}", inner, depth - 1)
    for key, values in named.items() if depth else ():
        yield from _walk(f"{path}/{_escape(key)}", values, depth - 1)


def _children(things: Sequence[Any]) -> tuple[list[Any], dict[str, list[Any]]]:
    """What stands under `*`, and what stands under keys that are names."""
    lists = [one for one in things if isinstance(one, list) and not isinstance(one, Members)]
    objects = [one for one in things if isinstance(one, Members)]
    inner = [element for one in lists for element in one]
    if objects and _keys_are_data(objects):
        return [*inner, *(value for one in objects for _, value in one)], {}
    named: dict[str, list[Any]] = {}
    for one in objects:
        for key, value in one:
            if isinstance(value, list):
                named.setdefault(key, []).append(value)
    return inner, named


def _keys_are_data(objects: Sequence[Members]) -> bool:
    objects = objects[:_LOOKED]
    sizes = sum(len(one) for one in objects)
    keys = {key for one in objects for key, _ in one}
    if len(objects) > 1:
        return len(keys) > 2 * sizes / len(objects) and len(keys) > 0.5 * sizes
    [only] = objects
    nested = [value for _, value in only if isinstance(value, list)]
    return len(only) > 2 and len(nested) == len(only) and _one_shape(nested)


def _one_shape(values: Sequence[Any]) -> bool:
    shapes = {frozenset(key for key, _ in one) for one in values if isinstance(one, Members)}
    return len(shapes) <= max(1, len(values) // 3)


def _names(inner: Sequence[Any]) -> list[str]:
    first = next((one for one in inner if isinstance(one, Members)), Members())
    return [key for key, _ in first][:_NAMES]


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
