"""What staging costs and what looking for personal data in the columns costs. 入库与识别耗时。

`python -m tests.performance.bench_finder [--rows 200000] [--columns 2000]`: processor seconds for a
register of persons and for a wide, short table of texts and numbers. Every column is looked into,
as where no element is bound; a bound one costs nothing.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from pathlib import Path
from typing import Any

from .persons import write_persons
from .work import _django

WIDE_ROWS = 1_000


def write_wide(path: Path, columns: int) -> None:
    """Texts, numbers and a telephone in every fortieth column. 宽表。"""
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(f"c{at}" for at in range(columns))
        for row in range(WIDE_ROWS):
            writer.writerow(
                f"电话1380013{row:04}" if at % 40 == 0 else f"第{row}项" if at % 2 else row * at
                for at in range(columns)
            )


def measure(path: Path) -> tuple[int, int, float, float]:
    """Rows, columns, processor seconds of staging and of finding. 测量。"""
    from yiwang.kernel.pool import services as pool
    from yiwang.kernel.tabular import services as tabular
    from yiwang.kernel.tabular.types import ReadOptions
    from yiwang.nets.share.catalog.types import ItemInfo
    from yiwang.nets.share.connect.services.inspecting import find_inside

    (source,) = tabular.open_source(path, path.name, ReadOptions(scratch=path.parent))
    began = time.process_time()
    staged: Any = (
        pool.stage_batches(source.columns, source.batches())
        if source.fast is None
        else pool.stage_delimited(source.fast, source.columns)
    )
    between = time.process_time()
    items = [ItemInfo(name, at) for at, name in enumerate(staged.columns, 1)]
    found = find_inside(staged, items, None)
    if not any(one.found for one in found):
        raise SystemExit("nothing was looked at")
    return staged.rows, len(items), between - began, time.process_time() - between


def main() -> None:
    """Measure both tables. 运行。"""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.bench_finder")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--columns", type=int, default=2_000)
    options = parser.parse_args()
    _django()
    print("| rows | columns | staging, CPU s | finding, CPU s |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as folder:
        persons, wide = Path(folder) / "persons.csv", Path(folder) / "wide.csv"
        write_persons(persons, options.rows)
        write_wide(wide, options.columns)
        for path in (persons, wide):
            rows, columns, staging, finding = measure(path)
            print(f"| {rows:,} | {columns:,} | {staging:.2f} | {finding:.2f} |")


if __name__ == "__main__":
    main()
