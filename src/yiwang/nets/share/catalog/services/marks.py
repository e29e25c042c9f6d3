"""A number that rises whenever the items of a resource change, whoever changes them. 信息项变更标记。

What is worked out from items (masks, above all) may be kept as long as the number stays. Triggers
count, so that no way to write an item goes round it; they are installed after every `migrate`, for
a migration that rebuilds the table drops them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from yiwang.nets.share.catalog.models import Item, ItemMark

EVENTS = ("INSERT", "UPDATE", "DELETE")
FUNCTION = "catalog_mark_items"


def item_marks(resource: Any) -> QuerySet[ItemMark, Any]:
    """The number of a resource as a subquery; `resource` may be an outer reference. 标记子查询。"""
    return ItemMark.objects.filter(pk=resource).values("number")[:1]


def install_marks(**_: Any) -> None:
    """Create the triggers anew. 安装触发器。"""
    if Item._meta.db_table not in connection.introspection.table_names():
        return
    if ItemMark._meta.db_table not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in _postgres() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)


def _count(resource: str) -> str:
    table = ItemMark._meta.db_table
    return (
        f"INSERT INTO {table} (resource, number) VALUES ({resource}, 1)"  # noqa: S608
        f" ON CONFLICT (resource) DO UPDATE SET number = {table}.number + 1"
    )


def _sqlite() -> Iterator[str]:
    table = Item._meta.db_table
    for event in EVENTS:
        row = "OLD" if event == "DELETE" else "NEW"
        yield f"DROP TRIGGER IF EXISTS {table}_mark_{event.lower()}"
        yield (
            f"CREATE TRIGGER {table}_mark_{event.lower()} AFTER {event} ON {table}"
            f" BEGIN {_count(f'{row}.resource_id')}; END"
        )


def _postgres() -> Iterator[str]:
    table = Item._meta.db_table
    yield (
        f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $body$BEGIN"
        f" {_count('COALESCE(NEW.resource_id, OLD.resource_id)')}; RETURN NULL; END$body$"
    )
    yield f"DROP TRIGGER IF EXISTS {table}_mark ON {table}"
    yield (
        f"CREATE TRIGGER {table}_mark AFTER INSERT OR UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()"
    )
