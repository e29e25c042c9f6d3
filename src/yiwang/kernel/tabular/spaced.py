"""Text whose columns are set apart by spaces or by fixed places. 空格分隔与定宽文本。

Places are those of a screen: a Chinese character takes two. A layout is proposed only where every
line of the sample follows it; anything else stays one column.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from .strict import Record, RecordReader
from .types import Row

_FEWEST_LINES = 3
_MOST_COLUMNS = 200
_SPACES = re.compile(r"[ \u3000]+")
_NAMES_ONLY = re.compile(r"[A-Za-z'.&()-]+")


def find_layout(lines: list[str]) -> tuple[int, ...] | None:
    """Where columns begin in every line; () for words with any spaces between, None for neither. 判定布局。"""
    filled = [line for line in lines if line.strip()]
    if len(filled) < _FEWEST_LINES or any("\t" in line for line in filled):
        return None
    counts = Counter(len(_words(line)) for line in filled)
    starts = _common_starts(filled)
    if len(counts) == 1 and 1 < next(iter(counts)) <= _MOST_COLUMNS and not _is_prose(filled):
        return ()
    return starts if len(starts) > 1 else None


def _words(line: str) -> list[str]:
    return _SPACES.split(line.strip(" \u3000"))


def _is_prose(lines: list[str]) -> bool:
    """Names of two words are no two columns: some column of a table holds values or codes."""
    words = [_words(line) for line in lines[1:]]
    return all(
        all(_NAMES_ONLY.fullmatch(word) for word in column) for column in zip(*words, strict=True)
    )


def _common_starts(lines: list[str]) -> tuple[int, ...]:
    """Columns behind gaps of at least two places that all lines share."""
    shown = [_places(line) for line in lines]
    width = max(map(len, shown))
    blank = [all(at >= len(line) or line[at] == " " for line in shown) for at in range(width)]
    behind_gaps = (
        at for at in range(2, width) if blank[at - 1] and blank[at - 2] and not blank[at]
    )
    starts = (0, *behind_gaps)
    return starts if _is_table(lines, starts) else (0,)


def _is_table(lines: list[str], starts: tuple[int, ...]) -> bool:
    """Most cells of each column hold something: else it is text that happens to be indented."""
    if not 1 < len(starts) <= _MOST_COLUMNS:
        return False
    rows = [cut_places(line, starts) for line in lines]
    return all(sum(1 for row in rows if row[at]) >= 0.5 * len(rows) for at in range(len(starts)))


def _places(line: str) -> str:
    """The line with a filler after each character that takes two places."""
    if line.isascii():
        return line
    line = line.replace("\u3000", "  ")
    return "".join(one + "\x00" if _is_wide(one) else one for one in line)


def _is_wide(one: str) -> bool:
    return unicodedata.east_asian_width(one) in "WF"


def cut_places(line: str, starts: tuple[int, ...]) -> Row:
    """The cells of a line whose columns begin at these places. 按位置切分。"""
    shown = _places(line)
    ends = [*starts[1:], len(shown)]
    cells = (shown[start:end].replace("\x00", "") for start, end in zip(starts, ends, strict=True))
    return [cell.strip() or None for cell in cells]


class SpacedReader(RecordReader):
    """Cuts lines by a layout instead of a delimiter. 布局切分器。"""

    def __init__(self, layout: tuple[int, ...], newline: str, *, longest: int) -> None:
        super().__init__(" ", "", newline, longest=longest)
        self.layout = layout

    def records(self, pieces: Iterable[str]) -> Iterator[Record]:
        """All lines. 逐行读出。"""
        for number, line in enumerate(self._lines(pieces), start=1):
            bare = self.bare(line)
            if not bare.strip(" \u3000"):
                yield Record([None], number)
            elif self.layout:
                yield Record(cut_places(bare, self.layout), number)
            else:
                yield Record(list(_words(bare)), number)
