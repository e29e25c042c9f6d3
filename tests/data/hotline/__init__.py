"""Categories of 450 letters of the tipdm2020 set, given by hand for this project. 手工标注。

The letters themselves carry no category: the set as published here has the tree and the answered
letters only. `labels.csv` holds, for the 450 letters whose number has the least SHA-256, the place
of the category among the distinct rows of the tree (0 is the first), given by one reader from the
subject and the first hundred characters of the letter. No text of the set is kept here.
"""

from __future__ import annotations

import csv
import os
from functools import lru_cache
from pathlib import Path

FOLDER = Path(os.environ.get("YIWANG_SHARED", "../shared")) / "data" / "04-requests" / "tipdm2020"
TREE, LETTERS = FOLDER / "附件1-分类体系.xlsx", FOLDER / "附件4-留言与答复.xlsx"
LABELS = Path(__file__).with_name("labels.csv")


@lru_cache
def read_rows(file: Path) -> list[tuple[str, ...]]:
    """The rows of a workbook below its heading, as texts."""
    import openpyxl

    book = openpyxl.load_workbook(file, read_only=True)
    rows = book.worksheets[0].iter_rows(min_row=2, values_only=True)
    return [tuple("" if cell is None else str(cell) for cell in row) for row in rows]


def read_tree() -> list[str]:
    """The categories, their levels with `/` between."""
    return ["/".join(row) for row in dict.fromkeys(read_rows(TREE))]


def read_labels() -> dict[str, str]:
    """The category of each labelled letter, by its number."""
    tree = read_tree()
    with LABELS.open(newline="", encoding="utf-8") as file:
        return {row["letter"]: tree[int(row["category"])] for row in csv.DictReader(file)}


def read_letters() -> list[tuple[str, str, str]]:
    """Number, subject and text of each letter."""
    return [(row[0], row[2], row[4]) for row in read_rows(LETTERS)]
