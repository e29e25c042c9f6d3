"""Processor seconds for an XLSX of 100,000 rows and 17 columns: ours against openpyxl. 表格读取基准。

python -m tests.performance.bench_xlsx [rows]
"""

import os
import sys
import tempfile
import time
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from statistics import median

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


TURNS = 3


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        write(path, rows)
        import_module("yiwang.kernel.tabular.services")  # as openpyxl is: loading is no reading
        taken: dict[str, list[float]] = {"ours": [], "theirs": []}
        for read in (ours, theirs) * TURNS:
            start = time.process_time()
            assert read(path) == rows
            taken[read.__name__].append(time.process_time() - start)
    mine, other = median(taken["ours"]), median(taken["theirs"])
    print(f"ours {mine:.1f} s, openpyxl {other:.1f} s, ratio {other / mine:.1f} (goal 15)")


if __name__ == "__main__":
    main()
