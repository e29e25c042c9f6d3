"""The node's settings over a home folder that goes with the test run."""

import os
import tempfile
from pathlib import Path

_given = os.environ.get("YIWANG_TEST_HOME")
_home = Path(_given) if _given else Path(tempfile.mkdtemp(prefix="yiwang-test-"))
os.environ["YIWANG_HOME"] = str(_home)
os.environ["YIWANG_TEST_HOME"] = str(_home)  # xdist workers share the home of their parent

from yiwang.site.settings import *  # noqa: E402, F403
from yiwang.site.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and processes of a test meet in it as on a node.
    DATABASES["default"]["TEST"] = {"NAME": str(_home / f"test-{os.getpid()}.sqlite3")}
