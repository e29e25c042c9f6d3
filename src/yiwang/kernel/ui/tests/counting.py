"""How many queries a list takes, held on record."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

RECORD = Path(__file__).parents[5] / "tests/architecture/query_counts.json"

# How long a statement may take is said within a savepoint, on PostgreSQL only.
NO_QUERIES = ("SAVEPOINT", "RELEASE SAVEPOINT", "SELECT SET_CONFIG")


def assert_constant_queries(name: str, ask: Callable[[], Any], add_rows: Callable[[], Any]) -> None:
    """Asking takes the recorded number of queries, before and after rows are added, and no count.

    A new name is recorded with `YIWANG_RECORD_QUERIES=1`; the change then shows in review.
    """
    before = count(ask)
    add_rows()
    after = count(ask)

    assert before == after, f"{name}: {before} queries, {after} with more rows"
    known = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    if os.environ.get("YIWANG_RECORD_QUERIES") == "1":
        known[name] = after
        RECORD.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", "utf-8")
    assert known.get(name) == after, f"{name}: {after} queries, on record: {known.get(name)}"


def count(ask: Callable[[], Any]) -> int:
    """The queries of one call, none of which may count rows without a limit."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ask()
    told = [one["sql"].upper() for one in queries]
    told = [sql for sql in told if not sql.startswith(NO_QUERIES)]
    counting = [sql for sql in told if "COUNT(*)" in sql and "LIMIT" not in sql]
    assert counting == []
    return len(told)
