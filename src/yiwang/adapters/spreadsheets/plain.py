"""Rows of a sheet that are as plain as most rows are, many at a time. 规整行快速读取。

What a sheet means is said by the strict reader (`sheet`). This one takes from it only whole rows
of which a pattern accounts for every character; the pattern is learned from the rows themselves,
out of a few known forms of a cell. Everything else, the head and the foot too, is fed to the strict
reader's own parser in its turn. At the first doubt the sheet is read anew by the strict reader
alone, so a refusal is always its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import lt

from yiwang.kernel.tabular.grid import GridBlock, GridRow
from yiwang.kernel.tabular.headers import SAMPLE_ROWS
from yiwang.kernel.tabular.packing import without_collector

from .columns import FORMULA, MOST_COLUMNS, Columns, Doubt, Variant
from .package import forbid_entities
from .sheet import MOST_ROW, SheetReader, column_index

_MOST_LESSONS = 500
_LONGEST_ROW = 4 << 20
_CHUNK = 256 << 10  # small enough to stay near the processor
_BEGIN = b"<sheetData>"
_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?i:utf-8)[\"'])?"
    rb"(?: standalone=[\"'](?:yes|no)[\"'])?\s*\?>)?[^?!]*"
)
# Characters that XML does not allow or reads as others; U+FFFE and U+FFFF are looked for by name.
_UNUSUAL = bytes(set(range(32)) - {9, 10})
_ATTRIBUTES = re.compile(r'(?: [A-Za-z][A-Za-z0-9:]*="[^"<>&]*")*')
_NAME = re.compile(r" ([A-Za-z][A-Za-z0-9:]*)=")
_ROW = re.compile(r'[ \t\n]*<row r="[0-9]{1,7}"[^<>]*>(?=<c )')
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]{1,7}"((?: s="[0-9]{1,5}")?(?: t="[A-Za-z]{1,9}")?)'
    rf'(?:/>|></c>|>({FORMULA})?(<v>|<is><t(?: xml:space="preserve")?>)[^<]*'
    r"(?:</v>|</t></is>)</c>)"
)


class PlainReader:
    """Reads one sheet, handing to the strict reader what is not plain. 规整行读取器。"""

    def __init__(self, strict: SheetReader) -> None:
        self.strict = strict
        self.package = strict.package
        self.columns = Columns(strict)
        self.widest = min(MOST_COLUMNS, self.package.opened.budget.limits.columns)
        self.parser = strict.parser()
        forbid_entities(self.parser)
        self.given = self.lessons = 0
        self.ended = False
        self.run: list[tuple[str | None, ...]] = []
        self.ready: list[GridBlock] = []
        self._hidden: dict[str, bool] = {}
        self._learn([])

    def rows(self) -> Iterator[GridRow | GridBlock]:
        """All rows that have a cell, most of them in blocks. 全部行。"""
        held, begun = b"", False
        for chunk in self.package.chunks(self.strict.sheet.part, _CHUNK):
            held += chunk
            if not begun and _BEGIN in held:
                begun, held = True, self._begin(held)
            cut = held.rfind(b"</row>") + 6
            if begun and not self.ended and cut > 5:
                text, held = self._text(held[:cut]), held[cut:]
                yield from self._read(text)
            if self.ended or (begun and held.lstrip().startswith(b"</sheetData>")):
                self.ended = True
                yield from self._strictly(held)
                held = b""
            if len(held) > _LONGEST_ROW:
                raise Doubt
        yield from self._strictly(held)
        self.parser.Parse(b"", True)
        yield from self.strict.take_ready()

    def _begin(self, held: bytes) -> bytes:
        end = held.index(_BEGIN) + len(_BEGIN)
        if not _HEAD.fullmatch(held[:end]):
            raise Doubt
        self.parser.Parse(held[:end], False)
        return held[end:]

    def _text(self, block: bytes) -> str:
        """The block decoded, once nothing in it needs a parser's eye."""
        if len(block.translate(None, _UNUSUAL)) != len(block) or b"]]>" in block:
            raise Doubt
        if b"\xef\xbf\xbe" in block or b"\xef\xbf\xbf" in block:
            raise Doubt
        try:
            return block.decode()
        except UnicodeDecodeError as error:
            raise Doubt from error

    def _read(self, text: str) -> Iterator[GridRow | GridBlock]:
        at = 0
        while at < len(text):
            if not self.ended and self.given >= SAMPLE_ROWS:
                at = self._match(text, at)
            if at < len(text) and not self._learn_from(text, at):
                yield from self._flush()
                end = self._end_of_row(text, at)
                yield from self._strictly(text[at:end].encode())
                at = end
        yield from self._flush()

    @without_collector
    def _match(self, text: str, at: int) -> int:
        match, take = self.pattern.match, self.run.append
        while found := match(text, at):
            take(found.groups())
            at = found.end()
        return at

    def _end_of_row(self, text: str, at: int) -> int:
        """Where the row that begins here ends; of what is no row, the end of everything."""
        begin = at + len(text[at : at + 1024]) - len(text[at : at + 1024].lstrip(" \t\n"))
        if self.ended or text.startswith("</sheetData>", begin):
            self.ended = True
            return len(text)
        end = text.find("</row>", begin) + 6
        piece = text[begin:end]
        if end < 6 or not piece.startswith("<row ") or piece.count("<row") > 1 or "<!" in piece:
            raise Doubt
        return end

    def _strictly(self, piece: bytes) -> list[GridRow]:
        self.parser.Parse(piece, False)
        rows = self.strict.take_ready()
        self.given += len(rows)
        return rows

    def _learn_from(self, text: str, at: int) -> bool:
        """Whether the row here has taught the pattern something new."""
        if self.ended or self.given < SAMPLE_ROWS or self.lessons >= _MOST_LESSONS:
            return False
        self.lessons += 1
        variants = self._variants(text, at)
        if not variants or not self.columns.are_new(variants):
            return False
        if self.run:  # its groups are those of the pattern so far
            self.ready.append(self._block())
        self._learn(variants)
        return True

    def _learn(self, variants: list[Variant]) -> None:
        self.columns.learn(variants)
        self.pattern = re.compile(
            r'[ \t\n]*+<row r="([0-9]{1,7})"([^<>]*+)>(?=<c )' + self.columns.pattern() + "</row>"
        )

    def _variants(self, text: str, at: int) -> list[Variant]:
        """The forms of the cells of this row, none where one is not known."""
        row = _ROW.match(text, at)
        place, found, last = row.end() if row else at, [], -1
        while row and (cell := _CELL.match(text, place)):
            variant = Variant.of(column_index(cell[1]), cell[2], cell[3] or "", cell[4] or "")
            if variant is None or not last < variant.at < self.widest:
                return []
            found.append(variant)
            last, place = variant.at, cell.end()
        return found if text.startswith("</row>", place) else []

    def _flush(self) -> list[GridBlock]:
        if self.run:
            self.ready.append(self._block())
        ready, self.ready = self.ready, []
        return ready

    @without_collector
    def _block(self) -> GridBlock:
        groups = list(zip(*self.run, strict=True))
        self.run = []
        places = list(map(int, groups[0]))
        if not self.strict.place < places[0] or places[-1] > MOST_ROW:
            raise Doubt
        if not all(map(lt, places, places[1:])):
            raise Doubt
        self.strict.place = places[-1]
        for attributes in set(groups[1]):
            if self._is_hidden(attributes or ""):
                self.strict.facts.hidden_rows += groups[1].count(attributes)
        cells, marked = self.columns.read(len(places), groups[2:])
        self.given += len(places)
        return GridBlock(places, cells, marked)

    def _is_hidden(self, attributes: str) -> bool:
        if attributes not in self._hidden:
            names = _NAME.findall(attributes)
            whole = _ATTRIBUTES.fullmatch(attributes)
            if not whole or "r" in names or len(set(names)) < len(names):
                raise Doubt
            hidden = ' hidden="1"' in attributes or ' hidden="true"' in attributes
            self._hidden[attributes] = hidden
        return self._hidden[attributes]
