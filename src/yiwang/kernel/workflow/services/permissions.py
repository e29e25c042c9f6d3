"""What may be done with cases, beside what each type says. 流程权限。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

_EVERYBODY = {"director": "all", "engineer": "all", "steward": "own", "viewer": "own"}

USE = declare_permission(
    "workflow.cases.use",
    msg("Start cases and work on tasks"),
    _EVERYBODY,  # type: ignore[arg-type]
)
OVERSEE = declare_permission(
    "workflow.cases.oversee",
    msg("Suspend, resume, end and hand on the cases of others"),
    {"director": "all", "engineer": "all"},
)
PUBLISH = declare_permission(
    "workflow.types.publish", msg("Publish case types"), {"engineer": "all"}
)
