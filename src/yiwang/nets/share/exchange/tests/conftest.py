from __future__ import annotations

import pytest

from .town import make_town


@pytest.fixture
def town(db):
    return make_town()
