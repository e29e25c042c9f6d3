"""One locked environment per third-party client: their pins clash with each other and with ours.

An environment is made once per machine from its `requirements.txt`, under the user's cache folder.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def python_of(name: str) -> Path:
    """The interpreter of a client's environment; skips where it cannot be installed."""
    wanted = HERE / name / "requirements.txt"
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = (
        cache / "yiwang-conformance" / f"{name}-{digest}-{sys.version_info[0]}{sys.version_info[1]}"
    )
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "-q", "--no-deps", "-r", wanted]
        done = subprocess.run(install, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            _give_up(f"{name} cannot be installed: {done.stderr[-300:]}")
        (folder / "ready").touch()
    return python


def run_client(name: str, script: str, *arguments: str | Path, stdin: str = "") -> str:
    """What a script of `tests/conformance/<name>` prints, run by the client's own interpreter."""
    command = [python_of(name), HERE / name / script, *arguments]
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _give_up(why: str) -> None:
    if os.environ.get("YIWANG_REQUIRE_ALL") == "1":
        pytest.fail(why)
    pytest.skip(why)
