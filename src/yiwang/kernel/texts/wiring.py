"""What read texts register at start. 文本判读登记项。"""

from __future__ import annotations

from yiwang.kernel.ledger.services import guard_table

from .services import TRAIN

__all__ = ["TRAIN"]

guard_table("texts_textmodel", unique=("entity", "version"))
