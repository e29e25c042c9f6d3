import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from yiwang.kernel.tabular.services import FileRefused, open_source
from yiwang.kernel.tabular.types import ReadOptions


def read(tmp_path, data, name="a.csv", **options):
    path = tmp_path / "given"
    path.write_bytes(data)
    (source,) = open_source(path, name, ReadOptions(**options))
    return source, [row for batch in source.batches() for row in batch.rows]


def differences(source):
    return [
        (one.row, one.column, one.kind, one.raw, one.shown)
        for batch in source.batches()
        for one in batch.differences
    ]


def test_an_empty_field_is_nothing_and_a_quoted_one_is_an_empty_text(tmp_path):
    _, rows = read(tmp_path, b'a,b\n"",\n,""\n')

    assert rows == [["", None], [None, ""]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16"])
def test_chinese_text_is_read_in_each_encoding(tmp_path, encoding):
    text = "編號,名稱,電話\n001,臺北市政府,012\n002,高雄市政府資料中心,034\n"

    source, rows = read(tmp_path, text.encode(encoding))

    assert source.columns == ["編號", "名稱", "電話"]
    assert rows == [["001", "臺北市政府", "012"], ["002", "高雄市政府資料中心", "034"]]


def test_a_file_that_is_ascii_for_its_first_megabyte_is_still_read_in_its_encoding(tmp_path):
    lines = ["code,name"] + [f"{number:06},plain" for number in range(100_000)]
    data = "\n".join([*lines, "999999,最后一行街道办事处"]).encode("gb18030")

    source, rows = read(tmp_path, data)

    assert source.encoding == "gb18030"
    assert rows[-1] == ["999999", "最后一行街道办事处"]


@pytest.mark.parametrize(
    ("text", "written", "asked", "instead"),
    [
        ("编号,名称\n1,你好\n", "utf-8", "gb18030", "utf-8"),
        ("编号,名称\n1,你好\n", "utf-8", "gbk", "utf-8"),
        ("a,b\n" + "é,ü\n" * 10, "utf-8", "latin-1", "utf-8"),
        ("a,b\n1,x\n", "utf-8-sig", "gb18030", "utf-8"),
        ("编号,名称\n1,你好\n", "gb18030", "gb18030", ""),
        ("編號,名稱\n1,你好\n", "big5", "big5", ""),
        ("编号,名称\n1,你好\n", "utf-8", "utf-8", ""),
        ("编号,名称\n1,你好\n", "utf-16", "utf-16", ""),
        ("a,b\n1,x\n", "ascii", "gb18030", ""),
        # Six bytes of GB 18030 that are valid UTF-8 too, but nothing Chinese there.
        ("a,b\n1,\u0410\u05d0\n", "utf-8", "gb18030", ""),
    ],
)
def test_bytes_that_speak_for_another_encoding_than_asked_are_named(
    tmp_path, text, written, asked, instead
):
    source, _ = read(tmp_path, text.encode(written), encoding=asked)

    assert source.encoding_instead == instead


@settings(max_examples=200)
@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=6, max_size=200))
def test_chinese_text_in_gb18030_is_not_taken_for_another_encoding(tmp_path_factory, text):
    data = f"名称\n{text}\n".encode("gb18030")
    assume(not _decodes(data, "utf-8"))

    source, _ = read(tmp_path_factory.mktemp("gb"), data, encoding="gb18030")

    assert source.encoding_instead == ""


def _decodes(data, encoding):
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def test_a_byte_that_does_not_decode_is_named_by_line_and_offset(tmp_path):
    data = "编号,名称\n1,建北街道\n2,青园".encode() + b"\xff" + "街道\n".encode()

    with pytest.raises(FileRefused) as caught:
        read(tmp_path, data)

    assert caught.value.code == "tabular.encoding.undecodable"
    assert caught.value.extra["line"] == 3
    assert caught.value.extra["byte"] == data.index(b"\xff")


def test_a_short_row_is_filled_with_nothing_and_named(tmp_path):
    source, rows = read(tmp_path, b"a,b,c\n1,2,3\n4,5\n")

    assert rows == [["1", "2", "3"], ["4", "5", None]]
    assert differences(source) == [(2, "", "ragged_short", "2", "3")]


def test_a_long_row_keeps_what_is_too_much_in_a_column_of_its_own(tmp_path):
    source, rows = read(tmp_path, b"a,b\n1,2\n3,4,5,\n")

    assert source.columns == ["a", "b", "surplus_cells"]
    assert rows == [["1", "2", None], ["3", "4", '["5", null]']]
    assert differences(source) == [(2, "surplus_cells", "ragged_long", "4", '["5", null]')]


def test_a_quotation_mark_never_closed_is_named_by_its_line(tmp_path):
    with pytest.raises(FileRefused) as caught:
        read(tmp_path, b'a,b\n1,2\n3,"four\n5,6\n7,8\n')

    assert (caught.value.code, caught.value.extra["line"]) == ("tabular.delimited.unclosed", 3)


def test_doubled_and_blank_names_get_fixed_names_and_are_noted(tmp_path):
    source, _ = read(tmp_path, b"name,,name,x\na,b,c,d\n")

    assert source.columns == ["name", "column_2", "name_2", "x"]
    assert {"header_blank", "header_doubled"} <= {note.kind for note in source.notes}
