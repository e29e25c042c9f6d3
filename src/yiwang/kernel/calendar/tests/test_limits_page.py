"""The worked examples of docs/reference/limits.md are counted."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.calendar import services
from yiwang.kernel.calendar.types import WorkCalendar
from yiwang.kernel.calendar.vendor import vendor_years

PAGE = Path(__file__).resolve().parents[5] / "docs/reference/limits.md"
CALENDAR = WorkCalendar(vendor_years())


def rows(*heading):
    """The rows of the table with that heading."""
    lines = iter(PAGE.read_text("utf-8").splitlines())
    for line in lines:
        if line == f"| {' | '.join(heading)} |":
            next(lines)
            break
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        found.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
    assert found, heading
    return found


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


ENDS = rows("begins", "limit", "ends", "because")
PAUSES = rows("begins", "limit", "paused", "left", "resumed", "ends")
YELLOWS = rows("begins", "limit", "yellow", "turns yellow")
WRITTEN = rows("written", "as a mapping", "meaning")


def start(begins, limit, yellow=None):
    return services.start_clock(
        at=moment(begins),
        limit=services.read_limit(limit),
        kind="legal",
        calendar=CALENDAR,
        yellow=yellow and services.read_yellow(yellow),
    )


@pytest.mark.parametrize(("begins", "limit", "ends", "because"), ENDS)
def test_limits_end_as_the_page_says(begins, limit, ends, because):
    assert start(begins, limit).due_at == moment(ends)
    assert because


@pytest.mark.parametrize(("begins", "limit", "paused", "left", "resumed", "ends"), PAUSES)
def test_clocks_pause_as_the_page_says(begins, limit, paused, left, resumed, ends):
    clock = start(begins, limit)
    stands = services.pause_clock(clock, at=moment(paused), calendar=CALENDAR)
    runs = services.resume_clock(stands, at=moment(resumed), calendar=CALENDAR)

    assert stands.left.amount == Decimal(left)
    assert runs.due_at == moment(ends)


@pytest.mark.parametrize(("begins", "limit", "yellow", "turns"), YELLOWS)
def test_lights_turn_as_the_page_says(begins, limit, yellow, turns):
    assert start(begins, limit, yellow).yellow_at == moment(turns)


@pytest.mark.parametrize(("written", "mapping", "meaning"), WRITTEN)
def test_limits_are_written_as_the_page_says(written, mapping, meaning):

    limits = [services.read_limit(text.strip(" `")) for text in written.split(",")]

    assert set(limits) == {services.read_limit(yaml.safe_load(mapping.strip("`")))}
    assert meaning
