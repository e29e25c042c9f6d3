"""An evidence log of its own for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from yiwang.kernel.evidence.services import freshness, recording


@pytest.fixture(autouse=True)
def own_evidence_log() -> Iterator[None]:
    """Files of one test's log are not those of another's, nor is what the process remembers."""
    folder = Path(settings.YIWANG_HOME) / "evidence"
    recording._woken_at = -recording.EVERY
    freshness.forget()
    yield
    if folder.exists():
        shutil.rmtree(folder)
