"""Finding entries by words and facets. 目录检索。"""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.kernel.base.act import ANONYMOUS, Actor
from yiwang.kernel.search import services as search
from yiwang.kernel.search.types import SearchPage

from .indexing import KIND
from .permissions import READ


def search_resources(
    actor: Actor,
    text: str,
    *,
    facets: Mapping[str, str] | None = None,
    limit: int = 20,
    after: str = "",
) -> SearchPage:
    """Entries that hold every word, title hits first. 检索资源。

    Holders of `share.resource.read`; drafts of other organizations stay unseen.
    """
    actor.require(READ)
    return search.search(
        text,
        actor=actor,
        permission=READ,
        kind=KIND,
        filters=facets or {},
        limit=limit,
        after=after,
    )


def find_ids(text: str, limit: int = 200) -> list[str]:
    """Ids that the index finds, for narrowing rows that are limited to what may be seen. 检索标识。"""
    return [hit.id for hit in search.search(text, kind=KIND, limit=limit).hits]


def search_published(
    text: str, *, owner: str = "", start: int = 0, stop: int = 10
) -> tuple[list[str], int]:
    """Ids of published entries that hold every word, from one place to another, and how many do. 检索公开目录。

    Anybody signed in may see them; the number is counted over the first 10,000.
    """
    filters = {"organization": owner} if owner else {}
    found: list[str] = []
    at = str(start) if start else ""
    while start + len(found) < stop:
        left = min(stop - start - len(found), search.PAGE_LIMIT)
        page = search.search(
            text, actor=ANONYMOUS, kind=KIND, filters=filters, after=at, limit=left
        )
        found += [hit.id for hit in page.hits]
        at = page.after
        if not at:
            break
    counts = search.count_facets(text, actor=ANONYMOUS, kind=KIND, filters=filters, names=("kind",))
    return found, sum(one.count for one in counts)
