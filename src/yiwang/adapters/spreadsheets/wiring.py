"""Spreadsheets join the readers. 登记表格读取器。"""

from __future__ import annotations

from yiwang.kernel.tabular.services import READERS

from .dbf import open_dbf
from .html import open_html, open_mhtml
from .ods import open_ods
from .xls import open_xls
from .xlsx import open_xlsx
from .xmlsheet import open_xmlsheet

READERS.register("xlsx", open_xlsx)
READERS.register("xls", open_xls)
READERS.register("ods", open_ods)
READERS.register("html", open_html)
READERS.register("mhtml", open_mhtml)
READERS.register("xmlsheet", open_xmlsheet)
READERS.register("dbf", open_dbf)
