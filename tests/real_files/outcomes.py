"""What became of each real file, as the table of docs/reference/files-read.md.

python -m tests.real_files.outcomes docs/reference/files-read.md
"""

import sys
from collections import Counter
from pathlib import Path

import django

from . import find_shared, list_files

MARK = "<!-- outcomes: python -m tests.real_files.outcomes docs/reference/files-read.md -->\n"
HEAD = (
    "| file | sheet, member or path | outcome | header row | rows | columns | notes |\n"
    "|---|---|---|---|---|---|---|\n"
)
KEPT = {"rows_above", "rows_below", "header_rows", "columns_empty", "sheet_hidden", "spaced"}
KEPT |= {"blank_rows", "merged", "tables_left_out", "header_doubled", "header_blank"}


def describe(data: Path, name: str) -> list[str]:
    """Lines of the table for one file."""
    from yiwang.kernel.tabular.services import FileRefused, open_source

    try:
        sources = open_source(data / name, Path(name).name)
        return [_line(name, source) for source in sources]
    except FileRefused as error:
        reason = _short(str(error.text if hasattr(error, "text") else error))
        return [f"| {name} | | refused: `{error.code}` | | | | {reason} |\n"]


def _line(name, source) -> str:
    rows, kinds = 0, Counter()
    for batch in source.batches():
        rows += len(batch.rows)
        kinds.update(one.kind for one in batch.differences)
    said = [f"{kind} {count:,}" for kind, count in sorted(kinds.items())]
    said += sorted({one.kind for one in source.notes} & KEPT)
    part = source.member or source.sheet
    kind = f"{source.format} {source.encoding}".strip() + (" (fast)" if source.fast else "")
    width = len(source.columns)
    header = source.header_row or "none"
    if source.header_rows > 1:
        header = f"{header} to {source.header_row + source.header_rows - 1}"
    return f"| {name} | {part} | {kind} | {header} | {rows:,} | {width} | {', '.join(said)} |\n"


def _short(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")[:160]


def main() -> None:
    data, page = find_shared(), Path(sys.argv[1])
    if data is None:
        sys.exit("the folder of real inputs is not here")
    django.setup()
    lines = [line for name in list_files() for line in describe(data, name)]
    before = page.read_text(encoding="utf-8").partition(MARK)[0]
    table = HEAD + "".join(lines)
    page.write_text(before + MARK + table, encoding="utf-8")


if __name__ == "__main__":
    main()
