"""Fixtures of records. 测试夹具。"""

from __future__ import annotations

import pytest

from .tabled import drop_tables


@pytest.fixture
def drop_entities(transactional_db):
    """For tests with real transactions: the flush knows no tables of declared entities."""
    drop_tables()
    yield
    drop_tables()
