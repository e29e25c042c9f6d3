"""What may be done with deliveries. 报送权限。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

LAND = declare_permission(
    "share.delivery.land", msg("Send in and land files"), {"engineer": "all", "steward": "own"}
)
SEE = declare_permission(
    "share.delivery.read",
    msg("See deliveries"),
    {"director": "all", "engineer": "all", "steward": "own", "viewer": "own"},
)
WITHDRAW = declare_permission(
    "share.delivery.withdraw",
    msg("Withdraw a wrong delivery"),
    {"engineer": "all", "steward": "own"},
)
PURGE = declare_permission(
    "share.delivery.purge",
    msg("Purge a delivery that should never have come"),
    {"engineer": "all"},
)
