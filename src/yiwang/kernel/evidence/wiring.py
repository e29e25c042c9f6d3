"""What the evidence log registers at start. 存证登记项。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.menu import add_menu

from .types import MANAGE, READ

declare_permission(
    READ, msg("See the evidence log"), {"auditor": "all"}, touches_business_data=False
)
declare_permission(
    MANAGE, msg("Open a new epoch of the evidence log"), {"sysadmin": "all"},
    touches_business_data=False,
)  # fmt: skip
add_menu(
    "evidence:log", msg("Evidence"), section=msg("Audit"), permission=READ, order=810, icon="shield"
)
