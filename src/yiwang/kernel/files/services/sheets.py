"""A sheet that somebody uploads, as rows by heading. 上传表格。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile

from yiwang.kernel.tabular.lines import ROW
from yiwang.kernel.tabular.services import open_source
from yiwang.kernel.tabular.types import ReadLimits, ReadOptions, TableSource

from .scratch import scratch

LIMITS = ReadLimits(
    file=5 << 20, unpacked=50 << 20, members=200, rows=20_000, columns=100, cell=2_000, seconds=30
)

Rows = list[dict[str, str | None]]
Score = Callable[[Sequence[str]], int]
"""How well the headings of a table fit what is wanted; nothing fits at 0. 表头匹配度。"""


def read_sheet(
    upload: UploadedFile[bytes], *, score: Score | None = None, limits: ReadLimits = LIMITS
) -> Rows:
    """The rows of a table in a CSV or Excel file, `#` the row's number there. 读取表格。

    The first table, or with `score` the one whose headings fit best. FileRefused or LimitPassed,
    which name what is wrong and where.
    """
    with scratch("sheet") as folder:
        path = folder / "sheet"
        with path.open("wb") as out:
            for chunk in upload.chunks():
                out.write(chunk)
        return read_sheet_at(path, upload.name or "sheet", folder, score=score, limits=limits)


def read_sheet_at(
    path: Path, name: str, folder: Path, *, score: Score | None = None, limits: ReadLimits = LIMITS
) -> Rows:
    """The same of a file that lies on this machine; `folder` is for what reading needs. 读取文件。"""
    if score is None:
        options = ReadOptions(scratch=folder, footer_rows=0)
        return _read_rows(open_source(path, name, options, limits)[0])
    # Headings stand in the first row, as the page says; where none does, further down.
    for header_row in (1, None):
        options = ReadOptions(scratch=folder, footer_rows=0, header_row=header_row)
        sources = open_source(path, name, options, limits)
        best = max(sources, key=lambda one: score(one.columns))
        if score(best.columns):
            break
    return _read_rows(best)


def _read_rows(source: TableSource) -> Rows:
    rows: Rows = []
    for batch in source.batches():
        for place, cells in zip(batch.places, batch.rows, strict=True):
            rows.append(dict(zip(source.columns, cells, strict=False)) | {ROW: str(place)})
    return rows
