"""Every way to ask a list about a field: operators, texts of the query language, order, counting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.records.types import Entity, Field

from .asking import Ask
from .model import Model, is_personal
from .planning import Row

TESTS = (
    "", "eq", "ne", "in", "gt", "gte", "lt", "lte", "startswith", "contains", "endswith", "isnull",
    "blank", "empty",
)  # fmt: skip
OWN = ("_id", "_organization", "_owner", "_created_at", "_updated_at", "_masked", "_rev", "_title")
PHYSICAL = (
    "id",
    "rev",
    "org",
    "owner",
    "r1",
    "case_id",
    "created_at",
    "updated_at",
    "f1",
    "f2",
    "rowid",
)
FLAGS = ("isnull", "blank", "empty")
Query = tuple[tuple[str, str], ...]


def as_text(value: Any) -> str:
    """A value as an address says it; of a file what it is called."""
    if isinstance(value, dict):
        return str(value["name"])
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def guesses(field: Field, rows: Sequence[Row]) -> list[str]:
    """What an asker who suspects a value would try: it, its beginning, in another case."""
    told = [row.values[field.key] for row in rows if row.values.get(field.key) not in (None, [])]
    if field.kind == "group":
        told = [one for rows_of in told for row in rows_of for one in row.values()]
    texts = [as_text(one) for one in told[:2]]
    if field.kind == "link":
        texts = [f"⟦{one}⟧" for one in texts]
    if field.kind in ("text", "longtext", "group") or field.element:
        texts += [text[:4] for text in texts[:1]] + [text.upper() for text in texts[:1]]
    return texts or ["x"]


def narrowing(field: str, values: Sequence[str], tests: Iterable[str] = TESTS) -> Iterator[Query]:
    """Filters in addresses."""
    for test in tests:
        name = f"{field}__{test}" if test else field
        for value in ("true", "false") if test in FLAGS else values[:2]:
            yield ((name, value),)
    if values:
        yield ((f"{field.upper()}", values[0]),)
        yield ((field, values[0]), (field, values[-1]))


def texts_of(field: str, values: Sequence[str], other: str) -> Iterator[str]:
    """Filters as texts, plain and wrapped."""
    value = values[0].replace("'", "''")
    quoted = f"'{value}'"
    yield f"{field} = {quoted}"
    yield f'"{field}" = {quoted}'
    yield f"{quoted} = {field}"
    yield f"not ({field} = {quoted})"
    yield f"not {field} is null"
    yield f"{field} in ({quoted}, 'x')"
    yield f"{field} between {quoted} and '~'"
    yield f"{field} >= '0'"
    yield f"{field} = {value}"
    yield f"upper({field}) = upper({quoted})"
    yield f"concat({field}, '') startswith '{value[:3]}'"
    yield f"length({field}) > 3"
    yield f"coalesce({field}, 'x') = {quoted}"
    yield f"{other} is null or {field} = {quoted}"
    yield f"{other} is not null and ({field} = {quoted} or {field} is null)"
    yield f"{field} = {field}"
    yield f"{field} = {other}"
    yield f"{field.upper()} = {quoted}"
    yield f"{field}"


def risky(model: Model, actor: Actor, entity: Entity) -> list[str]:
    """Fields that hide something from this reader somewhere."""
    held = [one for one in model.held(actor, entity.code) if "see" in one.verbs]
    return [
        key
        for key, field in entity.fields.items()
        if any(key in one.hides or (is_personal(field) and key not in one.clear) for one in held)
    ]


def ask_lists(
    model: Model, actor: Actor, entity: Entity, rows: Sequence[Row], *, thorough: bool = False
) -> Iterator[Ask]:
    """Every question about the fields of an entity, more of them where a field hides something."""
    base = f"/api/v1/records/{entity.code}"
    own = [row for row in rows if row.entity == entity.code]
    hides = set(risky(model, actor, entity))
    other = next(
        (key for key, one in entity.fields.items() if key not in hides and one.compares), "_id"
    )
    sees = model.sees_entity(actor, entity.code)
    if not sees:
        # Whoever has nothing to do with it is stopped at the door, whatever they ask.
        yield Ask(f"{base}/", ((next(iter(entity.fields)), "x"),), kind="filter")
        yield from _ask_doors(base)
        return
    for at, (key, field) in enumerate(entity.fields.items()):
        full = thorough or key in hides
        values = guesses(field, own[at % 3 :])
        tests = TESTS if full else ("", "gte", "startswith")
        for turn, query in enumerate(narrowing(key, values, tests)):
            door = "count" if full and turn % 2 else ""
            yield Ask(f"{base}/{door}", query, kind=f"filter {key}")
        for text in texts_of(key, values, other) if full else [f"{key} = '{values[0]}'"]:
            yield Ask(f"{base}/", (("filter", text),), kind=f"text {key}")
        for order in (key, f"-{key}") if full else (key,):
            yield Ask(f"{base}/", (("order", order), ("limit", "3")), kind=f"order {key}")
        yield Ask(f"{base}/group", (("by", key),), kind=f"group {key}")
        if full:
            yield Ask(f"{base}/", (("order", f"{other},{key}"),), kind=f"order {key}")
            yield Ask(f"{base}/group", (("by", other), (key, values[0])), kind=f"group by {key}")
            yield Ask(
                f"{base}/export", (("purpose", "to test"), (key, values[0])), kind=f"export {key}"
            )
            yield Ask(f"{base}/", (("search", values[0]),), kind=f"search {key}")
            yield Ask(f"{base}/count", (("search", values[0][:3]),), kind=f"search {key}")
    yield from _ask_odd(base)


def _ask_odd(base: str) -> Iterator[Ask]:
    for name in (*OWN, *PHYSICAL):
        yield Ask(f"{base}/", ((name, "x"),), kind="own")
        yield Ask(f"{base}/", (("order", name),), kind="own order")
        yield Ask(f"{base}/group", (("by", name),), kind="own group")
    for after in ("x", "W10", "eyJhIjoxfQ", "[1,2]", "a:b:c"):
        yield Ask(f"{base}/", (("after", after),), kind="cursor")
    yield Ask(f"{base}/", (("limit", "501"),), kind="limit")
    yield Ask(f"{base}/", (("nosuch", "1"),), kind="unknown")
    yield from _ask_doors(base)


def _ask_doors(base: str) -> Iterator[Ask]:
    yield Ask(f"{base}/", (), kind="list")
    yield Ask(f"{base}/", (("limit", "500"),), kind="list")
    yield Ask(f"{base}/count", (), kind="count")
    yield Ask(f"{base}/schema", (), kind="schema")
    yield Ask(f"{base}/openapi.json", (), kind="openapi")
    yield Ask(f"{base}/export", (("purpose", "to test"),), kind="export")
    yield Ask(f"{base}/export", (), kind="export")


def ask_rows(entity: Entity, rows: Sequence[Row]) -> Iterator[Ask]:
    """Every row by its id, and what stands below it."""
    base = f"/api/v1/records/{entity.code}"
    for row in rows:
        if row.entity == entity.code:
            yield Ask(f"{base}/⟦{row.label}⟧/", kind="get")
            yield Ask(f"{base}/⟦{row.label}⟧/history", kind="history")
