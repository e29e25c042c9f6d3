"""Typed reading: from the text as shown to the canonical text. 按类型读取。

Every step exists twice, in Python and as DuckDB SQL, and both are held equal by a property test:
fold full-width characters, trim, then take the text apart by the element's type. Nothing is
guessed: a serial number of a spreadsheet is no date, and 3万 is no number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from .types import Element, TypedReading

WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
NARROW = "".join(chr(code) for code in range(0x21, 0x7F)) + " "
FOLD = str.maketrans(WIDE, NARROW)
BLANKS = " \t\r\n\f\v\u00a0\u3000\ufeff\u200b"
BLANK_CLASS = r"[ \t\r\n\f\v\x{a0}\x{3000}\x{feff}\x{200b}]"

NUMBER = "[-+]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\\.[0-9]+)?"
INTEGER = "[-+]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\\.0+)?"
YEAR, TWO = "([12][0-9]{3})", "([0-9]{1,2})"
CLOCK = "[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\\.[0-9]+)?)?"
SEPARATOR = "[-/.]"
DAY_FORMS = (
    f"{YEAR}{SEPARATOR}{TWO}{SEPARATOR}{TWO}",
    f"{YEAR}年{TWO}月{TWO}日?",
    "([12][0-9]{3})([0-9]{2})([0-9]{2})",
)
MONTH_FORMS = (f"{YEAR}{SEPARATOR}{TWO}", f"{YEAR}年{TWO}月?", "([12][0-9]{3})([0-9]{2})")
YEAR_FORMS = (f"{YEAR}年?",)
PACKED_MOMENT = "([12][0-9]{3})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})"


def read_text(element: Element, raw: str | None) -> TypedReading:
    """Read a text as the element's type. Blank text reads as blank. 按类型读取。"""
    if raw is None:
        return TypedReading(None)
    trimmed = raw.strip(BLANKS)
    if not trimmed:
        return TypedReading("", "spaces" if raw else "")
    way = _way(element)
    text = way.read(trimmed.translate(FOLD) if way.folds else trimmed)
    if text is None:
        return TypedReading(None, problem=way.problem)
    return TypedReading(text, _difference(raw, trimmed, text))


def _difference(raw: str, trimmed: str, text: str) -> str:
    if text == raw:
        return ""
    if text == trimmed:
        return "spaces"
    return "width" if text == trimmed.translate(FOLD).strip(BLANKS) else "style"


def read_text_sql(element: Element, column: str) -> str:
    """The canonical text as a DuckDB expression; NULL where it cannot be read. 规范文本 SQL。"""
    trimmed = _trim_sql(column)
    way = _way(element)
    read = way.sql(f"translate({trimmed},'{WIDE_SQL}','{NARROW_SQL}')" if way.folds else trimmed)
    return f"CASE WHEN {column} IS NULL THEN NULL WHEN {trimmed}='' THEN '' ELSE {read} END"


def difference_sql(element: Element, column: str, read: str = "") -> str:
    """The kind of difference as a DuckDB expression: '', a difference or a problem. 差异类型 SQL。"""
    trimmed = _trim_sql(column)
    folded = _trim_sql(f"translate({trimmed},'{WIDE_SQL}','{NARROW_SQL}')")

    def told(text: str) -> str:
        return (
            f"CASE WHEN {column} IS NULL THEN '' WHEN {text} IS NULL THEN '{_way(element).problem}'"
            f" WHEN {text}={column} THEN '' WHEN {text}={trimmed} THEN 'spaces'"
            f" WHEN {text}={folded} THEN 'width' ELSE 'style' END"
        )

    return told(read) if read else _once(read_text_sql(element, column), "yw_read", told)


WIDE_SQL = WIDE
NARROW_SQL = NARROW.replace("'", "''")


def _trim_sql(column: str) -> str:
    return f"regexp_replace({column},'^{BLANK_CLASS}+|{BLANK_CLASS}+$','','g')"


@dataclass(frozen=True, slots=True)
class Way:
    """How texts of one type are read. 读法。"""

    read: Callable[[str], str | None]
    sql: Callable[[str], str]
    problem: str = ""
    folds: bool = True


def _way(element: Element) -> Way:
    if element.type in _WAYS:
        return _WAYS[element.type]
    return _CODE if element.type == "code" else _TEXT


# Text and codes -------------------------------------------------------------------------------
LOWER, UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RAISE = str.maketrans(LOWER, UPPER)


def _code(text: str) -> str:
    """Upper case for Latin letters, no spaces, no hyphens. 规范代码。"""
    return re.sub("[ -]+", "", text).translate(RAISE)


def _code_sql(text: str) -> str:
    return f"translate(regexp_replace({text},'[ -]+','','g'),'{LOWER}','{UPPER}')"


# Numbers --------------------------------------------------------------------------------------
MONEY_SIGNS = "^[¥￥$]|元$"


def _number(text: str) -> str | None:
    bare = re.sub(MONEY_SIGNS, "", text).strip(" ")
    if not re.fullmatch(NUMBER, bare):
        return None
    return _plain(bare)


def _number_sql(text: str) -> str:
    bare = f"trim(regexp_replace({text},'{MONEY_SIGNS}','','g'),' ')"
    return f"CASE WHEN regexp_full_match({bare},'{NUMBER}') THEN {_plain_sql(bare)} END"


def _integer(text: str) -> str | None:
    return _plain(re.sub(r"\.0+$", "", text)) if re.fullmatch(INTEGER, text) else None


def _integer_sql(text: str) -> str:
    whole = f"regexp_replace({text},'\\.0+$','')"
    return f"CASE WHEN regexp_full_match({text},'{INTEGER}') THEN {_plain_sql(whole)} END"


def _plain(text: str) -> str:
    """No thousand separators, no plus, no leading zeros; the decimals stay as they are. 规范数字。"""
    return re.sub(r"^(-?)0+([0-9])", r"\1\2", text.replace(",", "").removeprefix("+"))


def _plain_sql(text: str) -> str:
    bare = f"regexp_replace(replace({text},',',''),'^[+]','')"
    return f"regexp_replace({bare},'^(-?)0+([0-9])','\\1\\2')"


# Dates and moments ----------------------------------------------------------------------------
def _digits_day(text: str) -> str | None:
    """A day, a month or a year in any usual spelling as ISO text, or None. 读取日期。"""
    for form in DAY_FORMS:
        found = re.fullmatch(form, text)
        if found:
            year, month, day = found.groups()
            return _real(f"{year}-{month.zfill(2)}-{day.zfill(2)}")
    for form in MONTH_FORMS:
        found = re.fullmatch(form, text)
        if found:
            month = found[2].zfill(2)
            return f"{found[1]}-{month}" if "01" <= month <= "12" else None
    found = re.fullmatch(YEAR_FORMS[0], text)
    return found[1] if found else None


def _real(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _pad(text: str, form: str, group: int) -> str:
    return f"lpad(regexp_extract({text},'{form}',{group}),2,'0')"


def _day_case(text: str, form: str, matched: str) -> str:
    day = (
        f"regexp_extract({text},'{form}',1)||'-'||{_pad(text, form, 2)}||'-'||{_pad(text, form, 3)}"
    )
    return f"WHEN {matched} THEN CASE WHEN TRY_CAST({day} AS DATE) IS NOT NULL THEN {day} END"


def _digits_day_sql(text: str) -> str:
    """`read_day` as SQL."""
    cases = [_day_case(text, form, f"regexp_full_match({text},'{form}')") for form in DAY_FORMS]
    for form in MONTH_FORMS:
        month = _pad(text, form, 2)
        cases.append(
            f"WHEN regexp_full_match({text},'{form}') THEN CASE WHEN {month} BETWEEN '01' AND '12'"
            f" THEN regexp_extract({text},'{form}',1)||'-'||{month} END"
        )
    year = YEAR_FORMS[0]
    cases.append(f"WHEN regexp_full_match({text},'{year}') THEN left({text},4)")
    return f"CASE {' '.join(cases)} END"


HAN, HAN_DIGITS = "\u3007\u25cb零一二三四五六七八九", "000123456789"
HAN_TENS = (  # 二十一, 十一, 二十, 十
    ("([0-9])十([0-9])", r"\1\2"),
    ("十([0-9])", r"1\1"),
    ("([0-9])十", r"\10"),
    ("十", "10"),
)
_HAN_TABLE = str.maketrans(HAN, HAN_DIGITS)


def _in_digits(text: str) -> str:
    """二〇二三年十二月三十一日 as 2023年12月31日. 汉字日期。"""
    text = text.translate(_HAN_TABLE)
    for form, digits in HAN_TENS:
        text = re.sub(form, digits.replace("\\1", "\\g<1>"), text)
    return text.replace("号", "日")


def _in_digits_sql(text: str) -> str:
    plain = f"translate({text},'{HAN}','{HAN_DIGITS}')"
    for form, digits in HAN_TENS:
        plain = f"regexp_replace({plain},'{form}','{digits}','g')"
    return f"replace({plain},'号','日')"


MIDNIGHT = "[ T]0?0:00(?::00(?:[.]0+)?)?"
"""What databases and spreadsheets write behind a day that has no time."""


def _midnight(text: str) -> str | None:
    for form in DAY_FORMS:
        found = re.fullmatch(form + MIDNIGHT, text)
        if found:
            year, month, day = found.groups()
            return _real(f"{year}-{month.zfill(2)}-{day.zfill(2)}")
    return None


def _midnight_sql(text: str) -> str:
    cases = [
        _day_case(text, form + MIDNIGHT, f"regexp_full_match({text},'{form}{MIDNIGHT}')")
        for form in DAY_FORMS
    ]
    return f"CASE {' '.join(cases)} END"


def read_day(text: str) -> str | None:
    """A day, month or year in digits, else one in Chinese characters, else a day at midnight. 读日期。"""
    written = _digits_day(_in_digits(text)) if "年" in text else None
    return _digits_day(text) or written or _midnight(text)


def _once(text: str, name: str, reading: Callable[[str], str]) -> str:
    """A reading of a text that is worked out once: written out at each place it is 30 KB to plan."""
    return f"list_transform([{text}],lambda {name}:{reading(name)})[1]"


def day_sql(text: str) -> str:
    """`read_day` as SQL; what is written in digits never comes to the second half."""
    return _once(text, "yw_day", _any_day_sql)


def _any_day_sql(text: str) -> str:
    first = _digits_day_sql(text).removesuffix("END")
    written = _once(_in_digits_sql(text), "yw_han", _digits_day_sql)
    midnight = _midnight_sql(text)
    return (
        f"{first}WHEN contains({text},'年') THEN coalesce({written},{midnight})"
        f" WHEN contains({text},':') THEN {midnight} END"
    )


def _moment(text: str) -> str | None:
    for form in DAY_FORMS:
        found = re.fullmatch(form + CLOCK, text)
        if found:
            year, month, day, hour, minute, second = found.groups()
            return _joined(
                _real(f"{year}-{month.zfill(2)}-{day.zfill(2)}"), hour, minute, second or "00"
            )
    packed = re.fullmatch(PACKED_MOMENT, text)
    if packed:
        year, month, day, hour, minute, second = packed.groups()
        return _joined(_real(f"{year}-{month}-{day}"), hour, minute, second)
    return read_day(text)


def _joined(day: str | None, hour: str, minute: str, second: str) -> str | None:
    real = day and hour.zfill(2) <= "23" and minute <= "59" and second <= "59"
    return f"{day}T{hour.zfill(2)}:{minute}:{second}" if real else None


def _moment_sql(text: str) -> str:
    return _once(text, "yw_moment", _any_moment_sql)


def _any_moment_sql(text: str) -> str:
    cases = []
    for form in [*(day + CLOCK for day in DAY_FORMS), PACKED_MOMENT]:
        day = (
            f"regexp_extract({text},'{form}',1)||'-'||{_pad(text, form, 2)}"
            f"||'-'||{_pad(text, form, 3)}"
        )
        hour, minute, second = _pad(text, form, 4), _pad(text, form, 5), _pad(text, form, 6)
        real = (
            f"TRY_CAST({day} AS DATE) IS NOT NULL AND {hour}<='23'"
            f" AND {minute}<='59' AND {second}<='59'"
        )
        cases.append(
            f"WHEN regexp_full_match({text},'{form}') THEN CASE WHEN {real}"
            f" THEN {day}||'T'||{hour}||':'||{minute}||':'||{second} END"
        )
    return f"CASE {' '.join(cases)} ELSE {_any_day_sql(text)} END"


_TEXT = Way(lambda text: text, lambda text: text, folds=False)
_CODE = Way(_code, _code_sql)
_WAYS = {
    "number": Way(_number, _number_sql, "not_a_number"),
    "integer": Way(_integer, _integer_sql, "not_a_number"),
    "date": Way(read_day, day_sql, "not_a_date"),
    "datetime": Way(_moment, _moment_sql, "not_a_datetime"),
}
