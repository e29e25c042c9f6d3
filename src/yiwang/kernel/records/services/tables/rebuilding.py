"""The tables of a node's entities made anew in an empty database, for restoring and moving. 重建表。

Rows are put in between `make_empty` and `finish`: links and indexes come after them, so that rows
may come in any order, and quickly.
"""

from __future__ import annotations

from dataclasses import replace

from yiwang.kernel.records.models import EntityTable, FieldColumn
from yiwang.kernel.records.services.snapshot import snapshot
from yiwang.kernel.records.services.words import make_words

from .changes import cancel_changes, list_open_changes
from .columns import describe, name_column, name_table, read_indexes
from .indexes import list_indexes
from .running import run
from .statements import Column, add_link, create_index, create_table


def make_empty() -> None:
    """Every table that the metadata names, without links and indexes. 建空表。"""
    for table in EntityTable.objects.order_by("pk"):
        columns = [_column(row) for row in _columns(table)]
        for statement in create_table(name_table(table), columns):
            run(statement)
        # An entity that is searched no longer may still have one.
        make_words(name_table(table))


def finish() -> None:
    """The links between the tables and their indexes. 补链接与索引。

    Columns that were being filled came without their triggers: such versions are to be published
    again.
    """
    cancel_changes(list(list_open_changes()))
    for table in EntityTable.objects.order_by("pk"):
        for row in _columns(table):
            if row.target is not None:
                run(add_link(name_table(table), name_column(row), name_table(row.target)))
    for bundle in snapshot().bundles.values():
        for entity in bundle.entities.values():
            standing = read_indexes(entity.table)
            for index in list_indexes(bundle, entity):
                if index.name not in standing:
                    run(create_index(index))


def _columns(table: EntityTable) -> list[FieldColumn]:
    return list(FieldColumn.objects.filter(entity=table).select_related("target").order_by("pk"))


def _column(row: FieldColumn) -> Column:
    """The column alone; its link is added when all rows are there."""
    return replace(describe(row), target="")
