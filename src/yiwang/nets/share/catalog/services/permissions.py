"""What may be done with catalogue entries. 目录权限。"""

from __future__ import annotations

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

READ = declare_permission(
    "share.resource.read",
    msg("Browse the catalogue"),
    {"director": "all", "engineer": "all", "steward": "own", "viewer": "own"},
)
EDIT = declare_permission(
    "share.resource.edit",
    msg("Register and describe resources"),
    {"engineer": "all", "steward": "own"},
)
PUBLISH = declare_permission(
    "share.resource.publish", msg("Publish catalogue entries"), {"engineer": "all"}
)
LOOK = declare_permission(
    "share.resource.look",
    msg("Look into the rows of a resource"),
    {"engineer": "all", "steward": "own", "viewer": "own"},
)
UNMASK = declare_permission(
    "share.resource.unmask",
    msg("See personal data unmasked, with a purpose"),
    {"engineer": "all", "steward": "own"},
)
EXPORT = declare_permission(
    "share.resource.export",
    msg("Export the rows of a resource"),
    {"engineer": "all", "steward": "own"},
)
GRADE = declare_permission(
    "share.resource.grade",
    msg("Raise or lower the grade of a resource"),
    {"engineer": "all", "steward": "own"},
)
GRADE_RULE = declare_permission(
    "share.grade.rule",
    msg("Change the rule that grades resources"),
    {"director": "all", "engineer": "all"},
)
CLAIM = declare_permission(
    "share.authority.claim",
    msg("Claim to be the authoritative source of an element"),
    {"engineer": "all", "steward": "own"},
)
DECIDE = declare_permission(
    "share.authority.decide",
    msg("Decide which source of an element holds"),
    {"director": "all", "engineer": "all"},
)
