"""Files to take away, and rows that wait to be committed as a relation. 导出与暂存关系。"""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.pool.types import ROW, Staged
from yiwang.kernel.tabular.write import write_xlsx

from .engine import Connection, engine
from .reading import relation
from .rows import check_columns
from .sql import make_distinct, name_list, quote_name, quote_text
from .versions import get_version

BLOCK = 10_000
ARROW_ROWS = 50_000
RISKY = r"^[=+\-@\t\r\n]"
NUMBER = r"^[-+]?[0-9]+(\.[0-9]+)?$"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows that are to be written: a query or FROM fragment, its columns, its parameters. 待写数据。"""

    rows: str
    columns: Sequence[str]
    parameters: Sequence[object]


Writer = Callable[[Connection, Wanted, Path, str], int]


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
    write = WRITERS.get(target.suffix.lower())
    if write is None:
        raise InvalidInput(
            "pool.export.format",
            "Export to a .csv, .xlsx or .parquet file, not %(name)s",
            name=target.name,
        )
    wanted = _want(version_id, columns, (where, parameters), shown or {}, headings or {})
    ordered = replace(wanted, rows=f"({wanted.rows} ORDER BY {ROW})")
    with engine(reach=[target.resolve().parent]) as connection:
        return write(connection, ordered, target, mark)


def _want(
    version_id: str,
    columns: Sequence[str],
    condition: tuple[str, Sequence[object]],
    shown: Mapping[str, str],
    headings: Mapping[str, str],
) -> Wanted:
    info = get_version(version_id)
    chosen = check_columns(columns or info.columns, info.columns)
    names = make_distinct(headings.get(column, column) for column in chosen)
    listed = ", ".join(
        f"{shown.get(column, quote_name(column))} AS {quote_name(name)}"
        for column, name in zip(chosen, names, strict=True)
    )
    where, parameters = condition
    met = f"WHERE {where}" if where else ""
    rows = f"SELECT {listed} FROM {relation(version_id)} {met}"
    return Wanted(rows, names, list(parameters))


def stream_arrow(
    version_id: str,
    *,
    columns: Sequence[str] = (),
    where: str = "",
    parameters: Sequence[object] = (),
    shown: Mapping[str, str] | None = None,
    mark: str = "",
) -> Generator[bytes]:
    """A version's rows as a stream of Apache Arrow, part by part. Arrow 流。

    As `export_rows`, but in no order; `mark` stands in the metadata of the schema.
    """
    wanted = _want(version_id, columns, (where, parameters), shown or {}, {})
    with engine() as connection:
        # Not ordered: to sort would hold the first row back until the last is read.
        connection.execute(wanted.rows, wanted.parameters)
        batches: pa.RecordBatchReader = connection.to_arrow_reader(ARROW_ROWS)
        schema = batches.schema.with_metadata({"mark": mark} if mark else {})
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, schema) as writer:
            for batch in batches:
                writer.write_batch(batch.replace_schema_metadata(schema.metadata))
                yield _take(sink)
        yield _take(sink)


def _take(sink: io.BytesIO) -> bytes:
    data = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return data


def write_difference(
    before: Path, after: Path, target: Path, columns: Sequence[str], *, kind: str
) -> int:
    """Write the rows that went and came between two Parquet files of one folder; how many. 写出变更。

    Each stands as often as it went or came, with `delete` or `insert` in the column `kind`; a row
    that was altered did both.
    """
    old, new = (
        f"(SELECT {name_list(columns)} FROM read_parquet({quote_text(one.resolve())}))"
        for one in (before, after)
    )
    with engine(reach=[target.resolve().parent]) as connection:
        found = connection.execute(
            f"COPY (SELECT *, 'delete' AS {quote_name(kind)} FROM (FROM {old} EXCEPT ALL FROM {new})"
            f" UNION ALL SELECT *, 'insert' FROM (FROM {new} EXCEPT ALL FROM {old}))"
            f" TO {quote_text(target.resolve())} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchone()
    return int(found[0]) if found else 0


def _write_parquet(connection: Connection, wanted: Wanted, target: Path, mark: str) -> int:
    told = f", KV_METADATA {{mark: {quote_text(mark)}}}" if mark else ""
    answer = connection.execute(
        f"COPY (SELECT {name_list(wanted.columns)} FROM {wanted.rows})"
        f" TO {quote_text(target.resolve())} (FORMAT parquet, COMPRESSION zstd{told})",
        wanted.parameters,
    ).fetchone()
    return int(answer[0]) if answer else 0


def _write_csv(connection: Connection, wanted: Wanted, target: Path, _: str) -> int:
    safe = ", ".join(f"{_defused(quote_name(c))} AS {quote_name(c)}" for c in wanted.columns)
    plain = target.with_suffix(".part")
    answer = connection.execute(
        f"COPY (SELECT {safe} FROM {wanted.rows}) TO {quote_text(plain.resolve())}"
        " (HEADER, DELIMITER ',')",
        wanted.parameters,
    ).fetchone()
    with target.open("wb") as out, plain.open("rb") as source:
        out.write(b"\xef\xbb\xbf")
        while block := source.read(1 << 20):
            out.write(block)
    plain.unlink()
    return int(answer[0]) if answer else 0


def _write_xlsx(connection: Connection, wanted: Wanted, target: Path, mark: str) -> int:
    answer = connection.execute(
        f"SELECT {name_list(wanted.columns)} FROM {wanted.rows}", wanted.parameters
    )
    blocks = iter(lambda: answer.fetchmany(BLOCK), [])
    with target.open("wb") as out:
        return write_xlsx(
            out, wanted.columns, (row for block in blocks for row in block), mark=mark
        )


def _defused(column: str) -> str:
    """A quote before what a spreadsheet would run; a plain number stays. 公式转义。"""
    risky = f"regexp_matches({column}, '{RISKY}') AND NOT regexp_matches({column}, '{NUMBER}')"
    return f"CASE WHEN {risky} THEN chr(39) || {column} ELSE {column} END"


WRITERS: Mapping[str, Writer] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
}
