"""Spreadsheets join the readers. 登记表格读取器。"""

from __future__ import annotations

from yiwang.kernel.tabular.services import READERS

from .xlsx import open_xlsx

READERS.register("xlsx", open_xlsx)
