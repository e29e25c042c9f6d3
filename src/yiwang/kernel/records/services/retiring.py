"""Taking what an app declares out of use; its records stay. 停用声明。"""

from __future__ import annotations

from yiwang.kernel.base.act import Act
from yiwang.kernel.records.models import EntityTable, LiveBundle
from yiwang.kernel.records.types import ENTITY_SINKS, Bundle, Published

from .permissions import PUBLISH
from .plans.statements import Condition, count_rows
from .snapshot import raise_epoch, snapshot

MOST = 1_000_000


def retire_bundle(act: Act, app: str) -> None:
    """No entity, form or view of the app is there any more; tables and history stay. 停用声明。

    Published again, the records are back. Holders of `records.publish`, within an act.
    """
    act.actor.require(PUBLISH)
    before = snapshot().bundles.get(app)
    if before is None:
        return
    LiveBundle.objects.filter(app=app).delete()
    EntityTable.objects.filter(app=app, retired_at=None).update(retired_at=act.at)
    empty = Bundle(app, before.title, before.owner, {}, version=before.version)
    for sink in ENTITY_SINKS.values():
        sink(act, Published(empty, before, tuple(before.entities.values())))
    raise_epoch()


def count_app_rows(app: str, most: int = MOST) -> int:
    """How many records an app has, counted to a limit. 应用记录数。"""
    bundle = snapshot().bundles.get(app)
    found = bundle.entities.values() if bundle else ()
    return sum(count_rows(entity, Condition(), most) for entity in found)
