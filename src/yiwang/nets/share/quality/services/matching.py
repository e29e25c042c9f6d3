"""Regular expressions of plain shapes as something quicker. 正则的快速写法。

Most patterns of registers are a list of words, or so many characters one after the other. The
engine compares those several times faster as a list or a GLOB, which also reads each member of a
dictionary only once; the answer is the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from yiwang.kernel.pool import services as pool
from yiwang.kernel.query.functions import is_blank

LONGEST = 64
_HAN = "\u4e00-\u9fff"
_PIECE = re.compile(
    rf"(\[(?:[0-9A-Za-z](?:-[0-9A-Za-z])?)+\]|\\d|[0-9A-Za-z{_HAN}])(?:\{{([0-9]{{1,2}})\}})?"
)
_WORDS = re.compile(f"[0-9A-Za-z{_HAN}]+(?:[|][0-9A-Za-z{_HAN}]+)+")
_NO_ASCII = re.compile(r"\[\^(?:\\x[0-7][0-9a-f]|[ -Z_-~])+\]\{1,([0-9]{1,4})\}")
_THREE_BYTES = (
    f"{{0}} >= '{chr(0x800)}' AND {{0}} < '{chr(0x10000)}' AND strlen({{0}}) < 12"
    " AND strlen({0}) = 3 * length({0})"
)


@dataclass(frozen=True, slots=True)
class Match:
    """A test of a text, and whether what passes is surely no blank. 匹配。"""

    sql: str
    fills: bool


def match_sql(value: str, pattern: str) -> Match:
    """Whether the whole of a text matches. 全文匹配。"""
    if _WORDS.fullmatch(pattern):
        words = pattern.split("|")
        listed = ", ".join(map(pool.quote_text, words))
        return Match(f"{value} IN ({listed})", not any(map(is_blank, words)))
    glob = to_glob(pattern)
    if glob:
        digit = re.search(r"\[[0-9](?:-[0-9])?\]|[0-9](?![^\[]*\])", glob) is not None
        return Match(f"{value} GLOB '{glob}'", digit)
    whole = f"regexp_full_match({value}, {pool.quote_text(pattern)})"
    several = _NO_ASCII.fullmatch(pattern)
    if several and int(several[1]) >= 3:
        # A short text that begins with a character of three bytes, and has three bytes for each
        # on average, has no ASCII: one of those would need two of four bytes beside it.
        return Match(f"CASE WHEN {_THREE_BYTES.format(value)} THEN true ELSE {whole} END", False)
    return Match(whole, False)


def to_glob(pattern: str) -> str:
    """A pattern of a fixed number of characters as a GLOB, '' for any other. 定长模式。"""
    found: list[str] = []
    at = 0
    while at < len(pattern):
        piece = _PIECE.match(pattern, at)
        if piece is None:
            return ""
        one = "[0-9]" if piece[1] == r"\d" else piece[1]
        found += [one] * int(piece[2] or 1)
        at = piece.end()
    return "".join(found) if 0 < len(found) <= LONGEST else ""
