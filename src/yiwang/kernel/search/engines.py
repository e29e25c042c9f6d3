"""The words index on SQLite and on PostgreSQL. 词索引引擎。

Both answer the same: which entries hold every phrase, in the title alone or anywhere, and how
well. Query texts are built from words only (letters, digits, Han), quoted, and bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection

from .sounds import sound_words
from .words import TEXT_LIMIT, Phrase, han_runs, split_words

TABLE = "search_searchentry"
Wanted = Sequence[Sequence[Phrase]]
"""Of each inner sequence one phrase must be found. 检索条件。"""


@dataclass(frozen=True, slots=True)
class Match:
    """A query in the engine's terms: SQL fragments over entry `e` and their parameters. 匹配条件。

    `titled` is what holds for hits in the title alone; `order` ranks, which costs a look at every
    hit; `newest` does not.
    """

    source: str
    where: str
    where_params: tuple[Any, ...]
    titled: str
    titled_params: tuple[Any, ...]
    order: str
    order_params: tuple[Any, ...]
    newest: str


class WordsIndex(Protocol):
    """What an engine must be able to do. 词索引接口。"""

    def put(self, entry_id: int, title: str, body: str) -> None: ...

    def drop(self, entry_id: int) -> None: ...

    def clear(self) -> None: ...

    def is_whole(self) -> bool: ...

    def match(self, wanted: Wanted) -> Match: ...


class SqliteWords:
    """FTS5 over words separated by spaces. SQLite 词索引。"""

    def put(self, entry_id: int, title: str, body: str) -> None:
        self.drop(entry_id)
        _execute(
            "INSERT INTO search_words(rowid, title, body) VALUES (%s, %s, %s)",
            [entry_id, " ".join(title_words(title)), " ".join(split_words(body))],
        )

    def drop(self, entry_id: int) -> None:
        _execute("DELETE FROM search_words WHERE rowid = %s", [entry_id])

    def clear(self) -> None:
        _execute("DELETE FROM search_words", [])

    def is_whole(self) -> bool:
        return not _exists(f"{TABLE} e WHERE e.id NOT IN (SELECT rowid FROM search_words)")  # noqa: S608

    def match(self, wanted: Wanted) -> Match:
        query = " AND ".join(f"({' OR '.join(map(self._phrase, group))})" for group in wanted)
        titled = "e.id IN (SELECT rowid FROM search_words WHERE search_words MATCH %s)"
        return Match(
            source=f"{TABLE} e JOIN search_words w ON w.rowid = e.id",
            where="search_words MATCH %s",
            where_params=(query,),
            titled=titled,
            titled_params=(f"title : ({query})",),
            order=f"({titled}) DESC, bm25(search_words, 10.0, 1.0), e.id DESC",
            order_params=(f"title : ({query})",),
            newest="w.rowid DESC",
        )

    def _phrase(self, phrase: Phrase) -> str:
        return f'"{" ".join(phrase.words)}"' + (" *" if phrase.prefix else "")


class PostgresWords:
    """A tsvector whose positions we set ourselves, so no dictionary is asked. PostgreSQL 词索引。"""

    def put(self, entry_id: int, title: str, body: str) -> None:
        _execute(
            f"UPDATE {TABLE} SET words = %s::tsvector WHERE id = %s",  # noqa: S608
            [self._vector(title, body), entry_id],
        )

    def drop(self, entry_id: int) -> None:
        """The words go with their row. 随行删除。"""

    def clear(self) -> None:
        _execute(f"UPDATE {TABLE} SET words = NULL", [])  # noqa: S608

    def is_whole(self) -> bool:
        return not _exists(f"{TABLE} WHERE words IS NULL")

    def match(self, wanted: Wanted) -> Match:
        anywhere, in_title = self._query(wanted, ""), self._query(wanted, "A")
        return Match(
            source=f"{TABLE} e",
            where="e.words @@ %s::tsquery",
            where_params=(anywhere,),
            titled="e.words @@ %s::tsquery",
            titled_params=(in_title,),
            order="(e.words @@ %s::tsquery) DESC, ts_rank(e.words, %s::tsquery, 1) DESC, e.id DESC",
            order_params=(in_title, anywhere),
            newest="e.id DESC",
        )

    def _query(self, wanted: Wanted, weight: str) -> str:
        groups = (" | ".join(self._phrase(one, weight) for one in group) for group in wanted)
        return " & ".join(f"({group})" for group in groups)

    def _vector(self, title: str, body: str) -> str:
        heads = title_words(title)
        tails = split_words(body)[: TEXT_LIMIT - len(heads)]
        marked = [f"'{word}':{place}A" for place, word in enumerate(heads, 1)]
        # A gap keeps a phrase from running out of the title into the body.
        begin = len(heads) + 3
        return " ".join(marked + [f"'{word}':{place}" for place, word in enumerate(tails, begin)])

    def _phrase(self, phrase: Phrase, weight: str) -> str:
        last = len(phrase.words) - 1
        parts = [
            self._word(word, weight, prefix=phrase.prefix and place == last)
            for place, word in enumerate(phrase.words)
        ]
        return f"({' <-> '.join(parts)})"

    def _word(self, word: str, weight: str, *, prefix: bool) -> str:
        label = ("*" if prefix else "") + weight
        return f"'{word}'" + (f":{label}" if label else "")


def title_words(title: str) -> list[str]:
    """The words of a title, then how it sounds. 标题词与拼音。"""
    return split_words(title) + sound_words(han_runs(title))


def words_index() -> WordsIndex:
    """The engine of the database in use. 当前引擎。"""
    return PostgresWords() if connection.vendor == "postgresql" else SqliteWords()


def _exists(source: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {source} LIMIT 1")  # noqa: S608
        return cursor.fetchone() is not None


def _execute(sql: str, params: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
