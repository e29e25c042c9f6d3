"""Writing a state anew, and clearing away what no version knows of. 合并与清理。"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.db import transaction

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.pool.models import Part, Version, VersionState
from yiwang.kernel.pool.types import ROW

from .engine import engine, pool_folder
from .reading import load_chain, relation_of
from .sql import name_list
from .staging import flush_and_digest, staging_file, write_parquet
from .versions import place_part

COMPACT_AT = 8
ORPHAN_SECONDS = 24 * 3600.0


def count_parts(version_id: str) -> int:
    """How many files a version is read from. 分片数。"""
    version = Version.objects.get(id=version_id)
    return sum(len(link.parts) for link in load_chain(version))


def compact(act: Act, version_id: str, *, stopping: Callable[[], bool] | None = None) -> bool:
    """Write the whole state of a version as one part, beside what it was delivered as. 合并分片。

    Rows, their order and their numbers stay; reading gets fast again. False when there is nothing
    to gain. The parts as delivered stay, since earlier versions are read from them.
    """
    version = Version.objects.get(id=version_id)
    if version.state != VersionState.LIVE or count_parts(version_id) < 2:
        return False
    with staging_file(".parquet") as target:
        with engine(stopping=stopping) as connection:
            columns = f"{name_list(version.columns)}, {ROW}"
            query = f"SELECT {columns} FROM {relation_of(version)} ORDER BY {ROW}"
            rows = write_parquet(connection, query, target)
        part_id, digest = new_id(), flush_and_digest(target)
        size = target.stat().st_size
        with transaction.atomic():
            version = Version.objects.select_for_update().get(id=version_id)
            if version.state != VersionState.LIVE:
                target.unlink()
                return False
            Part.objects.create(
                id=part_id,
                version=version,
                kind="compact",
                path=place_part(pool_folder(), part_id, target),
                sha256=digest,
                bytes=size,
                rows=rows,
                first_row=0,
            )
            act.note(compacted=version.number, rows=rows)
    return True


def list_fragmented(limit: int = 50) -> list[str]:
    """The newest versions of tables that are read from many files. 待合并的版本。"""
    heads: dict[str, Version] = {}
    for version in Version.objects.filter(state=VersionState.LIVE).order_by("table_id", "number"):
        heads[version.table_id] = version
    keyed = [version.id for version in heads.values() if version.kind != "full"]
    return [found for found in keyed if count_parts(found) >= COMPACT_AT][:limit]


def sweep_orphans(older_than: float = ORPHAN_SECONDS) -> int:
    """Remove files that no version knows of: left by a crash, or purged. 清扫孤立文件。

    Only files that have been lying for a day: what is being landed now is not yet known either.
    """
    folder = pool_folder()
    # Looked for before the database is asked: what is committed in between is known by then.
    old = _list_old(folder, time.time() - older_than)
    known = set(Part.objects.filter(present=True).values_list("path", flat=True))
    orphans = [file for file in old if str(file.relative_to(folder)) not in known]
    for file in orphans:
        file.unlink(missing_ok=True)
    return len(orphans)


def _list_old(folder: Path, before: float) -> list[Path]:
    old = []
    for file in [*(folder / "parts").rglob("*.parquet"), *(folder / "staging").iterdir()]:
        with suppress(FileNotFoundError):  # committed or discarded meanwhile
            if file.stat().st_mtime < before:
                old.append(file)
    return old


def verify_parts(version_id: str) -> list[str]:
    """The files of a version that are missing or no longer what was committed. 校验分片。"""
    folder = pool_folder()
    wrong = []
    for part in Part.objects.filter(version_id=version_id, present=True):
        file = folder / part.path
        if not file.is_file() or flush_and_digest(file) != part.sha256:
            wrong.append(part.path)
    return wrong
