"""Workers as real processes, which end with the test."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.samples.processes import start_worker


@pytest.fixture
def workers() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start one more each time it is called."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(start_worker())
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
