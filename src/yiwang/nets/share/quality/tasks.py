"""Checks, notices and returns as background work. 质量检查与整改任务。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.text import msg
from yiwang.kernel.events.services import subscribe
from yiwang.kernel.events.types import Event
from yiwang.kernel.jobs.services import JobContext, schedule, task
from yiwang.kernel.jobs.types import GivenUp

from . import services
from .services import casework, notices, returning


def give_up(gone: GivenUp) -> None:
    """Note on the run why it will not be made. 记录未执行原因。"""
    services.fail_run(str(gone.args["run_id"]), gone.error)


@task(services.TASK, label=msg("Check data quality"), lease_seconds=300, given_up=give_up)
def check(context: JobContext, *, run_id: str) -> None:
    """Do the work of a registered run. 执行检查。"""
    services.perform_run(
        context.actor,
        run_id,
        progress=context.progress,
        stopping=lambda: context.stopping,
    )


@subscribe("share.delivery.landed", name="quality.landed")
def check_landed(event: Event) -> None:
    """Check what has just landed. 到数即查。"""
    services.check_after_landing(str(event.payload["resource"]))


@subscribe("share.delivery.withdrawn", name="quality.withdrawn")
def check_withdrawn(event: Event) -> None:
    """Check what counts again after a withdrawal. 撤回后检查。"""
    services.check_after_landing(str(event.payload["resource"]))


@subscribe("share.resource.bound", name="quality.bound")
@subscribe("share.quality.ruled", name="quality.ruled")
def check_ruled(event: Event) -> None:
    """Check under what was confirmed or declared: a score follows by itself. 规则变更即查。"""
    services.check_after_ruling(str(event.payload["resource"]))


@subscribe("share.delivery.purged", name="quality.forget")
def forget(event: Event) -> None:
    """What should never have come goes from the lists of failing rows too. 清除问题明细。"""
    version = str(event.payload.get("pool_version", ""))
    if version:
        services.forget_version(version)


@subscribe("share.quality.checked", name="quality.follow")
def follow(event: Event) -> None:
    """Bring groups and notices to where a finished run leaves them. 更新问题组。"""
    services.refresh_groups(str(event.payload["run"]))


@task(
    notices.TASK,
    label=msg("Send rectification notices"),
    lease_seconds=300,
    given_up=casework.give_up_sending,
)
def send(context: JobContext, *, notices: list[str]) -> dict[str, int]:
    """Write and send notices one after another. 下发整改单。"""
    sent = services.send_all(context.actor, notices, progress=context.progress, check=context.check)
    return {"sent": sent}


@task(
    returning.TASK,
    label=msg("Take in a corrected workbook"),
    lease_seconds=300,
    given_up=returning.give_up,
)
def take_return(context: JobContext, *, return_id: str) -> dict[str, str]:
    """Judge, land, recheck and close one return. 处理回执。"""
    done = services.process_return(context.actor, return_id, progress=context.progress)
    return {"state": done.state}


@task("quality.sweep", label=msg("Go on with returns left behind"), quick=True, internal=True)
def sweep(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Take up returns that nobody works on any more. 续办滞留回执。"""
    return {"taken_up": services.sweep_returns()}


@subscribe("share.delivery.purged", name="quality.destroy_workbooks")
def destroy_workbooks(event: Event) -> None:
    """What should never have come goes from the workbooks too. 清除整改单文件。"""
    services.forget_version_in_workbooks(str(event.payload.get("pool_version", "")))


schedule("quality.sweep", every=timedelta(minutes=10))
