"""Inventing rows, expressions and filters.

Text leans towards what registers hold: digits, Chinese, full-width forms, brackets, placeholders,
invisible spaces, combining marks; and a little of everything else that Unicode assigns.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from yiwang.kernel.query.building import build_between, build_call, build_compare, build_in
from yiwang.kernel.query.types import All, Field, IsNull, Literal, Not, Some

COLUMNS = {
    "a": "text",
    "街道 代码": "text",
    'odd"% name': "text",
    "n": "integer",
    "d": "decimal",
    "day": "date",
    "at": "datetime",
    "on": "boolean",
}

_common = st.sampled_from(
    [
        *list(
            "01259abXYzé '\"%\\_-/|[](){}^$.*?\u3000\t\n\u200b\xa0（）【】〔〕，。：ＡｂＣ１０①㎏ﬁ…街道办事处无空一丁"
        ),
        "́",
        "é",
        "ｶﾞ",
        "ß",
        "İ",
        "ı",
        "ſ",
        "K",
        "ﷺ",
        "½",
        "Ⅻ",
        "豈",
        "丽",
        "𠀀",
        "가",
        "ᄀ",
        "ᅡ",
    ]
)
_any = st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\0")
_pieces = st.lists(st.one_of(_common, _common, _common, _any), max_size=8).map("".join)
_known = st.sampled_from(
    ["", "无", " 无　", "/", "0", "000", "空", "111", "11", "null", "NULL", "n/A", "-", "None", "１１１",
     "110105491231002", "11010519491231002X", "110105491231002 ", "110101001", "110101001000"]
)  # fmt: skip
texts = st.one_of(_pieces, _known, st.from_regex(r"[0-9]{15}", fullmatch=True))
integers = st.integers(-(2**40), 2**40) | st.integers(-3, 3)
decimals = st.decimals(-99999, 99999, places=3).map(lambda value: value or Decimal(0))
dates = st.dates(date(1900, 1, 1), date(2100, 12, 31))
datetimes = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
VALUES = {
    "text": texts,
    "integer": integers,
    "decimal": decimals,
    "date": dates,
    "datetime": datetimes,
    "boolean": st.booleans(),
}

rows = st.fixed_dictionaries({name: st.none() | VALUES[kind] for name, kind in COLUMNS.items()})


def literals(kind):
    return VALUES[kind].map(lambda value: Literal(value, kind))


def fields(kind):
    return st.sampled_from([Field(name, known) for name, known in COLUMNS.items() if known == kind])


def _counts(least):
    return st.integers(least, 12).map(lambda value: Literal(value, "integer"))


def _grow(inner):
    def calls(name, *arguments):
        return st.tuples(*arguments).map(lambda found: build_call(name, found))

    plain = ["trim", "nfkc", "upper", "lower", "digits", "id15to18", "fold_brackets"]
    return st.one_of(
        st.tuples(st.sampled_from(plain), inner).map(lambda found: build_call(found[0], found[1:])),
        calls("left", inner, _counts(0)),
        calls("right", inner, _counts(0)),
        calls("substring", inner, _counts(1), _counts(0)),
        calls("replace", inner, literals("text").filter(lambda word: word.value), literals("text")),
        calls("concat", inner, inner),
        calls("coalesce", inner, inner),
        calls("coalesce", inner),
    )


text_expressions = st.recursive(fields("text") | literals("text"), _grow, max_leaves=4)
_lengths = text_expressions.map(lambda node: build_call("length", [node]))
_kinds = st.sampled_from(["integer", "decimal", "date", "datetime"])


def _compare(found):
    sign, left, right = found
    return build_compare(sign, left, right)


_signs = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
_all_signs = st.sampled_from(
    ["=", "!=", "<", "<=", ">", ">=", "contains", "startswith", "endswith"]
)
_text_tests = st.one_of(
    st.tuples(_all_signs, text_expressions, text_expressions).map(_compare),
    st.tuples(st.sampled_from(["blank", "empty"]), text_expressions).map(
        lambda found: build_call(found[0], found[1:])
    ),
    st.tuples(text_expressions, st.lists(literals("text"), min_size=1, max_size=3)).map(
        lambda found: build_in(*found)
    ),
    st.tuples(text_expressions, literals("text"), text_expressions).map(
        lambda found: build_between(*found)
    ),
    text_expressions.map(IsNull),
)
_other_tests = st.one_of(
    _kinds.flatmap(
        lambda kind: st.tuples(_signs, fields(kind), fields(kind) | literals(kind)).map(_compare)
    ),
    _kinds.flatmap(
        lambda kind: st.tuples(fields(kind), literals(kind), literals(kind)).map(
            lambda found: build_between(*found)
        )
    ),
    _kinds.flatmap(
        lambda kind: st.tuples(fields(kind), st.lists(literals(kind), min_size=1, max_size=3)).map(
            lambda found: build_in(*found)
        )
    ),
    st.tuples(_signs, _lengths, literals("integer")).map(_compare),
    st.tuples(_signs, fields("decimal"), fields("integer")).map(_compare),
    st.tuples(st.sampled_from(["=", "!="]), fields("boolean"), literals("boolean")).map(_compare),
    fields("boolean"),
)


def _flat(kind):
    def build(parts):
        found = []
        for part in parts:
            found += part.parts if isinstance(part, kind) else [part]
        return kind(tuple(found))

    return build


def _combine(inner):
    several = st.lists(inner, min_size=2, max_size=3)
    return inner.map(Not) | several.map(_flat(All)) | several.map(_flat(Some))


filters = st.recursive(_text_tests | _other_tests, _combine, max_leaves=5)
