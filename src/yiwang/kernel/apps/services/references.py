"""What the cases of an app name beyond themselves: other types, and records. 流程引用检查。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yiwang.kernel.apps.types import Files, Head
from yiwang.kernel.base.declared import Document, Path, read_document
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.records import services as records
from yiwang.kernel.workflow.services import find_newest

from .reading import CASES, within


def find_loose_ends(files: Files, head: Head) -> Iterator[InvalidInput]:
    """Types and entities that neither this app nor this node has, at their lines. 无处可寻的引用。

    Installing would refuse them too, but cannot say where they stand.
    """
    types = {f"{head.app}.{_stem(name)}" for name, _ in within(files, CASES)}
    entities = _entities(files, head)
    for name, text in within(files, CASES):
        if document := _read(name, text):
            yield from _types(document, types)
            yield from _records(document, entities)


def _stem(name: str) -> str:
    return name.partition("/")[2].removesuffix(".yaml")


def _read(name: str, text: str) -> Document | None:
    """A file that cannot be read was told of already."""
    try:
        return read_document(text, name=name, schema={})
    except InvalidInput:
        return None


def _entities(files: Files, head: Head) -> Mapping[str, set[str]]:
    """The fields of every entity there is, those of this app as its files have them."""
    found = {code: set(one.fields) for code, one in records.snapshot().entities.items()}
    for name, text in within(files, "entities"):
        document = _read(name, text)
        fields = document.data.get("fields") if document else None
        found[f"{head.app}.{_stem(name)}"] = set(fields) if isinstance(fields, Mapping) else set()
    return found


def _types(document: Document, own: set[str]) -> Iterator[InvalidInput]:
    for key, node in _nodes(document):
        for kind in ("children", "push"):
            code = _told(node.get(kind), "type")
            if code and code not in own and not _is_published(code):
                yield document.refuse(
                    ("nodes", key, kind, "type"), "apps.case.type",
                    "there is no case type %(type)s", type=code,
                )  # fmt: skip


def _records(document: Document, entities: Mapping[str, set[str]]) -> Iterator[InvalidInput]:
    for path, keep in _keeps(document):
        code = _told(keep, "entity")
        if code and code not in entities:
            yield document.refuse(
                (*path, "entity"), "apps.case.entity", "there are no records of %(entity)s",
                entity=code,
            )  # fmt: skip
            continue
        values = keep.get("values")
        for key in values if code and isinstance(values, Mapping) else ():
            if key not in entities[code]:
                yield document.refuse(
                    (*path, "values", key), "apps.case.field", "%(entity)s has no field %(field)s",
                    entity=code, field=key,
                )  # fmt: skip


def _keeps(document: Document) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Everything that names an entity and its fields, with its place."""
    places: list[tuple[Path, Any]] = [
        ((name,), document.data.get(name)) for name in ("keeps", "terminated")
    ]
    for key, node in _nodes(document):
        places.append((("nodes", key, "keeps"), node.get("keeps")))
        if isinstance(node.get("look_up"), Mapping):
            yield ("nodes", key, "look_up"), node["look_up"]
    for path, told in places:
        for at, one in enumerate(told if isinstance(told, list) else ()):
            if isinstance(one, Mapping):
                yield (*path, at), one


def _nodes(document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    nodes = document.data.get("nodes")
    for key, node in nodes.items() if isinstance(nodes, Mapping) else ():
        if isinstance(node, Mapping):
            yield key, node


def _told(place: object, key: str) -> str:
    value = place.get(key) if isinstance(place, Mapping) else None
    return value if isinstance(value, str) else ""


def _is_published(code: str) -> bool:
    try:
        return bool(find_newest(code))
    except NotFound:
        return False
