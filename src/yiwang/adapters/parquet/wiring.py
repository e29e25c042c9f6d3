"""Parquet joins the readers. 登记 Parquet 读取器。"""

from __future__ import annotations

from yiwang.kernel.tabular.services import READERS

from .reading import open_parquet

READERS.register("parquet", open_parquet)
