"""The notices in the package. 内置节假日安排。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from .types import YearPlan


@cache
def vendor_years() -> Mapping[int, YearPlan]:
    """The years of the package, by year. 内置年度。"""
    folder = files(__package__).joinpath("years")
    texts = [one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith(".yaml")]
    plans = [_read_year(yaml.safe_load(text)) for text in texts]
    return {plan.year: plan for plan in sorted(plans, key=lambda plan: plan.year)}


def _read_year(entry: Mapping[str, Any]) -> YearPlan:
    days: dict[date, tuple[bool, str]] = {}
    for holiday in entry["holidays"]:
        day = holiday["from"]
        while day <= holiday["to"]:
            days[day] = (False, holiday["name"])
            day += timedelta(days=1)
    days |= dict.fromkeys(entry["workdays"], (True, ""))
    return YearPlan(entry["year"], entry["notice"], days)
