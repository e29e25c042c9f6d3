"""Walking a document to its records. 定位记录。"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .paths import ANY, RecordsPath
from .stream import JsonStream, Members

_LOOK_DEPTH = 4


@dataclass
class Found:
    """A record: the keys that `*` stood for, what is around it, itself. 记录。

    `around` runs from the document to the record's parent. Of those read piece by piece only the
    scalar members are kept, and they are complete once the whole document was walked.
    """

    keys: tuple[tuple[str, bool], ...]
    around: tuple[Any, ...]
    value: Any


@dataclass
class Walker:
    """Finds the records of a path while the document streams by. 记录遍历器。

    Up to the first `*` the document is read piece by piece; each thing under that `*` is then
    held as a whole, so that a record may ask for what comes after it beside its parent.
    """

    path: RecordsPath
    streamed: int = field(init=False)

    def __post_init__(self) -> None:
        steps = self.path.steps
        self.streamed = steps.index(ANY) + 1 if ANY in steps else 0

    def records(self, stream: JsonStream) -> Iterator[Found]:
        """All records of the document at the cursor. 全部记录。"""
        yield from self._stream(stream, 0, (), ())

    def _stream(
        self, stream: JsonStream, at: int, around: tuple[Any, ...], keys: tuple[Any, ...]
    ) -> Iterator[Found]:
        if at == self.streamed:
            yield from self._inside(stream.value(), at, around, keys)
            return
        step = self.path.steps[at]
        scalars = Members()
        for key, is_key in _children(stream):
            if step in {ANY, key}:
                inner = ((key, is_key),) if step == ANY else ()
                yield from self._stream(stream, at + 1, (*around, scalars), keys + inner)
            elif stream.peek() in {"{", "["}:
                stream.skip()
            else:
                scalars.append((key, stream.value()))

    def _inside(
        self, value: Any, at: int, around: tuple[Any, ...], keys: tuple[Any, ...]
    ) -> Iterator[Found]:
        if at == len(self.path.steps):
            yield Found(keys, around, value)
            return
        step = self.path.steps[at]
        for key, is_key, inner in _parts(value):
            if step in {ANY, key}:
                more = ((key, is_key),) if step == ANY else ()
                yield from self._inside(inner, at + 1, (*around, value), keys + more)


def _children(stream: JsonStream) -> Iterator[tuple[str, bool]]:
    """Keys or positions of what is at the cursor; the caller takes each value."""
    first = stream.peek()
    if first == "{":
        for key in stream.members():
            yield key, True
    elif first == "[":
        for at in stream.elements():
            yield str(at), False
    else:
        stream.value()


def _parts(value: Any) -> Iterator[tuple[str, bool, Any]]:
    if isinstance(value, Members):
        for key, inner in value:
            yield key, True, inner
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield str(at), False, inner


def propose_paths(stream: JsonStream) -> list[str]:
    """Paths of the lists of objects (or of rows) in a document, in its order. 建议记录路径。"""
    return list(_look(stream, "", _LOOK_DEPTH))


def _look(stream: JsonStream, path: str, depth: int) -> Iterator[str]:
    first = stream.peek()
    if first == "[":
        looked = False
        for _ in stream.elements():
            if not looked and stream.peek() == "{":
                yield f"{path}/*"
            looked = True
            stream.skip()
    elif first == "{" and depth:
        for key in stream.members():
            step = key.replace("~", "~0").replace("/", "~1")
            yield from _look(stream, f"{path}/{step}", depth - 1)
    else:
        stream.skip()
