"""What the calendar registers at start. 工作日历登记项。"""

from __future__ import annotations

from django.conf import settings

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

from .services import read_office_hours
from .types import EDIT_YEARS

# Office hours that cannot be read stop the start instead of the first deadline.
read_office_hours(settings.YIWANG_OFFICE_HOURS)

declare_permission(
    EDIT_YEARS,
    msg("Enter the official holidays of a year"),
    {"sysadmin": "all"},
    touches_business_data=False,
)
