"""Writes the files of the sample city, byte for byte the same each time. 示例文件写出。"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from yiwang.kernel.tabular import write

Row = Sequence[str]


def write_csv(path: Path, header: Row, rows: Sequence[Row], *, encoding: str) -> None:
    """A delimited file with CRLF line ends, as office programs write it. 写 CSV。"""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))


def write_xlsx(path: Path, sheet: str, header: Row, rows: Sequence[Row]) -> None:
    """A workbook with one sheet of text cells. 写 XLSX。"""
    with path.open("wb") as out:
        write.write_xlsx(out, header, ([cell or None for cell in row] for row in rows), sheet=sheet)


def write_json(path: Path, content: Any) -> None:
    """A JSON file, readable. 写 JSON。"""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
