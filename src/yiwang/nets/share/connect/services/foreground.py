"""Landing while the caller waits: the command line. 前台汇聚。"""

from __future__ import annotations

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import YiwangError
from yiwang.nets.share.connect.models import Delivery

from .ending import FAULT, INTERRUPTED, WAITING, fail
from .landing import land_delivery


def land_here(actor: Actor, delivery_id: str) -> list[Delivery]:
    """Land a delivery now; whatever ends it, the delivery says so. 立即汇聚。"""
    try:
        return land_delivery(actor, delivery_id)
    except YiwangError as error:
        _abandon(actor, delivery_id, error)
        raise
    except Exception:
        _abandon(actor, delivery_id, FAULT)
        raise
    except BaseException:
        _abandon(actor, delivery_id, INTERRUPTED)
        raise


def _abandon(actor: Actor, delivery_id: str, error: YiwangError) -> None:
    first = Delivery.objects.get(id=delivery_id)
    for one in Delivery.objects.filter(file=first.file, state__in=WAITING):
        fail(actor, one, error)
