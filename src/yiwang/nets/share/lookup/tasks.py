"""Rows by key are made, renewed and dropped as grants and data come and go. 投影任务。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.text import msg
from yiwang.kernel.events.services import subscribe
from yiwang.kernel.events.types import Event
from yiwang.kernel.jobs.services import JobContext, schedule, task

from . import services
from .services.projecting import TASK


@task(TASK, label=msg("Keep rows ready by their key"), lease_seconds=300)
def project(context: JobContext, *, resource: str) -> dict[str, int]:
    """Make what the grants of a resource need. 建投影。"""
    return {"rows": services.project(resource, context.check)}


@task("lookup.sweep", label=msg("Remove rows by key that no grant needs"), internal=True)
def sweep(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Renew what was missed, drop what ended. 定时清理。"""
    return services.arrange_all()


@subscribe("share.delivery.landed", name="lookup.landed")
@subscribe("share.delivery.withdrawn", name="lookup.withdrawn")
@subscribe("share.delivery.purged", name="lookup.purged")
@subscribe("share.resource.bound", name="lookup.bound")
def follow_data(event: Event) -> None:
    """The resource holds other data now, or masks it otherwise. 数据变更。"""
    resource = str(event.payload.get("resource", ""))
    if resource:
        services.arrange(resource)


@subscribe("share.grant.made", name="lookup.granted")
@subscribe("share.grant.narrowed", name="lookup.narrowed")
@subscribe("share.grant.revoked", name="lookup.revoked")
def follow_grant(event: Event) -> None:
    """Another grant needs rows by key, or needs them no more. 授权变更。"""
    services.arrange_for_grant(str(event.payload["grant"]))


schedule("lookup.sweep", every=timedelta(minutes=5))
