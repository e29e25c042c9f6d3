"""The node's settings over a home folder that goes with the test run."""

import os
import tempfile
from pathlib import Path

_given = os.environ.get("YIWANG_TEST_HOME")
_home = Path(_given) if _given else Path(tempfile.mkdtemp(prefix="yiwang-test-"))
_worker = os.environ.get("PYTEST_XDIST_WORKER")
if _worker and os.environ.get("YIWANG_TEST_HOME_OF") != _worker:
    # Each xdist worker has a database of its own, so to its sweeps the files of another worker
    # would be orphans. The processes that it starts inherit both names and stay in its home.
    _home /= _worker
    _home.mkdir(exist_ok=True)
    os.environ["YIWANG_TEST_HOME_OF"] = _worker
os.environ["YIWANG_HOME"] = str(_home)
os.environ["YIWANG_TEST_HOME"] = str(_home)

from yiwang.site.settings import *  # noqa: E402, F403
from yiwang.site.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and processes of a test meet in it as on a node.
    DATABASES["default"]["TEST"] = {"NAME": str(_home / f"test-{os.getpid()}.sqlite3")}
