"""What is declared now, with the names of its tables and columns. 读取布局。"""

from __future__ import annotations

import json
from dataclasses import replace

from yiwang.kernel.records.models import EntityTable, FieldColumn, LiveBundle
from yiwang.kernel.records.services.declaring import build_bundle
from yiwang.kernel.records.types import Bundle, Entity

from .decisions import name_columns


def load_layout(bundle: Bundle) -> Bundle:
    """The bundle, as it was published, with the names of its tables and columns; one query. 读取布局。"""
    rows = FieldColumn.objects.filter(entity__app=bundle.app, state=FieldColumn.LIVE)
    found: dict[str, dict[str, str]] = {}
    numbers: dict[str, int] = {}
    for pk, key, entity, code in rows.values_list("pk", "key", "entity", "entity__code"):
        found.setdefault(code, {})[key] = f"f{pk}"
        numbers[code] = entity
    entities = {
        code: name_columns(one, numbers.get(code, 0), found.get(code, {}))
        for code, one in bundle.entities.items()
    }
    return replace(bundle, entities=entities)


def load_entity(table: EntityTable) -> Entity | None:
    """The entity of a table as it is declared now, or None where it is retired. 现行业务对象。"""
    bundle = load_live(table.app)
    return load_layout(bundle).entities.get(table.code) if bundle else None


def load_live(app: str) -> Bundle | None:
    """What an app declares now, without physical names. 现行声明。"""
    row = LiveBundle.objects.select_related("version").filter(app=app).first()
    return build_bundle(json.loads(row.version.files), version=row.version.version) if row else None
