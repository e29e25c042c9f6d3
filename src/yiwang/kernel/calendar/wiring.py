"""What the calendar registers at start. 工作日历登记项。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

from .types import EDIT_YEARS

declare_permission(
    EDIT_YEARS,
    msg("Enter the official holidays of a year"),
    {"sysadmin": "all"},
    touches_business_data=False,
)
