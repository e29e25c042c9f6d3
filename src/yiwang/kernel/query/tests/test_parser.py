"""What the language takes, and how it says no."""

import pytest

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.query.services import (
    Schema,
    evaluate,
    parse_expression,
    parse_filter,
    parse_key_pair,
    parse_key_pairs,
    write_text,
)
from yiwang.kernel.query.types import MAX_DEPTH, MAX_LENGTH

SCHEMA = Schema(
    {
        "code": "text",
        "name": "text",
        "街道 代码": "text",
        'odd"name': "text",
        "population": "integer",
        "area": "decimal",
        "founded_date": "date",
        "seen_at": "datetime",
        "active": "boolean",
    }
)


@pytest.mark.parametrize(
    ("text", "row", "holds"),
    [
        ("code = '11'", {"code": "11"}, True),
        ("code != '11'", {"code": None}, True),
        ("not code = '11'", {"code": None}, True),
        ("code <> '11' AND NOT name CONTAINS '街'", {"code": "12", "name": "乡"}, True),
        ("\"街道 代码\" startswith '110'", {"街道 代码": "110101"}, True),
        ("\"odd\"\"name\" = 'it''s'", {'odd"name': "it's"}, True),
        ("population between 1 and 3", {"population": 3}, True),
        ("area > 1.5 or area = 1", {"area": 1}, True),
        ("founded_date >= '2024-01-31'", {}, False),
        ("active", {"active": True}, True),
        ("not active", {"active": None}, True),
        ("name not in ('甲', '乙')", {"name": "甲"}, False),
        ("name is not null and blank(name)", {"name": " 无 "}, True),
        ("right(code, 2) = '12' and (code = 'x' or length(code) = 3)", {"code": "312"}, True),
    ],
)
def test_a_filter_holds_as_it_reads(text, row, holds):
    node = parse_filter(text, SCHEMA)

    assert evaluate(node, row) is holds
    assert parse_filter(write_text(node), SCHEMA) == node


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("nme = '1'", "query.field.unknown", 1),
        ("code = ", "query.text.unexpected", 8),
        ("code = 'a' code", "query.text.unexpected", 12),
        ("lft(code, 2) = 'x'", "query.function.unknown", 1),
        ("left(code) = 'x'", "query.function.arguments", 1),
        ("left(code, name) = 'x'", "query.function.fixed_argument", 1),
        ("left(code, -1) = 'x'", "query.function.fixed_argument", 1),
        ("replace(code, '', 'x') = 'x'", "query.function.fixed_argument", 1),
        ("population = 'many'", "query.value.invalid", 12),
        ("founded_date = '2024-02-30'", "query.value.invalid", 14),
        ("population contains '1'", "query.type.mismatch", 12),
        ("name = population", "query.type.mismatch", 6),
        ("code = 'open", "query.text.open_quote", 8),
        ("code ; 1", "query.text.unexpected_character", 6),
        ("code in ()", "query.text.unexpected", 10),
        ("code not", "query.text.unexpected", 9),
        ("code = 'a' and name", "query.text.unexpected", 20),
    ],
)
def test_a_mistake_is_named_with_its_position(text, code, position):
    with pytest.raises(InvalidInput) as caught:
        parse_filter(text, SCHEMA)

    assert caught.value.code == code
    assert caught.value.extra["position"] == position


def test_a_misspelt_name_is_answered_with_the_nearest():
    with pytest.raises(InvalidInput) as caught:
        parse_filter("populaton > 1", SCHEMA)

    assert "population" in caught.value.detail


@pytest.mark.parametrize(
    "text",
    [
        "x" * (MAX_LENGTH + 1),
        "(" * (MAX_DEPTH + 5) + "code = '1'" + ")" * (MAX_DEPTH + 5),
        "not " * (MAX_DEPTH + 5) + "code = '1'",
        "trim(" * (MAX_DEPTH + 5) + "code" + ")" * (MAX_DEPTH + 5) + " = '1'",
        "code = '\0'",
        "code = '\ud800'",
        "code in (" + ",".join(["1"] * 3000) + ")",
    ],
)
def test_a_text_beyond_the_limits_is_refused(text):
    with pytest.raises(InvalidInput):
        parse_filter(text, SCHEMA)


def test_a_value_is_no_filter():
    with pytest.raises(InvalidInput) as caught:
        parse_filter("trim(code)", SCHEMA)

    assert caught.value.code == "query.filter.not_a_condition"


def test_a_key_pair_reads_each_side_of_its_own_table():
    pair = parse_key_pair("code = left(code, 9)")

    assert evaluate(pair.left, {"code": "110101001"}) == evaluate(
        pair.right, {"code": "110101001000"}
    )


def test_key_pairs_split_at_commas_outside_functions():
    pairs = parse_key_pairs("left(code, 6) = county_code, replace(name, ',', '') = name")

    assert [write_text(pair.left) for pair in pairs] == [
        "left(code, 6)",
        "replace(name, ',', '')",
    ]


def test_a_key_side_unknown_to_its_table_is_refused():
    with pytest.raises(InvalidInput) as caught:
        parse_key_pair("code = cod", Schema(["code"]), Schema(["code"]))

    assert caught.value.extra["position"] == 8


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("length(code) = length(code)", "query.key.types"),
        ("blank(code) = code", "query.key.types"),
        ("'code' = code", "query.key.no_field"),
        ("code = code, a = b", "query.key.more_than_one"),
    ],
)
def test_a_key_that_can_match_nothing_sensible_is_refused(text, code):
    with pytest.raises(InvalidInput) as caught:
        parse_key_pair(text)

    assert caught.value.code == code


def test_functions_do_what_their_names_say():
    def value(text, **row):
        return evaluate(parse_expression(text, Schema.open()), row)

    assert value("left(x, 3)", x="街道代码") == "街道代"
    assert value("right(x, 0)", x="abc") == ""
    assert value("substring(x, 2, 2)", x="abcd") == "bc"
    assert value("trim(x)", x="　\t a b\u00a0") == "a b"
    assert value("upper(nfkc(x))", x="ｎ①ß") == "N1ß"
    assert value("digits(x)", x="No. 1２3") == "13"
    assert value("id15to18(x)", x="110105491231002") == "11010519491231002X"
    assert value("id15to18(x)", x="11010519491231002X") == "11010519491231002X"
    assert value("fold_brackets(x)", x="某（甲）【乙】，") == "某(甲)(乙),"
    assert value("concat(x, '-', y)", x="a", y=None) is None
    assert value("coalesce(y, x)", x="a", y=None) == "a"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "　 ",
        "无",
        " / ",
        "0",
        "000",
        "空",
        "null",
        "NULL",
        "-",
        "N/A",
        "none",
        "111",
        "999999",
    ],
)
def test_placeholders_are_blank(text):
    assert evaluate(parse_filter("blank(x)", Schema.open()), {"x": text}) is True


@pytest.mark.parametrize("text", ["1", "11", "010", "无锡", "a0", "110101", "none1"])
def test_real_keys_are_not_blank(text):
    assert evaluate(parse_filter("blank(x)", Schema.open()), {"x": text}) is False
