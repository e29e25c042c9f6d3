"""Reports as files. 报告文件。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from yiwang.kernel.base.errors import InvalidInput

from .docx import write_docx
from .pdf import write_pdf
from .types import ENDINGS, Report
from .xlsx import write_xlsx

_WRITERS: Mapping[str, Callable[[Report, Path], None]] = {
    "pdf": write_pdf,
    "docx": write_docx,
    "xlsx": write_xlsx,
}


def write_report(report: Report, target: Path) -> None:
    """Write a report in the format that the name of the file ends with. 生成报告文件。

    InvalidInput for any other than pdf, docx and xlsx.
    """
    write = _WRITERS.get(target.suffix.removeprefix("."))
    if write is None:
        raise InvalidInput(
            "reports.file.format",
            "A report becomes one of %(endings)s",
            endings=", ".join(ENDINGS),
        )
    write(report, target)


__all__ = ["write_report"]
