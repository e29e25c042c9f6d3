"""What was sent in and never confirmed is not kept for ever. 过期预览清除。"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import now
from yiwang.kernel.files import services as files
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.connect.types import DeliveryState

from .receiving import ref_of

REASON = "never confirmed"
DONE_WITH = (DeliveryState.WITHDRAWN, DeliveryState.PURGED, DeliveryState.PREVIEW)


def expire_previews() -> int:
    """Destroy the files that waited too long for a word; gives the number of deliveries. 清除过期预览。

    `YIWANG_PREVIEW_DAYS` (14 unless set) is how long. A file of which a table has landed, or is
    held, stays: only the table that waited is let go.
    """
    before = now() - timedelta(days=settings.YIWANG_PREVIEW_DAYS)
    old = Delivery.objects.filter(state=DeliveryState.PREVIEW, received_at__lt=before)
    return sum(_expire(one) for one in old.order_by("id"))


def _expire(old: Delivery) -> bool:
    with ledger.acting(SYSTEM, "share.delivery.expire", on=ref_of(old), reason=REASON) as act:
        delivery = Delivery.objects.select_for_update().get(id=old.id)
        if delivery.state != DeliveryState.PREVIEW:
            return False
        others = Delivery.objects.filter(file=delivery.file).exclude(id=delivery.id)
        _forget_picture(delivery)
        delivery.state, delivery.reason = DeliveryState.PURGED, REASON
        delivery.save(update_fields=["state", "reason", "preview"])
        if not others.exclude(state__in=DONE_WITH).exists() and not others.filter(
            state=DeliveryState.PREVIEW
        ):
            files.destroy_key(act, delivery.file_key)
            act.note(sha256=delivery.sha256)
    return True


def _forget_picture(delivery: Delivery) -> None:
    stored = delivery.preview.get("file", "")
    if stored and files.get_files([stored]):
        files.remove_file(stored)
    delivery.preview = {}
