"""Rows into Parquet, before any version knows of them. 暂存。

Every column is nullable text, whatever is in it: a guess at a type is where zeros and digits get
lost. Row order is kept. Files are flushed to disk here, so that a commit only has to rename them.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.ids import new_ulid
from yiwang.kernel.pool.types import ColumnProfile, Staged, StagedPart
from yiwang.kernel.tabular.services import fast_options
from yiwang.kernel.tabular.types import Batch, DelimitedFile

from .engine import Connection, engine, pool_folder
from .profiling import profile_relation
from .sql import make_distinct, quote_text

ROW_GROUP = 122_880
# Of DuckDB's levels the first costs an eighth less than the third and makes files 1% larger.
ZSTD_LEVEL = 1
Progress = Callable[[int], None]


def stage_delimited(
    file: DelimitedFile,
    columns: Sequence[str],
    *,
    profile: bool = True,
    stopping: Callable[[], bool] | None = None,
) -> Staged:
    """Read a plain delimited file with the fast reader. 快速暂存。

    Only for files of which `kernel.tabular` says that the fast reader gives the same cells as the
    strict one.
    """
    names = make_distinct(columns)
    with (
        staging_file(".parquet") as target,
        engine(reach=[file.path.parent], stopping=stopping) as connection,
    ):
        rows = _copy_delimited(connection, file, names, target)
        profiles = _profile_file(connection, names, target, rows) if profile else ()
        return _finish(names, target, rows, profiles)


def stage_batches(
    columns: Sequence[str],
    batches: Iterable[Batch],
    *,
    profile: bool = True,
    progress: Progress | None = None,
    stopping: Callable[[], bool] | None = None,
) -> Staged:
    """Write batches of rows as they come, in constant memory. 流式暂存。

    A row shorter than the header leaves cells absent; a longer one is refused, since readers
    report such rows and put them right before they come here.
    """
    return stage_rows(
        columns,
        (batch.rows for batch in batches),
        profile=profile,
        progress=progress,
        stopping=stopping,
    )


def stage_rows(
    columns: Sequence[str],
    blocks: Iterable[Sequence[Sequence[str | None]]],
    *,
    profile: bool = True,
    progress: Progress | None = None,
    stopping: Callable[[], bool] | None = None,
) -> Staged:
    """Write blocks of rows as they come. 按块暂存。"""
    names = make_distinct(columns)
    with staging_file(".parquet") as target:
        rows = _write_blocks(names, blocks, target, progress)
        with engine(stopping=stopping) as connection:
            profiles = _profile_file(connection, names, target, rows) if profile else ()
        return _finish(names, target, rows, profiles)


def stage_query(
    connection: Connection, query: str, columns: Sequence[str], *, profile: bool = False
) -> Staged:
    """Write what a query answers, all as text. 查询结果暂存。"""
    names = make_distinct(columns)
    with staging_file(".parquet") as target:
        rows = write_parquet(connection, query, target)
        profiles = _profile_file(connection, names, target, rows) if profile else ()
        return _finish(names, target, rows, profiles)


def discard(staged: Staged) -> None:
    """Remove staged files that will not be committed. 丢弃暂存。"""
    for part in staged.parts:
        part.path.unlink(missing_ok=True)


def write_parquet(connection: Connection, query: str, target: Path) -> int:
    """Write a query's answer as zstd Parquet in its order, and say how many rows. 写出分片。"""
    answer = connection.execute(
        f"COPY ({query}) TO {quote_text(target)}"
        f" (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {ZSTD_LEVEL},"
        f" ROW_GROUP_SIZE {ROW_GROUP})"
    ).fetchone()
    return int(answer[0]) if answer else 0


def _copy_delimited(
    connection: Connection, file: DelimitedFile, names: tuple[str, ...], target: Path
) -> int:
    try:
        return write_parquet(connection, f"SELECT * FROM {read_csv_sql(file, names)}", target)
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise InvalidInput(
            "pool.stage.unreadable",
            "The fast reader stopped: %(problem)s",
            problem=_tell(error),
        ) from error


def _tell(error: duckdb.Error) -> str:
    """The engine's first line without what it quotes: paths of this machine, cells. 引擎错误。"""
    line = str(error).splitlines()[0][:400]
    return re.sub(r"\"[^\"]*\"?|'[^']*'?|/\S+", "…", line)


def read_csv_sql(file: DelimitedFile, names: Sequence[str]) -> str:
    """The fast reader's call, with nothing left to guess. 快速读取参数。"""
    columns = ", ".join(f"{quote_text(name)}: 'VARCHAR'" for name in names)
    return f"read_csv({quote_text(file.path)}, columns = {{{columns}}}, {fast_options(file)})"


def _write_blocks(
    names: tuple[str, ...],
    blocks: Iterable[Sequence[Sequence[str | None]]],
    target: Path,
    progress: Progress | None,
) -> int:
    schema = pa.schema([pa.field(name, pa.string(), nullable=True) for name in names])
    total = 0
    with pq.ParquetWriter(
        target, schema, compression="zstd", compression_level=ZSTD_LEVEL
    ) as writer:
        for group in _gather(blocks):
            writer.write_table(_as_table(group, schema), row_group_size=ROW_GROUP)
            total += len(group)
            if progress is not None:
                progress(total)
    return total


def _gather(
    blocks: Iterable[Sequence[Sequence[str | None]]],
) -> Iterator[list[Sequence[str | None]]]:
    held: list[Sequence[str | None]] = []
    for block in blocks:
        held.extend(block)
        if len(held) >= ROW_GROUP // 4:
            yield held
            held = []
    if held:
        yield held


def _as_table(rows: list[Sequence[str | None]], schema: pa.Schema) -> pa.Table:
    width = len(schema)
    for number, row in enumerate(rows, 1):
        if len(row) > width:
            raise InvalidInput(
                "pool.stage.too_wide",
                "Row %(row)s of a block has %(cells)s cells but there are %(columns)s columns",
                row=number,
                cells=len(row),
                columns=width,
            )
    padded = [row if len(row) == width else [*row, *[None] * (width - len(row))] for row in rows]
    columns = list(zip(*padded, strict=True)) if width else []
    arrays = [_as_array(values) for values in columns]
    return pa.Table.from_arrays(arrays, schema=schema)


def _as_array(values: Sequence[str | None]) -> pa.Array:
    """Lone surrogates cannot be written as UTF-8; readers report them, here they become U+FFFD."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        told = (
            value and value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            for value in values
        )
        return pa.array(list(told), pa.string())


def _profile_file(
    connection: Connection, names: tuple[str, ...], target: Path, rows: int
) -> tuple[ColumnProfile, ...]:
    return profile_relation(connection, f"read_parquet({quote_text(target)})", names, rows)


def _finish(
    names: tuple[str, ...], target: Path, rows: int, profiles: tuple[ColumnProfile, ...]
) -> Staged:
    part = StagedPart(target, flush_and_digest(target), target.stat().st_size, rows)
    return Staged(names, rows, (part,), profiles)


def flush_and_digest(path: Path) -> str:
    """Bring a file safely to disk and give its SHA-256. 落盘并取摘要。"""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
    return digest


def flush_folder(folder: Path) -> None:
    """Bring a folder's entries safely to disk. 目录落盘。"""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def staging_file(suffix: str) -> Iterator[Path]:
    """A new name in the staging folder; what was written there goes if the work fails."""
    target = pool_folder() / "staging" / f"{new_ulid()}{suffix}"
    try:
        yield target
    except BaseException:
        target.unlink(missing_ok=True)
        raise
