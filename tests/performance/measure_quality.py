"""How many wrong cells do the rules find? Precision and recall on the dirty and clean pairs. 质量检出率。

    python -m tests.performance.measure_quality

The dirty file is landed and checked by the rules that follow from it alone. The clean file is read
only to score: a cell is wrong where the two differ.
"""

from __future__ import annotations

import csv
import gzip
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(os.environ.get("YIWANG_SHARED", "../shared")) / "data" / "10-data-quality"
NAMES = ("hospital", "beers", "adult")
Cell = tuple[int, str]


def read_rows(file: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a gzipped CSV file. 读文件。"""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    return header, rows


def wrong_cells(name: str) -> set[Cell]:
    """Cells in which the dirty file differs from the clean one. 错误单元格。"""
    (header, dirty), (_, clean) = (
        read_rows(DATA / name / f"{one}.csv.gz") for one in ("dirty", "clean")
    )
    return {
        (place, column)
        for place, (was, should) in enumerate(zip(dirty, clean, strict=True), 1)
        for column, a, b in zip(header, was, should, strict=True)
        if a != b
    }


def found_cells(name: str) -> set[Cell]:
    """Cells that the derived rules hold to be wrong. 检出单元格。"""
    from yiwang.kernel.base.act import SYSTEM, Act, Ref
    from yiwang.kernel.pool import services as pool
    from yiwang.nets.share.connect.services.suggesting import suggest_items
    from yiwang.nets.share.quality import services

    act = Act(SYSTEM, "measure", Ref("pool.table", name))
    header, rows = read_rows(DATA / name / "dirty.csv.gz")
    staged = pool.stage_rows(header, [rows])
    version = pool.commit(act, pool.create_table(act, name=name), staged)
    items = suggest_items(header, staged.profile, {})
    rules = services.derive_from(items, (), staged.profile)
    checked = services.check_version(version, rules)
    if checked.listing is None:
        return set()
    listing = pool.commit(act, pool.create_table(act, name="rows"), checked.listing)
    return set(_cells(pool, listing))


def _cells(pool: Any, listing: Any) -> Iterator[Cell]:
    with pool.engine() as connection:
        for row, column in connection.execute(
            f"SELECT row::BIGINT, field FROM {pool.relation(listing.id)}"
        ).fetchall():
            yield int(row), column


def main() -> None:
    """Measure and print. 测量。"""
    with tempfile.TemporaryDirectory(prefix="yiwang-measure-") as home:
        os.environ.setdefault("YIWANG_TEST_HOME", home)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(f"{'pair':<12}{'wrong':>8}{'found':>8}{'right':>8}{'precision':>11}{'recall':>9}")
        for name in NAMES:
            wrong, found = wrong_cells(name), found_cells(name)
            right = len(wrong & found)
            precision = f"{right / len(found):.3f}" if found else "-"
            print(
                f"{name:<12}{len(wrong):>8}{len(found):>8}{right:>8}{precision:>11}"
                f"{right / len(wrong):>9.3f}"
            )


if __name__ == "__main__":
    main()
