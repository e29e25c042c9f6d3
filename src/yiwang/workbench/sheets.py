"""A sheet that somebody uploads, as rows by heading. 上传表格。"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.files import services as files
from yiwang.kernel.tabular.services import open_source
from yiwang.kernel.tabular.types import ReadLimits, ReadOptions, TableSource

SALT = "yiwang.workbench.sheet"
KEPT_SECONDS = 3600
PLACE = "#"
LIMITS = ReadLimits(
    file=5 << 20, unpacked=50 << 20, members=200, rows=20_000, columns=100, cell=2_000, seconds=30
)

Rows = list[dict[str, str | None]]


def read_sheet(upload: UploadedFile[bytes]) -> Rows:
    """The rows of the first table in a CSV or Excel file, `#` the row's number there. 读取表格。

    FileRefused or LimitPassed, which name what is wrong and where.
    """
    with files.scratch("sheet") as folder:
        path = folder / "sheet"
        with path.open("wb") as out:
            for chunk in upload.chunks():
                out.write(chunk)
        options = ReadOptions(scratch=folder)
        source = open_source(path, upload.name or "sheet", options, LIMITS)[0]
        return _read_rows(source)


def pack_rows(rows: Rows) -> str:
    """Rows as a signed text that a form carries from the preview to the deed. 封装。"""
    return signing.dumps(rows, salt=SALT, compress=True)


def unpack_rows(text: str) -> Rows:
    """The rows of a previewed sheet; InvalidInput where the preview is too old. 取回。"""
    try:
        rows: Any = signing.loads(text, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        raise InvalidInput(
            "workbench.sheet.preview", "The preview is too old; choose the file once more"
        ) from None
    return list(rows)


def _read_rows(source: TableSource) -> Rows:
    rows: Rows = []
    for batch in source.batches():
        for place, cells in zip(batch.places, batch.rows, strict=True):
            rows.append(dict(zip(source.columns, cells, strict=False)) | {PLACE: str(place)})
    return rows
