"""Full-text search over everything that modules put in. 全文检索服务。

Modules index in the transaction of the change itself, so that what was changed is found at once
and what was rolled back is not. Who may see an entry is decided here, with the actor's reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput

from .engines import TABLE, Match, words_index
from .highlight import mark, snippet
from .models import SearchEntry, SearchFacet
from .sounds import as_sound, list_syllables
from .synonyms import (
    SYNONYMS,
    add_synonyms,
    list_shipped_synonyms,
    list_synonyms,
    load_synonyms,
    remove_synonyms,
    widen,
)
from .types import FacetCount, Hit, SearchPage
from .words import Phrase, as_phrase, split_query, split_words

__all__ = [
    "FACET_REACH",
    "PAGE_LIMIT",
    "SYNONYMS",
    "Question",
    "add_synonyms",
    "as_phrase",
    "ask",
    "complete_index",
    "count_facets",
    "index_entry",
    "list_shipped_synonyms",
    "list_syllables",
    "list_synonyms",
    "rebuild_index",
    "remove_entry",
    "remove_synonyms",
    "search",
    "split_query",
    "split_words",
]

PAGE_LIMIT = 100
# Beyond so many hits a rank tells nothing, and working it out looks at every one of them.
RANK_REACH = 2_000
FACET_REACH = 10_000
REBUILD_BATCH = 1000


@transaction.atomic
def index_entry(
    *,
    kind: str,
    id: str,  # noqa: A002
    title: str,
    body: str = "",
    organization: str = "",
    facets: Mapping[str, str] | None = None,
    public: bool = False,
    url: str = "",
) -> None:
    """Put an entry in, or put it anew. 建立索引。

    Call it inside the transaction of the change. `public` entries are found by everybody who may
    search, others by those whose reach holds `organization`.
    """
    values = {name: value[:200] for name, value in (facets or {}).items() if value}
    entry, _ = SearchEntry.objects.update_or_create(
        kind=kind,
        ref=id,
        defaults={
            "title": title[:500],
            "body": body.replace("\x00", ""),
            "organization": organization,
            "public": public,
            "url": url,
            "facets": values,
            "indexed_at": now(),
        },
    )
    SearchFacet.objects.filter(entry=entry).delete()
    SearchFacet.objects.bulk_create(
        SearchFacet(entry=entry, name=name, value=value) for name, value in values.items()
    )
    words_index().put(entry.pk, entry.title, entry.body)


@transaction.atomic
def remove_entry(*, kind: str, id: str) -> None:  # noqa: A002
    """Take an entry out; nothing happens where there is none. 移除索引。"""
    entry = SearchEntry.objects.filter(kind=kind, ref=id).first()
    if entry is not None:
        words_index().drop(entry.pk)
        entry.delete()


def search(
    text: str,
    *,
    actor: Actor | None = None,
    permission: str = "",
    kind: str = "",
    filters: Mapping[str, str] | None = None,
    limit: int = 20,
    after: str = "",
) -> SearchPage:
    """Entries that hold every part of the text, titles first. 检索。

    An `actor` with `permission` in scope `all` finds everything, one with scope `own` the
    entries of the organizations in reach and public ones, one without it public ones. Without an
    actor everything is found (work of the system itself). `filters` narrows by facet; the name
    `organization` stands for the entry's own. Blank text lists the newest entries. InvalidInput
    `search.after` for an `after` that no page gave.
    """
    start = _read_after(after)
    limit = max(1, min(limit, PAGE_LIMIT))
    asked = ask(text)
    found = _find(asked, _query(asked, actor, permission, kind, filters or {}), start, limit + 1)
    following = str(start + limit) if len(found) > limit else ""
    return SearchPage(tuple(_hits(found[:limit], asked.chunks)), following)


def count_facets(
    text: str,
    *,
    actor: Actor | None = None,
    permission: str = "",
    kind: str = "",
    filters: Mapping[str, str] | None = None,
    names: Sequence[str] = (),
) -> list[FacetCount]:
    """How many entries found have which value of which facet, most first. 分面统计。

    `kind` and `organization` are counted like facets when named. Counted over the first 10,000.
    """
    sql, params = _query(ask(text), actor, permission, kind, filters or {})
    inner = f"SELECT e.id {sql} LIMIT {FACET_REACH + 1}"
    counts = []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({inner}) found", params)  # noqa: S608
        capped = cursor.fetchone()[0] > FACET_REACH
        for name in names:
            cursor.execute(*_facet_query(name, inner, params))
            counts += [FacetCount(name, value, n, capped) for value, n in cursor.fetchall()]
    return counts


def rebuild_index() -> int:
    """Make the words of every entry anew, after a move or an upgrade. 重建索引。 Gives how many."""
    index, count = words_index(), 0
    with transaction.atomic():
        index.clear()
        entries = SearchEntry.objects.only("id", "title", "body").order_by("id")
        for entry in entries.iterator(chunk_size=REBUILD_BATCH):
            index.put(entry.pk, entry.title, entry.body)
            count += 1
    return count


def complete_index() -> int:
    """Rebuild when an entry has no words, as after a move to another database. 补全索引。"""
    return 0 if words_index().is_whole() else rebuild_index()


def _read_after(after: str) -> int:
    if after and not (after.isascii() and after.isdigit() and len(after) < 9):
        raise InvalidInput("search.after", "There is no such page of results")
    return int(after or 0)


@dataclass(frozen=True, slots=True)
class Question:
    """A query as it is asked of the index. 检索问题。

    `chunks` are all spellings looked for, longest first; `match` is None for a blank text, and
    `nothing` says that a text holds no word at all.
    """

    chunks: tuple[str, ...]
    match: Match | None
    nothing: bool = False


def ask(text: str) -> Question:
    """What a typed text asks for, put in other words and in pinyin too. 解析检索词。 One query."""
    chunks = split_query(text)
    if not chunks:
        return Question((), None, nothing=bool(text.strip()))
    synonyms = load_synonyms()
    spellings = [widen(chunk, synonyms) for chunk in chunks]
    wanted = [_phrases(group) for group in spellings]
    known = {spelling for group in spellings for spelling in group}
    return Question(tuple(sorted(known, key=len, reverse=True)), words_index().match(wanted))


def _phrases(spellings: Sequence[str]) -> list[Phrase]:
    sounds = (as_sound(spelling) for spelling in spellings)
    return [as_phrase(one) for one in spellings] + [
        Phrase((one,), prefix=True) for one in sounds if one
    ]


def _find(asked: Question, query: tuple[str, list[Any]], start: int, count: int) -> list[int]:
    """Ids from place `start` on: ranked, or where too many were found titles first, newest first."""
    sql, params = query
    match = asked.match
    if match is None:
        return _ids(f"{sql} ORDER BY e.id DESC", params, start, count)
    if _count(sql, params, RANK_REACH + 1) <= RANK_REACH:
        ordered = [*params, *match.order_params]
        return _ids(f"{sql} ORDER BY {match.order}", ordered, start, count)
    titled = f"{sql} AND {match.titled}", [*params, *match.titled_params]
    found = _ids(f"{titled[0]} ORDER BY {match.newest}", titled[1], start, count)
    if len(found) == count:
        return found
    before = start + len(found) if found or not start else _count(*titled, None)
    rest = f"{sql} AND NOT ({match.titled}) ORDER BY {match.newest}"
    return found + _ids(rest, titled[1], max(0, start - before), count - len(found))


def _ids(sql: str, params: Sequence[Any], start: int, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT e.id {sql} LIMIT %s OFFSET %s", [*params, count, start])
        return [row[0] for row in cursor.fetchall()]


def _count(sql: str, params: Sequence[Any], most: int | None) -> int:
    limit = "" if most is None else f" LIMIT {most}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 {sql}{limit}) found", params)  # noqa: S608
        return int(cursor.fetchone()[0])


def _query(
    asked: Question, actor: Actor | None, permission: str, kind: str, filters: Mapping[str, str]
) -> tuple[str, list[Any]]:
    """FROM and WHERE with their parameters. 查询条件。"""
    match = asked.match
    where: list[str] = [match.where] if match else ["1=0" if asked.nothing else "1=1"]
    params: list[Any] = list(match.where_params) if match else []
    if kind:
        where.append("e.kind = %s")
        params.append(kind)
    for clause, values in (_visible(actor, permission), *map(_narrowed, filters.items())):
        where.append(clause)
        params += values
    return f"FROM {match.source if match else f'{TABLE} e'} WHERE {' AND '.join(where)}", params


def _visible(actor: Actor | None, permission: str) -> tuple[str, list[Any]]:
    scope = "all" if actor is None else actor.permissions.get(permission)
    if scope == "all":
        return "1=1", []
    reach = sorted(actor.organizations) if actor is not None and scope == "own" else []
    if not reach:
        return "e.public", []
    return f"(e.public OR e.organization IN ({', '.join(['%s'] * len(reach))}))", list(reach)


def _narrowed(narrowing: tuple[str, str]) -> tuple[str, list[Any]]:
    name, value = narrowing
    if name == "organization":
        return "e.organization = %s", [value]
    clause = (
        "EXISTS (SELECT 1 FROM search_searchfacet f"
        " WHERE f.entry_id = e.id AND f.name = %s AND f.value = %s)"
    )
    return clause, [name, value]


def _facet_query(name: str, inner: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    if name in ("kind", "organization"):
        sql = f"SELECT e.{name}, count(*) FROM {TABLE} e WHERE e.id IN ({inner})"  # noqa: S608
        return f"{sql} GROUP BY e.{name} ORDER BY 2 DESC, 1", list(params)
    sql = (
        "SELECT f.value, count(*) FROM search_searchfacet f"  # noqa: S608
        f" WHERE f.name = %s AND f.entry_id IN ({inner})"
    )
    return f"{sql} GROUP BY f.value ORDER BY 2 DESC, 1", [name, *params]


def _hits(ids: Sequence[int], chunks: Sequence[str]) -> Iterable[Hit]:
    entries = SearchEntry.objects.in_bulk(ids)
    for entry in (entries[pk] for pk in ids if pk in entries):
        yield Hit(
            kind=entry.kind,
            id=entry.ref,
            title=entry.title,
            organization=entry.organization,
            url=entry.url,
            facets=entry.facets,
            title_pieces=mark(entry.title, chunks),
            snippet=snippet(entry.body, chunks),
        )
