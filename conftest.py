"""Hooks of the whole run. A skip is a failure when everything is required."""

import os

import hypothesis
import pytest
from django.utils import translation

# A busy machine is no fault of the code: speed is measured by benchmarks, never by tests.
hypothesis.settings.register_profile("yiwang", deadline=None)
hypothesis.settings.load_profile("yiwang")

pytest_plugins = ["tests.clients", "tests.evidence_log", "tests.ledger_guards", "tests.workers"]

# Whoever is slow only because others use the machine is not stuck: these start nodes and browsers.
LONG_SECONDS = 1200

REQUIRED = os.environ.get("YIWANG_REQUIRE_ALL") == "1"


ON_POSTGRESQL = os.environ.get("YIWANG_DATABASE", "").startswith("postgres")
DATABASES = {"db", "transactional_db", "django_db_setup", "live_server"}


def asks_database(item) -> bool:
    """Whether another database could answer otherwise."""
    marks = ("django_db", "on_postgresql", "postgres", "races", "deep", "browser")
    return bool(DATABASES & set(item.fixturenames)) or any(map(item.get_closest_marker, marks))


def runs_on_sqlite(item) -> bool:
    return not item.get_closest_marker("on_postgresql")


def pytest_collection_modifyitems(config, items):
    # What only PostgreSQL can do is no test on SQLite, and nothing that was skipped there; what
    # asks no database has answered there.
    here = asks_database if ON_POSTGRESQL else runs_on_sqlite
    elsewhere = [item for item in items if not here(item)]
    items[:] = [item for item in items if here(item)]
    config.hook.pytest_deselected(items=elsewhere)
    for item in items:
        long = item.get_closest_marker("deep") or item.get_closest_marker("browser")
        if long and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LONG_SECONDS))


def pytest_runtest_setup(item):
    # A request leaves the language of its reader behind, whoever comes next.
    translation.deactivate()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if REQUIRED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although everything is required: {report.longrepr}"
    return report
