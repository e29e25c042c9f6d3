"""Texts on their way out: marked for translation, harmless in a spreadsheet. 文本处理。"""

from __future__ import annotations

import re

_DANGEROUS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?%?")


def msg(text: str) -> str:
    """Mark `text` as a message id; the edges translate it with gettext. 标记待译文本。"""
    return text


def defuse_formula(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula. 公式无害化。

    A text that begins (after spaces) with what starts a formula, half or full width, gets an
    apostrophe in front; a plain number with a sign stays as it is.
    """
    start = text.lstrip(" \u3000")[:1] or text[:1]
    if start and start in _DANGEROUS and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
