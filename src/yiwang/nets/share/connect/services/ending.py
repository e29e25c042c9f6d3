"""How a landing ends without having landed: held, refused, given up. 未汇聚的结局。

Every delivery ends in a state that a person can read. A landing that dies with its worker, is
cancelled or faults is told to the delivery by the job that gave it up; what even that misses is
found by a sweep.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.connect.types import DeliveryState

from .receiving import ref_of

WAITING = (DeliveryState.RECEIVED, DeliveryState.LANDING)
FOREGROUND_AT_MOST = timedelta(hours=6)
GRACE = timedelta(minutes=5)
INTERRUPTED = YiwangError(
    "connect.landing.interrupted", msg("The landing was interrupted before it ended. Land it again")
)
FAULT = YiwangError(
    "connect.landing.fault",
    msg("The landing ended with an unexpected fault. Land it again; tell the bureau if it recurs"),
)


class Overtaken(Exception):
    """Another landing or a person dealt with the delivery meanwhile. 已被处理。"""


def is_open(delivery: Delivery) -> bool:
    """Whether a landing may still change it: it waits, or its last job was given up. 是否待汇聚。"""
    code = (delivery.error or {}).get("code", "")
    return delivery.state in WAITING or (
        delivery.state == DeliveryState.FAILED and code.startswith("jobs.")
    )


def refuse_overtaken(delivery: Delivery) -> None:
    """Raise Overtaken unless the delivery, now locked, still waits for this landing. 防重复汇聚。"""
    if not is_open(Delivery.objects.select_for_update().get(id=delivery.id)):
        raise Overtaken


def fail(actor: Actor, delivery: Delivery, error: YiwangError) -> Delivery:
    """Note why a delivery was refused or held; its bytes stay. 记录失败。"""
    held = isinstance(error, Conflict) and error.code.startswith("connect.held.")
    with ledger.acting(actor, "share.delivery.refuse", on=ref_of(delivery)) as act:
        try:
            refuse_overtaken(delivery)
        except Overtaken:
            delivery.refresh_from_db()
            return delivery
        delivery.state = DeliveryState.HELD if held else DeliveryState.FAILED
        delivery.error = describe_error(error)
        delivery.save(update_fields=["state", "error"])
        act.note(code=error.code)
    return delivery


def fail_preview(actor: Actor, delivery: Delivery, error: YiwangError) -> Delivery:
    """Note that a file cannot be looked at, and why; what a person held is not let go. 预览失败。"""
    with ledger.acting(actor, "share.delivery.refuse", on=ref_of(delivery)) as act:
        delivery.preview = {"state": "refused"}
        delivery.state, delivery.error = DeliveryState.FAILED, describe_error(error)
        delivery.save(update_fields=["preview", "state", "error"])
        act.note(code=error.code)
    return delivery


def give_up_preview(job: jobs.GivenUp) -> None:
    """Say on a delivery that its preview could not be made. 预览任务放弃后登记。"""
    for delivery in Delivery.objects.filter(job=job.job_id, state=DeliveryState.PREVIEW):
        if delivery.preview.get("state") == "waiting":
            fail_preview(SYSTEM, delivery, job.error)


def give_up(job: jobs.GivenUp) -> None:
    """Say on the deliveries of a job that it ended without landing them, and why. 任务放弃后登记。"""
    for delivery in Delivery.objects.filter(job=job.job_id, state__in=WAITING):
        fail(SYSTEM, delivery, job.error)


def sweep_waiting() -> int:
    """Refuse deliveries that nobody lands any more: a killed command, a lost job. 清理滞留报送。

    Gives their number. A landing in the foreground has six hours, one whose job has ended none.
    """
    moment = now()
    waiting = Delivery.objects.filter(state__in=WAITING, received_at__lt=moment - GRACE)
    live = jobs.list_live(waiting.exclude(job="").values_list("job", flat=True))
    lost = [
        one
        for one in waiting
        if (one.job and one.job not in live)
        or (not one.job and one.received_at < moment - FOREGROUND_AT_MOST)
    ]
    for delivery in lost:
        fail(SYSTEM, delivery, INTERRUPTED)
    return len(lost)


def describe_error(error: YiwangError) -> dict[str, Any]:
    """An error as kept with the delivery, translated when shown. 错误记录。"""
    return {
        "code": error.code,
        "message": error.message,
        "detail": error.detail,
        "extra": plain_all(error.extra),
    }


def plain_all(values: Mapping[str, object]) -> dict[str, object]:
    """Values as JSON holds them. 转为 JSON。"""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, list | tuple | set):
        return [_plain(one) for one in value]
    return str(value)
