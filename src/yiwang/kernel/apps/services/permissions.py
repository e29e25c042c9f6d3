"""Who may install apps. 应用权限。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

MANAGE = declare_permission(
    "apps.manage", msg("Install, upgrade and uninstall apps"), {"engineer": "all"}
)
