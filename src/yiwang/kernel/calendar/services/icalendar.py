"""Moments as an iCalendar file, RFC 5545. 日历文件。

Whatever people wrote stays text: what could begin a line or a property is escaped or left out, and
long lines are folded between characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from yiwang.kernel.base.clock import CITY_HOURS, CITY_ZONE
from yiwang.kernel.calendar.types import CalendarEntry

OCTETS = 75
ZONE = CITY_ZONE.key
OFFSET = f"{CITY_HOURS:+03}00"
EVENT_SPAN = timedelta(minutes=30)
_UNWRITTEN = re.compile("[\0-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029\ud800-\udfff]")
_MARKS = re.compile(r"[\\;,\n]")
_ZONE_LINES = (
    "BEGIN:VTIMEZONE", f"TZID:{ZONE}", "BEGIN:STANDARD", "DTSTART:19910915T000000",
    f"TZOFFSETFROM:{OFFSET}", f"TZOFFSETTO:{OFFSET}", "TZNAME:CST", "END:STANDARD",
    "END:VTIMEZONE",
)  # fmt: skip


def write_calendar(name: str, entries: Iterable[CalendarEntry], *, as_tasks: bool = False) -> bytes:
    """A calendar of entries, each an event that ends when it is due, or a task. 生成日历。"""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Yiwang//Deadlines//ZH", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"NAME:{escape_text(name)}", f"X-WR-CALNAME:{escape_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H", *_ZONE_LINES,
    ]  # fmt: skip
    for entry in entries:
        lines += _task(entry) if as_tasks else _event(entry)
    lines.append("END:VCALENDAR")
    return b"".join(fold_line(line) for line in lines)


def escape_text(text: str) -> str:
    """A text as the value of a property. 文本转义。"""
    text = _UNWRITTEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _MARKS.sub(lambda found: "\\n" if found[0] == "\n" else f"\\{found[0]}", text)


def fold_line(line: str) -> bytes:
    """A line with its end, broken so that no part is longer than 75 octets. 折行。"""
    parts: list[bytes] = []
    part = b""
    for letter in line:
        octets = letter.encode()
        # Every part but the first begins with the space that says it goes on.
        if len(part) + len(octets) > OCTETS - bool(parts):
            parts.append(part)
            part = b""
        part += octets
    return b"\r\n ".join([*parts, part]) + b"\r\n"


def _event(entry: CalendarEntry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield from _common(entry)
    yield f"DTSTART;{_local(entry.due_at - EVENT_SPAN)}"
    yield f"DTEND;{_local(entry.due_at)}"
    yield "TRANSP:TRANSPARENT"
    yield from _alarms(entry, "RELATED=END:")
    yield "END:VEVENT"


def _task(entry: CalendarEntry) -> Iterator[str]:
    yield "BEGIN:VTODO"
    yield from _common(entry)
    yield f"DTSTART;{_local(min(entry.since, entry.due_at - EVENT_SPAN))}"
    yield f"DUE;{_local(entry.due_at)}"
    yield "STATUS:NEEDS-ACTION"
    yield from _alarms(entry, "RELATED=END:")
    yield "END:VTODO"


def _common(entry: CalendarEntry) -> Iterator[str]:
    yield f"UID:{escape_text(entry.uid)}"
    yield f"DTSTAMP:{_utc(entry.since)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"SUMMARY:{escape_text(entry.title)}"
    if entry.text:
        yield f"DESCRIPTION:{escape_text(entry.text)}"
    if entry.url:
        yield f"URL:{_UNWRITTEN.sub('', entry.url)}"


def _alarms(entry: CalendarEntry, related: str) -> Iterator[str]:
    """One a while before, counted back from the end; nothing rings for what is past already."""
    for before in entry.alarms:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escape_text(entry.title)}")
        yield f"TRIGGER;{related}-{_duration(before)}"
        yield "END:VALARM"


def _local(moment: datetime) -> str:
    return f"TZID={ZONE}:{moment.astimezone(CITY_ZONE):%Y%m%dT%H%M%S}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _duration(span: timedelta) -> str:
    return f"PT{max(0, round(span.total_seconds() / 60))}M"
