"""Rows of a grant as CKAN's `datastore_search` asks for them. CKAN 取数。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core.cache import cache

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import All, IsNull, Literal, Node, Schema, Some
from yiwang.nets.share.exchange.types import Ask
from yiwang.nets.share.lookup.types import (
    CKAN,
    CKAN_ROW,
    FILTER_LENGTH,
    SKIP_AT_MOST,
    Page,
    Source,
)

from .reading import Given, read_count, read_flag, read_text, read_words, refuse_others, wrong
from .sources import find_source, read_page

LIMIT, LIMIT_AT_MOST = 100, 1000
BOOKMARK_SECONDS = 900
TAKEN = frozenset(
    [
        "resource_id",
        "id",
        "filters",
        "q",
        "distinct",
        "plain",
        "language",
        "limit",
        "offset",
        "fields",
        "sort",
        "include_total",
        "records_format",
        "total_estimation_threshold",
    ]
)


def search_datastore(actor: Actor, given: Given) -> dict[str, Any]:
    """A page of the rows of a grant in the shape of CKAN. 取数。

    `resource_id` is the id of the grant, or its number. Raises what `exchange.look_granted` raises.
    """
    _refuse_unsupported(given)
    named = read_text(given, "resource_id") or read_text(given, "id")
    if not named:
        raise wrong("resource_id", msg("Missing value"))
    source = find_source(actor, named)
    fields, row = _read_fields(given, source)
    ask = Ask(fields, _read_filters(given.get("filters")))
    limit = min(read_count(given, "limit", LIMIT), LIMIT_AT_MOST)
    offset = read_count(given, "offset", 0)
    total = read_flag(given, "include_total", default=True)
    page = _turn_to(actor, source, ask, offset=offset, limit=limit, total=total)
    return _describe(given, source, page, limit=limit, offset=offset, row=row)


def _turn_to(
    actor: Actor, source: Source, ask: Ask, *, offset: int, limit: int, total: bool
) -> Page:
    """CKAN counts rows from the first; where the page before ended is remembered for a while."""
    version, after = _find_bookmark(actor, source, ask, offset)
    skip = 0 if version else offset
    if skip > SKIP_AT_MOST:
        raise wrong("offset", msg("At most 100000, or where a page ended that was read before"))
    page = read_page(
        actor, source, replace(ask, version=version), after=after, skip=skip, limit=limit,
        total=total, method=CKAN,
    )  # fmt: skip
    if page.more and page.rows:
        key = _name_bookmark(actor, source, ask, offset + len(page.rows))
        cache.set(key, [page.version, page.after], BOOKMARK_SECONDS)
    return page


def _find_bookmark(actor: Actor, source: Source, ask: Ask, offset: int) -> tuple[int, int]:
    """The version and the number of the last row before this offset, if it was read so far."""
    found = cache.get(_name_bookmark(actor, source, ask, offset)) if offset else None
    return (int(found[0]), int(found[1])) if found else (0, 0)


def _name_bookmark(actor: Actor, source: Source, ask: Ask, offset: int) -> str:
    told = json.dumps([actor.id, source.grant_id, source.terms, ask.where, offset])
    return "lookup." + hashlib.sha256(told.encode()).hexdigest()


def _describe(
    given: Given, source: Source, page: Page, *, limit: int, offset: int, row: bool
) -> dict[str, Any]:
    heads = [{"id": CKAN_ROW, "type": "int"}] if row else []
    shown = [*heads, *({"id": name, "type": "text"} for name in page.columns)]
    answer: dict[str, Any] = {
        "resource_id": source.grant_id,
        "fields": shown,
        "records_format": "objects",
        "records": [
            ({CKAN_ROW: number} if row else {}) | dict(zip(page.columns, cells, strict=True))
            for number, cells in page.rows
        ],
        "limit": limit,
        "offset": offset,
        "include_total": page.total is not None,
    }
    answer |= {name: given[name] for name in ("filters", "sort") if given.get(name)}
    if page.total is not None:
        answer |= {"total": page.total, "total_was_estimated": False}
    return answer


def _refuse_unsupported(given: Given) -> None:
    refuse_others(given, *TAKEN)
    if given.get("q"):
        raise wrong("q", msg("Texts are not searched here; choose rows by filters"))
    if read_flag(given, "distinct", default=False):
        raise wrong("distinct", msg("Rows are given as they stand; distinct is not supported"))
    if str(given.get("records_format") or "objects") != "objects":
        raise wrong("records_format", msg("Only objects are given here"))
    if read_words(given, "sort") not in ([], [CKAN_ROW], [f"{CKAN_ROW} asc"]):
        raise wrong("sort", msg("Rows come in the order of _id; no other is supported"))


def _read_fields(given: Given, source: Source) -> tuple[tuple[str, ...], bool]:
    """The columns, and whether the numbers of rows are wanted; all for nothing."""
    wanted = read_words(given, "fields")
    columns = tuple(dict.fromkeys(name for name in wanted if name != CKAN_ROW))
    if any(name not in source.shorts for name in columns):
        raise wrong("fields", msg("There is no field of that name under this grant"))
    first = (source.columns[0].name,)
    return columns or (first if wanted else ()), not wanted or CKAN_ROW in wanted


def _read_filters(said: Any) -> str:
    """`{"street": ["East", "West"], "state": "open"}` in the text of the query language. 读筛选。"""
    found = _load(said) if isinstance(said, str) else said
    if found in (None, "", {}):
        return ""
    if not isinstance(found, dict):
        raise wrong("filters", msg("A mapping of fields to values is expected"))
    parts = tuple(_read_test(str(name), value) for name, value in found.items())
    text = query.write_text(All(parts) if len(parts) > 1 else parts[0])
    if len(text) > FILTER_LENGTH:
        raise wrong("filters", msg("They are too long"))
    return text


def _load(text: str) -> Any:
    try:
        return json.loads(text) if text.strip() else None
    except (ValueError, RecursionError):
        raise wrong("filters", msg("Not valid JSON")) from None


def _read_test(name: str, value: Any) -> Node:
    field = query.find_field(Schema.open(), name)
    values: Sequence[Any] = value if isinstance(value, list) else [value]
    texts = [Literal(_as_text(one), "text") for one in values if one is not None]
    tests: list[Node] = [query.build_in(field, texts)] if texts else []
    if len(texts) < len(values):
        tests.append(IsNull(field))
    if not tests:
        raise wrong("filters", msg("A field stands there without a value"))
    return Some(tuple(tests)) if len(tests) > 1 else tests[0]


def _as_text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong("filters", msg("A value is a text, a number, null or a list of such"))
    return str(value)
