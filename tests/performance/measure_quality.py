"""How many wrong cells do the rules find? Precision and recall on the dirty and clean pairs. 质量检出率。

    python -m tests.performance.measure_quality [--write]

Each dirty file is landed and checked by the rules that follow from it alone, then by these and the
rules in `declared/`, which were written from the file and its published description. The clean file
is read only to score: a cell is wrong where the two differ. `--write` puts the table into
`docs/explanation/quality.md`.
"""

from __future__ import annotations

import csv
import gzip
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(os.environ.get("YIWANG_SHARED", "../shared")) / "data" / "10-data-quality"
DECLARED = Path(__file__).parent / "declared"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "quality.md"
PAIRS = (
    ("hospital", "dirty"), ("beers", "dirty"), ("adult", "dirty"),
    ("physician", "1"), ("physician", "2"),
)  # fmt: skip
HEAD = "| pair | wrong cells | rules | found | of them right | precision | recall |"
Cell = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one set of rules found on one pair. 检出结果。"""

    pair: str
    wrong: int
    rules: str
    found: int
    right: int

    def line(self) -> str:
        """A row of the table. 表格行。"""
        precision = f"{self.right / self.found:.3f}" if self.found else "–"
        return (
            f"| {self.pair} | {self.wrong:,} | {self.rules} | {self.found:,} | {self.right:,}"
            f" | {precision} | {self.right / self.wrong:.3f} |"
        )


def read_rows(file: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a gzipped CSV file. 读文件。"""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    return header, rows


def wrong_cells(name: str, dirty_name: str) -> set[Cell]:
    """Cells in which the dirty file differs from the clean one. 错误单元格。"""
    (header, dirty), (_, clean) = (
        read_rows(DATA / name / f"{one}.csv.gz") for one in (dirty_name, "clean")
    )
    return {
        (place, column)
        for place, (was, should) in enumerate(zip(dirty, clean, strict=True), 1)
        for column, a, b in zip(header, was, should, strict=True)
        if a != b
    }


def read_declared(name: str, columns: Sequence[str]) -> list[Any]:
    """The rules that were written for a register, as they would be imported. 已制定规则。"""
    from yiwang.kernel.base.act import SYSTEM
    from yiwang.nets.share.quality.services.rule_files import parse_rules
    from yiwang.nets.share.quality.services.rule_shapes import Reader

    reader = Reader(SYSTEM, tuple(columns))
    return [reader.read(one) for one in parse_rules((DECLARED / f"{name}.yaml").read_text("utf-8"))]


def measure(name: str, dirty_name: str) -> Iterator[Outcome]:
    """Derived rules alone, then with the declared ones. 测量。"""
    from yiwang.kernel.base.act import SYSTEM, Act, Ref
    from yiwang.kernel.pool import services as pool
    from yiwang.nets.share.connect.services.suggesting import suggest_items
    from yiwang.nets.share.quality import services

    wrong = wrong_cells(name, dirty_name)
    pair = name if dirty_name == "dirty" else f"{name} {dirty_name}"
    act = Act(SYSTEM, "measure", Ref("pool.table", pair))
    header, rows = read_rows(DATA / name / f"{dirty_name}.csv.gz")
    staged = pool.stage_rows(header, [rows])
    version = pool.commit(act, pool.create_table(act, name=pair), staged)
    derived = services.derive_from(suggest_items(header, staged.profile, {}), (), staged.profile)
    both = [*derived, *read_declared(name, header)]
    for told, rules in (("derived", derived), ("with declared", both)):
        listing = services.check_version(version, rules).listing
        table = pool.commit(act, pool.create_table(act, name="rows"), listing) if listing else None
        found = set(_cells(pool, table)) if table else set()
        yield Outcome(pair, len(wrong), told, len(found), len(wrong & found))


def _cells(pool: Any, listing: Any) -> Iterator[Cell]:
    with pool.engine() as connection:
        for row, column in connection.execute(
            f"SELECT row::BIGINT, field FROM {pool.relation(listing.id)}"
        ).fetchall():
            yield int(row), column


def write_page(lines: Sequence[str]) -> None:
    """Put the table in place of the one in the page. 写入文档。"""
    text = PAGE.read_text("utf-8")
    found = re.sub(rf"{re.escape(HEAD)}\n(\|.*\n)+", lambda _: "\n".join(lines) + "\n", text)
    PAGE.write_text(found, encoding="utf-8")


def main() -> None:
    """Measure, print, and write where asked to. 测量。"""
    with tempfile.TemporaryDirectory(prefix="yiwang-measure-") as home:
        os.environ.setdefault("YIWANG_TEST_HOME", home)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        lines = [HEAD, "|---" * 7 + "|"]
        lines += [one.line() for name, dirty in PAIRS for one in measure(name, dirty)]
    sys.stdout.write("\n".join(lines) + "\n")
    if "--write" in sys.argv:
        write_page(lines)


if __name__ == "__main__":
    main()
