from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.tabular.services import open_source
from yiwang.kernel.tabular.spaced import cut_places, find_layout


def read(tmp_path, text):
    path = tmp_path / "given"
    path.write_bytes(text.encode("gb18030"))
    (source,) = open_source(path, "a.txt")
    return source, [row for batch in source.batches() for row in batch.rows]


def test_columns_of_fixed_places_count_a_chinese_character_as_two(tmp_path):
    text = "编号    姓名    金额\n001     张三    12.5\n002     欧阳娜  7\n003             8.25\n"

    source, rows = read(tmp_path, text)

    assert source.columns == ["编号", "姓名", "金额"]
    assert rows == [["001", "张三", "12.5"], ["002", "欧阳娜", "7"], ["003", None, "8.25"]]


def test_words_between_any_number_of_spaces_are_columns(tmp_path):
    _, rows = read(tmp_path, "AT&T 3 nz\nB超  3 n\nc# 3 nz\n")

    assert rows == [["AT&T", "3", "nz"], ["B超", "3", "n"], ["c#", "3", "nz"]]


def test_a_list_of_names_and_running_text_stay_one_column(tmp_path):
    for text in ("名称\nJohn Smith\nMary Jones\nAnn Lee\n", "一个 字\n两个字\n三个 字 的\n四\n"):
        source, _ = read(tmp_path, text)

        assert len(source.columns) == 1


@given(st.lists(st.text("甲a1 \u3000", max_size=12), max_size=8))
def test_a_layout_fits_every_line_it_was_found_on(lines):
    layout = find_layout(lines)

    if layout:
        for line in lines:
            cells = cut_places(line, layout)
            assert len(cells) == len(layout)
            shown = "".join(cell or "" for cell in cells)
            assert "".join(shown.split()) == "".join(line.replace("\u3000", " ").split())
