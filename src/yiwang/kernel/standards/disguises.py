"""Masks with a measure or a key: ranges, months, noise, tokens, moved days. 带参数的脱敏。

Written `token`, `prefix:4`, `month`, `round:10`, `noise:5%`, `noise:100`, `shift:30`; each is the
same in Python and in DuckDB SQL. What cannot be read as a number or a day shows nothing but stars.
Whoever lacks the key can neither undo a token, a noise or a moved day nor make the same ones.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from yiwang.kernel.base.errors import InvalidInput

from .masks import MASKS, mask_text, mask_text_sql
from .readings import day_sql, read_day
from .types import Element

STARS = "***"
FORM = re.compile(r"(token|month|year|prefix|round|noise|shift)(?::([1-9][0-9]{0,8})(%?))?")
MOST = {"prefix": 40, "round": 10**8, "noise": 10**8, "shift": 3650}
PERCENT = 100
OFFERS = {
    "text": ("token", "null"),
    "code": ("token", "prefix:2", "prefix:4", "prefix:6", "null"),
    "number": ("round:10", "round:100", "round:1000", "noise:5%", "noise:20%", "token", "null"),
    "integer": ("round:10", "round:100", "round:1000", "noise:5%", "noise:20%", "token", "null"),
    "date": ("month", "year", "shift:30", "shift:180", "null"),
    "datetime": ("month", "year", "shift:30", "shift:180", "null"),
}
TOKEN = 32
"""Hexadecimal digits of a token: 128 bits. 代号长度。"""
CHANCE = 7
"""Hexadecimal digits of which noise is drawn. 噪声随机位数。"""
HALF = 16**CHANCE // 2
NUMBER = r"-?[0-9]{1,15}(\.[0-9]{1,6})?"
BLOCK = 64
"""Bytes of a block of SHA-256, to which RFC 2104 pads a key. 分组长度。"""


@dataclass(frozen=True, slots=True)
class Disguise:
    """A mask with its measure: characters, a step, units or per cent, days. 带参数脱敏。"""

    kind: str
    measure: int = 0
    percent: bool = False


@lru_cache(maxsize=256)
def read_disguise(text: str) -> Disguise:
    """A mask as it is written, or InvalidInput. 读脱敏方式。"""
    if text in MASKS:
        return Disguise(text)
    found = FORM.fullmatch(text)
    kind, measure = (found[1], int(found[2] or 0)) if found else ("", 0)
    percent = bool(found and found[3])
    wrong = (
        not found
        or (kind in MOST) != bool(measure)
        or measure > (PERCENT if percent else MOST.get(kind, 0))
        or (percent and kind != "noise")
    )
    if wrong:
        raise InvalidInput(
            "standards.mask.unknown",
            "%(mask)s is no mask: choose token, month, year, prefix:4, round:10, noise:5%%, shift:30 or null",
            mask=text,
        )
    return Disguise(kind, measure, percent)


def needs_key(text: str) -> bool:
    """Whether a mask is made with the key of a grant. 是否需密钥。"""
    return text.startswith(("token", "noise", "shift"))


def is_element_mask(text: str) -> bool:
    """Whether an element may name this mask as its own: any that needs no key. 数据元可用脱敏。"""
    try:
        read_disguise(text)
    except InvalidInput:
        return False
    return not needs_key(text)


def offer_disguises(element: Element | None) -> tuple[str, ...]:
    """Masks that serve values of this kind, for whoever chooses one. 可选脱敏方式。"""
    return OFFERS.get(element.type if element else "text", OFFERS["text"])


def disguise(text: str, key: bytes, cell: str | None, whose: str = "") -> str | None:
    """A cell as it may be seen; None stays None. 脱敏取值。

    `whose` is what the days of one person are moved by: all of them by the same number.
    """
    mask = read_disguise(text)
    if cell is None or mask.kind in MASKS:
        return mask_text(mask.kind, cell) if mask.kind in MASKS else None
    if mask.kind == "token":
        return _digest(key, cell)[:TOKEN]
    if mask.kind == "prefix":
        return cell[: mask.measure] if len(cell) > mask.measure else STARS
    if mask.kind in ("round", "noise"):
        return _number(mask, key, cell)
    return _day(mask, key, cell, whose)


def disguise_sql(text: str, key: bytes, column: str, whose: str = "''") -> str:
    """`disguise` as a DuckDB expression over VARCHAR expressions. 脱敏 SQL。"""
    mask = read_disguise(text)
    if mask.kind in MASKS:
        return mask_text_sql(mask.kind, column)
    if mask.kind == "token":
        return f"left({_digest_sql(key, column)},{TOKEN})"
    if mask.kind == "prefix":
        longer = f"length({column})>{mask.measure}"
        return f"CASE WHEN {longer} THEN left({column},{mask.measure}) WHEN {column} IS NOT NULL THEN '{STARS}' END"
    shown = _number_sql if mask.kind in ("round", "noise") else _day_sql
    return f"CASE WHEN {column} IS NOT NULL THEN coalesce({shown(mask, key, column, whose)},'{STARS}') END"


# Chance from a key ----------------------------------------------------------------------------
def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _digest_sql(key: bytes, text: str) -> str:
    """HMAC of RFC 2104 written out: the engine has SHA-256 but no HMAC."""
    padded = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    inner, outer = (bytes(one ^ pad for one in padded).hex() for pad in (0x36, 0x5C))
    return f"sha256(unhex('{outer}')||unhex(sha256(unhex('{inner}')||encode({text}))))"


# Numbers, as whole numbers of their last decimal ----------------------------------------------
def _number(mask: Disguise, key: bytes, text: str) -> str:
    if not re.fullmatch(NUMBER, text):
        return STARS
    decimals = len(text.partition(".")[2])
    units = int(text.replace(".", ""))
    if mask.kind == "round":
        step = mask.measure
        low = units // (step * 10**decimals) * step
        return f"[{low},{low + step})"
    chance = 2 * int(_digest(key, text)[:CHANCE], 16) - 2 * HALF
    span = abs(units) * mask.measure // PERCENT if mask.percent else mask.measure * 10**decimals
    moved = span * abs(chance) // (2 * HALF)
    return _written(units + (moved if chance > 0 else -moved), decimals)


def _written(units: int, decimals: int) -> str:
    digits = str(abs(units)).rjust(decimals + 1, "0")
    point = f".{digits[-decimals:]}" if decimals else ""
    return ("-" if units < 0 else "") + (digits[:-decimals] if decimals else digits) + point


def _number_sql(mask: Disguise, key: bytes, text: str, _: str) -> str:
    point = f"strpos({text},'.')"
    decimals = f"(CASE WHEN {point}>0 THEN length({text})-{point} ELSE 0 END)"
    scale = f"CAST('1'||repeat('0',CAST({decimals} AS INTEGER)) AS HUGEINT)"
    units = f"CAST(replace({text},'.','') AS HUGEINT)"
    told = _round_sql if mask.kind == "round" else _noise_sql
    shown = told(mask, units, scale, f"left({_digest_sql(key, text)},{CHANCE})", decimals)
    return f"CASE WHEN regexp_full_match({text},'{NUMBER}') THEN {shown} END"


def _round_sql(mask: Disguise, units: str, scale: str, _: str, __: str) -> str:
    step = f"({mask.measure}*{scale})"
    # Whole numbers are divided toward zero here: below it, what is left over goes one step down.
    low = (
        f"(CASE WHEN {units}>=0 THEN {units}//{step} ELSE -((-({units})+{step}-1)//{step}) END"
        f"*{mask.measure})"
    )
    return f"'['||{low}||','||({low}+{mask.measure})||')'"


def _noise_sql(mask: Disguise, units: str, scale: str, digits: str, decimals: str) -> str:
    chance = f"(2*CAST('0x'||{digits} AS HUGEINT)-{2 * HALF})"
    span = (
        f"(abs({units})*{mask.measure}//{PERCENT})" if mask.percent else f"({mask.measure}*{scale})"
    )
    moved = f"({units}+sign({chance})::HUGEINT*({span}*abs({chance})//{2 * HALF}))"
    return f"list_transform([{moved}],lambda yw_moved:{_written_sql('yw_moved', decimals)})[1]"


def _written_sql(units: str, decimals: str) -> str:
    bare = f"CAST(abs({units}) AS VARCHAR)"
    digits = f"lpad({bare},CAST(greatest(length({bare}),{decimals}+1) AS INTEGER),'0')"
    cut = f"left({digits},length({digits})-{decimals})||'.'||right({digits},{decimals})"
    sign = f"CASE WHEN {units}<0 THEN '-' ELSE '' END"
    return f"({sign})||(CASE WHEN {decimals}>0 THEN {cut} ELSE {digits} END)"


# Days -----------------------------------------------------------------------------------------
WHOLE_DAY, MONTH = 10, 7


def _day(mask: Disguise, key: bytes, text: str, whose: str) -> str:
    # A moment gives away its day: the clock goes, whatever the mask.
    found = read_day(re.split(CLOCK, text)[0])
    if mask.kind == "year":
        return found[:4] if found else STARS
    if mask.kind == "month":
        return found[:MONTH] if found and len(found) >= MONTH else STARS
    if not found or len(found) != WHOLE_DAY:
        return STARS
    return (date.fromisoformat(found) + timedelta(_days(mask, key, whose))).isoformat()


CLOCK = "[ T]+[0-9]{1,2}:"


def _days(mask: Disguise, key: bytes, whose: str) -> int:
    """How far days are moved, one to `measure` either way. 平移天数。"""
    drawn = int(_digest(key, f"shift {whose}")[:CHANCE], 16) % (2 * mask.measure)
    return drawn - mask.measure + (drawn >= mask.measure)


def _day_sql(mask: Disguise, key: bytes, text: str, whose: str) -> str:
    found = day_sql(f"regexp_replace({text},'{CLOCK}.*$','','s')")
    return f"list_transform([{found}],lambda yw_found:{_shown_day_sql(mask, key, whose)})[1]"


def _shown_day_sql(mask: Disguise, key: bytes, whose: str) -> str:
    if mask.kind == "year":
        return "left(yw_found,4)"
    if mask.kind == "month":
        return f"CASE WHEN length(yw_found)>={MONTH} THEN left(yw_found,{MONTH}) END"
    hashed = _digest_sql(key, f"('shift '||coalesce({whose},''))")
    drawn = f"(CAST('0x'||left({hashed},{CHANCE}) AS BIGINT)%{2 * mask.measure})"
    days = f"CAST({drawn}-{mask.measure}+CAST({drawn}>={mask.measure} AS INTEGER) AS INTEGER)"
    moved = f"strftime(CAST(yw_found AS DATE)+{days},'%Y-%m-%d')"
    return f"CASE WHEN length(yw_found)={WHOLE_DAY} THEN {moved} END"
