"""Reading any delivered file as tables. 读取报送文件。"""

from __future__ import annotations

from pathlib import Path

from yiwang.kernel.base.text import defuse_formula

from . import archives, delimited
from .detect import find_format
from .errors import FileRefused, LimitPassed, refuse
from .frame import Area, Frame, propose_frame
from .kinds import label_kind
from .limits import Budget
from .opening import READERS, Opened, Reader, Scratch
from .quick import fast_options
from .records.source import open_json
from .refusals import refuse_format
from .types import ReadLimits, ReadOptions, TableSource
from .write import write_csv, write_xlsx

__all__ = [
    "READERS",
    "Area",
    "FileRefused",
    "Frame",
    "LimitPassed",
    "Opened",
    "Reader",
    "defuse_formula",
    "fast_options",
    "find_format",
    "label_kind",
    "open_source",
    "propose_frame",
    "refuse",
    "write_csv",
    "write_xlsx",
]

READERS.register("delimited", delimited.open_delimited)
READERS.register("gzip", archives.open_gzip)
READERS.register("zip", archives.open_zip)
READERS.register("json", open_json)


def open_source(
    path: Path,
    name: str,
    options: ReadOptions | None = None,
    limits: ReadLimits | None = None,
) -> list[TableSource]:
    """All tables in the file, each ready to be read. 打开文件中的表。

    The content decides, not `name`; `name` is for people and messages. Raises FileRefused with the
    place and what to do when there is no table to be read, LimitPassed when it would cost more
    than `limits`.
    """
    options = options or ReadOptions()
    budget = Budget(name, limits or ReadLimits())
    budget.check_file(path.stat().st_size)
    opened = Opened(path, name, options, budget, Scratch(options.scratch), open_any)
    return open_any(opened)


def open_any(opened: Opened) -> list[TableSource]:
    """The tables of a file whose place among archives is known. 打开。"""
    kind = find_format(opened.path)
    reader = READERS.find(kind)
    if reader is None:
        raise refuse_format(kind, opened.name)
    sources = reader(opened)
    if not sources:
        raise FileRefused("tabular.file.no_table", "%(file)s holds no table.", file=opened.name)
    return sources
