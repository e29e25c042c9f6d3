"""What is installed is pinned, and nothing names a place."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = [
    line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]  # fmt: skip


def plain(name):
    return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>; ]", name)[0]).lower()


def direct():
    found = list(PROJECT["project"]["dependencies"])
    for extra in PROJECT["project"]["optional-dependencies"].values():
        found += extra
    return found


def test_the_lock_holds_pins_and_no_address():
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9.+!-]+", line) for line in LOCK)


def test_every_direct_dependency_is_pinned_as_in_the_lock():
    locked = {plain(line): line.partition("==")[2] for line in LOCK}

    for line in direct():
        assert "==" in line, f"{line} is not pinned"
        assert locked.get(plain(line)) == line.partition("==")[2], f"{line}: run make lock"


def test_no_test_is_shipped():
    assert "src/yiwang/**/tests" in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["exclude"]


def test_locks_and_scripts_hold_no_address_and_no_home_of_anyone():
    forbidden = re.compile(r"https?://|/(home|root|Users)/")
    found = [
        file.name
        for pattern in ("constraints.txt", "*.lock.toml", "Makefile", "tests/*.sh", ".ci/run")
        for file in ROOT.glob(pattern)
        if forbidden.search(file.read_text("utf-8"))
    ]

    assert found == []


def test_every_marker_is_known():
    known = {
        marker.partition(":")[0] for marker in PROJECT["tool"]["pytest"]["ini_options"]["markers"]
    }
    builtin = {
        "parametrize",
        "skip",
        "skipif",
        "xfail",
        "usefixtures",
        "django_db",
        "timeout",
        "urls",
    }
    used = set()
    for folder in ("src", "tests"):
        for file in (ROOT / folder).glob("**/test_*.py"):
            used |= set(re.findall(r"pytest\.mark\.(\w+)", file.read_text("utf-8")))

    assert used - known - builtin == set()
