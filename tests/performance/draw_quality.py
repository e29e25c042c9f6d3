"""The ratios that `bench_quality --keep FILE` measured, as a small picture. 基准图。

python -m tests.performance.draw_quality FILE [FILE ...] > docs/images/quality-ratios.svg
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from .bench_quality import GOALS, TIMES

WIDTH, LINE, LEFT, SPAN = 640, 26, 250, 300


def bars(told: dict[str, Any]) -> list[tuple[str, float, float, bool]]:
    """Of each goal its words, ratio and goal, and whether less is better. 各项比值。"""
    found, rows = told["found"], f"{told['rows'] / 1e6:g}M"
    listed = [
        (f"{rows}: {name} / {floor}", found[name]["cpu"] / found[floor]["cpu"], goal, True)
        for name, floor, goal in GOALS
        if name in found and floor in found
    ]
    other = found.get("great_expectations")
    if other:
        listed += [
            (f"{rows}: GX / check, {figure}", other[figure] / found["check"][figure], goal, False)
            for figure, goal in TIMES
        ]
    return listed


def draw(listed: list[tuple[str, float, float, bool]]) -> str:
    """Bars against a line at the goal. 画图。"""
    scale = SPAN / 2
    high = LINE * (len(listed) + 1)
    space = "http://www.w3.org/2000/svg"
    parts = [
        f'<svg xmlns="{space}" width="{WIDTH}" height="{high}" font-family="sans-serif" font-size="12">',
        f'<text x="{LEFT}" y="16" fill="#555">share of the goal; the line is the goal</text>',
    ]
    for place, (words, ratio, goal, less) in enumerate(listed, 1):
        top, long = place * LINE, min(ratio / goal, 2) * scale
        color = "#2a7" if (ratio <= goal) == less or ratio == goal else "#c63"
        parts.append(f'<text x="4" y="{top + 14}">{words}</text>')
        parts.append(
            f'<rect x="{LEFT}" y="{top + 3}" width="{long:.0f}" height="14" fill="{color}"/>'
        )
        sign = "≤" if less else "≥"
        parts.append(
            f'<text x="{LEFT + long + 6:.0f}" y="{top + 14}">{ratio:.3g} ({sign} {goal:g})</text>'
        )
    line = LEFT + scale
    parts.append(f'<path d="M{line:.0f} {LINE}V{high}" stroke="#333"/></svg>')
    return "\n".join(parts) + "\n"


def main() -> None:
    """Draw what the files hold. 作图。"""
    told = [json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:]]
    sys.stdout.write(draw([bar for one in told for bar in bars(one)]))


if __name__ == "__main__":
    main()
