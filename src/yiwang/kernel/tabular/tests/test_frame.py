import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.tabular.services import Area, open_source, propose_frame
from yiwang.kernel.tabular.types import ReadOptions

TWO_ROWS = """某区街道情况表
街道,地址,,,人口,
,省,市,区,户数,人数
甲街道,江苏,南京,玄武,12,34
乙街道,江苏,南京,鼓楼,22,44
街道,地址,,,人口,
,省,市,区,户数,人数
丙街道,江苏,南京,秦淮,22,44
合计,,,,56,122

注:数据截至2023年底。
填表人:张三,,,,审核人:李四
"""


def placed(rows):
    return list(enumerate(rows, start=1))


def read(tmp_path, text, **options):
    path = tmp_path / "given"
    path.write_bytes(text.encode())
    (source,) = open_source(path, "a.csv", ReadOptions(**options))
    batches = list(source.batches())
    rows = [row for batch in batches for row in batch.rows]
    kinds = [(one.kind, one.raw) for batch in batches for one in batch.differences]
    return source, rows, kinds


def test_two_header_rows_are_joined_and_what_stands_around_the_table_is_listed(tmp_path):
    source, rows, listed = read(tmp_path, TWO_ROWS)

    assert source.columns == ["街道", "地址/省", "地址/市", "地址/区", "人口/户数", "人口/人数"]
    assert (source.header_row, source.header_rows, source.footer_rows) == (2, 2, 3)
    assert [row[0] for row in rows] == ["甲街道", "乙街道", "丙街道"]
    assert listed == [
        ("repeated_header", "街道 | 地址 |  |  | 人口"),
        ("repeated_header", " | 省 | 市 | 区 | 户数 | 人数"),
        ("footer_row", "合计 |  |  |  | 56 | 122"),
        ("footer_row", "注:数据截至2023年底。"),
        ("footer_row", "填表人:张三 |  |  |  | 审核人:李四"),
    ]
    assert {"rows_above", "rows_below", "header_rows"} <= {note.kind for note in source.notes}


def test_what_is_asked_for_is_taken_instead_of_the_proposal(tmp_path):
    source, rows, listed = read(tmp_path, TWO_ROWS, header_row=2, header_rows=1, footer_rows=1)

    assert source.columns[:2] == ["街道", "地址"]
    assert rows[0][1] == "省"
    assert [raw for kind, raw in listed if kind == "footer_row"] == [
        "填表人:张三 |  |  |  | 审核人:李四"
    ]


def test_no_row_is_left_out_where_none_is_wanted(tmp_path):
    _, rows, listed = read(tmp_path, TWO_ROWS, footer_rows=0)

    assert rows[-1][0] == "填表人:张三"
    assert not [raw for kind, raw in listed if kind == "footer_row"]


def test_merged_cells_say_which_rows_name_the_columns():
    rows = placed(
        [
            ["表一", None, None],
            ["街道", "负责人", None],
            [None, "姓名", "职务"],
            ["甲", "张三", "主任"],
        ]
    )
    merged = [Area(1, 0, 1, 2), Area(2, 0, 3, 0), Area(2, 1, 2, 2)]

    frame = propose_frame(rows, merged=merged)

    assert (frame.header_row, frame.header_rows, frame.first_row) == (2, 2, 4)
    assert frame.sure


def test_three_header_rows_are_joined(tmp_path):
    text = "区,2022年,,,\n,户籍,,常住,\n,男,女,男,女\n东,1,2,3,4\n西,5,6,7,8\n"

    source, rows, _ = read(tmp_path, text)

    assert source.columns[1:3] == ["2022年/户籍/男", "2022年/户籍/女"]
    assert source.columns[3:] == ["2022年/常住/男", "2022年/常住/女"]
    assert len(rows) == 2


@pytest.mark.parametrize(
    "text",
    [
        "姓名,,电话\n张三,男,\n李四,女,\n王五,男,\n",
        "名称,类别,备注\n甲,一,\n乙,,二\n丙,三,\n",
        "地区,指标,数值\n合计,人口,100\n北京,人口,50\n上海,人口,50\n",
        "a,b,c\n1,2,3\n4,5,6\n",
        "部门,金额\n合计,3\n甲,1\n合计,4\n",
        "名称,出处\n甲,1\nSOURCE,\n",
    ],
)
def test_plain_tables_keep_all_their_rows(tmp_path, text):
    source, rows, listed = read(tmp_path, text)

    assert source.header_rows == 1
    assert len(rows) == len(text.strip().split("\n")) - 1
    assert not listed


def test_a_row_that_only_numbers_the_columns_is_left_out_and_listed(tmp_path):
    text = "指标名称,计量单位,本月,累计\n甲,乙,1,2\n产值,万元,10,20\n税收,万元,3,4\n"

    _, rows, listed = read(tmp_path, text)

    assert len(rows) == 2
    assert listed == [("column_numbers", "甲 | 乙 | 1 | 2")]


def test_columns_without_a_name_and_a_value_are_left_out_and_noted(tmp_path):
    source, rows, _ = read(tmp_path, ",编号,,名称,,\n,1,,甲,,\n,2,,乙,,\n,3,x,丙,,\n")

    assert source.columns == ["编号", "column_3", "名称"]
    assert rows == [["1", None, "甲"], ["2", None, "乙"], ["3", "x", "丙"]]
    (note,) = [note for note in source.notes if note.kind == "columns_empty"]
    assert note.params["columns"] == "1, 5, 6"


cells = st.none() | st.sampled_from(["", "甲", "合计", "注:", "1", "2", "2023年", "x:y", "省"])
grids = st.lists(st.lists(cells, min_size=1, max_size=5), max_size=12)


@given(grids, grids)
def test_a_frame_always_lies_within_its_rows(head, tail):
    rows = placed(head)
    below = [(place + len(head), row) for place, row in placed(tail)]

    frame = propose_frame(rows, [*rows, *below])

    last = len(head) + len(tail)
    assert 0 <= frame.header_row <= len(head)
    assert frame.first_row > frame.header_row
    assert all(frame.header_row < place <= last for place in frame.footer)
    assert 0 <= frame.confidence <= 1
