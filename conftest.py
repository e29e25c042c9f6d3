"""Hooks of the whole run. A skip is a failure when everything is required."""

import os

import hypothesis
import pytest

# A busy machine is no fault of the code: speed is measured by benchmarks, never by tests.
hypothesis.settings.register_profile("yiwang", deadline=None)
hypothesis.settings.load_profile("yiwang")

pytest_plugins = ["tests.clients", "tests.ledger_guards", "tests.workers"]

# Whoever is slow only because others use the machine is not stuck: these start nodes and browsers.
LONG_SECONDS = 1200

REQUIRED = os.environ.get("YIWANG_REQUIRE_ALL") == "1"


def pytest_collection_modifyitems(items):
    for item in items:
        long = item.get_closest_marker("deep") or item.get_closest_marker("browser")
        if long and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LONG_SECONDS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if REQUIRED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although everything is required: {report.longrepr}"
    return report
