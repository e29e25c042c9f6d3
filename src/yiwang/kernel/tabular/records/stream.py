"""Reading JSON piece by piece in bounded memory. 流式读取 JSON。

Numbers stay the letters that the file holds (`1.50`, `007` is no JSON, `1E5`), members keep their
order, and a key that comes twice is seen twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_MORE = 1 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_FLAT = re.compile(r'[^"\[\]{}]*')
_STRING_END = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)


class JsonDamaged(Exception):
    """The text is no JSON from this line on. JSON 损坏。"""

    def __init__(self, line: int, why: str) -> None:
        self.line = line
        self.why = why
        super().__init__(f"line {line}: {why}")


class JsonTooLarge(Exception):
    """One value is larger than memory should hold. 单值过大。"""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


class Number(str):
    """A number as the file writes it. 原样数字。"""

    __slots__ = ()


class Members(list[tuple[str, Any]]):
    """The members of an object in their order, doubled ones too. 对象成员。"""

    __slots__ = ()

    def find(self, key: str) -> Any:
        """The first member of that name, or None. 查找成员。"""
        return next((value for name, value in self if name == key), None)


def _no_constant(text: str) -> Any:
    return Number(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=Members,
    parse_int=Number,
    parse_float=Number,
    parse_constant=_no_constant,
    strict=False,
)


class JsonStream:
    """A cursor over JSON text that comes in pieces. JSON 游标。

    `largest` is the most characters that one value read at once may have.
    """

    def __init__(self, pieces: Iterator[str], *, largest: int) -> None:
        self._pieces = pieces
        self._largest = largest
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False

    def _fill(self) -> bool:
        """Take one more piece; False at the end of the text."""
        if self._ended:
            return False
        piece = next(self._pieces, None)
        if piece is None:
            self._ended = True
            return False
        if self._at:
            self._line += self._text.count("\n", 0, self._at)
            self._text = self._text[self._at :] + piece
            self._at = 0
        else:
            self._text += piece
        return True

    def _grow(self) -> bool:
        """Double what is held, so that a long value is not tried again for each piece."""
        aim = max(_MORE, 2 * (len(self._text) - self._at))
        if len(self._text) - self._at > self._largest:
            raise JsonTooLarge(self.line)
        grown = False
        while len(self._text) - self._at < aim and self._fill():
            grown = True
        return grown

    @property
    def line(self) -> int:
        """The line of the cursor, from 1. 行号。"""
        return self._line + self._text.count("\n", 0, self._at)

    def damaged(self, why: str) -> JsonDamaged:
        """The failure at the cursor. 损坏。"""
        return JsonDamaged(self.line, why)

    def peek(self) -> str:
        """The next character that is no space, or "" at the end. 预看。"""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def take(self, mark: str) -> None:
        """Step over that character. 读过标点。"""
        found = self.peek()
        if found != mark:
            raise self.damaged(f"{mark} expected" if found else "the text ends too early")
        self._at += 1

    def value(self) -> Any:
        """The next value as a whole. 读出整值。"""
        if not self.peek():
            raise self.damaged("the text ends too early")
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._maybe_cut(error) or not self._grow():
                    self._at = min(error.pos, len(self._text))
                    raise self.damaged(error.msg) from error
                continue
            except RecursionError as error:
                raise self.damaged("nested too deep") from error
            if end < len(self._text) or self._ended or not self._fill():
                self._at = end
                return value

    def _maybe_cut(self, error: json.JSONDecodeError) -> bool:
        """Whether the end of what is held may be the cause, not the text itself."""
        near_end = error.pos > len(self._text) - 64
        return not self._ended and (near_end or error.msg.startswith("Unterminated string"))

    def members(self) -> Iterator[str]:
        """Keys of the object at the cursor; the caller takes or skips each value. 逐个成员。"""
        self.take("{")
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            if self.peek() != '"':
                raise self.damaged("a key expected")
            key = self.value()
            self.take(":")
            yield str(key)
            if self._next_or_end("}"):
                return

    def elements(self) -> Iterator[int]:
        """Positions in the array at the cursor; the caller takes or skips each value. 逐个元素。"""
        self.take("[")
        if self.peek() == "]":
            self._at += 1
            return
        at = 0
        while True:
            yield at
            at += 1
            if self._next_or_end("]"):
                return

    def _next_or_end(self, end: str) -> bool:
        found = self.peek()
        if found not in {",", end} or not found:
            raise self.damaged(f", or {end} expected" if found else "the text ends too early")
        self._at += 1
        return found == end

    def skip(self) -> None:
        """Step over the next value without holding it. 跳过值。"""
        first = self.peek()
        if first not in {"{", "["}:
            self.value()
            return
        depth = 0
        while True:
            self._at = self._end_of(_FLAT)
            mark = self._text[self._at]
            self._at += 1
            if mark == '"':
                self._skip_text()
            else:
                depth += 1 if mark in "{[" else -1
            if not depth:
                return

    def _skip_text(self) -> None:
        """Step behind the closing quote, also where an escape is cut by the end of what is held."""
        self._at = self._end_of(_STRING_END)
        while self._text[self._at] != '"':
            if not self._grow():
                raise self.damaged("the text ends too early")
            self._at = self._end_of(_STRING_END)
        self._at += 1

    def _end_of(self, pattern: re.Pattern[str]) -> int:
        """Where the pattern ends, with at least one character after it."""
        while True:
            found = pattern.match(self._text, self._at)
            if found and found.end() < len(self._text):
                return found.end()
            if not self._grow():
                raise self.damaged("the text ends too early")
