"""Spreadsheets join the readers. 登记表格读取器。"""

from __future__ import annotations

from yiwang.kernel.tabular.services import READERS

from .ods import open_ods
from .xls import open_xls
from .xlsx import open_xlsx

READERS.register("xlsx", open_xlsx)
READERS.register("xls", open_xls)
READERS.register("ods", open_ods)
