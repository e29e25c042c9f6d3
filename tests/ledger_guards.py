"""Lets tests with real transactions empty tables that nobody may empty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from yiwang.kernel.ledger.services.guards import TABLES


def lift_guards() -> None:
    """Take the ledger's triggers away so that a test database can be emptied."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS ledger_refuse CASCADE")
            return
        for table in TABLES:
            for event in ("update", "delete", "insert") if table in tables else ():
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{event}")


def delete_all(
    self: BaseDatabaseOperations, style: Any, tables: Sequence[str], **options: Any
) -> list[str]:
    """Emptying by TRUNCATE makes a new file of each of two hundred tables; few hold a row."""
    return ["; ".join(f"DELETE FROM {self.quote_name(table)}" for table in tables)]


@pytest.fixture(autouse=True, scope="session")
def flush_past_guards():
    """Tests with real transactions empty the tables; the flush itself puts the guards back."""
    plain = flush.Command.handle

    def handle(self: flush.Command, **options: Any) -> Any:
        lift_guards()
        return plain(self, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", handle)
        if connection.vendor == "postgresql":
            patch.setattr(type(connection.ops), "sql_flush", delete_all)
        yield
