"""Texts on their way out: marked for translation, harmless in a spreadsheet. 文本处理。"""

from __future__ import annotations

import re
from collections.abc import Callable

FILE_LINE = "%(file)s, line %(line)s: "
"""Begins a message id of a problem; what follows has a translation of its own. 位置前缀。"""
_DANGEROUS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?%?")


def msg(text: str) -> str:
    """Mark `text` as a message id; the edges translate it with gettext. 标记待译文本。"""
    return text


def translate(message: str, gettext: Callable[[str], str]) -> str:
    """A message id in the reader's language; where in a file and what is wrong may be two. 译文。"""
    whole = gettext(message)
    if whole != message or not message.startswith(FILE_LINE):
        return whole
    return gettext(FILE_LINE) + gettext(message.removeprefix(FILE_LINE))


def defuse_formula(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula. 公式无害化。

    A text that begins (after spaces) with what starts a formula, half or full width, gets an
    apostrophe in front; a plain number with a sign stays as it is.
    """
    start = text.lstrip(" \u3000")[:1] or text[:1]
    if start and start in _DANGEROUS and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
