"""What may be done with live sources. 数据源权限。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

MANAGE = declare_permission(
    "share.source.manage", msg("Enter, change and run live sources"), {"engineer": "all"}
)
SEE = declare_permission(
    "share.source.read",
    msg("See live sources and their readings"),
    {"director": "all", "engineer": "all", "steward": "own"},
)
