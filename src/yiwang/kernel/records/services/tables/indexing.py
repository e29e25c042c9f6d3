"""Indexes on large tables, built beside the writers where the database can. 在线建索引。"""

from __future__ import annotations

import time
from collections.abc import Mapping

from django.db import IntegrityError, connection

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.records.models import EntityTable
from yiwang.kernel.records.types import Bundle, Entity

from .columns import read_indexes
from .decisions import EntityDecision
from .indexes import Index, list_indexes
from .running import fetch, run
from .statements import create_index, drop_index, is_postgres

POLL_SECONDS = 0.5
SAMPLE = 1000


def list_missing(bundle: Bundle, entity: Entity) -> list[Index]:
    """The indexes that the table of a laid-out entity still lacks. 缺少的索引。"""
    if not entity.table:
        return []
    standing = read_indexes(entity.table)
    return [one for one in list_indexes(bundle, entity) if one.name not in standing]


def list_missing_before(
    bundle: Bundle, one: EntityDecision, tables: Mapping[str, EntityTable]
) -> list[Index]:
    """Those that can be built before the version is published. 可预建的索引。"""
    unmade = one.unmade(tables)
    return [
        index
        for index in list_missing(bundle, one.laid_out())
        if not unmade & {column.removeprefix("-") for column in index.columns}
    ]


def refuse_duplicates(bundle: Bundle, entity: Entity) -> None:
    """Conflict where fields are to tell records apart that do not. 检查重复。"""
    for one in list_missing(bundle, entity):
        if one.unique:
            _refuse(entity, one)


def _refuse(entity: Entity, index: Index) -> None:
    columns = ", ".join(index.columns)
    whole = " AND ".join(f"{column} IS NOT NULL" for column in index.columns)
    (count,) = fetch(
        f"SELECT count(*) FROM (SELECT 1 FROM {index.table} WHERE {whole}"
        f" GROUP BY {columns} HAVING count(*) > 1) AS d"
    )[0]
    if count:
        keys = [key for key, one in entity.fields.items() if one.column in index.columns]
        raise Conflict(
            "records.key.repeated",
            "%(count)s groups of records have the same %(fields)s, which is to tell them apart",
            count=count,
            fields=", ".join(keys),
        )


def drop_unwanted(bundle: Bundle, entity: Entity) -> int:
    """Drop indexes that no view or key asks for any more; how many. 清理多余索引。

    Keys that no longer hold went when the version was published.
    """
    wanted = {one.name for one in list_indexes(bundle, entity)}
    unwanted = sorted(read_indexes(entity.table) - wanted)
    for name in unwanted:
        run(drop_index(name, online=not connection.in_atomic_block))
    return len(unwanted)


def refresh_statistics(entity: Entity) -> None:
    """Let SQLite look at a sample of each index; PostgreSQL does so by itself. 更新统计。"""
    if not is_postgres():
        run(f"PRAGMA analysis_limit = {SAMPLE}")
        run(f"ANALYZE {entity.table}")


def build_index(entity: Entity, index: Index) -> None:
    """Build an index that is missing, also after a try that was broken off. 在线建一个索引。

    On PostgreSQL nobody waits. SQLite keeps writers waiting, about a second for a million rows.
    """
    if index.unique:
        _refuse(entity, index)
    if is_postgres() and not _clear_broken(index):
        return
    # Within a transaction (tests) it can only be built the plain way.
    online = not connection.in_atomic_block
    try:
        run(create_index(index, online=online))
    except IntegrityError:
        run(drop_index(index.name, online=online))
        _refuse(entity, index)
        raise


def _clear_broken(index: Index) -> bool:
    """Whether the index still has to be built; what a killed try left is waited for or dropped. 清理残留。"""
    while _is_being_built(index):
        time.sleep(POLL_SECONDS)
    if index.name in read_indexes(index.table):
        return False
    run(drop_index(index.name, online=not connection.in_atomic_block))
    return True


def _is_being_built(index: Index) -> bool:
    """A build goes on in the server for a while after whoever asked for it was killed. 是否仍在建。"""
    return bool(
        fetch(
            "SELECT 1 FROM pg_stat_progress_create_index WHERE index_relid = to_regclass(%s)",
            [index.name],
        )
    )
