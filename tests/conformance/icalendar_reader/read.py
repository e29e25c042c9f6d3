"""Reads a calendar from standard input with icalendar, strictly, and tells what it found as JSON."""

import json
import sys

from icalendar import Calendar


def tell(component):
    times = {}
    for name in ("DTSTART", "DTEND", "DUE", "DTSTAMP"):
        if name in component:
            found = component.decoded(name)
            times[name] = [found.isoformat(), str(found.tzinfo)]
    return {
        "kind": component.name,
        "summary": str(component.get("SUMMARY", "")),
        "text": str(component.get("DESCRIPTION", "")),
        "url": str(component.get("URL", "")),
        "uid": str(component.get("UID", "")),
        "names": sorted(component.keys()),
        "times": times,
        "errors": [str(error) for error in component.errors],
        "alarms": [
            {
                "before": alarm.decoded("TRIGGER").total_seconds(),
                "related": alarm["TRIGGER"].params.get("RELATED", ""),
                "action": str(alarm["ACTION"]),
            }
            for alarm in component.subcomponents
        ],
    }


text = sys.stdin.buffer.read()
(calendar,) = Calendar.from_ical(text, multiple=True)
print(
    json.dumps(
        {
            "name": str(calendar["NAME"]),
            "zones": [str(one["TZID"]) for one in calendar.walk("VTIMEZONE")],
            "longest": max(len(line) for line in text.split(b"\r\n")),
            "errors": [str(error) for error in calendar.errors],
            "entries": [
                tell(one) for one in calendar.subcomponents if one.name in ("VEVENT", "VTODO")
            ],
        },
        ensure_ascii=True,
    )
)
