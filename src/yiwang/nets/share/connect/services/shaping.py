"""Tables as their mapping wants them: sheets gathered, columns left out and renamed. 按映射整形。"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.tabular.types import Batch, DelimitedFile, Difference, TableSource
from yiwang.nets.share.connect.types import Instructions

from .holding import describe_drift


class Over(TableSource):
    """A table over another that is read a little otherwise. 叠加读取。"""

    def __init__(self, source: TableSource) -> None:
        self.source = source
        self.member, self.sheet = source.member, source.sheet
        self.format, self.encoding, self.dialect = source.format, source.encoding, source.dialect
        self.encoding_instead = source.encoding_instead
        self.header_row, self.header_rows = source.header_row, source.header_rows
        self.footer_rows, self.notes = source.footer_rows, source.notes
        self.columns = list(source.columns)


class Shaped(Over):
    """Some columns left out, some called otherwise. 取列与改名。"""

    def __init__(self, source: TableSource, told: Instructions) -> None:
        super().__init__(source)
        self._kept = [at for at, name in enumerate(source.columns) if name not in told.left_out]
        if not self._kept:
            raise InvalidInput("connect.columns.none", "No column is left to land")
        self.names = {
            source.columns[at]: told.names.get(source.columns[at], source.columns[at])
            for at in self._kept
        }
        self.columns = list(self.names.values())
        _refuse_doubled(self.columns)

    @property
    def fast(self) -> DelimitedFile | None:
        """The fast reader takes all columns or none. 快速读取。"""
        return self.source.fast if len(self._kept) == len(self.source.columns) else None

    def batches(self) -> Iterator[Batch]:
        """All rows, without what is left out. 逐批读出。"""
        for batch in self.source.batches():
            rows = [[row[at] for at in self._kept] for row in batch.rows]
            yield replace(batch, rows=rows, differences=self._differences(batch.differences))

    def _differences(self, found: Sequence[Difference]) -> list[Difference]:
        return [
            one._replace(column=self.names.get(one.column, one.column))
            for one in found
            if not one.column or one.column in self.names
        ]


class Gathered(Over):
    """Sheets of the same columns as one table, one below the other. 多表合并。"""

    def __init__(self, sources: Sequence[TableSource]) -> None:
        super().__init__(sources[0])
        self.sheet = ""
        self._sources = sources
        for other in sources[1:]:
            if list(other.columns) != self.columns:
                raise Conflict(
                    "connect.held.gather",
                    "The sheets cannot be gathered: %(sheet)s has not the columns of %(first)s. "
                    "%(difference)s",
                    sheet=other.sheet or other.member,
                    first=sources[0].sheet or sources[0].member,
                    difference=describe_drift(self.columns, other.columns),
                )

    def batches(self) -> Iterator[Batch]:
        """The rows of each table after those of the one before. 逐批读出。"""
        before = 0
        for source in self._sources:
            last = 0
            for batch in source.batches():
                last = batch.first_row + len(batch.rows) - 1
                differences = [one._replace(row=one.row + before) for one in batch.differences]
                yield replace(batch, first_row=batch.first_row + before, differences=differences)
            before += last


def shape_sources(found: Sequence[TableSource], told: Instructions) -> list[TableSource]:
    """The tables of a file as the instructions want them. 整形。"""
    tables: list[TableSource] = list(found)
    if told.sheets:
        chosen = [one for one in tables if one.sheet in told.sheets]
        missing = sorted(set(told.sheets) - {one.sheet for one in chosen})
        if missing:
            raise InvalidInput(
                "connect.sheets.missing",
                "There is no sheet %(sheets)s in the file",
                sheets=", ".join(missing),
            )
        tables = [Gathered(chosen)] if len(chosen) > 1 else chosen
    if told.left_out or told.names:
        tables = [Shaped(one, told) for one in tables]
    return tables


def headings_of(source: TableSource) -> list[str]:
    """What the columns are called in the file, in the order in which they land. 原列名。"""
    return list(source.names if isinstance(source, Shaped) else source.columns)


def name_as_landed(told: Instructions, columns: Sequence[str]) -> Instructions:
    """What is said about headings, said about the columns that land. 改用落地列名。

    A drift that a person has waived may have taken columns away; nothing is said about those.
    """
    names = {heading: told.names.get(heading, heading) for heading in [*told.columns, *told.key]}
    elements = {
        names[heading]: element
        for heading, element in told.columns.items()
        if element
        and heading not in told.left_out
        and ("drift" not in told.waived or names[heading] in columns)
    }
    return replace(told, key=tuple(names[one] for one in told.key), columns=elements)


def _refuse_doubled(columns: Sequence[str]) -> None:
    doubled = [name for at, name in enumerate(columns) if name in columns[:at]]
    if doubled:
        raise InvalidInput(
            "connect.columns.doubled",
            "Two columns would be called %(name)s",
            name=doubled[0],
        )
