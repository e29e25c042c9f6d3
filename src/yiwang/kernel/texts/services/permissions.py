"""Who may train what tells categories. 文本判读权限。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

TRAIN = declare_permission(
    "texts.train", msg("Train and measure what tells categories of texts"), {"engineer": "all"}
)
