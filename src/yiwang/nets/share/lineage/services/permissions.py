"""What may be done with lineage. 数据血缘权限。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

SEE = declare_permission(
    "share.lineage.read",
    msg("See where data comes from and where it goes"),
    {"director": "all", "engineer": "all", "steward": "own", "viewer": "own"},
)
TELL = declare_permission(
    "share.lineage.tell",
    msg("Send in lineage of jobs outside"),
    {"engineer": "all", "steward": "own"},
)
REBUILD = declare_permission(
    "share.lineage.rebuild",
    msg("Make the recorded lineage anew"),
    {"engineer": "all"},
)
