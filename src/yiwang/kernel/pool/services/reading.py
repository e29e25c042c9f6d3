"""A version's rows as SQL: parts merged on read. 读时合并。

A version is its own parts and those of the versions it stands on, back to the last full one (or
to where the state was written anew). A row counts unless a later delta or delete part holds its
key. `_row` numbers rows for good: the same row has the same number in every later version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.pool.models import Part, Version, VersionState
from yiwang.kernel.pool.types import ROW

from .engine import pool_folder
from .sql import name_list, quote_name, quote_text

CHAIN_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class _Link:
    """One version of a chain with its parts, in order. 链节。"""

    place: int
    version: Version
    parts: tuple[Part, ...]


def relation(version_id: str) -> str:
    """A FROM fragment of the version's rows: its columns as text, and `_row` from 1. 版本关系。"""
    return relation_of(_find(version_id))


def _find(version_id: str) -> Version:
    version = Version.objects.filter(id=version_id).first()
    if version is None:
        raise NotFound("pool.version.unknown", "There is no such version")
    return version


def relation_of(version: Version) -> str:
    """The FROM fragment of a version at hand. 版本关系。"""
    chain = load_chain(version)
    pieces = [
        _piece(chain, link, part, version.columns)
        for link in chain
        for part in link.parts
        if part.kind != "delete"
    ]
    return _union(pieces, version.columns)


def relation_since(version_id: str, base_id: str) -> str:
    """A FROM fragment of the rows that came after another version on the way here. 新增行。

    Only the files of those later versions are read. NotFound where the version does not stand on
    the base.
    """
    chain, place = _chain_from(version_id, base_id)
    columns = chain[-1].version.columns
    pieces = [
        _piece(chain, link, part, columns)
        for link in chain[place + 1 :]
        for part in link.parts
        if part.kind != "delete"
    ]
    return _union(pieces, columns)


def relation_replaced(version_id: str, base_id: str) -> str:
    """A FROM fragment of the rows of another version that are no longer in this one. 被替换行。"""
    chain, place = _chain_from(version_id, base_id)
    later = [link for link in chain[place + 1 :] if _replaces(link)]
    base = chain[place].version
    if not later:
        return _union([], base.columns)
    keys = " UNION ALL ".join(_keys_of(link) for link in later)
    names = name_list(later[-1].version.key)
    return f"(SELECT * FROM {relation_of(base)} SEMI JOIN ({keys}) USING ({names}))"


def relation_picked(version_id: str, numbers: str) -> str:
    """A FROM fragment of the rows of a version that a table lists by their `_row`. 按行号取行。

    Only rows that count in the version may be listed. Where few are, the engine passes over the
    values of the others.
    """
    chain = load_chain(_find(version_id))
    columns = chain[-1].version.columns
    pieces = [
        _picked(part, columns, numbers)
        for link in chain
        for part in link.parts
        if part.kind != "delete"
    ]
    return _union(pieces, columns)


def stands_on(version_id: str, base_id: str) -> bool:
    """Whether a version is the other one, or was made from it by later deliveries. 是否由其演变。"""
    return any(link.version.id == base_id for link in load_chain_of(version_id))


def list_arrivals(version_id: str) -> list[tuple[int, date]]:
    """Up to which row number the rows came on which day of the city, in order. 行的到达日期。"""
    return [
        (link.version.next_row, link.version.created_at.astimezone(CITY_ZONE).date())
        for link in load_chain_of(version_id)
    ]


def count_since(version_id: str, base_id: str) -> int:
    """How many rows later deliveries brought on the way from the base. 新增行数。"""
    chain, place = _chain_from(version_id, base_id)
    return sum(part.rows for link in chain[place + 1 :] for part in link.parts)


def list_kinds(version_id: str, base_id: str) -> list[str]:
    """Of what kinds the deliveries on the way from the base were. 其间的报送方式。"""
    chain, place = _chain_from(version_id, base_id)
    return [link.version.kind for link in chain[place + 1 :]]


def _chain_from(version_id: str, base_id: str) -> tuple[list[_Link], int]:
    chain = load_chain_of(version_id)
    for link in chain:
        if link.version.id == base_id:
            return chain, link.place
    raise NotFound("pool.version.unrelated", "The version does not stand on the other one")


def _union(pieces: Sequence[str], columns: Sequence[str]) -> str:
    if not pieces:
        blank = ", ".join(f"NULL::VARCHAR AS {quote_name(name)}" for name in columns)
        return f"(SELECT {blank}, 0::BIGINT AS {ROW} WHERE false)"
    return "(" + " UNION ALL ".join(pieces) + ")"


def load_chain_of(version_id: str) -> list[_Link]:
    """All that a version stands on, as it was delivered. 原始版本链。"""
    version = Version.objects.filter(id=version_id).first()
    return load_chain(version, as_delivered=True) if version else []


def load_chain(version: Version, *, as_delivered: bool = False) -> list[_Link]:
    """The versions that a version is made of, oldest first. 版本链。 Two queries.

    With `as_delivered` back to the full one, past any state written anew.
    """
    if version.state == VersionState.PURGED:
        raise NotFound("pool.version.purged", "This version was purged; only its digest is left")
    known = {
        row.id: row
        for row in Version.objects.filter(table_id=version.table_id, number__lte=version.number)
    }
    parts: dict[str, list[Part]] = {}
    for part in Part.objects.filter(version_id__in=known, present=True).order_by("id"):
        parts.setdefault(part.version_id, []).append(part)
    line = _line_of(version, known, {} if as_delivered else parts)
    return [
        _Link(place, row, tuple(_parts_to_read(parts.get(row.id, ()), as_delivered=as_delivered)))
        for place, row in enumerate(reversed(line))
    ]


def _line_of(
    version: Version, known: dict[str, Version], parts: dict[str, list[Part]]
) -> list[Version]:
    line: list[Version] = []
    at: Version | None = version
    while at is not None and len(line) < CHAIN_LIMIT:
        line.append(at)
        written_anew = any(part.kind == "compact" for part in parts.get(at.id, ()))
        if at.kind == "full" or written_anew:
            break
        at = known.get(at.parent_id or "")
    return line


def _parts_to_read(parts: Sequence[Part], *, as_delivered: bool) -> Sequence[Part]:
    compact = [part for part in parts if part.kind == "compact"]
    delivered = [part for part in parts if part.kind != "compact"]
    return delivered if as_delivered else compact or delivered


def _piece(chain: list[_Link], link: _Link, part: Part, columns: Sequence[str]) -> str:
    rows = _rows_of(part, columns)
    later = [other for other in chain if other.place > link.place and _replaces(other)]
    if not later:
        return f"SELECT * FROM ({rows})"
    keys = " UNION ALL ".join(_keys_of(other) for other in later)
    names = later[-1].version.key
    return f"SELECT * FROM ({rows}) ANTI JOIN ({keys}) USING ({name_list(names)})"


def _rows_of(part: Part, columns: Sequence[str]) -> str:
    file = quote_text(pool_folder() / part.path)
    if part.kind == "compact":
        return f"SELECT {name_list(columns)}, {ROW} FROM read_parquet({file})"
    number = f"(file_row_number + {part.first_row + 1})::BIGINT AS {ROW}"
    return (
        f"SELECT {name_list(columns)}, {number} FROM read_parquet({file}, file_row_number = true)"
    )


def _picked(part: Part, columns: Sequence[str], numbers: str) -> str:
    """By the number within the file: one worked out from it would not be passed down to the reading."""
    rows = _rows_of(part, columns)
    if part.kind == "compact":
        return f"{rows} SEMI JOIN (SELECT {ROW} FROM {numbers}) USING ({ROW})"
    wanted = f"SELECT {ROW} - {part.first_row + 1} AS file_row_number FROM {numbers}"
    return f"{rows} SEMI JOIN ({wanted}) USING (file_row_number)"


def _replaces(link: _Link) -> bool:
    return any(part.kind in ("delta", "delete") for part in link.parts)


def _keys_of(link: _Link) -> str:
    names = name_list(link.version.key)
    files = ", ".join(
        quote_text(pool_folder() / part.path)
        for part in link.parts
        if part.kind in ("delta", "delete")
    )
    return f"SELECT {names} FROM read_parquet([{files}])"
