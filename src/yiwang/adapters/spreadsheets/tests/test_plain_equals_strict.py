"""The reader of plain rows against the strict one, on sheets made to part them and on real ones."""

import os
import zipfile
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yiwang.adapters.spreadsheets import plain, xlsx
from yiwang.adapters.spreadsheets.columns import Doubt
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.tabular.errors import LimitPassed
from yiwang.kernel.tabular.grid import GridBlock
from yiwang.kernel.tabular.services import open_source
from yiwang.kernel.tabular.types import ReadLimits, ReadOptions

DATA = Path(os.environ.get("YIWANG_REAL_DATA", "../shared/data"))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CODES = ["0", "yyyy/m/d", '0.00"元"', '"第"@"号"', "@", "0000", "#,##0.0;[Red]-0"]
SHARED = ["甲", "", "a_x0041_b", " b ", "x&amp;y", "_x0031", "长" * 50]


def book(folder, sheet, *, encode="utf-8"):
    """A workbook around the XML of one sheet."""
    formats = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        for at, code in enumerate(CODES)
    )
    styles = "".join(f'<xf numFmtId="{n}"/>' for n in [0, *range(164, 164 + len(CODES))])
    parts = {
        "_rels/.rels": '<Relationships><Relationship Id="r" Type="x/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook><sheets><sheet name="表" r:id="s"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="s" Type="x/worksheet"'
        ' Target="s.xml"/></Relationships>',
        "xl/styles.xml": f"<styleSheet><numFmts>{formats}</numFmts>"
        f"<cellXfs>{styles}</cellXfs></styleSheet>",
        "xl/sharedStrings.xml": "<sst>"
        + "".join(f"<si><t>{t}</t></si>" for t in SHARED)
        + "</sst>",
        "xl/s.xml": sheet if isinstance(sheet, bytes) else sheet.encode(encode),
    }
    path = folder / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def worksheet(rows, tail=""):
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{tail}</worksheet>'


def read(path, options=None, limits=None):
    """Everything that a reader says about a file, refusals too."""
    try:
        return [
            (
                source.sheet, source.columns, source.header_row, source.header_rows,
                source.footer_rows, source.notes,
                [row for batch in batches for row in batch.rows],
                [place for batch in batches for place in batch.places],
                [one for batch in batches for one in batch.differences],
            )
            for source in open_source(path, "a.xlsx", options, limits=limits)
            for batches in [list(source.batches())]
        ]  # fmt: skip
    except InvalidInput as error:
        return type(error), error.code, error.extra


def read_strictly(path, options=None, limits=None):
    with patch.object(xlsx, "PlainReader", side_effect=Doubt):
        return read(path, options, limits)


def compare(path, options=None, limits=None, *, chunk=1 << 18, strict_rows=0):
    """How many rows went the fast way, once both readers have said the same."""
    taken = []
    fast = plain.PlainReader.rows

    def counting(self):
        for piece in fast(self):
            taken.append(len(piece.places) if isinstance(piece, GridBlock) else 0)
            yield piece

    with (
        patch.object(plain.PlainReader, "rows", counting),
        patch.object(plain, "_CHUNK", chunk),
        patch.object(plain, "SAMPLE_ROWS", strict_rows),
    ):
        found = read(path, options, limits)
    assert found == read_strictly(path, options, limits)
    return sum(taken)


numbers = st.one_of(
    st.integers(-(10**19), 10**19).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-1000, 1000, places=16).map(str),
    st.sampled_from(["0", "-0", "00", "1.50", " 5 ", "1e3", "1E-7", "0.00001", "0.000001", "x",
                     "42010", "110101199001011000", "0.99999999999999999", "1.", ".5", "1&amp;2",
                     "123456789.1234567890123456", "1.0000000000000005", "9" * 15, "9" * 16]),
)  # fmt: skip
words = st.sampled_from(["", "甲", "a b", "&amp;&lt;", "&#65;", "_x0041_", "_x", "]]>", "x\r\ny",
                         "\x01", "\ufffe", "<![CDATA[<c>]]>", "<!-- c -->", "&no;", "&", " "])  # fmt: skip
FORMULAS = ["<f>A1</f>", '<f t="shared" si="0"/>', '<f aca="false">A1&amp;B1</f>', "<f>A&lt;</f>",
            '<f a="1" a="2">A1</f>', "<f/>", ""]  # fmt: skip
ATTRIBUTES = ["", "", "", ' s="1"', ' s="2"', ' s="3"', ' s="4"', ' s="6"', ' s="7"', ' s="99"',
              ' s="1" s="2"', ' cm="1"']  # fmt: skip
ROWS = [""] * 12 + [' spans="1:3"', ' hidden="1"', ' ht="15" customHeight="1"', ' ht="1" ht="2"',
                    ' r="9"', ' x="a>b"', " hidden='1'", "/", ' r2="1&amp;"']  # fmt: skip


@st.composite
def cells(draw, letter, place):
    kind = draw(st.sampled_from(["", "", "n", "s", "str", "inlineStr", "b", "e", "d", "zz"]))
    attributes = draw(st.sampled_from(ATTRIBUTES)) + (f' t="{kind}"' if kind else "")
    reference = draw(
        st.sampled_from([f' r="{letter}{place}"'] * 9 + ["", f' r="{letter}"', ' r="A1"'])
    )
    form = draw(st.integers(0, 11))
    if form == 0:
        return f"<c{reference}{attributes}/>"
    if form == 1:
        return f"<c{reference}{attributes}></c>"
    value = {
        "s": st.sampled_from(["0", "1", "2", "3", "4", "5", "6", "7", "-1", " 1 ", "x"]),
        "b": st.sampled_from(["0", "1", "2"]),
        "e": st.sampled_from(["#N/A", ""]),
    }.get(kind, numbers if kind in {"", "n"} else words)
    text = draw(value)
    if kind == "inlineStr" and form != 2:
        space = draw(st.sampled_from(["", ' xml:space="preserve"', " x=''"]))
        sound = "<rPh><t>yi</t></rPh>" if form == 3 else ""
        return f"<c{reference}{attributes}><is><t{space}>{text}</t>{sound}</is></c>"
    formula = draw(st.sampled_from(FORMULAS)) if form == 4 else ""
    return f"<c{reference}{attributes}>{formula}<v>{text}</v></c>"


@st.composite
def rows(draw):
    """Rows of a few forms, repeated, so that patterns are learned and met again."""
    laid, place = [], 0
    for _ in range(draw(st.integers(1, 14))):
        place += draw(st.sampled_from([1] * 12 + [2, 0, 3]))
        letters = draw(st.sampled_from(["AB", "ABC", "ABC", "AC", "B", "", "CA"]))
        inside = "".join(draw(cells(letter, place)) for letter in letters)
        attributes = draw(st.sampled_from(ROWS))
        between = draw(st.sampled_from([""] * 9 + ["\n", " ", "<!-- x -->", "\r\n", "<x/>"]))
        laid.append(f'{between}<row r="{place}"{attributes}>{inside}</row>')
    return "".join(laid)


@settings(max_examples=600, deadline=None)
@given(
    rows(),
    st.sampled_from([7, 300, 1 << 18]),
    st.sampled_from(["shown", "stored"]),
    st.integers(0, 2),
)
def test_generated_sheets_read_alike(tmp_path_factory, laid, chunk, numbers, strict_rows):
    path = book(tmp_path_factory.mktemp("wild"), worksheet(laid))

    compare(path, ReadOptions(numbers=numbers), chunk=chunk, strict_rows=strict_rows)


@settings(max_examples=300, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=30), st.sampled_from(["", ' s="1"', ' s="7"']))
@example(["0.1234567890123445", "0.1234567890123455"], "")
def test_numbers_of_every_shape_read_alike(tmp_path_factory, values, style):
    laid = "".join(
        f'<row r="{at}"><c r="A{at}"{style}><v>{value}</v></c></row>'
        for at, value in enumerate(values, 1)
    )

    taken = compare(book(tmp_path_factory.mktemp("numbers"), worksheet(laid)))

    assert taken == len(values)


PLAIN = '<row r="{0}" spans="1:2"><c r="A{0}" t="s"><v>0</v></c><c r="B{0}"><v>{0}</v></c></row>'


@pytest.mark.parametrize(
    "sheet",
    [
        worksheet(PLAIN.format(1) + "<!-- " + PLAIN.format(2) + " -->" + PLAIN.format(3)),
        worksheet(PLAIN.format(1) + "<!-- </row>" + PLAIN.format(2) + " -->"),
        worksheet(PLAIN.format(1) + f'<row r="2">{PLAIN.format(3)}</row>' + PLAIN.format(4)),
        worksheet(PLAIN.format(1), tail=PLAIN.format(2)),
        worksheet(PLAIN.format(1)) + PLAIN.format(2),
        worksheet(PLAIN.format(1), tail=f'<mergeCells><mergeCell ref="A1:B1"/></mergeCells>{" " * 999}'),
        worksheet(PLAIN.format(1) + PLAIN.format(2))[:-40],
        worksheet(PLAIN.format(2) + PLAIN.format(1)),
        worksheet(PLAIN.format(1) + PLAIN.format(1_048_577)),
        worksheet(PLAIN.format(1) + '<row r="2"><c r="ZZZ2"><v>1</v></c></row>'),
        worksheet(PLAIN.format(1).replace("row", "x:row").replace("<c", "<x:c").replace("</c", "</x:c")),
        worksheet(PLAIN.format(1)).replace("<sheetData>", '<cols><col min="2" max="3" hidden="1"/></cols><sheetData>'),
        '<?xml version="1.0" encoding="utf-16"?>' + worksheet(PLAIN.format(1)),
        '<?xml version="1.0" encoding="iso-8859-1"?>' + worksheet(PLAIN.format(1)),
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + worksheet(PLAIN.format(1)),
        "\ufeff" + worksheet(PLAIN.format(1)),
        f'<!DOCTYPE x [<!ENTITY a "b">]>{worksheet(PLAIN.format(1))}',
        worksheet(PLAIN.format(1)).encode() + b"\xff",
        worksheet(PLAIN.format(1)).replace("<v>0</v>", "<v>99</v>"),
        worksheet(PLAIN.format(1)).replace("<v>1</v>", "<is><t>1</t></is>"),
        worksheet(PLAIN.format(1)).encode().replace(b"<v>1</v>", b"<v>\xff</v>"),
        worksheet(PLAIN.format(1) + '<row r="2"/>' + PLAIN.format(3)),
        worksheet(PLAIN.format(1) + '<row r="2"></row><row r="3"><c r="B3" s="2"/></row>'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("chunk", [11, 1 << 18])
def test_sheets_that_could_part_the_readers_read_alike(tmp_path, sheet, chunk):
    compare(book(tmp_path, sheet), chunk=chunk)


def test_limits_hold_on_the_fast_way(tmp_path):
    laid = "".join(PLAIN.format(at) for at in range(1, 3001))
    path = book(tmp_path, worksheet(laid))

    for limits in (ReadLimits(rows=100), ReadLimits(columns=1), ReadLimits(unpacked=60_000),
                   ReadLimits(cell=3), ReadLimits(ratio=2, ratio_free=10)):  # fmt: skip
        found = read(path, limits=limits)
        assert found[0] is LimitPassed, limits
        assert found == read_strictly(path, limits=limits)


def test_plain_rows_go_the_fast_way_and_odd_ones_among_them_do_not_stop_it(tmp_path):
    odd = '<row r="{0}"><c r="A{0}"><v>1</v></c><c r="B{0}" t="inlineStr"><is><r><t>x</t></r></is></c></row>'
    laid = "".join((odd if at % 100 == 50 else PLAIN).format(at) for at in range(1, 1001))

    assert compare(book(tmp_path, worksheet(laid)), strict_rows=60) == 1000 - 60 - 9


def test_a_written_workbook_of_all_kinds_goes_the_fast_way(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["编号", "日期", "启用", "数", "空", "公式", "文"])
    for at in range(2, 500):
        workbook.active.append([f"{at:06}", None, at % 2 == 0, at / 7, None, f"=A{at}", f"<{at}>&"])
        workbook.active.cell(at, 2, at).number_format = "yyyy-mm-dd"
    workbook.save(tmp_path / "a.xlsx")

    assert compare(tmp_path / "a.xlsx", strict_rows=60) == 0  # formulas without values: not plain

    workbook.active.delete_cols(6)
    workbook.save(tmp_path / "a.xlsx")
    assert compare(tmp_path / "a.xlsx", strict_rows=60) == 499 - 60


REAL = sorted(DATA.rglob("*.xls[xm]")) if DATA.is_dir() else []


@pytest.mark.skipif(not REAL, reason="the real workbooks are not here")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
@pytest.mark.parametrize("strict_rows", [0, 60])
def test_real_workbooks_read_alike(path, strict_rows):
    compare(path, strict_rows=strict_rows)
