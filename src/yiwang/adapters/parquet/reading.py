"""Parquet files, read in a process of their own. Parquet 文件。"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.kernel.base.text import msg
from yiwang.kernel.tabular.grid import GridRow, Mark
from yiwang.kernel.tabular.isolated import IsolatedTable, read_isolated
from yiwang.kernel.tabular.services import FileRefused, Opened
from yiwang.kernel.tabular.types import Cell, Row, TableSource

_BATCH = 2_000
_PLAIN = ("int", "uint", "decimal", "date32", "bool", "string", "large_string")


def open_parquet(opened: Opened) -> list[TableSource]:
    """The one table of a Parquet file, every value as text. 打开 Parquet。"""
    return read_isolated(opened, f"{__name__}:read_parquet", kind="parquet", options={})


def read_parquet(path: Path, options: dict[str, Any]) -> Iterator[IsolatedTable]:
    """The table; runs in the child. 读 Parquet。"""
    try:
        file = pq.ParquetFile(path, memory_map=False)
        names = list(file.schema_arrow.names)
        yield IsolatedTable("", _rows(file, options["file"]), names=names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(options["file"], error) from error


def _damaged(file: str, error: Exception) -> Exception:
    return FileRefused(
        "tabular.file.damaged",
        msg("%(file)s is damaged (%(why)s). Ask for it again."),
        file=file,
        why=str(error)[:200],
    )


def _rows(file: Any, name: str) -> Iterator[GridRow]:
    place = 0
    try:
        for batch in file.iter_batches(batch_size=_BATCH, use_threads=False):
            columns = [_texts(column) for column in batch.columns]
            for cells in zip(*columns, strict=True):
                place += 1
                row, marks = _checked(list(cells))
                yield GridRow(place, row, marks)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(name, error) from error


def _texts(column: Any) -> list[Any]:
    """The values of a column as text; what pyarrow writes otherwise than we do goes one by one."""
    kind = str(column.type)
    if kind.startswith((*_PLAIN, "timestamp[ns")):
        texts: list[Any] = column.cast(pa.string()).to_pylist()
        return texts
    return [_text(value) for value in column.to_pylist()]


def _text(value: Any) -> Cell | bytes:
    """One value: a float in its shortest form, a time by ISO 8601, what is nested as JSON."""
    if value is None or isinstance(value, str | bytes):
        return value
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    if hasattr(value, "isoformat"):
        return str(
            value.isoformat(sep=" ")
            if hasattr(value, "hour") and hasattr(value, "day")
            else value.isoformat()
        )
    return str(value)


def _float(value: float) -> str:
    if math.isnan(value) or math.isinf(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    return repr(value).removesuffix(".0")


def _checked(cells: list[Any]) -> tuple[Row, tuple[Mark, ...]]:
    """Bytes that are text become text, others their hexadecimal digits with a mark."""
    if not any(isinstance(cell, bytes) for cell in cells):
        return cells, ()
    marks: list[Mark] = []
    for at, cell in enumerate(cells):
        if isinstance(cell, bytes):
            try:
                cells[at] = cell.decode()
            except UnicodeDecodeError:
                cells[at] = cell.hex()
                marks.append(Mark(at, "binary", cell.hex()))
    return cells, tuple(marks)
