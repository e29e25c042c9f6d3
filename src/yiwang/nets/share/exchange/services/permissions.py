"""What may be done with requests and grants. 共享申请与授权权限。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

SEE = declare_permission(
    "share.grant.read",
    msg("See requests and grants"),
    {"director": "all", "engineer": "all", "steward": "own", "viewer": "own"},
)
ASK = declare_permission(
    "share.request.make",
    msg("Ask for data of another department"),
    {"engineer": "all", "steward": "own"},
)
USE = declare_permission(
    "share.grant.use",
    msg("Fetch data under a grant of the own department"),
    {"engineer": "all", "steward": "own", "viewer": "own"},
)
APPROVE = declare_permission(
    "share.grant.approve",
    msg("Agree as the owner to share data"),
    {"director": "all", "engineer": "all", "steward": "own"},
)
DECIDE = declare_permission(
    "share.grant.decide",
    msg("Grant data, and allocate it over a refusal"),
    {"engineer": "all"},
)
REVOKE = declare_permission(
    "share.grant.revoke",
    msg("Narrow and revoke grants"),
    {"engineer": "all", "steward": "own"},
)
DENY = declare_permission(
    "share.grant.deny",
    msg("Keep the list of who may have nothing"),
    {"engineer": "all", "steward": "own"},
)
TRACE = declare_permission(
    "share.grant.trace",
    msg("Trace a file that turned up to the grant it left under"),
    {"engineer": "all"},
)
