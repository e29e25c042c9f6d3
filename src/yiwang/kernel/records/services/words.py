"""Words of records, each with the records that hold it. 词索引。

A plain table beside each entity that declares what is searched (`r_<id>_w`): the same on every
database, written in the transaction of the change. A rare word drives the search; where all are
frequent the list is walked in its order and each row is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from yiwang.kernel.records.types import Entity, Field
from yiwang.kernel.search.services import as_phrase, split_query, split_words

from .inserting import insert
from .masking import masker
from .plans.statements import (
    After,
    Condition,
    Order,
    Place,
    columns_of,
    run,
    select_rows,
)
from .plans.trees import next_text

RARE = 2_000
BATCH = 1_000
WORDS_AT_MOST = 300


def prepare_words(entity: Entity) -> bool:
    """Make the table of words where the entity needs one and has none; whether it did. 建词表。"""
    if not entity.search or _table(entity) in connection.introspection.table_names():
        return False
    make_words(entity.table)
    return True


def make_words(table: str) -> None:
    """Make the table of words beside the table of an entity. 建词表。"""
    collate = ' COLLATE "C"' if connection.vendor == "postgresql" else ""
    tail = "" if connection.vendor == "postgresql" else " WITHOUT ROWID"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE {table}_w (word text{collate} NOT NULL,"
            f" record text{collate} NOT NULL, PRIMARY KEY (word, record)){tail}"
        )


def rebuild_words(entity: Entity, check: Callable[[], None] = lambda: None) -> int:
    """Index every row anew, a part at a time; how many rows. 重建索引。

    A row that is changed meanwhile is indexed by that change; what it left behind is found no more
    than once, and goes with the next rebuilding.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_table(entity)}")  # noqa: S608
    place, count = None, 0
    while rows := select_rows(entity, Condition(), Order("id"), place, BATCH):
        check()
        with transaction.atomic():
            index_words(entity, [dict(zip(columns_of(entity), row, strict=True)) for row in rows])
        count += len(rows)
        place = After(None, rows[-1][0])
    return count


def index_words(entity: Entity, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put the words of rows, given by column, into the index. 建索引。"""
    if not entity.search:
        return
    pairs = [(word, row["id"]) for row in rows for word in sorted(_words(entity, row))]
    insert(_table(entity), ("word", "record"), pairs, again=True)


def forget_words(entity: Entity, row: Mapping[str, Any]) -> None:
    """Take the words of a row, as it stood, out of the index. 移除索引。"""
    if not entity.search:
        return
    with connection.cursor() as cursor:
        for word in _words(entity, row):
            cursor.execute(
                f"DELETE FROM {_table(entity)} WHERE word = %s AND record = %s",  # noqa: S608
                [word, row["id"]],
            )


def renew_words(entity: Entity, before: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
    """Index a row again where a field that is searched has changed. 更新索引。"""
    if {entity.fields[key].column for key in entity.search} & changed.keys():
        forget_words(entity, before)
        index_words(entity, [{**before, **changed}])


def _words(entity: Entity, row: Mapping[str, Any]) -> set[str]:
    told = [_told(entity.fields[key], row) for key in entity.search]
    found = [word for text in told for word in split_words(text)]
    return set(found[:WORDS_AT_MOST])


def _told(field: Field, row: Mapping[str, Any]) -> str:
    """What is masked inside is masked in the index: a hit tells nobody what they may not read."""
    text = str(row.get(field.column) or "")
    return str(masker("", inside=True)(text)) if field.personal else text


def match_words(entity: Entity, text: str) -> Place:
    """SQL for the rows in which all words of a text stand, with the values to bind. 匹配条件。"""
    tests = [test for chunk in split_query(text) for test in _tests(chunk)]
    if not tests:
        return "1 = 0", ()
    table = _table(entity)
    counts = [_count(table, test) for test in tests]
    driver = min(range(len(tests)), key=counts.__getitem__) if min(counts) <= RARE else None
    parts, values = [], []
    for at, (condition, told) in enumerate(tests):
        rows = f"SELECT w.record FROM {table} AS w WHERE {condition}"  # noqa: S608
        parts.append(
            f"t.id IN ({rows})" if at == driver else f"EXISTS ({rows} AND w.record = t.id)"
        )
        values += told
    return " AND ".join(parts), tuple(values)


def _tests(chunk: str) -> list[tuple[str, list[str]]]:
    """Each word of a stretch; the last one may go on, so that codes are found while typed."""
    phrase = as_phrase(chunk)
    exact = phrase.words[:-1] if phrase.prefix else phrase.words
    found = [("w.word = %s", [word]) for word in dict.fromkeys(exact)]
    if phrase.prefix:
        start = phrase.words[-1]
        found.append(("w.word >= %s AND w.word < %s", [start, next_text(start)]))
    return found


def _count(table: str, test: tuple[str, list[str]]) -> int:
    condition, values = test
    text = f"SELECT 1 FROM {table} AS w WHERE {condition} LIMIT {RARE + 1:d}"  # noqa: S608
    return int(run(f"SELECT count(*) FROM ({text}) AS c", values)[0][0])  # noqa: S608


def _table(entity: Entity) -> str:
    return f"{entity.table}_w"
