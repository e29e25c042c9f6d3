"""A sheet that somebody uploads, as rows by heading. 上传表格。"""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile

from yiwang.kernel.tabular.lines import ROW
from yiwang.kernel.tabular.services import open_source
from yiwang.kernel.tabular.types import ReadLimits, ReadOptions, TableSource

from .scratch import scratch

LIMITS = ReadLimits(
    file=5 << 20, unpacked=50 << 20, members=200, rows=20_000, columns=100, cell=2_000, seconds=30
)

Rows = list[dict[str, str | None]]


def read_sheet(upload: UploadedFile[bytes]) -> Rows:
    """The rows of the first table in a CSV or Excel file, `#` the row's number there. 读取表格。

    FileRefused or LimitPassed, which name what is wrong and where.
    """
    with scratch("sheet") as folder:
        path = folder / "sheet"
        with path.open("wb") as out:
            for chunk in upload.chunks():
                out.write(chunk)
        options = ReadOptions(scratch=folder, footer_rows=0)
        source = open_source(path, upload.name or "sheet", options, LIMITS)[0]
        return _read_rows(source)


def _read_rows(source: TableSource) -> Rows:
    rows: Rows = []
    for batch in source.batches():
        for place, cells in zip(batch.places, batch.rows, strict=True):
            rows.append(dict(zip(source.columns, cells, strict=False)) | {ROW: str(place)})
    return rows
