"""Records as points over a grid of degrees; there is no map beneath them yet. 点位视图。"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.shortcuts import render

from yiwang.kernel.query.types import Field as Named
from yiwang.kernel.query.types import IsNull, Not

from .looks import Look, Row
from .narrowing import narrow

MOST = 300
"""Points of one page. 点位上限。"""
FACTS = 3
WIDTH = 1000
LEAST_HEIGHT, MOST_HEIGHT = 400, 1200
STEPS = (20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
LINES = 4
"""Lines of the grid that are wanted at least. 经纬线数。"""
MARGIN = 0.08
LEAST_SPAN = 0.002

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the grid: where it runs, and its degrees. 经纬线。"""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the earth that is drawn: longitude to the right, latitude upwards. 图幅。"""

    west: float
    south: float
    east: float
    north: float
    height: int

    def place(self, point: Place) -> Place:
        """Where a point of the earth is drawn. 绘图位置。"""
        x = WIDTH * (point[0] - self.west) / (self.east - self.west)
        y = self.height * (self.north - point[1]) / (self.north - self.south)
        return round(x, 1), round(y, 1)

    @property
    def meridians(self) -> list[Line]:
        """Lines of longitude. 经线。"""
        step = _step(self.west, self.east)
        degrees = _degrees(self.west, self.east, step)
        return [Line(self.place((one, 0))[0], _label(one, step, "E", "W")) for one in degrees]

    @property
    def parallels(self) -> list[Line]:
        """Lines of latitude. 纬线。"""
        step = _step(self.south, self.north)
        degrees = _degrees(self.south, self.north, step)
        return [Line(self.place((0, one))[1], _label(one, step, "N", "S")) for one in degrees]


def read_point(value: object) -> Place | None:
    """Longitude and latitude of a stored point. 读取点位。"""
    try:
        lon, lat = (float(part) for part in str(value).split(","))
    except ValueError:
        return None
    return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None


def frame_points(points: Sequence[Place]) -> Frame:
    """The part of the earth that holds all points, with some room around. 计算图幅。

    A degree of longitude is drawn as much shorter than one of latitude as it is in the middle.
    """
    west, east = _widen([lon for lon, _ in points])
    south, north = _widen([lat for _, lat in points])
    middle = math.cos(math.radians(min(max((south + north) / 2, -80.0), 80.0)))
    wanted = WIDTH * (north - south) / ((east - west) * middle)
    height = min(max(wanted, LEAST_HEIGHT), MOST_HEIGHT)
    if wanted < LEAST_HEIGHT:
        south, north = _stretch(south, north, LEAST_HEIGHT / wanted)
    elif wanted > MOST_HEIGHT:
        west, east = _stretch(west, east, wanted / MOST_HEIGHT)
    return Frame(west, south, east, north, round(height))


def _widen(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = max((high - low) * MARGIN, LEAST_SPAN / 2)
    return low - room, high + room


def _stretch(low: float, high: float, factor: float) -> tuple[float, float]:
    middle, half = (low + high) / 2, (high - low) / 2 * factor
    return middle - half, middle + half


def _step(low: float, high: float) -> float:
    """The roundest distance at which there are lines enough."""
    return next((one for one in STEPS if (high - low) / one >= LINES), STEPS[-1])


def _degrees(low: float, high: float, step: float) -> Iterator[float]:
    for at in range(math.ceil(low / step), math.floor(high / step) + 1):
        yield at * step


def _label(degrees: float, step: float, above: str, below: str) -> str:
    places = max(0, -math.floor(math.log10(step)))
    return f"{abs(degrees):.{places}f}°{above if degrees >= 0 else below}"


@dataclass(frozen=True, slots=True)
class Point:
    """A record on the map: its number in the list, where it is drawn. 点位。"""

    number: int
    row: Row
    x: float
    y: float
    facts: list[tuple[str, str]]


def lay_points(look: Look, rows: Iterable[Row]) -> tuple[Frame | None, list[Point]]:
    """Records as numbered points, and the frame that holds them. 排布点位。"""
    found = [(row, read_point(row.record.values.get(look.view.at))) for row in rows]
    placed = [(row, place) for row, place in found if place]
    if not placed:
        return None, []
    frame = frame_points([place for _, place in placed])
    shown = [key for key in look.columns if key not in (look.view.at, look.entity.titled_by)][
        :FACTS
    ]
    return frame, [
        Point(number, row, *frame.place(place), row.facts(shown))
        for number, (row, place) in enumerate(placed, 1)
    ]


def show_map(look: Look) -> HttpResponseBase:
    """Records as points. 点位图。"""
    narrowed = narrow(look, without=(look.view.at,))
    there = Not(IsNull(Named(look.view.at)))
    rows, after = look.read(
        look.want(
            [*narrowed.nodes, there],
            search=narrowed.search, order=look.view.order, limit=MOST,
        )
    )  # fmt: skip
    frame, points = lay_points(look, rows)
    context = {
        "narrowed": narrowed,
        "frame": frame,
        "points": points,
        "capped": after is not None,
        "most": MOST,
    }
    return render(look.request, "records/map.html", look.context() | context)
