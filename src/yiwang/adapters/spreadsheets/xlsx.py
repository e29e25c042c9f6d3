"""XLSX and XLSM workbooks. XLSX 工作簿。

The reader walks the XML of the parts itself, in pieces, so that number formats, merged cells and
what is hidden are seen, memory does not follow what a header claims, and nothing is executed.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from functools import cached_property
from xml.parsers import expat

from yiwang.kernel.tabular.errors import LimitPassed
from yiwang.kernel.tabular.services import FileRefused, Opened
from yiwang.kernel.tabular.spool import Spooled, SpooledSource, spool
from yiwang.kernel.tabular.types import TableSource

from .columns import Doubt
from .package import HostileXml, Package
from .plain import PlainReader
from .sheet import SheetReader
from .sheets import SheetFacts, choose_sheet, notes_of
from .shown import BUILT_IN


@dataclass
class Sheet:
    """A sheet as the workbook lists it. 工作表。"""

    name: str
    part: str
    state: str


@dataclass
class Workbook:
    """What the sheets of a workbook share. 工作簿。"""

    sheets: list[Sheet] = field(default_factory=list)
    dates_1904: bool = False
    texts: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)

    @cached_property
    def has_escapes(self) -> bool:
        """Whether a shared text may hold an escaped character. 含转义字符。"""
        return any("_x" in text for text in self.texts)


def open_xlsx(opened: Opened) -> list[TableSource]:
    """The sheets of a workbook that hold anything, hidden ones too. 打开工作簿。"""
    package = Package(opened)
    book = read_workbook(package)
    names = choose_sheet([sheet.name for sheet in book.sheets], opened)
    chosen = [sheet for sheet in book.sheets if sheet.name in names]
    sources = [_open_sheet(package, book, sheet) for sheet in chosen]
    return [source for source in sources if source.columns]


def _open_sheet(package: Package, book: Workbook, sheet: Sheet) -> SpooledSource:
    opened = package.opened
    unpacked = opened.budget.unpacked
    try:
        spooled, facts = _spool_sheet(package, book, sheet, plain=True)
    except LimitPassed:
        raise
    except (Doubt, FileRefused, HostileXml, expat.ExpatError):
        # What is wrong, and whether anything is, the strict reader says.
        opened.budget.unpacked = unpacked
        spooled, facts = _spool_sheet(package, book, sheet, plain=False)
    source = SpooledSource(opened, spooled, kind="xlsx", sheet=sheet.name)
    source.notes += notes_of(sheet.name, facts, hidden=sheet.state != "visible")
    return source


def _spool_sheet(
    package: Package, book: Workbook, sheet: Sheet, *, plain: bool
) -> tuple[Spooled, SheetFacts]:
    opened = package.opened
    reader = SheetReader(package, book, sheet)
    rows = PlainReader(reader).rows() if plain else reader.rows()
    target = opened.scratch.new_file(".rows")
    spooled = spool(rows, target, opened.budget, packed=opened.path.stat().st_size)
    spooled.survey.merged = reader.facts.areas
    return spooled, reader.facts


def read_workbook(package: Package) -> Workbook:
    """The list of sheets, the shared texts and the number formats. 读工作簿。"""
    book = Workbook()
    path = _main_part(package)
    targets = _relations(package, path)
    _read_sheets(package, path, targets, book)
    base = posixpath.dirname(path)
    for kind, fallback in (("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")):
        part = next((t for k, t in targets.values() if k == kind), posixpath.join(base, fallback))
        if part in package:
            {"styles": _read_styles, "sharedStrings": _read_texts}[kind](package, part, book)
    return book


def _main_part(package: Package) -> str:
    if "_rels/.rels" in package:
        for kind, target in _relations(package, "").values():
            if kind == "officeDocument":
                return target
    return "xl/workbook.xml"


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Relation id to its kind and the part that it names."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}
    if rels not in package:
        return found

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            full = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = (kind, posixpath.normpath(full))

    _walk(package, rels, start)
    return found


def local(tag: str) -> str:
    """A tag without its prefix. 去前缀。"""
    return tag.rpartition(":")[2]


def _walk(package: Package, part: str, start: object) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start  # type: ignore[assignment]
    for _ in package.parse(part, parser):
        pass


def _read_sheets(
    package: Package, path: str, targets: dict[str, tuple[str, str]], book: Workbook
) -> None:
    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "workbookPr":
            book.dates_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "sheet":
            relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            kind, part = targets.get(relation, ("worksheet", ""))
            if kind == "worksheet" and part:
                state = attributes.get("state", "visible")
                book.sheets.append(Sheet(attributes.get("name", ""), part, state))

    _walk(package, path, start)


def _read_styles(package: Package, part: str, book: Workbook) -> None:
    codes = dict(BUILT_IN)
    inside = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "numFmt":
            codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "General")
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            book.formats.append(codes.get(_number(attributes.get("numFmtId")), "General"))

    def end(tag: str) -> None:
        if local(tag) == "cellXfs":
            inside[0] = False

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    for _ in package.parse(part, parser):
        pass


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and text.isascii() else 0


def _read_texts(package: Package, part: str, book: Workbook) -> None:
    """The shared texts; how a word is pronounced (rPh) is no part of it."""
    parts: list[str] = []
    state = {"text": False, "sound": 0}

    def start(tag: str, _: dict[str, str]) -> None:
        name = local(tag)
        if name == "rPh":
            state["sound"] += 1
        state["text"] = name == "t" and not state["sound"]

    def end(tag: str) -> None:
        name = local(tag)
        state["text"] = False
        if name == "rPh":
            state["sound"] -= 1
        elif name == "si":
            book.texts.append("".join(parts))
            parts.clear()

    def text(piece: str) -> None:
        if state["text"]:
            parts.append(piece)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    for _ in package.parse(part, parser):
        pass
