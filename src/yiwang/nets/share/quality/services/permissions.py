"""What may be done about quality. 数据质量权限。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

READ = declare_permission(
    "share.quality.read",
    msg("Read quality scores and findings"),
    {"director": "all", "engineer": "all", "steward": "own", "viewer": "own"},
)
RUN = declare_permission(
    "share.quality.run",
    msg("Check the quality of a resource"),
    {"engineer": "all", "steward": "own"},
)
DECLARE = declare_permission(
    "share.quality.declare",
    msg("Declare and switch quality rules"),
    {"engineer": "all", "steward": "own"},
)
ANSWER = declare_permission(
    "share.quality.answer",
    msg("Answer findings: excuse them or send back corrections"),
    {"engineer": "all", "steward": "own"},
)
SEND = declare_permission(
    "share.quality.send", msg("Send rectification notices"), {"engineer": "all"}
)
WEIGH = declare_permission(
    "share.quality.weigh",
    msg("Set the weights of quality scores"),
    {"director": "all", "engineer": "all"},
)
