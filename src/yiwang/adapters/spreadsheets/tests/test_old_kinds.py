import random
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.adapters.spreadsheets.html import TableParser
from yiwang.kernel.tabular.services import FileRefused, open_source
from yiwang.kernel.tabular.types import ReadLimits, ReadOptions

PAGE = """<html><head><meta charset="gb2312"><style>td{x:y}</style></head><body>
<table><tr><td>菜单</td></tr></table>
<table><caption>街道</caption>
<tr><th rowspan=2>街道</th><th colspan=2>人口</th></tr><tr><th>户数</th><th>人数</th></tr>
<tr><td>甲<br>街道<span style="display:none">x</span></td><td>001</td><td>34</td></tr>
<tr><td>乙&amp;丙</td><td>002</td><td>&nbsp;</td></tr></table></body></html>"""

SHEETS = """<?xml version="1.0" encoding="GB2312"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="名册"><Table>
<Row><Cell><Data ss:Type="String">编号</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">日期</Data></Cell>
<Cell><Data ss:Type="String">名称</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">001</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="DateTime">2023-03-05T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="String">甲</Data></Cell></Row></Table></Worksheet></Workbook>"""


def make_dbf(rows, *, page=0x4D):
    fields = [(b"\xb1\xe0\xba\xc5", b"C", 6), (b"XM", b"C", 8), (b"JE", b"N", 8), (b"RQ", b"D", 8)]
    length = 1 + sum(size for _, _, size in fields)
    start = 32 + 32 * len(fields) + 1
    head = struct.pack("<B3BIHH16xBB2x", 3, 123, 3, 5, len(rows), start, length, 0, page)
    for name, kind, size in fields:
        head += name.ljust(11, b"\0") + kind + b"\0" * 4 + bytes([size, 0]) + b"\0" * 14
    body = b""
    for deleted, *values in rows:
        body += b"*" if deleted else b" "
        for (_, kind, size), value in zip(fields, values, strict=True):
            raw = value.encode("gb18030")
            body += raw.rjust(size) if kind == b"N" else raw.ljust(size)
    return head + b"\r" + body + b"\x1a"


TABLE = make_dbf(
    [
        (False, "001", "张三", "12.50", "20230305"),
        (True, "002", "删去", "1", "20230305"),
        (False, "003", "欧阳娜", "", "        "),
    ]
)


def read(tmp_path, data, name="表.xls", **options):
    path = tmp_path / "given"
    path.write_bytes(data)
    return open_source(path, name, ReadOptions(**options), ReadLimits(seconds=20))


def rows_of(source):
    return [row for batch in source.batches() for row in batch.rows]


def test_a_page_saved_under_the_name_of_a_workbook_gives_its_table(tmp_path):
    (source,) = read(tmp_path, PAGE.encode("gb18030"))

    assert (source.format, source.header_rows) == ("html", 2)
    assert source.columns == ["街道", "人口/户数", "人口/人数"]
    assert rows_of(source) == [["甲\n街道", "001", "34"], ["乙&丙", "002", "\xa0"]]


def test_several_tables_of_a_page_are_told_apart_by_their_captions(tmp_path):
    table = "<table><caption>{0}</caption><tr><td>名称<td>数<tr><td>{0}<td>1</table>"
    page = f"<html>{table.format('甲')}{table.format('乙')}</html>"

    sources = read(tmp_path, page.encode())
    (one,) = read(tmp_path, page.encode(), sheet="乙")

    assert [source.sheet for source in sources] == ["甲", "乙"]
    assert rows_of(one) == [["乙", "1"]]


def test_a_page_without_a_table_is_refused(tmp_path):
    with pytest.raises(FileRefused) as caught:
        read(tmp_path, b"<html><body>no table</body></html>")

    assert caught.value.code == "tabular.file.no_table"


def test_a_page_with_all_its_parts_in_one_file_gives_its_tables(tmp_path):
    part = "<html><table><tr><td>编号<td>名称<tr><td>001<td>甲</table></html>".encode()
    text = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + part
        + b"\r\n--x--\r\n"
    )

    (source,) = read(tmp_path, text)

    assert source.format == "mhtml"
    assert rows_of(source) == [["001", "甲"]]


def test_a_workbook_in_one_xml_file_keeps_codes_and_empty_columns(tmp_path):
    (source,) = read(tmp_path, SHEETS.encode("gb18030"))

    assert (source.format, source.sheet) == ("xmlsheet", "名册")
    assert source.columns == ["编号", "日期", "名称"]
    assert rows_of(source) == [["001", "2023-03-05", "甲"]]


def test_xml_that_declares_entities_is_not_read(tmp_path):
    bomb = SHEETS.replace("<Workbook", '<!DOCTYPE a [<!ENTITY b "c">]><Workbook', 1)

    with pytest.raises(FileRefused) as caught:
        read(tmp_path, bomb.encode("gb18030"))

    assert caught.value.code == "tabular.file.hostile"


def test_a_dbf_in_gbk_gives_its_rows_without_the_deleted_ones(tmp_path):
    (source,) = read(tmp_path, TABLE, "a.dbf")

    assert source.columns == ["编号", "XM", "JE", "RQ"]
    assert rows_of(source) == [["001", "张三", "12.50", "20230305"], ["003", "欧阳娜", None, None]]
    assert [note.params for note in source.notes if note.kind == "rows_deleted"] == [{"count": 1}]


def test_a_dbf_that_was_cut_is_refused(tmp_path):
    with pytest.raises(FileRefused) as caught:
        read(tmp_path, TABLE[:-30], "a.dbf")

    assert caught.value.code == "tabular.file.damaged"


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            [
                "<table>",
                "</table>",
                "<tr>",
                "</tr>",
                "<td colspan=3>",
                "<td rowspan=9>",
                "<th>",
                "</td>",
                "<caption>",
                "</caption>",
                "<script>",
                "</script>",
                "甲",
                "<",
                "&#x0;",
                "<td colspan=-1>",
                "<br>",
            ]
        ),
        max_size=60,
    )
)
def test_any_order_of_tags_gives_tables_within_bounds(pieces):
    parser = TableParser()
    parser.feed("".join(pieces))
    parser.close()

    for table in parser.tables:
        assert all(len(row) <= 3 * 60 + 60 for row in table.rows)


@pytest.mark.deep
@pytest.mark.parametrize("given", [PAGE.encode("gb18030"), SHEETS.encode("gb18030"), TABLE])
def test_files_with_flipped_and_missing_bytes_are_read_or_refused(tmp_path, given):
    luck = random.Random(7)
    for _ in range(25):
        data = bytearray(given[: luck.randrange(40, len(given))] if luck.random() < 0.4 else given)
        for _ in range(luck.randrange(4)):
            data[luck.randrange(len(data))] = luck.randrange(256)
        with suppress(FileRefused):
            for source in read(tmp_path, bytes(data)):
                assert all(len(row) == len(source.columns) for row in rows_of(source))


def test_no_reader_is_named_by_a_file_name(tmp_path):
    (source,) = read(tmp_path, TABLE, str(Path("x") / "a.csv"))

    assert source.format == "dbf"
