import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.tabular.records.paths import parse_path
from yiwang.kernel.tabular.records.stream import JsonStream, Members
from yiwang.kernel.tabular.services import FileRefused, open_source
from yiwang.kernel.tabular.types import ReadOptions


def read(tmp_path, text, records=None, encoding="utf-8"):
    path = tmp_path / "given.json"
    path.write_bytes(text.encode(encoding))
    (source,) = open_source(path, "a.json", ReadOptions(records=records))
    return source, [row for batch in source.batches() for row in batch.rows]


NESTED = json.dumps(
    {
        "130102000000": {"townships": {"建北街道": "130102001000"}, "county": "长安区"},
        "130104000000": {"townships": {"东里街道": "130104001000"}, "county": "桥西区"},
    },
    ensure_ascii=False,
)


def test_keys_and_members_around_a_record_become_columns(tmp_path):
    path = "/*/townships/* county_code={0} name={1} code=value county=../../county"

    source, rows = read(tmp_path, NESTED, path)

    assert source.columns == ["county_code", "name", "code", "county"]
    assert rows == [
        ["130102000000", "建北街道", "130102001000", "长安区"],
        ["130104000000", "东里街道", "130104001000", "桥西区"],
    ]


def test_the_value_may_stand_in_braces_like_the_keys(tmp_path):
    _, rows = read(tmp_path, NESTED, "/*/townships/* name={1} code={value}")

    assert rows == [["建北街道", "130102001000"], ["东里街道", "130104001000"]]


def test_the_one_list_of_objects_in_a_document_is_found(tmp_path):
    source, rows = read(tmp_path, '{"total": 2, "data": [{"a": 1.50, "b": null}, {"c": true}]}')

    assert (source.sheet, source.columns) == ("/data/*", ["a", "b", "c"])
    assert rows == [["1.50", None, None], [None, None, "true"]]


def test_what_stands_after_the_records_may_still_be_a_column(tmp_path):
    _, rows = read(tmp_path, '{"data": [{"a": 1}], "day": "周一"}', "/data/* a=a day=../../day")

    assert rows == [["1", "周一"]]


def test_lines_of_json_are_records_and_may_be_utf_16(tmp_path):
    source, rows = read(tmp_path, '{"甲": "1"}\n\n{"乙": 2}\n', encoding="utf-16")

    assert (source.format, source.columns, rows) == (
        "jsonl",
        ["甲", "乙"],
        [["1", None], [None, "2"]],
    )


def test_objects_inside_are_spread_and_lists_stay_json(tmp_path):
    source, rows = read(tmp_path, '[{"a": {"b": "x", "c": {"d": 1E5}}, "e": [1.0, {"f": "是"}]}]')

    assert dict(zip(source.columns, rows[0], strict=True)) == {
        "a.b": "x",
        "a.c.d": "1E5",
        "e": '[1.0, {"f": "是"}]',
    }


def test_a_key_that_comes_twice_keeps_both_values(tmp_path):
    source, rows = read(tmp_path, '[{"a": 1, "a": 2}]')

    assert (source.columns, rows) == (["a", "a_2"], [["1", "2"]])


def test_half_a_surrogate_pair_is_shown_as_its_escape(tmp_path):
    source, rows = read(tmp_path, '[{"a": "x\\ud800"}]')

    assert rows == [["x\\ud800"]]
    assert [one.kind for batch in source.batches() for one in batch.differences] == [
        "half_character"
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[{"a": 1}, {"a": 2]', "tabular.json.damaged"),
        ('[{"a": 1}, {"a"', "tabular.json.damaged"),
        ('[{"a": 1}] extra', "tabular.json.damaged"),
        ("[" * 100_000 + "]" * 100_000, "tabular.records.which"),
        ('[{"a": ' + "[" * 200 + "]" * 200 + "}]", "tabular.records.deep"),
        ('[{"a": ' + "[" * 100_000 + "]" * 100_000 + "}]", "tabular.json.damaged"),
        ('{"a": 1}', "tabular.records.which"),
    ],
)
def test_json_that_is_no_table_is_refused_with_a_reason(tmp_path, text, code):
    with pytest.raises(FileRefused) as caught:
        read(tmp_path, text)

    assert caught.value.code == code


@pytest.mark.parametrize(
    "path", ["data/*", "/a//b", "/*/x a={1}", "/* a=../../b", "/* a=1 a=2", '/"']
)
def test_a_path_that_says_nothing_is_refused(path):
    with pytest.raises(FileRefused) as caught:
        parse_path(path)

    assert caught.value.code == "tabular.records.path"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)


def plain(value):
    if isinstance(value, Members):
        return {key: plain(inner) for key, inner in value}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return int(value) if type(value).__name__ == "Number" else value


@given(values, st.integers(1, 9), st.booleans())
def test_a_value_cut_into_pieces_is_the_value(value, size, ascii_only):
    text = json.dumps(value, ensure_ascii=ascii_only)
    pieces = (text[at : at + size] for at in range(0, len(text), size))

    assert plain(JsonStream(pieces, largest=1 << 20).value()) == value


@given(st.lists(values, max_size=5), st.integers(1, 9))
def test_skipping_ends_where_the_value_ends(listed, size):
    text = json.dumps(listed) + "7"
    stream = JsonStream((text[at : at + size] for at in range(0, len(text), size)), largest=1 << 20)

    stream.skip()

    assert stream.value() == "7"
