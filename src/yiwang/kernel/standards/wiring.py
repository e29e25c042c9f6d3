"""What the standards register at start. 数据元标准登记项。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg
from yiwang.kernel.ledger.services import set_text_mask

from .services import mask_spans
from .types import EDIT_ELEMENTS

declare_permission(
    EDIT_ELEMENTS,
    msg("Edit data elements and import code sets"),
    {"engineer": "all"},
)
set_text_mask(lambda text: mask_spans(text) or "")
