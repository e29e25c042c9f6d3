"""Fixed tables of characters and placeholders. 字符与占位符对照表。

They are data of this file, never input, so engines may hold them as constants.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

# What `trim` takes away: all that Unicode calls white space, and the invisible marks that
# spreadsheets leave behind (zero-width space, word joiner, byte order mark).
SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)

_OPENING = "（【〔［｛〖〘〚﹙﹛﹝[{"
_CLOSING = "）】〕］｝〗〙〛﹚﹜﹞]}"
_FULL = "，；：！？。．、／－～＂＇＃＆＋＝＊％＠＿＼｜·•‧・“”„‘’‚—–−　"
_PLAIN = ",;:!?..,/-~\"'#&+=*%@_\\|····\"\"\"'''--- "

BRACKETS_FROM = _OPENING + _CLOSING + _FULL
BRACKETS_TO = "(" * len(_OPENING) + ")" * len(_CLOSING) + _PLAIN

# A key that says nothing. Compared without surrounding white space and whatever the case of
# ASCII letters; runs of one digit are recognized by `BLANK_PATTERN`.
PLACEHOLDERS = (
    "-", "--", "---", "—", "——", "－", "－－", "_", "/", "//", "／", "\\", ".", "。", "*", "**", "***",
    "#", "?", "？", "、", "~", "0", "０", "无", "空", "暂无", "没有", "未知", "不详", "不明", "不清楚",
    "未填", "未填写", "未提供", "未登记", "待补", "待补充", "无数据", "无此项", "空白", "空值",
    "(空)", "（空）", "(无)", "（无）",
    "null", "(null)", "<null>", "[null]", "none", "nil", "nan", "na", "n/a", "#n/a", "n.a.",
    "unknown", "undefined", "blank", "empty", "tbd",
)  # fmt: skip


def _fold_case(text: str) -> str:
    """A pattern for `text` that takes ASCII letters in either case, and nothing else as them."""
    return "".join(
        f"[{char}{char.upper()}]" if "a" <= char <= "z" else re.escape(char) for char in text
    )


_WORDS = "|".join(_fold_case(word) for word in sorted(PLACEHOLDERS))
_RUNS = "0+|０+|" + "|".join(f"{digit}{digit}{digit}+" for digit in "123456789１２３４５６７８９")
# One pattern in the words that RE2, PostgreSQL and Python share; to be matched as a whole.
BLANK_PATTERN = f"[{SPACES}]*(?:{_WORDS}|{_RUNS})?[{SPACES}]*"

# What no text begins with that is such a word: with another first character it says something.
# Digits are left out: who asks here takes a zero for a value.
BLANK_OPENINGS = frozenset(SPACES) | {
    char for word in PLACEHOLDERS for char in word[:1] + word[:1].upper() if not char.isdecimal()
}

# Characters whose every sequence is already in NFKC: ASCII, common Chinese punctuation, Han.
_STABLE = "\x01-\x7f·–—‘’“”○、-】〒-〙㐀-䶿一-鿿𠀀-\U0002f7ff"
UNSTABLE_PATTERN = f"[^{_STABLE}]"
# And those that need only a change of one character for one: the full-width forms.
FULL_WIDTH = "".join(map(chr, range(0xFF01, 0xFF5F))) + "　￥①②③④⑤⑥⑦⑧⑨"
HALF_WIDTH = unicodedata.normalize("NFKC", FULL_WIDTH)
FULL_WIDTH_PATTERN = f"[{_STABLE}{FULL_WIDTH[0]}-{FULL_WIDTH[93]}{FULL_WIDTH[94:]}]*"


class Foldings(NamedTuple):
    """Characters with a compatibility form, and that form at the same place. 兼容分解表。"""

    sources: str
    targets: tuple[str, ...]


@cache
def compatibility_foldings() -> Foldings:
    """All characters that NFKC changes beyond what NFC does. 兼容分解字符。

    Replacing each and then applying NFC gives NFKC: this is how an engine that has only NFC
    reaches it.
    """
    found: dict[str, str] = {}
    for code in (*range(0x80, 0x3400), *range(0xF900, 0x20000)):
        char = chr(code)
        if unicodedata.decomposition(char):
            folded = unicodedata.normalize("NFKD", char)
            if folded != unicodedata.normalize("NFD", char):
                found[char] = folded
    return Foldings("".join(found), tuple(found.values()))
