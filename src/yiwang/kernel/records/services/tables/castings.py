"""Turning stored values of one kind into another, alike in Python and in both databases. 类型转换。

While a field changes its kind, a trigger of the database turns every value that is written; so a
casting is an SQL expression, and the Python beside it says the same (a property test holds them
equal). A casting is total: what it cannot turn becomes nothing, and whoever uses it asks first
whether there is such a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from yiwang.kernel.base.clock import CITY_OFFSET, PLAIN_TIME_SINCE

from .dialect import (
    bigint,
    from_city_time,
    is_digits,
    looks_like,
    pad_left,
    position,
    quote,
    rest,
    trim,
)
from .kinds import Shape

Stored = str | int | None
WRITTEN = ("text", "longtext", "choice")
DIGITS = 18
LARGEST = 10**18 - 1
TRUE_TEXTS = ("1", "true", "True", "TRUE", "yes", "Yes", "YES", "是", "有")
FALSE_TEXTS = ("0", "false", "False", "FALSE", "no", "No", "NO", "否", "无")
DATE_MARKS = (("-", "-", ""), ("/", "/", ""), (".", ".", ""), ("年", "月", "日"))
UTC_MOMENT = "dddd-dd-ddTdd:dd:dd.ddddddZ"
LOCAL_MOMENTS = {
    "dddd-dd-dd": "t || ' 00:00:00'",
    "dddd-dd-dd dd:dd": "t || ':00'",
    "dddd-dd-ddTdd:dd": "replace(t, 'T', ' ') || ':00'",
    "dddd-dd-dd dd:dd:dd": "t",
    "dddd-dd-ddTdd:dd:dd": "replace(t, 'T', ' ')",
}


@dataclass(frozen=True, slots=True)
class Casting:
    """How stored values become those of another kind: in SQL of an expression, and in Python. 转换。"""

    sql: Callable[[str], str]
    python: Callable[[Stored], Stored]
    from_text: bool = False

    def bad(self, expression: str) -> str:
        """SQL: there is a value, and it cannot be turned; a blank text is no value. 不可转换条件。"""
        told = f"{trim(expression)} <> ''" if self.from_text else f"{expression} IS NOT NULL"
        return f"({told} AND {self.sql(expression)} IS NULL)"


def find_casting(source: Shape, target: Shape) -> Casting | None:
    """The casting between two kinds, or None where there is none that is exact. 查找转换。"""
    if source.kind in WRITTEN or (source.kind, target.kind) == ("date", "datetime"):
        return _from_text(target)
    if source.kind in ("integer", "number"):
        return _from_number(source.decimals, target)
    if source.kind == "boolean" and target.kind in ("text", "longtext"):
        return Casting(
            lambda x: f"(CASE {x} WHEN 1 THEN '是' WHEN 0 THEN '否' END)",
            lambda value: {1: "是", 0: "否"}.get(value) if isinstance(value, int) else None,
        )
    return None


def get_casting(source: Shape, target: Shape) -> Casting:
    """The casting between two kinds; there is one, for it was asked for before. 取转换。"""
    found = find_casting(source, target)
    if found is None:
        raise LookupError(f"no casting from {source.kind} to {target.kind}")
    return found


def _from_text(target: Shape) -> Casting | None:
    match target.kind:
        case "integer" | "number":
            return _text_to_number(target.decimals)
        case "date":
            return Casting(_date_sql, _on_text(_date_python), from_text=True)
        case "datetime":
            return Casting(_moment_sql, _on_text(_moment_python), from_text=True)
        case "boolean":
            told = dict.fromkeys(TRUE_TEXTS, 1) | dict.fromkeys(FALSE_TEXTS, 0)
            return _by_words({word: str(value) for word, value in told.items()}, numbers=True)
        case "choice":
            return _by_words(target.spellings)
    return None


def _by_words(words: Mapping[str, str], *, numbers: bool = False) -> Casting:
    """By a list of spellings: those that stand for themselves at once, the others one by one. 按词转换。"""
    result = (lambda value: value) if numbers else quote
    same = [quote(word) for word, value in words.items() if word == value and not numbers]
    other = [
        (quote(word), result(value)) for word, value in words.items() if numbers or word != value
    ]
    arms = [f"WHEN t IN ({', '.join(same)}) THEN t"] if same else []
    arms += [f"WHEN t = {word} THEN {value}" for word, value in other]
    ends = " ".join(arms) or "WHEN false THEN t"
    return Casting(
        lambda x: f"(SELECT CASE {ends} END FROM (SELECT {trim(x)} AS t) AS a)",
        _on_text(lambda text: int(words[text]) if numbers else words[text]),
        from_text=True,
    )


def _text_to_number(decimals: int) -> Casting:
    whole = "CASE WHEN p = 0 THEN b ELSE substr(b, 1, p - 1) END"
    places = "CASE WHEN p = 0 THEN '0' ELSE substr(b, p + 1) END"
    scaled = bigint(f"w || substr(rtrim(f, '0') || '{'0' * decimals}', 1, {decimals})")

    def sql(x: str) -> str:
        return (
            f"(SELECT CASE WHEN {is_digits('w')} AND length(w) <= {DIGITS - decimals}"
            f" AND {is_digits('f')} AND length(rtrim(f, '0')) <= {decimals}"
            f" THEN s * {scaled} END"
            f" FROM (SELECT s, {whole} AS w, {places} AS f"
            f" FROM (SELECT s, b, {position('.', 'b')} AS p"
            " FROM (SELECT CASE WHEN substr(t, 1, 1) = '-' THEN -1 ELSE 1 END AS s,"
            " CASE WHEN substr(t, 1, 1) IN ('-', '+') THEN substr(t, 2) ELSE t END AS b"
            f" FROM (SELECT {trim(x)} AS t) AS a) AS b) AS c) AS d)"
        )

    return Casting(sql, _on_text(lambda text: _number_python(text, decimals)), from_text=True)


def _number_python(text: str, decimals: int) -> int | None:
    found = re.fullmatch(rf"([+-]?)([0-9]{{1,{DIGITS - decimals}}})(?:\.([0-9]+))?", text)
    places = (found[3] or "").rstrip("0") if found else ""
    if found is None or len(places) > decimals:
        return None
    return int(f"{found[2]}{places.ljust(decimals, '0')}") * (-1 if found[1] == "-" else 1)


def _date_sql(x: str) -> str:
    return (
        f"(SELECT CASE WHEN {_is_date('d')} THEN d END"
        f" FROM (SELECT {_first_shape(_date_shapes())} AS d FROM (SELECT {trim(x)} AS t) AS a) AS b)"
    )


def _is_date(d: str) -> str:
    """Whether a text of the shape dddd-dd-dd (or nothing) is a day of the calendar. 有效日期。"""
    year, month, day = (
        bigint(f"substr({d}, {start}, {length})") for start, length in ((1, 4), (6, 2), (9, 2))
    )
    leap = f"({rest(year, 4)} = 0 AND ({rest(year, 100)} <> 0 OR {rest(year, 400)} = 0))"
    last = (
        f"CASE WHEN {month} = 2 THEN CASE WHEN {leap} THEN 29 ELSE 28 END"
        f" WHEN {month} IN (4, 6, 9, 11) THEN 30 ELSE 31 END"
    )
    return f"{year} >= 1 AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND {last}"


def _date_shapes() -> dict[str, str]:
    """Every way to write a date, each with SQL that makes `YYYY-MM-DD` of it. 日期写法。"""
    shapes = {
        f"dddd{first}{'d' * month}{second}{'d' * day}{last}": _join_date(month, day)
        for first, second, last in DATE_MARKS
        for month in (2, 1)
        for day in (2, 1)
    }
    return shapes | {
        "dddddddd": "substr(t, 1, 4) || '-' || substr(t, 5, 2) || '-' || substr(t, 7, 2)"
    }


def _join_date(month: int, day: int) -> str:
    parts = ((6, month), (7 + month, day))
    padded = (f"'{'0' * (2 - length)}' || substr(t, {start}, {length})" for start, length in parts)
    return " || '-' || ".join(["substr(t, 1, 4)", *padded])


def _date_python(text: str) -> str | None:
    found = (
        re.fullmatch(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})", text)
        or re.fullmatch(r"([0-9]{4})(年)([0-9]{1,2})月([0-9]{1,2})日", text)
        or re.fullmatch(r"([0-9]{4})()([0-9]{2})([0-9]{2})", text)
    )
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4])).isoformat()
    except ValueError:
        return None


def _moment_sql(x: str) -> str:
    hours = " AND ".join(
        f"{bigint(f'substr(m, {start}, 2)')} < {limit}"
        for start, limit in ((12, 24), (15, 60), (18, 60))
    )
    since = f"substr(m, 1, 4) >= '{PLAIN_TIME_SINCE}'"
    return (
        f"(SELECT CASE WHEN {_is_date('substr(m, 1, 10)')} AND {hours} THEN"
        f" CASE WHEN {looks_like('m', UTC_MOMENT)} THEN m"
        f" WHEN {since} THEN {from_city_time('m')} END END"
        f" FROM (SELECT {_first_shape({UTC_MOMENT: 't'} | LOCAL_MOMENTS)} AS m"
        f" FROM (SELECT {trim(x)} AS t) AS a) AS b)"
    )


def _moment_python(text: str) -> str | None:
    utc = re.fullmatch(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}\.[0-9]{6}Z", text
    )
    plain = re.fullmatch(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T](?:[01][0-9]|2[0-3])(?::[0-5][0-9]){1,2})?", text
    )
    try:
        moment = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return None
    if utc:
        return text
    if plain is None or moment.year < PLAIN_TIME_SINCE:
        return None
    told = moment - CITY_OFFSET
    return told.isoformat(timespec="microseconds") + "Z"


def _from_number(decimals: int, target: Shape) -> Casting | None:
    match target.kind:
        case "integer" | "number":
            return _rescale(target.decimals - decimals)
        case "text" | "longtext":
            return _number_to_text(decimals)
        case "boolean" if decimals == 0:
            return Casting(
                lambda x: f"(CASE WHEN {x} IN (0, 1) THEN {x} END)",
                lambda value: value if value in (0, 1) else None,
            )
    return None


def _rescale(steps: int) -> Casting:
    factor = 10 ** abs(steps)
    if steps >= 0:
        most = LARGEST // factor
        return Casting(
            lambda x: f"(CASE WHEN {x} BETWEEN -{most} AND {most} THEN {x} * {factor} END)",
            lambda value: value * factor if isinstance(value, int) and abs(value) <= most else None,
        )
    return Casting(
        lambda x: f"(CASE WHEN {rest(x, factor)} = 0 THEN {x} / {factor} END)",
        lambda value: value // factor if isinstance(value, int) and value % factor == 0 else None,
    )


def _number_to_text(decimals: int) -> Casting:
    factor = 10**decimals

    def sql(x: str) -> str:
        if not decimals:
            return f"CAST({x} AS text)"
        sign = f"CASE WHEN {x} < 0 THEN '-' ELSE '' END"
        places = pad_left(rest(f"abs({x})", factor), decimals)
        return f"({sign} || CAST(abs({x}) / {factor} AS text) || '.' || {places})"

    def python(value: Stored) -> Stored:
        if not isinstance(value, int) or not decimals:
            return None if value is None else str(value)
        whole, places = divmod(abs(value), factor)
        return f"{'-' if value < 0 else ''}{whole}.{places:0{decimals}d}"

    return Casting(sql, python)


def _first_shape(shapes: Mapping[str, str]) -> str:
    arms = " ".join(f"WHEN {looks_like('t', shape)} THEN {text}" for shape, text in shapes.items())
    return f"CASE {arms} END"


def _on_text(turn: Callable[[str], Stored]) -> Callable[[Stored], Stored]:
    def python(value: Stored) -> Stored:
        if not isinstance(value, str):
            return None
        try:
            return turn(value.strip(" "))
        except KeyError:
            return None

    return python
