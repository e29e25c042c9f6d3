"""Records as bars over weeks or months. 时间线视图。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.text import msg
from yiwang.kernel.query.types import All, IsNull, Node, Some
from yiwang.kernel.query.types import Field as Named

from .calendars import YEARS, Span, list_spans
from .filtering import TYPES, bound
from .looks import Look, Row
from .narrowing import narrow

MOST = 100
"""Bars of one page. 时间线条数上限。"""
STEPS = 12
WIDTH = 1000
Scale = Literal["weeks", "months"]
SCALES: dict[Scale, str] = {"weeks": msg("Twelve weeks"), "months": msg("Twelve months")}


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that is shown: its first day, the first day after it, its ticks. 时间窗。"""

    start: date
    end: date
    ticks: tuple[date, ...]

    def place(self, day: date) -> int:
        """Where a day begins, in thousandths. 位置。"""
        days = (self.end - self.start).days
        return round(WIDTH * (min(max(day, self.start), self.end) - self.start).days / days)


@dataclass(frozen=True, slots=True)
class Bar:
    """A record's bar: where it begins, how long it is, what it says. 时间条。 `open` has no end."""

    row: Row
    at: int
    width: int
    text: str
    open: bool = False


def make_window(scale: Scale, day: date) -> Window:
    """Twelve weeks from the Monday, or twelve months from the first, of a day. 时间窗。"""
    if scale == "weeks":
        start = day - timedelta(days=day.weekday())
        ticks = tuple(start + timedelta(weeks=at) for at in range(STEPS))
        return Window(start, start + timedelta(weeks=STEPS), ticks)
    start = day.replace(day=1)
    ticks = tuple(add_months(start, at) for at in range(STEPS))
    return Window(start, add_months(start, STEPS), ticks)


def add_months(day: date, months: int) -> date:
    """The first day of a month so many months later. 加月。"""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def lay_bars(window: Window, spans: Iterable[Span[Row]], *, lasts: bool) -> list[Bar]:
    """Bars within a window. 排布时间条。 `lasts`: what has no end goes on; else it is one day."""
    return [_bar(window, span, lasts=lasts) for span in spans]


def _bar(window: Window, span: Span[Row], *, lasts: bool) -> Bar:
    ongoing = lasts and span.until is None
    last = window.end if ongoing else (span.until or span.since) + timedelta(days=1)
    at, end = window.place(span.since), window.place(last)
    width = max(6, end - at)
    return Bar(span.thing, min(at, WIDTH - width), width, _say(span, ongoing=ongoing), ongoing)


def _say(span: Span[Row], *, ongoing: bool) -> str:
    if ongoing:
        return gettext("since %(since)s") % {"since": span.since.isoformat()}
    if span.until in (None, span.since):
        return span.since.isoformat()
    return f"{span.since.isoformat()} – {span.until}"


def show_timeline(look: Look) -> HttpResponseBase:
    """Records as a timeline. 时间线。"""
    scale = read_scale(look.request.GET.get("scale", ""))
    window = make_window(scale, read_start(look.request.GET.get("from", ""), scale))
    narrowed = narrow(look, without=(look.view.since, look.view.until))
    rows, after = look.read(
        look.want(
            [*narrowed.nodes, lasting(look, window)],
            search=narrowed.search, order=(look.view.since,), limit=MOST,
        )
    )  # fmt: skip
    back = window.start - (window.end - window.start)
    context = {
        "narrowed": narrowed,
        "bars": lay_bars(window, list_spans(look, rows), lasts=bool(look.view.until)),
        "window": window,
        "last": window.end - timedelta(days=1),
        "ticks": [(window.place(day), day) for day in window.ticks],
        "now": window.place(today()) if window.start <= today() < window.end else None,
        "scale": scale,
        "scales": [
            (window_url(look, one, window.start), label, one) for one, label in SCALES.items()
        ],
        "before": window_url(look, scale, back),
        "after": window_url(look, scale, window.end),
        "capped": after is not None,
        "most": MOST,
    }
    return render(look.request, "records/timeline.html", look.context() | context)


def read_scale(text: str) -> Scale:
    """Weeks or months, as the address says. 读取刻度。"""
    return "weeks" if text == "weeks" else "months"


def read_start(text: str, scale: Scale) -> date:
    """The day from which on it is shown; left out, a third of the stretch lies behind. 读取起点。"""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today() - timedelta(days=28 if scale == "weeks" else 120)
    return day if YEARS[0] <= day.year <= YEARS[1] else today()


def window_url(look: Look, scale: Scale, day: date) -> str:
    """The same view over another stretch. 时间窗地址。"""
    data = look.request.GET.copy()
    data["scale"], data["from"] = scale, day.isoformat()
    return f"{look.url}?{urlencode(list(data.items()))}"


def lasting(look: Look, window: Window) -> Node:
    """Records that last within a window; those without an end go on. 时间窗条件。"""
    since, until = look.view.since, look.view.until
    first, last_day = look.fields[since], window.end - timedelta(days=1)
    begun = bound(since, first, "<=", last_day)
    if not until:
        return All((bound(since, first, ">=", window.start), begun))
    last = look.fields[until]
    blank = IsNull(Named(until, TYPES.get(last.kind, "text")))
    return All((begun, Some((bound(until, last, ">=", window.start), blank))))
