"""SQLite to PostgreSQL. 迁移到 PostgreSQL。

Every table of every model is copied as logical rows through Django, so that times, JSON and bytes
arrive as what they mean; then counts and digests of both sides are compared. Only when all are
equal does yiwang.toml name the new database. The source is only read. Files and pool stay where
they are.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, connections, transaction
from django.db.models import Field, Model

from yiwang.kernel.base.errors import Conflict, InvalidInput, Unavailable
from yiwang.site.databases import describe_postgres
from yiwang.site.home import Home

from .snapshot import is_record_table
from .toml import write_setting

TARGET = "target"
BATCH = 2000


@dataclass(frozen=True, slots=True)
class TableMove:
    """One table on both sides. 单表迁移结果。"""

    table: str
    rows: int
    digest: str


def move(home: Home, url: str) -> list[TableMove]:
    """Copy the node's database to an empty PostgreSQL database and switch to it. 迁移数据库。

    InvalidInput for an address that is none, Conflict when the node is on PostgreSQL already or the
    target holds tables, Unavailable when the two sides differ (nothing is switched then).
    """
    check_source()
    with open_target(url):
        check_target()
        prepare_target(url)
        models = list_models()
        copy_models(models)
        # Migrating again puts back the ledger's guards, which the copy had to lift.
        prepare_target(url)
        found = [compare_model(model) for model in models]
        found += move_records(url)
    write_setting(home.path / "yiwang.toml", "database", url)
    return found


def check_source() -> None:
    """Only an SQLite node moves. 检查来源。"""
    if connection.vendor != "sqlite":
        raise Conflict("node.move.already", "The node is on PostgreSQL already")


@contextmanager
def open_target(url: str) -> Iterator[None]:
    """The target as a second connection of this process. 打开目标库。"""
    try:
        described = describe_postgres(url)
    except ValueError:
        raise InvalidInput(
            "node.move.address", "The address must look like postgresql://user@host:5432/name"
        ) from None
    defaults = {**connections.databases["default"], "OPTIONS": {}, "TEST": {}}
    connections.databases[TARGET] = {**defaults, **described}
    try:
        yield
    finally:
        if hasattr(connections, TARGET):
            connections[TARGET].close()
            del connections[TARGET]
        del connections.databases[TARGET]


def check_target() -> None:
    """The target answers and holds no tables. 检查目标库为空。"""
    with connections[TARGET].cursor() as cursor:
        tables = connections[TARGET].introspection.get_table_list(cursor)
    if tables:
        raise Conflict(
            "node.move.not_empty",
            "The target holds %(count)s tables; name an empty database",
            count=len(tables),
        )


def move_records(url: str) -> list[TableMove]:
    """The tables of declared entities: made by their metadata, filled, compared. 迁移业务对象表。"""
    tables = list_record_tables()
    if not tables:
        return []
    prepare_target(url, "records")
    with transaction.atomic(using=TARGET), connections[TARGET].cursor() as cursor:
        for table, columns in tables.items():
            listed = ", ".join(columns)
            with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                for row in read_table("default", table, columns):
                    copy.write_row(row)
    prepare_target(url, "links")
    return [compare_table(table, columns) for table, columns in tables.items()]


def list_record_tables() -> dict[str, list[str]]:
    """The record tables of the source, each with its columns. 业务对象表清单。"""
    with connection.cursor() as cursor:
        names = sorted(
            one.name
            for one in connection.introspection.get_table_list(cursor)
            if is_record_table(one.name)
        )
        return {
            name: [one.name for one in connection.introspection.get_table_description(cursor, name)]
            for name in names
        }


def read_table(alias: str, table: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a record table. 读取行。"""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608 - our own names
        while rows := cursor.fetchmany(BATCH):
            yield from rows


def compare_table(table: str, columns: list[str]) -> TableMove:
    """Count and digest of a record table on both sides; Unavailable unless they are equal. 比对单表。"""
    here, there = (digest(read_table(alias, table, columns)) for alias in ("default", TARGET))
    require_equal(table, here, there)
    return TableMove(table, *here)


def prepare_target(url: str, part: str = "") -> None:
    """Migrate the target, in a process whose settings name it; or make record tables. 目标库建表。"""
    done = subprocess.run(
        [sys.executable, "-m", "yiwang.site.care.migrating", *([part] if part else [])],
        env={**os.environ, "YIWANG_DATABASE": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise Unavailable(
            "node.move.target_failed",
            "The target could not be prepared: %(why)s",
            why=lines[-1] if lines else done.returncode,
        )


def list_models() -> list[type[Model]]:
    """The models that have a table of their own, those pointed at first. 按依赖排序的模型。"""
    found: dict[type[Model], None] = {}

    def visit(model: type[Model], path: tuple[type[Model], ...] = ()) -> None:
        if model in found or model in path:
            return
        for field in model._meta.concrete_fields:
            if field.remote_field and isinstance(field.related_model, type):
                visit(field.related_model, (*path, model))
        found[model] = None

    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            visit(model)
    return list(found)


def copy_models(models: list[type[Model]]) -> None:
    """Copy every row in one transaction; what migrations seeded in the target goes first. 复制全部行。"""
    from django.core.management.color import no_style

    target = connections[TARGET]
    with transaction.atomic(using=TARGET), target.cursor() as cursor:
        names = [target.ops.quote_name(model._meta.db_table) for model in models]
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(names)}")
        for model in models:
            copy_rows(cursor, model)
        for statement in target.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def copy_rows(cursor: Any, model: type[Model]) -> None:
    """Copy the rows of one model. 复制单表。"""
    target = connections[TARGET]
    fields = list_fields(model)
    listed = ", ".join(target.ops.quote_name(str(field.column)) for field in fields)
    table = target.ops.quote_name(model._meta.db_table)
    with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
        for row in read_rows(model, "default"):
            copy.write_row([
                field.get_db_prep_save(value, connection=target)
                for field, value in zip(fields, row, strict=True)
            ])  # fmt: skip


def compare_model(model: type[Model]) -> TableMove:
    """Count and digest of a table on both sides; Unavailable unless they are equal. 比对单表。"""
    here, there = (digest(read_rows(model, alias)) for alias in ("default", TARGET))
    require_equal(model._meta.db_table, here, there)
    return TableMove(model._meta.db_table, *here)


def require_equal(table: str, here: tuple[int, str], there: tuple[int, str]) -> None:
    """Raise Unavailable where the two sides of a table differ. 要求两侧一致。"""
    if here != there:
        raise Unavailable(
            "node.move.differs",
            "The table %(table)s differs after the copy (%(here)s rows here, %(there)s there); "
            "the node stays on SQLite",
            table=table,
            here=here[0],
            there=there[0],
        )


def digest(rows: Iterable[tuple[Any, ...]]) -> tuple[int, str]:
    """Number of rows and a digest that does not depend on their order. 行数与摘要。

    The sum of the rows' sha256, because two databases sort texts differently.
    """
    count = total = 0
    for row in rows:
        line = json.dumps([_plain(value) for value in row], ensure_ascii=False, sort_keys=True)
        total += int.from_bytes(hashlib.sha256(line.encode()).digest())
        count += 1
    return count, f"{total % 2**256:064x}"


def read_rows(model: type[Model], alias: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a model as Python values. 读取行。"""
    names = [field.attname for field in list_fields(model)]
    rows = model._base_manager.using(alias).order_by().values_list(*names)
    return iter(rows.iterator(chunk_size=BATCH))


def list_fields(model: type[Model]) -> list[Field[Any, Any]]:
    """The fields that hold data, generated ones left out. 数据字段。"""
    return [field for field in model._meta.concrete_fields if not field.generated]


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case Decimal():
            return format(value.normalize(), "f")
        case None | bool() | int() | float() | str() | list() | dict():
            return value
    return str(value)
