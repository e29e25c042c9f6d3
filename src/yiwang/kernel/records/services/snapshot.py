"""What is declared now, the same for every process. 声明快照。

One row, the epoch, is read at the start of every request; only when it changed are the
declarations read anew. So a permission that was taken away is gone at once, in every process.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from yiwang.kernel.base.clock import now
from yiwang.kernel.query.types import Schema
from yiwang.kernel.records.models import Epoch, LiveBundle
from yiwang.kernel.records.types import Bundle, Dashboard, Entity, Form, Grant, View

from .declaring import build_bundle
from .filterable import schema_of_fields
from .tables import indexed_fields, load_layout


@dataclass(frozen=True)
class Snapshot:
    """All published declarations, never changed. 声明快照。 `memo` keeps what follows from them."""

    epoch: int
    bundles: Mapping[str, Bundle]
    entities: Mapping[str, Entity]
    forms: Mapping[str, Form]
    views: Mapping[str, View]
    dashboards: Mapping[str, Dashboard]
    grants: Mapping[str, tuple[Grant, ...]]
    memo: dict[Any, Any] = field(default_factory=dict, compare=False)

    def schema(self, entity: Entity) -> Schema:
        """The fields that filters over an entity may name. 可筛选字段。"""
        key = ("schema", entity.code)
        if key not in self.memo:
            self.memo[key] = schema_of_fields(entity)
        found: Schema = self.memo[key]
        return found

    def indexed(self, entity: Entity) -> frozenset[str]:
        """The fields that lists may narrow and order by: those with an index. 有索引字段。"""
        key = ("indexed", entity.code)
        if key not in self.memo:
            fields = indexed_fields(self.bundles[entity.app], entity)
            self.memo[key] = fields | {"_id", "_owner", "_updated_at"}
        found: frozenset[str] = self.memo[key]
        return found


_EMPTY = Snapshot(0, {}, {}, {}, {}, {}, {})
_last = _EMPTY


def snapshot() -> Snapshot:
    """The declarations that hold now. 现行声明。"""
    global _last
    found, epoch = _last, read_epoch()
    while found.epoch != epoch:
        found = _load(epoch)
        # A publishing in between would have left declarations of one version, columns of the next.
        epoch = read_epoch()
    _last = found
    return found


def read_epoch() -> int:
    """The number of the newest publishing; 0 before the first. 读取纪元。"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM records_epoch WHERE id = 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def raise_epoch() -> int:
    """Make every process read the declarations anew, once this transaction holds. 推进纪元。

    It is a moment, not a count: a number that was rolled back never comes again.
    """
    held = Epoch.objects.select_for_update().filter(id=1).first()
    number = max(int(now().timestamp() * 1e6), _random_floor(), (held.number if held else 0) + 1)
    Epoch.objects.update_or_create(id=1, defaults={"number": number})
    return number


def _random_floor() -> int:
    """The machine's own clock, whatever time a test or a replay has set."""
    return time.time_ns() // 1000


def _load(epoch: int) -> Snapshot:
    if not epoch:
        return _EMPTY
    rows = LiveBundle.objects.select_related("version").order_by("app")
    bundles = {row.app: read_stored(row.version.files, row.version.version) for row in rows}
    return Snapshot(
        epoch,
        bundles,
        entities={
            code: one for bundle in bundles.values() for code, one in bundle.entities.items()
        },
        forms={code: one for bundle in bundles.values() for code, one in bundle.forms.items()},
        views={code: one for bundle in bundles.values() for code, one in bundle.views.items()},
        dashboards={
            code: one for bundle in bundles.values() for code, one in bundle.dashboards.items()
        },
        grants={code: one for bundle in bundles.values() for code, one in bundle.grants.items()},
    )


def read_stored(files: str, version: int) -> Bundle:
    """A published version with the names of its tables and columns. 读取已发布声明。"""
    return load_layout(build_bundle(json.loads(files), version=version))
