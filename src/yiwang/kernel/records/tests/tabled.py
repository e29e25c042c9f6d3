"""Small declarations for tests of tables, written as dataclasses. 测试声明。"""

from __future__ import annotations

import re
from typing import Any

from django.db import connection

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.records.services import tables
from yiwang.kernel.records.types import Bundle, Entity, Field, View


def make_field(key: str, kind: str = "text", **more: Any) -> Field:
    return Field(key, {"zh": f"字段{key}", "en": key}, kind, **more)  # type: ignore[arg-type]


def make_entity(code: str, *fields: Field, **more: Any) -> Entity:
    return Entity(
        f"demo.{code}", {"zh": code}, {one.key: one for one in fields}, fields[0].key, **more
    )


def make_view(code: str, entity: str, **more: Any) -> View:
    return View(f"demo.{code}", f"demo.{entity}", {"zh": code}, **more)


def make_bundle(*entities: Entity, views: tuple[View, ...] = (), **more: Any) -> Bundle:
    return Bundle(
        "demo",
        {"zh": "示例"},
        "B01",
        {one.code: one for one in entities},
        views={one.code: one for one in views},
        **more,
    )


def lay(bundle: Bundle, before: Bundle | None = None) -> Bundle:
    """Lay out within an act of its own, as a publishing does."""
    with acting(SYSTEM, "records.test", on=Ref("records.app", bundle.app)) as act:
        return tables.lay_out(act, bundle, before)


def add_row(entity: Entity, pk: str, **values: Any) -> None:
    """A row as the writing service puts it, values in their stored form."""
    own = {
        "id": pk, "rev": 1, "org": "B01", "owner": "someone", "r1": "B01",
        "created_at": "2026-01-01T00:00:00.000000Z", "updated_at": "2026-01-01T00:00:00.000000Z",
    }  # fmt: skip
    row = own | {entity.fields[key].column: value for key, value in values.items()}
    marks = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {entity.table} ({', '.join(row)}) VALUES ({marks})", list(row.values())
        )


def read_column(entity: Entity, key: str) -> dict[str, Any]:
    """The stored values of a field by record."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {entity.fields[key].column} FROM {entity.table}")
        return dict(cursor.fetchall())


def drop_tables() -> None:
    """Take away every table of declared entities, whatever the metadata says."""
    known = connection.introspection.table_names()
    names = [name for name in known if re.fullmatch(r"r_\d+(_\w)?", name)]
    if not names:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TABLE {', '.join(names)} CASCADE")
            return
        cursor.execute("PRAGMA foreign_keys = OFF")
        for name in names:
            cursor.execute(f"DROP TABLE {name}")
        cursor.execute("PRAGMA foreign_keys = ON")
