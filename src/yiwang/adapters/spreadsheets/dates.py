"""Dates and times behind a sheet's serial numbers. 表格日期序列号。"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<blank>.)|\*(?P<fill>.)'
    r"|\[(?P<elapsed>[hH]+|[mM]+|[sS]+)\]|\[(?P<bracket>[^\]]*)\]"
    r"|(?P<half>AM/PM|am/pm|A/P|a/p|上午/下午)|(?P<fraction>\.0+)"
    r"|(?P<unit>y+|Y+|m+|M+|d+|D+|h+|H+|s+|S+|a{3,4}|e+|b+|g+)|(?P<other>.)",
    re.DOTALL,
)
_MONTHS = "January February March April May June July August September October November December"
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_WEEK = "一二三四五六日"
_DAY = Decimal(86_400)
_LAST = Decimal(2_958_466)  # the day after 9999-12-31
_SYSTEM = {"F800": 'yyyy"年"m"月"d"日"', "x-sysdate": 'yyyy"年"m"月"d"日"', "F400": "h:mm:ss"}


class Token(NamedTuple):
    """A piece of a date format: what it is and its letters. 日期格式片段。"""

    kind: str
    text: str


class Moment(NamedTuple):
    """A serial number taken apart; seconds since midnight, exact. 时刻。"""

    year: int
    month: int
    day: int
    weekday: int
    second: Decimal
    serial: Decimal


@lru_cache(maxsize=2048)
def is_date_code(code: str) -> bool:
    """Whether a section of a format code shows a date or a time. 是否日期格式。"""
    return any(token.kind in {"unit", "elapsed", "half"} for token in _tokens(code))


@lru_cache(maxsize=2048)
def _tokens(code: str) -> tuple[Token, ...]:
    system = re.match(r"\s*\[\$-(F800|x-sysdate|F400)\]", code)
    tokens = [
        token
        for found in _TOKEN.finditer(_SYSTEM[system[1]] if system else code)
        if (token := _token(found))
    ]
    return tuple(_minutes(tokens))


def _token(found: re.Match[str]) -> Token | None:
    for kind in ("elapsed", "half", "fraction", "unit"):
        if found[kind]:
            text = found[kind]
            return Token(kind, text if kind == "half" else text.lower())
    if found["bracket"] is not None or found["blank"] is not None or found["fill"] is not None:
        return None
    return Token("literal", found["quoted"] or found["escaped"] or found["other"] or "")


def _minutes(tokens: list[Token]) -> list[Token]:
    """An m after hours or before seconds means minutes."""
    units = [at for at, token in enumerate(tokens) if token.kind in {"unit", "elapsed"}]
    found = list(tokens)
    for order, at in enumerate(units):
        if tokens[at].kind != "unit" or tokens[at].text[0] != "m" or len(tokens[at].text) > 2:
            continue
        before = tokens[units[order - 1]].text[0] if order else ""
        after = tokens[units[order + 1]].text[0] if order + 1 < len(units) else ""
        if before == "h" or after == "s":
            found[at] = Token("minute", tokens[at].text)
    return found


def format_date(serial: Decimal, code: str, *, dates_1904: bool) -> str | None:
    """The date under its format, or None where a sheet shows only `####`. 显示日期。"""
    tokens = _tokens(code)
    places = max((len(token.text) - 1 for token in tokens if token.kind == "fraction"), default=0)
    moment = find_moment(serial, dates_1904=dates_1904, places=places)
    if moment is None:
        return None
    half_days = any(token.kind == "half" for token in tokens)
    return "".join(_show(token, moment, half_days=half_days) for token in tokens)


def find_moment(serial: Decimal, *, dates_1904: bool, places: int = 0) -> Moment | None:
    """What a serial number means, its seconds rounded to `places`; None outside the calendar. 时刻。

    In the 1900 system day 60 is a 29 February that never was, as in Excel.
    """
    if serial < 0 or serial >= _LAST:
        return None
    seconds = (serial * _DAY).quantize(Decimal(1).scaleb(-places))
    days, second = divmod(seconds, _DAY)
    number = int(days) + (1462 if dates_1904 else 0)
    if number == 60:
        return Moment(1900, 2, 29, 2, second, seconds / _DAY)
    if number == 0:
        return Moment(1900, 1, 0, 5, second, seconds / _DAY)
    day = date(1899, 12, 31 if number < 60 else 30) + timedelta(days=number)
    return Moment(day.year, day.month, day.day, day.weekday(), second, seconds / _DAY)


def _show(token: Token, moment: Moment, *, half_days: bool) -> str:
    if token.kind == "literal":
        return token.text
    if token.kind == "elapsed":
        return _elapsed(token.text, moment)
    if token.kind == "fraction":
        part = moment.second % 1
        return f"{part:.{len(token.text) - 1}f}"[1:]
    hour = int(moment.second // 3600)
    if token.kind == "half":
        first, last = token.text.split("/")
        return first if hour < 12 else last
    if token.kind == "minute":
        return f"{int(moment.second // 60) % 60:0{len(token.text)}}"
    if token.text[0] == "h" and half_days:
        hour = hour % 12 or 12
    return _unit(token.text, moment, hour)


def _elapsed(letters: str, moment: Moment) -> str:
    seconds = (moment.serial * _DAY).to_integral_value()
    unit = {"h": 3600, "m": 60, "s": 1}[letters[0]]
    return f"{int(seconds // unit):0{len(letters)}}"


def _unit(letters: str, moment: Moment, hour: int) -> str:
    size, two = len(letters), min(len(letters), 2)
    shown = {
        "y": f"{moment.year:04}" if size > 2 else f"{moment.year % 100:02}",
        "e": str(moment.year),
        "m": _named(_MONTHS.split()[moment.month - 1], moment.month, size),
        "d": _named(_DAYS.split()[moment.weekday], moment.day, size),
        "a": ("星期" if size > 3 else "周") + _WEEK[moment.weekday],
        "h": f"{hour:0{two}}",
        "s": f"{int(moment.second % 60):0{two}}",
        "g": "",
    }
    return shown[letters[0].replace("b", "y")]


def _named(name: str, number: int, size: int) -> str:
    if size <= 2:
        return f"{number:0{size}}"
    return {3: name[:3], 5: name[0]}.get(size, name)
