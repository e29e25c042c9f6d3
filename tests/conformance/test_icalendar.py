"""An independent reader of RFC 5545 finds in our calendars what was put into them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.conformance.environments import run_client
from yiwang.kernel.calendar.services import write_calendar
from yiwang.kernel.calendar.types import CalendarEntry

pytestmark = pytest.mark.deep

SINCE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
TITLES = [
    "QJ-2026-000001 陈知远请假 5 天",
    "分号; 逗号, 反斜\\杠 \\n 与\n换行\r\n再一行\tTab",
    "很长" * 90,
    "x" * 74 + "请" * 50 + "👨‍👩‍👧" * 20,
    "END:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:伪造\r\nEND:VCALENDAR",
    "\u2028ATTACH:file:///etc/passwd\x85X-A:1\x0bX\x0cY\x7f",
    "",
]
# What a line separator outside of ASCII, or a control character, leaves of a text.
READ = {TITLES[5]: "ATTACH:file:///etc/passwdX-A:1XY", TITLES[1]: TITLES[1].replace("\r\n", "\n"),
        TITLES[4]: TITLES[4].replace("\r\n", "\n")}  # fmt: skip


def read(titles: list[str], *, as_tasks: bool) -> dict:
    entries = [
        CalendarEntry(
            uid=f"n-{at}@yiwang", title=title, text=title, url="https://node.example/cases/a:b/",
            due_at=DUE, since=SINCE, sequence=at, alarms=(timedelta(hours=9),),
        )
        for at, title in enumerate(titles)
    ]  # fmt: skip
    text = write_calendar("一网办理期限", entries, as_tasks=as_tasks).decode()
    return json.loads(run_client("icalendar_reader", "read.py", stdin=text))


@pytest.mark.parametrize("as_tasks", [False, True])
def test_every_entry_is_read_back_whatever_its_title(as_tasks: bool) -> None:
    found = read(TITLES, as_tasks=as_tasks)

    assert found["name"] == "一网办理期限"
    assert found["zones"] == ["Asia/Shanghai"]
    assert found["longest"] <= 75
    assert found["errors"] == []
    assert [one["summary"] for one in found["entries"]] == [READ.get(one, one) for one in TITLES]
    assert len({one["uid"] for one in found["entries"]}) == len(TITLES)
    for one in found["entries"]:
        assert one["errors"] == []
        assert set(one["names"]) <= {
            "UID", "DTSTAMP", "SEQUENCE", "SUMMARY", "DESCRIPTION", "URL", "DTSTART", "DTEND",
            "DUE", "TRANSP", "STATUS",
        }  # fmt: skip


@pytest.mark.parametrize(("as_tasks", "end"), [(False, "DTEND"), (True, "DUE")])
def test_times_are_those_of_the_city_and_alarms_ring_before_the_end(as_tasks, end) -> None:
    (entry,) = read(TITLES[:1], as_tasks=as_tasks)["entries"]

    assert entry["times"][end] == ["2026-11-26T17:30:00+08:00", "Asia/Shanghai"]
    assert entry["times"]["DTSTAMP"][0] == "2026-11-20T01:00:00+00:00"
    assert entry["alarms"] == [{"before": -9 * 3600.0, "related": "END", "action": "DISPLAY"}]
