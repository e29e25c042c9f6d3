"""Following what happens in the modules below. 血缘跟踪。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.text import msg
from yiwang.kernel.events.services import subscribe
from yiwang.kernel.events.types import Event
from yiwang.kernel.jobs.services import JobContext, schedule, task

from . import services


@subscribe("share.delivery.landed", name="lineage.landed")
@subscribe("share.delivery.withdrawn", name="lineage.withdrawn")
@subscribe("share.delivery.purged", name="lineage.purged")
def follow_delivery(event: Event) -> None:
    """Where the columns of a resource come from now. 汇聚血缘。"""
    resource = str(event.payload.get("resource", ""))
    if resource:
        services.follow_resource(resource)


@subscribe("share.grant.made", name="lineage.granted")
@subscribe("share.grant.narrowed", name="lineage.narrowed")
@subscribe("share.grant.revoked", name="lineage.revoked")
def follow_grant(event: Event) -> None:
    """What a grant allows now. 授权血缘。"""
    services.follow_grant(str(event.payload["grant"]))


@subscribe("share.resource.bound", name="lineage.bound")
@subscribe("share.resource.judged", name="lineage.judged")
def follow_masks(event: Event) -> None:
    """What the grants of a resource mask now. 脱敏变更。"""
    services.keep_grants_of(str(event.payload["resource"]))


@subscribe("share.comparison.done", name="lineage.compared")
def follow_comparison(event: Event) -> None:
    """What a comparison reads. 比对血缘。"""
    services.follow_comparison(str(event.payload["comparison"]))


@task("lineage.sweep", label=msg("Note what was handed out"), quick=True, internal=True)
def sweep(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Tell of what was handed out since the last time. 补记交付血缘。"""
    return {"told": services.sweep_handed()}


@task("lineage.forget", label=msg("Remove lineage of long ago"), internal=True)
def forget(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Remove edges, runs and events that ended long ago. 清理历史血缘。"""
    return services.forget_old()


schedule("lineage.sweep", every=timedelta(minutes=1))
schedule("lineage.forget", every=timedelta(days=1))
