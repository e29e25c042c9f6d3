import zipfile

import pytest

from yiwang.kernel.tabular.services import FileRefused, open_source
from yiwang.kernel.tabular.types import ReadLimits

SPACES = 'xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s" xmlns:calcext="c"'


def ods(path, body, *, styles="", encrypted=False):
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{body}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        if encrypted:
            archive.writestr("META-INF/manifest.xml", "<m><encryption-data/></m>")
    return path


def row(*cells, **attributes):
    written = "".join(f"<table:table-cell{cell}</table:table-cell>" for cell in cells)
    given = "".join(
        f' table:{key.replace("_", "-")}="{value}"' for key, value in attributes.items()
    )
    return f"<table:table-row{given}>{written}</table:table-row>"


def text(one):
    return f"><text:p>{one}</text:p>"


def rows_of(source):
    return [one for batch in source.batches() for one in batch.rows]


def test_the_shown_text_is_read_and_the_stored_value_kept_beside_it(tmp_path):
    value = ' office:value-type="float" office:value="0.256"><text:p>25.6%</text:p>'
    table = f'<table:table table:name="表">{row(text("名称"), text("比例"))}{row(text("甲"), value)}</table:table>'

    (source,) = open_source(ods(tmp_path / "given", table), "a.ods")

    assert rows_of(source) == [["甲", "25.6%"]]
    assert [(one.kind, one.raw) for batch in source.batches() for one in batch.differences] == [
        ("number_format", "0.256")
    ]


def test_comments_are_no_text_and_paragraphs_are_lines(tmp_path):
    cell = "><office:annotation><text:p>批注</text:p></office:annotation><text:p>一<text:s text:c='2'/>二</text:p><text:p>三</text:p>"
    table = f'<table:table table:name="a">{row(text("甲"), text("乙"))}{row(cell, text("丁"))}</table:table>'

    (source,) = open_source(ods(tmp_path / "given", table), "a.ods")

    assert rows_of(source) == [["一  二\n三", "丁"]]


def test_empty_repeats_cost_nothing_and_full_ones_are_repeated(tmp_path):
    body = (
        row(text("a"), text("b"))
        + row(text("1"), text("2"), number_rows_repeated=3)
        + row("> ", number_rows_repeated=1_000_000)
        + row(' table:number-columns-repeated="16000">')
    )

    (source,) = open_source(
        ods(tmp_path / "given", f'<table:table table:name="a">{body}</table:table>'), "a.ods"
    )

    assert rows_of(source) == [["1", "2"]] * 3


def test_a_value_that_asks_to_be_repeated_beyond_measure_is_refused(tmp_path):
    body = row(text("a")) + row(text("x" * 1000), number_rows_repeated=99_999_999)
    path = ods(tmp_path / "given", f'<table:table table:name="a">{body}</table:table>')

    with pytest.raises(FileRefused) as caught:
        open_source(path, "a.ods", limits=ReadLimits(ratio_free=8 << 20))

    assert caught.value.code == "tabular.limit.ratio"


def test_a_hidden_sheet_is_noted(tmp_path):
    styles = '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
    table = f'<table:table table:name="a" table:style-name="h">{row(text("x"), text("y"))}</table:table>'

    (source,) = open_source(ods(tmp_path / "given", table, styles=styles), "a.ods")

    assert "sheet_hidden" in {note.kind for note in source.notes}


def test_a_protected_file_is_refused(tmp_path):
    with pytest.raises(FileRefused) as caught:
        open_source(ods(tmp_path / "given", "", encrypted=True), "a.ods")

    assert caught.value.code == "tabular.file.encrypted"
