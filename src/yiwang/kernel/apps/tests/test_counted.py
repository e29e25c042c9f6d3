"""Dashboards of the shipped apps that count cases."""

from __future__ import annotations

import pytest

from yiwang.kernel.apps import services


@pytest.mark.django_db
def test_a_dashboard_counts_cases_of_its_own_app_only():
    files = services.read_shipped("hotline")
    name = "dashboards/answers.yaml"
    assert services.find_problems(files) == []

    (problem,) = services.find_problems(
        {**files, name: files[name].replace("cases: [request]", "cases: [reqest]", 1)}
    )

    assert problem.code == "apps.dashboard.case"
    assert problem.extra["line"] == 7
    assert "request" in problem.extra["suggestion"]
