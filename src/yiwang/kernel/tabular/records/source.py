"""Tables out of records. 记录成表。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from yiwang.kernel.base.text import msg
from yiwang.kernel.tabular.encoding import Encoding, find_encoding, iterate_text
from yiwang.kernel.tabular.errors import FileRefused
from yiwang.kernel.tabular.grid import GridRow, Mark
from yiwang.kernel.tabular.opening import Opened
from yiwang.kernel.tabular.spool import SpooledSource, spool
from yiwang.kernel.tabular.types import Row, TableSource

from .flatten import TooDeep, as_cell, descend, flatten
from .paths import Column, RecordsPath, parse_path
from .stream import JsonDamaged, JsonStream, JsonTooLarge, Members
from .walk import Found, Walker, propose_paths

_LARGEST = 64 << 20


class RecordsSource(SpooledSource):
    """A table of records whose columns are named by what the records hold. 记录表。

    Columns stand in the order in which they first appear; a record without one has nothing there.
    """

    def __init__(self, opened: Opened, kind: str, path: RecordsPath, encoding: Encoding) -> None:
        self._file = opened.name
        self._columns = _Columns(path, opened.budget.limits.depth)
        self._encoding = encoding
        self._path = path
        self._lines = kind == "jsonl"
        target = opened.scratch.new_file(".rows")
        packed = opened.path.stat().st_size
        spooled = spool(self._rows(opened), target, opened.budget, packed=packed)
        if not self._columns.names:
            raise FileRefused(
                "tabular.records.empty",
                msg("%(file)s: nothing stands at the records path %(path)s."),
                file=opened.name,
                path=path.text,
            )
        super().__init__(opened, spooled, kind=kind, sheet=path.text, names=self._columns.names)
        self.encoding, self.encoding_instead = encoding.name, encoding.instead

    def pieces(self) -> Iterator[GridRow]:
        """All rows, one by one. 全部行。"""
        return self.grid()

    def grid(self) -> Iterator[GridRow]:
        """All records. 全部记录。"""
        late = self._columns.late()
        for row in super().grid():
            for at, cell in late.items():
                row.cells[at] = cell
            yield row

    def _rows(self, opened: Opened) -> Iterator[GridRow]:
        place = 0
        try:
            for place, found in enumerate(self._found(opened), start=1):
                yield self._columns.row(place, found)
        except TooDeep as error:
            raise FileRefused(
                "tabular.records.deep",
                msg("%(file)s: record %(row)s is nested deeper than %(limit)s levels."),
                file=self._file,
                row=place,
                limit=opened.budget.limits.depth,
            ) from error

    def _found(self, opened: Opened) -> Iterator[Found]:
        walker = Walker(self._path)
        with_stream = _stream(opened, self._encoding)
        yield from _guarded(opened, with_stream, walker, lines=self._lines)


def _stream(opened: Opened, encoding: Encoding) -> JsonStream:
    return JsonStream(iterate_text(opened.path, encoding), largest=_LARGEST)


def _guarded(opened: Opened, stream: JsonStream, walker: Walker, *, lines: bool) -> Iterator[Found]:
    try:
        yield from walker.records(stream)
        while lines and stream.peek():
            yield from walker.records(stream)
        if stream.peek():
            raise stream.damaged("something stands after the end")
    except JsonDamaged as error:
        raise _damaged(opened, error) from error
    except JsonTooLarge as error:
        raise _too_large(opened, error) from error


def _damaged(opened: Opened, error: JsonDamaged) -> FileRefused:
    return FileRefused(
        "tabular.json.damaged",
        msg("%(file)s is damaged JSON: line %(line)s, %(why)s. Ask for it again."),
        file=opened.name,
        line=error.line,
        why=error.why,
    )


def _too_large(opened: Opened, error: JsonTooLarge) -> FileRefused:
    return FileRefused(
        "tabular.json.large",
        msg(
            "%(file)s, line %(line)s: one record has more than %(limit)s characters. Give a records path that goes deeper."
        ),
        file=opened.name,
        line=error.line,
        limit=_LARGEST,
    )


class _Columns:
    """Gathers the columns while records come by, and cuts each record into cells."""

    def __init__(self, path: RecordsPath, depth: int) -> None:
        self.path = path
        self.depth = depth
        self.names: list[str] = []
        self._at: dict[tuple[str, int], int] = {}
        self._ancestors: tuple[Any, ...] = ()
        self._streamed = Walker(path).streamed
        for column in path.columns:
            self._place(column.name, 0)

    def _place(self, name: str, nth: int) -> int:
        at = self._at.get((name, nth))
        if at is None:
            at = self._at[(name, nth)] = len(self.names)
            self.names.append(name)
        return at

    def row(self, place: int, found: Found) -> GridRow:
        """The cells of a record; columns that it is the first to have come into being."""
        self._ancestors = found.around[: self._streamed]
        cells: Row = [None] * len(self.names)
        marks: list[Mark] = []
        for name, nth, value in self._values(found):
            at = self._place(name, nth)
            while len(cells) <= at:
                cells.append(None)
            cells[at] = self._cell(value, at, marks)
        return GridRow(place, cells, tuple(marks))

    def _values(self, found: Found) -> Iterator[tuple[str, int, Any]]:
        for column in self.path.columns:
            yield column.name, 0, _take(column, found)
        if not self.path.everything:
            return
        seen: dict[str, int] = {column.name: 1 for column in self.path.columns}
        for name, value in self._everything(found):
            nth = seen.get(name, 0)
            seen[name] = nth + 1
            yield name, nth, value

    def _everything(self, found: Found) -> Iterator[tuple[str, Any]]:
        if not self.path.columns:
            keys = [key for key, is_key in found.keys if is_key]
            yield from _numbered("key", keys)
        if isinstance(found.value, Members):
            yield from flatten(found.value, self.depth)
        elif isinstance(found.value, list):
            yield from _numbered("value", found.value)
        else:
            yield "value", found.value

    def _cell(self, value: Any, at: int, marks: list[Mark]) -> str | None:
        cell = as_cell(value, self.depth)
        if cell is None or cell.isascii() or _is_whole(cell):
            return cell
        # Half of a pair is no character; the escape that the file holds is shown instead.
        shown = cell.encode("utf-8", "backslashreplace").decode()
        marks.append(Mark(at, "half_character", shown))
        return shown

    def late(self) -> dict[int, str | None]:
        """Cells taken from around the streamed part, complete only after the last record."""
        steps = len(self.path.steps)
        return {
            self._at[(column.name, 0)]: as_cell(
                descend(self._ancestors[steps - column.up], column.down), self.depth
            )
            for column in self.path.columns
            if column.up and steps - column.up < len(self._ancestors)
        }


def _numbered(name: str, values: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    listed = list(values)
    for at, value in enumerate(listed, start=1):
        yield (name if len(listed) == 1 else f"{name}_{at}"), value


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _take(column: Column, found: Found) -> Any:
    if column.key is not None:
        return found.keys[column.key][0]
    start = found.around[-column.up] if column.up else found.value
    return descend(start, column.down)


def open_json(opened: Opened) -> list[TableSource]:
    """The records of a JSON document or of JSON lines. 打开 JSON。"""
    encoding = find_encoding(opened.path, file=opened.name, asked=opened.options.encoding)
    lines = _is_lines(opened, encoding)
    asked = opened.options.records
    path = parse_path(asked) if asked else _proposed(opened, encoding, lines=lines)
    return [RecordsSource(opened, "jsonl" if lines else "json", path, encoding)]


def _is_lines(opened: Opened, encoding: Encoding) -> bool:
    """Whether the first line is a value of its own and more follow."""
    stream = _stream(opened, encoding)
    try:
        first = stream.line
        stream.skip()
        return bool(stream.peek()) and stream.line > first
    except (JsonDamaged, JsonTooLarge):
        return False


def _proposed(opened: Opened, encoding: Encoding, *, lines: bool) -> RecordsPath:
    if lines:
        return parse_path("/")
    try:
        paths = propose_paths(_stream(opened, encoding))
    except JsonDamaged as error:
        raise _damaged(opened, error) from error
    except JsonTooLarge as error:
        raise _too_large(opened, error) from error
    if len(paths) != 1:
        listed = ", ".join(paths[:10]) or "-"
        raise FileRefused(
            "tabular.records.which",
            msg(
                "%(file)s holds no list of records that stands out. Say where they are with a records path. Found: %(paths)s"
            ),
            file=opened.name,
            paths=listed,
        )
    return _of_features(opened, encoding) if paths[0] == "/features/*" else parse_path(paths[0])


def _of_features(opened: Opened, encoding: Encoding) -> RecordsPath:
    """GeoJSON: the properties are the columns, the geometry is one text beside them."""
    walker = Walker(plain := parse_path("/features/*"))
    features = islice(_guarded(opened, _stream(opened, encoding), walker, lines=False), 200)
    keys = [{key for key, _ in one.value} for one in features if isinstance(one.value, Members)]
    if not keys or not all({"properties", "geometry"} <= one for one in keys):
        return plain
    number = " id=../id" if any("id" in one for one in keys) else ""
    return parse_path(f"/features/*/properties *{number} geometry=../geometry")
