"""What may be done with records, beside what each app grants. 业务对象权限。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

USE = declare_permission(
    "records.use",
    msg("Work with the records that apps grant"),
    {"director": "all", "engineer": "all", "steward": "own", "viewer": "own"},
)
PUBLISH = declare_permission(
    "records.publish", msg("Publish what apps declare about records"), {"engineer": "all"}
)
