"""Real processes that meet in the test's database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).parents[2]


def start_process(code: str, **environment: str) -> subprocess.Popen[bytes]:
    """Run Python code after `django.setup()` in a process of its own."""
    database = {
        name: str(value)
        for name, value in connection.settings_dict.items()
        if name in ("NAME", "USER", "HOST", "PORT", "PASSWORD", "ENGINE")
    }
    return subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "tests.process_settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "YIWANG_HOME": str(settings.YIWANG_HOME),
            "YIWANG_TEST_DATABASE": json.dumps(database),
        }
        | environment,
        start_new_session=True,
    )


WORKER = """
import signal, threading
from yiwang.kernel.jobs.services import run_worker
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
run_worker(stop)
"""


def start_worker() -> subprocess.Popen[bytes]:
    """A worker as a node runs it."""
    return start_process(WORKER)


def kill_wholly(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker together with the process its tasks run in, which else may finish its line."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    children = [int(one) for one in listed.read_text().split()] if listed.exists() else []
    process.kill()
    process.wait()
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(_lives(pid) for pid in children))


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # An orphan that nobody has buried yet is dead all the same.


def wait_until(seen: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait for something to become true, or fail."""
    ends_at = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < ends_at, "waited in vain"
        time.sleep(0.05)
