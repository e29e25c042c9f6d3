"""What search answers with. 检索类型。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EDIT_SYNONYMS = "search.synonyms.edit"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and whether it is what was searched for. 片段。"""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found. 命中。 Pieces are plain text; templates escape them and mark `found`."""

    kind: str
    id: str
    title: str
    organization: str
    url: str
    facets: Mapping[str, str]
    title_pieces: tuple[Piece, ...]
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of hits, best first; `after` asks for the next one, empty at the end. 检索结果页。"""

    hits: tuple[Hit, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many of the entries found have this value. 分面计数。

    Counted over the first `FACET_REACH` entries found; `capped` says that there were more.
    """

    name: str
    value: str
    count: int
    capped: bool = False
