"""Operations of the node itself. 节点接口。"""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from yiwang import __version__
from yiwang.kernel.base.ids import get_node
from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import api_public, api_signed_in

router = Router(tags=["node"])


class NodeOut(Schema):
    """One installation. 节点。"""

    node: str
    version: str


class MeOut(Schema):
    """Who is calling, as the node sees them. 当前行为人。"""

    id: str
    organization: str
    roles: list[str]
    permissions: dict[str, str]


@router.get("/node", response=NodeOut, operation_id="get_node", summary="This node")
@api_public
def read_node(request: HttpRequest) -> dict[str, str]:  # noqa: ARG001
    """Which node answers, and its version. 节点信息。"""
    return {"node": get_node(), "version": __version__}


@router.get("/me", response=MeOut, operation_id="get_me", summary="Who I am")
@api_signed_in
def read_me(request: HttpRequest) -> dict[str, object]:
    """The caller's organization, roles and permissions with their reach. 我的权限。"""
    actor = actor_of(request)
    return {
        "id": actor.id,
        "organization": actor.organization,
        "roles": sorted(actor.roles),
        "permissions": dict(sorted(actor.permissions.items())),
    }
