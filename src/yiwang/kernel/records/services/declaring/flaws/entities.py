"""Whether an entity's parts fit together: its names, its keys, what it works out. 业务对象检查。"""

from __future__ import annotations

import keyword
from collections.abc import Iterator

from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.query import services as query
from yiwang.kernel.records.services.declaring.computing import in_order
from yiwang.kernel.records.services.declaring.conditions import compile_over
from yiwang.kernel.records.services.declaring.shapes import LONGEST
from yiwang.kernel.records.services.filterable import holds_personal
from yiwang.kernel.records.types import Entity, Field, Texts

from .words import Flaw, Named, check_named, listed, wrong_kind

MOST_FIELDS = 200
MOST_KEY_CHARACTERS = 600
"""Of the texts of one key together: the longest entry that every database indexes. 主键文本上限。"""
DAYS = ("date", "datetime")
TITLES = ("text", "integer", "number", "date", "datetime", "choice")
KEYS = (*TITLES, "link", "person", "organization", "boolean")
READABLE = ("text", "longtext", "choices", "point", *KEYS)
"""Kinds that expressions can read. 表达式可用类型。"""


def check_entity(entity: Entity) -> Iterator[Flaw]:
    """What does not fit within one entity. 业务对象检查。"""
    yield from check_named(_named(entity), entity.fields)
    yield from _too_many(entity)
    yield from _words_of_expressions(entity)
    yield from _unclear_labels(entity)
    yield from _long_keys(entity)
    yield from _computed(entity)


def _named(entity: Entity) -> Iterator[Named]:
    yield ("titled_by",), entity.titled_by, TITLES
    yield from listed(("key",), entity.key, KEYS)
    for at, keys in enumerate(entity.unique):
        yield from listed(("unique", at), keys, KEYS)
    yield from listed(("search",), entity.search, ("text", "longtext"))
    if entity.retention and entity.retention.since:
        yield ("retention", "since"), entity.retention.since, DAYS
    if entity.texts:
        yield from _named_of_texts(entity.texts)


def _named_of_texts(texts: Texts) -> Iterator[Named]:
    yield from listed(("texts", "of"), texts.of, ("text", "longtext"))
    singles = (
        ("to", texts.to, ("text",)), ("at", texts.at, DAYS), ("place", texts.place, ("text",)),
    )  # fmt: skip
    for name, key, kinds in singles:
        if key:
            yield ("texts", name), key, kinds


def _too_many(entity: Entity) -> Iterator[Flaw]:
    if sum(1 + len(one.fields) for one in entity.fields.values()) > MOST_FIELDS:
        yield (
            ("fields",),
            InvalidInput(
                "records.entity.fields",
                "an entity has at most %(most)s fields, those of groups counted",
                most=MOST_FIELDS,
            ),
        )


def _words_of_expressions(entity: Entity) -> Iterator[Flaw]:
    for key in entity.fields:
        if keyword.iskeyword(key) or not _can_be_asked(key):
            yield (
                ("fields", key),
                InvalidInput(
                    "records.field.word",
                    "%(field)s is a word of filters and expressions; a field needs another name",
                    field=key,
                ),
            )


def _can_be_asked(key: str) -> bool:
    try:
        query.parse_filter(f"{key} is null", query.Schema([key]))
    except YiwangError:
        return False
    return True


def _unclear_labels(entity: Entity) -> Iterator[Flaw]:
    """A name means one field, to people and in expressions."""
    taken = {key: key for key in entity.fields}
    for key, field in entity.fields.items():
        for name in dict.fromkeys(field.label.values()):
            if taken.setdefault(name, key) != key:
                yield (
                    ("fields", key, "label"),
                    InvalidInput(
                        "records.field.label",
                        "%(name)s names two fields: %(first)s and %(second)s",
                        name=name, first=taken[name], second=key,
                    ),
                )  # fmt: skip


def _long_keys(entity: Entity) -> Iterator[Flaw]:
    for path, keys in [(("key",), entity.key), *((("unique",), one) for one in entity.unique)]:
        texts = [entity.fields[key] for key in keys if key in entity.fields]
        if sum(longest_of(one) for one in texts) > MOST_KEY_CHARACTERS:
            yield (
                path,
                InvalidInput(
                    "records.entity.key",
                    "the texts of a key have at most %(most)s characters together; give longest",
                    most=MOST_KEY_CHARACTERS,
                ),
            )


def longest_of(field: Field) -> int:
    """How many characters a value may have, where that is of weight. 最大长度。"""
    return (field.longest or LONGEST["text"]) if field.kind == "text" else 0


def _computed(entity: Entity) -> Iterator[Flaw]:
    ordered = in_order(entity.fields)
    for key, field in entity.fields.items():
        if not field.computed:
            continue
        flaws = list(_expression(field, entity))
        if not flaws and key not in ordered:
            flaws = [
                InvalidInput(
                    "records.computed.circle",
                    "%(field)s is worked out from what is worked out from it",
                    field=key,
                )
            ]
        yield from ((("fields", key, "computed"), flaw) for flaw in flaws)


def _expression(field: Field, entity: Entity) -> Iterator[InvalidInput]:
    try:
        names = compile_over(field.computed, entity.fields).names
    except InvalidInput as error:
        yield error
        return
    for name in sorted(names):
        read = entity.fields[name]
        if read.kind not in READABLE:
            yield wrong_kind(read, READABLE)
        elif holds_personal(read):
            yield InvalidInput(
                "records.computed.personal",
                "%(field)s is personal; what is worked out from it would show it",
                field=name,
            )
