"""Processor seconds for an XLSX of 100,000 rows and 17 columns: ours against openpyxl. 表格读取基准。

python -m tests.performance.bench_xlsx [rows]
"""

import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import django
import openpyxl


def write(path: Path, rows: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    sheet.append([f"列{number}" for number in range(1, 18)])
    for n in range(rows):
        day = date(2020, 1, 1) + timedelta(days=n % 1000)
        texts = [
            f"{n:06}",
            f"1101011990{n:08}",
            "张伟",
            f"138{n:08}",
            f"第{n % 300}社区",
            "有效",
            None,
        ]
        numbers = [n, n * 1.5, n / 7, n % 7, day, n % 2 == 0]
        sheet.append([*texts, *numbers, f"路{n % 5000}号", "备注", "A" * 8, "x"])
    book.save(path)


def ours(path: Path) -> int:
    from yiwang.kernel.tabular.services import open_source

    (source,) = open_source(path, path.name)
    return sum(len(batch.rows) for batch in source.batches())


def theirs(path: Path) -> int:
    sheet = openpyxl.load_workbook(path, read_only=True, data_only=True).active
    return sum(1 for _ in sheet.iter_rows(values_only=True)) - 1


def main() -> None:
    django.setup()
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        write(path, rows)
        taken = {}
        for read in (ours, theirs):
            start = time.process_time()
            assert read(path) == rows
            taken[read.__name__] = time.process_time() - start
    ratio = taken["theirs"] / taken["ours"]
    print(
        f"ours {taken['ours']:.1f} s, openpyxl {taken['theirs']:.1f} s, ratio {ratio:.1f} (goal 15)"
    )


if __name__ == "__main__":
    main()
