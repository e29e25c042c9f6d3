"""What may be done with comparisons. 比对权限。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

RUN = declare_permission(
    "share.compare.run", msg("Compare registers"), {"engineer": "all", "steward": "own"}
)
READ = declare_permission(
    "share.compare.read",
    msg("Read comparisons"),
    {"director": "all", "engineer": "all", "steward": "own", "viewer": "own"},
)
