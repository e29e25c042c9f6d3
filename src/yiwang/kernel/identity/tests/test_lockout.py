"""The lock-out holds across processes and against tries at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from django.db import connection

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import NotAuthenticated, TooMany
from yiwang.kernel.identity import services

from .conftest import PASSWORD

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

ANOTHER_PROCESS = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.identity import services
for _ in range(3):
    try:
        services.sign_in(name="zhang.san", password="wrong")
    except YiwangError as error:
        print(error.code)
"""


def make_person() -> None:
    services.create_account(SYSTEM, name="zhang.san", password=PASSWORD, must_change_password=False)


def fail_elsewhere() -> list[str]:
    """Three failures in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS, str(connection.settings_dict["NAME"])],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return done.stdout.split()


def test_failures_in_two_processes_add_up():
    make_person()

    first, second = fail_elsewhere(), fail_elsewhere()

    assert first == ["identity.sign_in.wrong"] * 3
    assert second == [*["identity.sign_in.wrong"] * 2, "identity.sign_in.locked"]
    with pytest.raises(TooMany):
        services.sign_in(name="zhang.san", password=PASSWORD)


def test_many_tries_at_once_get_no_more_looks_than_the_rule_allows():
    make_person()
    start, looked, locked = threading.Barrier(12), [], []

    def try_once() -> None:
        start.wait()
        try:
            services.sign_in(name="zhang.san", password="wrong")
        except NotAuthenticated as error:
            looked.append(error)
        except TooMany as error:
            locked.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_once) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(looked), len(locked)) == (5, 7)
