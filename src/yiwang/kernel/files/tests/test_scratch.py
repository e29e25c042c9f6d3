"""Plain copies: private, gone when done, and gone after a crash."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from yiwang.kernel.files import services as files


@pytest.fixture
def root(settings, tmp_path):
    settings.YIWANG_HOME = tmp_path
    return tmp_path / "tmp"


def grow_old(path, seconds=3600):
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_a_scratch_folder_is_private_and_goes(root):
    with files.scratch("test") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(root.stat().st_mode) & 0o077 == 0

    assert list(root.iterdir()) == []


def test_a_folder_in_use_is_spared_however_old(root):
    with files.scratch("test") as folder:
        grow_old(folder)
        assert files.sweep_scratch() == 0
        assert folder.exists()


HOLDER = """
import sys, time
from django.conf import settings
settings.configure(YIWANG_HOME=sys.argv[1])
from yiwang.kernel.files.services.scratch import scratch
with scratch("killed") as folder:
    (folder / "plain").write_text("personal")
    print(folder, flush=True)
    time.sleep(60)
"""


def test_what_a_killed_process_left_is_removed(root):
    code = HOLDER.replace("from yiwang.kernel.files.services.scratch", "from scratch")
    where = os.path.dirname(files.scratch.__wrapped__.__code__.co_filename)
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(root.parent)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": where},
    )
    folder = root / os.path.basename(holder.stdout.readline().strip())
    grow_old(folder)
    assert files.sweep_scratch() == 0
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()

    assert files.sweep_scratch() == 1
    assert not folder.exists()


def test_a_link_is_never_followed(root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    files.scratch_root()
    (root / "landing-link").symlink_to(outside)

    files.sweep_scratch()

    assert (outside / "kept").exists()
