"""Settings of a second process of a test: the database and home of the test that started it."""

import json
import os

from yiwang.site.settings import *  # noqa: F403
from yiwang.site.settings import DATABASES, INSTALLED_APPS

DATABASES["default"] |= json.loads(os.environ["YIWANG_TEST_DATABASE"])
INSTALLED_APPS = [*INSTALLED_APPS, "tests.samples"]
