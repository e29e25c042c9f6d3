"""The functions of expressions: what they take, give and do. 表达式函数。

`compute` is the meaning; the engines in `dialects` are held to it by property tests. A function
is absent (NULL) when any argument is, except coalesce, blank and empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yiwang.kernel.base.text import msg

from .tables import BLANK_PATTERN, BRACKETS_FROM, BRACKETS_TO, SPACES
from .types import Type

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"

_BRACKETS = str.maketrans(BRACKETS_FROM, BRACKETS_TO)
_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_LOWER = {code - 32: code for code in _UPPER}
_BLANK = re.compile(BLANK_PATTERN)
_OLD_ID = re.compile("[0-9]{15}")


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its parameters by kind, its result, its meaning in Python. 函数。

    Kinds: `text` any text expression; `count` a whole number written out, 0 to 10000;
    `place` the same from 1; `word` a text written out, not empty; `any` all of one type.
    `repeats` lets the last kind come again.
    """

    name: str
    kinds: tuple[str, ...]
    gives: Type
    compute: Callable[..., Any]
    help: str
    repeats: bool = False
    takes_absent: bool = False


def to_upper(text: str) -> str:
    """ASCII letters in upper case; all else as it is. 转大写。"""
    return text.translate(_UPPER)


def to_lower(text: str) -> str:
    """ASCII letters in lower case; all else as it is. 转小写。"""
    return text.translate(_LOWER)


def keep_digits(text: str) -> str:
    """Only the digits 0 to 9. 仅留数字。"""
    return re.sub("[^0-9]+", "", text)


def fold_brackets(text: str) -> str:
    """All brackets round, Chinese and full-width punctuation plain. 括号标点归一。"""
    return text.translate(_BRACKETS)


def to_nfkc(text: str) -> str:
    """Unicode normalization form KC. 兼容归一。"""
    return unicodedata.normalize("NFKC", text)


def lengthen_id(text: str) -> str:
    """A 15-digit citizen number as one of 18, GB 11643; anything else as it is. 身份证升位。"""
    if not _OLD_ID.fullmatch(text):
        return text
    body = f"{text[:6]}19{text[6:]}"
    total = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True))
    return body + ID_CHECKS[total % 11]


def take_right(text: str, count: int) -> str:
    """The last `count` characters. 取右侧。"""
    return text[-count:] if count else ""


def take_part(text: str, place: int, count: int) -> str:
    """`count` characters from `place`, counted from 1. 取中间。"""
    return text[place - 1 : place - 1 + count]


def is_blank(text: str | None) -> bool:
    """Nothing there, or only a placeholder for nothing. 空值或占位符。"""
    # Trimmed first: the pattern would try every end of a long white space.
    return text is None or _BLANK.fullmatch(text.strip(SPACES)) is not None


def _first_there(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


_ALL = [
    Function("left", ("text", "count"), "text", lambda text, count: text[:count],
             msg("The first characters, as many as said")),
    Function("right", ("text", "count"), "text", take_right,
             msg("The last characters, as many as said")),
    Function("substring", ("text", "place", "count"), "text", take_part,
             msg("Characters from a place (the first is 1), as many as said")),
    Function("trim", ("text",), "text", lambda text: text.strip(SPACES),
             msg("Without white space at both ends, Chinese full-width space included")),
    Function("nfkc", ("text",), "text", to_nfkc,
             msg("Unicode NFKC: full-width letters and digits become plain, ① becomes 1")),
    Function("upper", ("text",), "text", to_upper, msg("Letters a to z in upper case")),
    Function("lower", ("text",), "text", to_lower, msg("Letters A to Z in lower case")),
    Function("digits", ("text",), "text", keep_digits, msg("Only the digits 0 to 9")),
    Function("id15to18", ("text",), "text", lengthen_id,
             msg("A 15-digit citizen number as 18 digits (GB 11643); anything else as it is")),
    Function("fold_brackets", ("text",), "text", fold_brackets,
             msg("All brackets as ( and ), Chinese and full-width punctuation as plain")),
    Function("replace", ("text", "word", "value"), "text", str.replace,
             msg("With every place of one text replaced by another")),
    Function("concat", ("text",), "text", lambda *texts: "".join(texts),
             msg("Texts one after the other"), repeats=True),
    Function("length", ("text",), "integer", len, msg("How many characters")),
    Function("coalesce", ("any",), "text", _first_there,
             msg("The first of the values that is there"), repeats=True, takes_absent=True),
    Function("blank", ("text",), "boolean", is_blank,
             msg("Nothing there, or only a placeholder such as 无, /, 0, null, 111"),
             takes_absent=True),
    Function("empty", ("text",), "boolean", lambda text: not text,
             msg("Nothing there, or a text without characters"), takes_absent=True),
]  # fmt: skip

FUNCTIONS: dict[str, Function] = {function.name: function for function in _ALL}
