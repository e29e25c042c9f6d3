"""What may be done with entities in the catalogue. 业务对象资源权限。"""

from __future__ import annotations

from dataclasses import replace

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg
from yiwang.nets.share.connect.services.permissions import LAND

SEE = declare_permission(
    "share.entity.read",
    msg("See which entities are resources, and their snapshots"),
    {"director": "all", "engineer": "all", "steward": "own", "viewer": "own"},
)
LAY = declare_permission(
    "share.entity.snapshot",
    msg("Lay down the rows of an entity as a version"),
    {"engineer": "all", "steward": "own"},
)
NODE = replace(SYSTEM, permissions={LAND: "all"})
"""The node itself where it lands snapshots: whoever asked for one holds `share.entity.snapshot`. 本节点。"""
