"""How often a leaked file names its grant, and how often a wrong one. 溯源准确率测量。

    python -m tests.performance.measure_tracing [--grants 12]

So many grants of one register of 20,000 people for each way to tell them apart: tokens, moved days,
different streets, nothing. Of each a hundred rows are taken at random and traced; and as many files
that nobody was given, made of true rows of the register without any mask.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import tempfile
from pathlib import Path
from typing import Any

ROWS, TAKEN = 20_000, 100
WAYS: dict[str, Any] = {
    "tokens": lambda at: {"masks": {"身份证号": "token"}},
    "moved days": lambda at: {"masks": {"身份证号": "null", "出生日期": "shift:90"}},
    "different rows": lambda at: {
        "row_filter": f"街道 = '街道{at}'",
        "masks": {"身份证号": "null"},
    },
    "nothing": lambda at: {"masks": {"身份证号": "null"}},
}
COLUMNS = ("姓名", "身份证号", "街道", "出生日期")


def main() -> None:
    """Measure each way. 入口。"""
    parser = argparse.ArgumentParser()
    parser.add_argument("--grants", type=int, default=12)
    count = parser.parse_args().grants
    with tempfile.TemporaryDirectory(prefix="yiwang-measure-") as home:
        os.environ["YIWANG_TEST_HOME"] = home
        from .bench_cases import _prepare

        _prepare()
        _measure(count, Path(home))


def _measure(count: int, folder: Path) -> None:
    from yiwang.nets.share.exchange.tests import town as towns

    towns.COLUMNS = COLUMNS
    chance = random.Random(7)
    rows = [
        (f"王{at % 997}", f"9901{at:014d}", f"街道{at % count}", f"{1940 + at % 70}-0{1 + at % 9}-1{at % 9}")
        for at in range(ROWS)
    ]  # fmt: skip
    town = towns.make_town()
    for way, said in WAYS.items():
        town.resource = towns.register(town.people["bureau"], "conditional", rows=rows, name=way)
        grants = [
            town.grant(columns=COLUMNS, volume=10**6, anyway=True, **said(at))
            for at in range(count)
        ]
        files = [
            _take(town, grant, folder / f"{at}.csv", chance) for at, grant in enumerate(grants)
        ]
        told = [_trace(town, file) for file in files]
        first = sum(one[:1] == [grant.id] for (one, _), grant in zip(told, grants, strict=True))
        named = sum(one == [grant.id] for (_, one), grant in zip(told, grants, strict=True))
        wrong = sum(
            any(name != grant.id for name in one)
            for (_, one), grant in zip(told, grants, strict=True)
        )
        bare = [_bare(rows, folder / "bare.csv", chance) for _ in range(count)]
        accused = sum(bool(_trace(town, file)[1]) for file in bare)
        print(
            f"{way}: of {count} files the true grant came first, alone, {first} times and was named "
            f"{named} times, a wrong one {wrong} times; of {count} files of nobody {accused} named one"
        )


def _take(town: Any, grant: Any, path: Path, chance: random.Random) -> Path:
    from yiwang.nets.share.exchange import services

    with services.open_granted(town.people["reader"], grant.id, ending="csv").stream as file:
        head, *found = csv.reader(file.read().decode("utf-8-sig").splitlines())
    return _write(path, head, chance.sample(found, TAKEN))


def _bare(rows: list[Any], path: Path, chance: random.Random) -> Path:
    return _write(path, COLUMNS, chance.sample(rows, TAKEN))


def _write(path: Path, head: Any, rows: Any) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def _trace(town: Any, path: Path) -> tuple[list[str], list[str]]:
    """The grants that could be it by rows that only they gave, if but one; and those named."""
    from yiwang.nets.share.exchange import services

    found = services.trace_file(town.people["bureau"], town.resource.id, path, path.name)
    likely = [one.grant.id for one in found if one.own > TAKEN // 2]
    return likely, [one.grant.id for one in found if one.named]


if __name__ == "__main__":
    main()
