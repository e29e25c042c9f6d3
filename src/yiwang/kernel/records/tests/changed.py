"""An app whose tables change, and many rows for it. 变更测试用应用。"""

from __future__ import annotations

from typing import Any

from django.db import connection

from yiwang.kernel.base.ids import new_id
from yiwang.kernel.records import services
from yiwang.kernel.records.types import Bundle, Entity

APP = "app: demo\ntitle: {zh: 商户管理, en: Shops}\nversion: '1.0'\nowner: D01\n"
GRANTS = """
permissions:
  - roles: [engineer]
    may: [see, create, edit, remove, export, import, history]
    rows: all
"""
SHOP = """
entity: shop
title: {{zh: 商户, en: Shop}}
titled_by: name
{head}
fields:
  name: {{label: {{zh: 名称, en: Name}}}}
{fields}
"""
TEXT = {"size": "{label: {zh: 规模, en: Size}}"}
NUMBER = {"size": "{label: {zh: 规模, en: Size}, kind: number, decimals: 2}"}


def shop_files(
    fields: dict[str, str] | None = None, *, head: str = "", view: str = ""
) -> dict[str, str]:
    """The files of the app, its shop with these fields beside the name."""
    lines = "\n".join(f"  {key}: {text}" for key, text in (fields or {}).items())
    files = {
        "app.yaml": APP,
        "permissions.yaml": GRANTS,
        "entities/shop.yaml": SHOP.format(head=head, fields=lines),
    }
    if view:
        head = "view: shops\nentity: shop\ntitle: {zh: 商户}\nkind: list\ncolumns: [name]\n"
        files["views/shops.yaml"] = head + view
    return files


def get_shop() -> Entity:
    """The shop as it is published now."""
    return services.snapshot().entities["demo.shop"]


def live_version() -> int:
    """The version of the app that holds."""
    bundle: Bundle = services.snapshot().bundles["demo"]
    return bundle.version


def fill_rows(entity: Entity, count: int, **values: Any) -> None:
    """Rows as the writing service puts them; a value may be a function of the number."""
    at = "2026-01-01T00:00:00.000000Z"
    own = ["id", "rev", "org", "owner", "r1", "created_at", "updated_at"]
    columns = [*own, *(entity.fields[key].column for key in values)]
    marks = ", ".join(["%s"] * len(columns))
    rows = [
        [
            new_id(), 1, "B01", "someone", "B01", at, at,
            *(told(number) if callable(told) else told for told in values.values()),
        ]
        for number in range(count)
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {entity.table} ({', '.join(columns)}) VALUES ({marks})", rows
        )


def fill_many(entity: Entity, rows: int, **fields: str) -> None:
    """Many rows, made by the database itself; a field's value is SQL of the number `n`."""
    postgres = connection.vendor == "postgresql"
    number = "lpad(n::text, 26, '0')" if postgres else "printf('%026d', n)"
    at = "'2026-01-01T00:00:00.000000Z'"
    told = {
        "id": f"'local2:' || {number}", "rev": "1", "org": "'S01'", "owner": "'somebody'",
        "r1": "'B01'", "r2": "'Q01'", "r3": "'S01'", "created_at": at, "updated_at": at,
    }  # fmt: skip
    told |= {entity.fields[key].column: text for key, text in fields.items()}
    series = f"generate_series(1, {rows}) AS s(n)"
    if not postgres:
        more = f"SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {rows}"
        series = f"(WITH RECURSIVE c(n) AS ({more}) SELECT n FROM c)"
    listed, values = ", ".join(told), ", ".join(told.values())
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {entity.table} ({listed}) SELECT {values} FROM {series}")


def read_all(entity: Entity, key: str) -> list[Any]:
    """The stored values of a field, in the order in which the rows came."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {entity.fields[key].column} FROM {entity.table} ORDER BY id")
        return [value for (value,) in cursor.fetchall()]


def list_triggers() -> set[str]:
    """The triggers on tables of declared entities."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {name for (name,) in cursor.fetchall() if name.startswith("t_r_")}
