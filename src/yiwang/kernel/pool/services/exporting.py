"""Files to take away, and rows that wait to be committed as a relation. 导出与暂存关系。"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.pool.types import ROW, Staged
from yiwang.kernel.tabular.write import write_xlsx

from .engine import Connection, engine
from .reading import relation
from .rows import check_columns
from .sql import make_distinct, name_list, quote_name, quote_text
from .versions import get_version

BLOCK = 10_000
RISKY = r"^[=+\-@\t\r\n]"
NUMBER = r"^[-+]?[0-9]+(\.[0-9]+)?$"

Writer = Callable[[Connection, str, Sequence[str], Path, str], int]


def staged_relation(staged: Staged) -> str:
    """A FROM fragment of staged rows, numbered from 1 as they will be. 暂存关系。"""
    files = ", ".join(quote_text(part.path) for part in staged.parts)
    if not files:
        blank = ", ".join(f"NULL::VARCHAR AS {quote_name(name)}" for name in staged.columns)
        return f"(SELECT {blank}, 0::BIGINT AS {ROW} WHERE false)"
    return (
        f"(SELECT {name_list(staged.columns)}, (file_row_number + 1)::BIGINT AS {ROW}"
        f" FROM read_parquet([{files}], file_row_number = true))"
    )


def read_staged(
    staged: Staged, shown: Mapping[str, str], *, where: str
) -> Iterator[tuple[Any, ...]]:
    """Row number and expressions over staged rows, where a condition on them holds. 读暂存行。

    `shown` names SQL expressions; `where` may use the names. Rows stream.
    """
    listed = ", ".join(f"{sql} AS {quote_name(name)}" for name, sql in shown.items())
    with engine() as connection:
        answer = connection.execute(
            f"SELECT {ROW}, {name_list(shown)} FROM"
            f" (SELECT {ROW}, {listed} FROM {staged_relation(staged)}) WHERE {where}"
        )
        while block := answer.fetchmany(BLOCK):
            yield from block


def export_rows(
    version_id: str,
    target: Path,
    *,
    columns: Sequence[str] = (),
    headings: Mapping[str, str] | None = None,
    where: str = "",
    parameters: Sequence[object] = (),
    shown: Mapping[str, str] | None = None,
    mark: str = "",
) -> int:
    """Write a version's rows to a file by its ending, and say how many. 导出文件。

    `.csv` (UTF-8 with a mark that spreadsheets read, formulas defused), `.xlsx` (every cell text)
    or `.parquet`. `shown` gives SQL to show instead of a column, for masks; `headings` other names
    for the columns; `mark` a line that the file carries beside its rows: the page header of a
    sheet, the key `mark` of a Parquet file (CSV has no place for it). Rows stream.
    """
    info = get_version(version_id)
    chosen = check_columns(columns or info.columns, info.columns)
    write = WRITERS.get(target.suffix.lower())
    if write is None:
        raise InvalidInput(
            "pool.export.format",
            "Export to a .csv, .xlsx or .parquet file, not %(name)s",
            name=target.name,
        )
    masks = shown or {}
    names = make_distinct((headings or {}).get(column, column) for column in chosen)
    listed = ", ".join(
        f"{masks.get(column, quote_name(column))} AS {quote_name(name)}"
        for column, name in zip(chosen, names, strict=True)
    )
    condition = f"WHERE {where}" if where else ""
    rows = f"SELECT {listed} FROM {relation(version_id)} {condition} ORDER BY {ROW}"
    with engine(reach=[target.resolve().parent]) as connection:
        # A table first, since COPY binds no parameters; what does not fit in memory spills.
        connection.execute(f"CREATE TEMP TABLE wanted AS {rows}", list(parameters))
        return write(connection, "wanted", names, target, mark)


def _write_parquet(
    connection: Connection, table: str, columns: Sequence[str], target: Path, mark: str
) -> int:
    told = f", KV_METADATA {{mark: {quote_text(mark)}}}" if mark else ""
    answer = connection.execute(
        f"COPY (SELECT {name_list(columns)} FROM {table}) TO {quote_text(target.resolve())}"
        f" (FORMAT parquet, COMPRESSION zstd{told})"
    ).fetchone()
    return int(answer[0]) if answer else 0


def _write_csv(
    connection: Connection, table: str, columns: Sequence[str], target: Path, _: str
) -> int:
    safe = ", ".join(f"{_defused(quote_name(c))} AS {quote_name(c)}" for c in columns)
    plain = target.with_suffix(".part")
    answer = connection.execute(
        f"COPY (SELECT {safe} FROM {table}) TO {quote_text(plain.resolve())} (HEADER, DELIMITER ',')"
    ).fetchone()
    with target.open("wb") as out, plain.open("rb") as source:
        out.write(b"\xef\xbb\xbf")
        while block := source.read(1 << 20):
            out.write(block)
    plain.unlink()
    return int(answer[0]) if answer else 0


def _write_xlsx(
    connection: Connection, table: str, columns: Sequence[str], target: Path, mark: str
) -> int:
    answer = connection.execute(f"SELECT {name_list(columns)} FROM {table}")
    blocks = iter(lambda: answer.fetchmany(BLOCK), [])
    with target.open("wb") as out:
        return write_xlsx(out, columns, (row for block in blocks for row in block), mark=mark)


def _defused(column: str) -> str:
    """A quote before what a spreadsheet would run; a plain number stays. 公式转义。"""
    risky = f"regexp_matches({column}, '{RISKY}') AND NOT regexp_matches({column}, '{NUMBER}')"
    return f"CASE WHEN {risky} THEN chr(39) || {column} ELSE {column} END"


WRITERS: Mapping[str, Writer] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
}
