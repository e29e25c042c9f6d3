"""How a value fails, in few words. 问题样式。

A closed list of names, else the value's shape: 9(n) digits, A(n) letters, 汉(n) Han. Of the value
itself nothing is told, save the placeholder words, which are known.
"""

from __future__ import annotations

from yiwang.kernel.query import services as query
from yiwang.kernel.query.tables import BLANK_OPENINGS
from yiwang.kernel.query.types import Call, Field
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Element
from yiwang.nets.share.quality.types import RuleKind

PATTERNS: dict[str, tuple[str, str]] = {
    "missing": ("无值", "no value"),
    "empty": ("空白", "blank"),
    "placeholder": ("占位词", "placeholder"),
    "id15": ("15 位身份证号", "15-digit ID"),
    "zeroed": ("末三位被电子表格清零", "zeroed by a spreadsheet"),
    "scientific": ("被电子表格改为科学计数", "turned to 1.1E+17 by a spreadsheet"),
    "date_serial": ("日期变成了序列数", "a spreadsheet's day number"),
    "check_digit": ("校验码错误", "wrong check digit"),
    "impossible_date": ("日期不存在", "no such day"),
    "letters_in_number": ("数字中有字母", "letters in a number"),
    "spaces": ("多余空格", "spaces around or inside"),
    "width": ("全角字符", "full-width characters"),
    "style": ("写法不规范", "written otherwise"),
    "not_a_code": ("不在代码集", "not in the code set"),
    "other_time": ("其他时期的代码", "a code of another time"),
    "repeated": ("重复", "repeated"),
    "too_long": ("过长", "too long"),
    "too_short": ("过短", "too short"),
    "out_of_range": ("超出取值范围", "outside the bounds"),
    "sex_differs": ("性别与身份证号不符", "sex differs from the ID"),
    "birth_differs": ("出生日期与身份证号不符", "birth date differs from the ID"),
    "does_not_hold": ("不满足规则", "does not hold"),
    "not_found": ("未在对照数据中找到", "not found in the other register"),
    "too_old": ("过期未更新", "too old"),
    "other": ("其他", "other"),
}
PLACEHOLDER = "placeholder:"
"""`placeholder:无`: the word itself follows."""

HAN = "㐀-䶿一-鿿𠀀-𯨟"


def describe_pattern(pattern: str, language: str = "zh") -> str:
    """A pattern in words, in Chinese or English. 样式名称。"""
    place = 1 if language.startswith("en") else 0
    if pattern.startswith(PLACEHOLDER):
        return f"{PATTERNS['placeholder'][place]}: {pattern.removeprefix(PLACEHOLDER)}"
    return PATTERNS[pattern][place] if pattern in PATTERNS else pattern


def shape_sql(value: str) -> str:
    """The shape of a text as SQL, as `pool.describe_pattern` writes it. 值的样式。"""
    kinds = f"regexp_replace(regexp_replace(regexp_replace(left({value}, 60), '\\d', '9', 'g'), '[A-Za-z]', 'A', 'g'), '[{HAN}]', '汉', 'g')"
    run = (
        "CASE WHEN length(yw_r) > 1 THEN left(yw_r, 1) || '(' || length(yw_r) || ')' ELSE yw_r END"
    )
    return (
        f"array_to_string(list_transform(regexp_extract_all({kinds}, '(?s)99+|AA+|汉汉+|.'),"
        f" lambda yw_r: {run}), '')"
    )


def filled_sql(first: str) -> str:
    """Whether a text's first character, as a code point, says that it is no blank. 首字判定。

    No blank begins so; most texts do. What it leaves may still be a value.
    """
    return f"({commonly_filled_sql(first)} OR {lettered_sql(first)})"


def commonly_filled_sql(first: str) -> str:
    """The same of digits and Han alone, with which most texts of registers begin. 常见首字。"""
    left_out = sorted(ord(char) for char in BLANK_OPENINGS if "一" <= char <= chr(0x9FFF))
    # Compared one by one: a list after NOT IN would become a join for each column.
    others = " AND ".join(f"{first} <> {code}" for code in left_out)
    return f"({first} BETWEEN 48 AND 57 OR {first} BETWEEN {ord('一')} AND {0x9FFF} AND {others})"


def lettered_sql(first: str) -> str:
    """The same of Latin letters alone, as the bits of one number: short to plan. 字母首字。"""
    left_out = sum(1 << ord(char) - 65 for char in BLANK_OPENINGS if "A" <= char <= "z")
    return f"{first} BETWEEN 65 AND 122 AND ({left_out}::BIGINT >> ({first} - 65)) & 1 = 0"


def is_blank_sql(value: str) -> str:
    """No value, white space or a word for nothing; a zero or 111 is a value. 是否空白。

    Most texts begin as no such word does, and longer ones are none: few meet the dear test.
    """
    blank = query.compile_node(Call("blank", (Field("yw_v"),), "boolean"), "duckdb").sql
    tested = blank.replace('"yw_v"', value)
    digits = f"regexp_matches({value}, '[0-9\uff10-\uff19]')"
    return (
        f"CASE WHEN {value} IS NULL OR {value} = '' THEN true WHEN {filled_sql(f'unicode({value})')} THEN false"
        f" WHEN strlen({value}) > 15 AND {value} >= '!' AND NOT (starts_with({value}, '　')"
        f" OR suffix({value}, ' ') OR suffix({value}, '　')) THEN false"
        f" ELSE {tested} AND NOT {digits} END"
    )


def blank_pattern_sql(value: str) -> str:
    """Which kind of blank. 空白样式。"""
    return (
        f"CASE WHEN {value} IS NULL THEN 'missing' WHEN trim({value}, ' \t\r\n　') = '' THEN 'empty'"
        f" ELSE '{PLACEHOLDER}' || lower(trim({value}, ' \t\r\n　')) END"
    )


DAY_LIKE = "[12][0-9]{3}([-/.年]?)[0-9]{1,2}[-/.月]?[0-9]{1,2}日?"
SCIENTIFIC = r"[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,2}"
LETTERED = r"[-+]?[0-9.,]*[A-Za-z]+[0-9.,A-Za-z]*"


def pattern_sql(kind: RuleKind, value: str, element: Element | None) -> str:
    """How a value that fails a rule of this kind fails, as SQL. 样式 SQL。

    Its canonical text stands in `yw_c`, and in `yw_s` whether that passes pattern and check.
    """
    fixed = _FIXED.get(kind)
    if fixed:
        return f"'{fixed}'"
    if kind == RuleKind.REQUIRED:
        return blank_pattern_sql(value)
    cases = [
        f"WHEN {value} IS NULL THEN 'missing'",
        f"WHEN regexp_full_match({value}, '{SCIENTIFIC}') THEN 'scientific'",
    ]
    if kind == RuleKind.CHECK:
        cases += _check_cases(value, element)
    elif element is not None:
        cases += _element_cases(value, element)
    return f"left(CASE {' '.join(cases)} ELSE {shape_sql(value)} END, 200)"


_FIXED = {
    RuleKind.UNIQUE: "repeated",
    RuleKind.CODE: "not_a_code",
    RuleKind.COMPARE: "does_not_hold",
    RuleKind.CONDITION: "does_not_hold",
    RuleKind.REFERENCE: "not_found",
    RuleKind.FRESH: "too_old",
}


def suggestion_sql(kind: RuleKind, element: Element) -> str:
    """What the value may have been meant to be, '' where nothing is sure; as SQL. 修改建议。

    Over `yw_c` and `yw_s`, as `pattern_sql`.
    """
    if kind != RuleKind.FORMAT or not (element.pattern or element.check):
        return "''"
    cases = []
    if element.check == "resident_id":
        longer = query.compile_node(Call("id15to18", (Field("yw_c"),), "text"), "duckdb").sql
        cases.append(
            f"WHEN regexp_full_match(yw_c, '[1-9][0-9]{{14}}') THEN {longer.replace(_READ, 'yw_c')}"
        )
    cases.append("WHEN yw_s THEN yw_c")
    return f"coalesce(CASE {' '.join(cases)} ELSE '' END, '')"


_READ = '"yw_c"'


def _check_cases(value: str, element: Element | None) -> list[str]:
    cases = [f"WHEN regexp_full_match({value}, '[1-9][0-9]{{14}}000') THEN 'zeroed'"]
    if element is not None and element.check == "resident_id":
        born = "||'-'||".join(
            f"substr({value},{at},{long})" for at, long in ((7, 4), (11, 2), (13, 2))
        )
        cases.append(f"WHEN TRY_CAST({born} AS DATE) IS NULL THEN 'impossible_date'")
    return [*cases, "WHEN true THEN 'check_digit'"]


def _element_cases(value: str, element: Element) -> list[str]:
    if element.type in ("number", "integer"):
        return [f"WHEN regexp_full_match({value}, '{LETTERED}') THEN 'letters_in_number'"]
    if element.type in ("date", "datetime"):
        return [
            f"WHEN regexp_full_match({value}, '[1-9][0-9]{{4}}([.][0-9]+)?') THEN 'date_serial'",
            f"WHEN regexp_full_match({value}, '{DAY_LIKE}') THEN 'impossible_date'",
        ]
    cases = []
    if element.check == "resident_id":
        cases.append(f"WHEN regexp_full_match({value}, '[1-9][0-9]{{14}}') THEN 'id15'")
    told = standards.difference_sql(element, value, "yw_c")
    return [*cases, f"WHEN yw_c <> {value} AND yw_s THEN {told}"]
