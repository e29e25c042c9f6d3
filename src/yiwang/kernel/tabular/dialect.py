"""Finding how a delimited text is cut. 分隔符判定。"""

from __future__ import annotations

import re
from collections import Counter

from yiwang.kernel.base.text import msg

from .spaced import find_layout
from .strict import split_records
from .types import Dialect, ReadOptions

DELIMITERS = (",", "\t", ";", "|")
NO_DELIMITER = "\x1f"  # the unit separator of ASCII, which no such list holds
_SAMPLE_RECORDS = 200
_QUOTED = re.compile(r'"[^"]*"')


def find_newline(sample: str) -> str:
    """What ends a record: a line feed (CRLF too), or a lone carriage return. 判定换行。"""
    sample = _QUOTED.sub("", sample)
    pairs = sample.count("\r\n")
    feeds = sample.count("\n")
    lone = sample.count("\r") - pairs
    return "\r" if lone > feeds else "\n"


def find_dialect(sample: str, options: ReadOptions, *, name: str = "") -> Dialect:
    """The delimiter under which the first records fall into equal parts. 判定分隔方式。

    `sample` is the start of the text, cut after a record where possible. What `options` says is
    taken; the rest is proposed with reasons.
    """
    newline = find_newline(sample)
    quote = '"' if options.quote is None else options.quote
    if options.delimiter is not None:
        return Dialect(options.delimiter, quote, newline, (msg("delimiter as asked"),))
    scores = {one: _score(sample, one, quote, newline) for one in DELIMITERS}
    best = max(DELIMITERS, key=lambda one: scores[one])
    if scores[best] <= 0:
        if name.lower().endswith(".tsv"):
            return Dialect("\t", quote, newline, (msg("the name says tab-separated"),))
        return _one_column(sample, options, quote, newline)
    reason = msg("most records fall into equal parts under this delimiter")
    return Dialect(best, quote, newline, (reason,))


def _one_column(sample: str, options: ReadOptions, quote: str, newline: str) -> Dialect:
    """A plain list of lines: marks that do not stand around whole lines are letters of the text."""
    spaced = _spaced(sample, options, newline)
    if spaced is not None:
        return spaced
    none = msg("no delimiter found: one column")
    lines = [line.rstrip("\r") for line in sample.split(newline) if '"' in line]
    around = all(len(line) > 1 and line[0] == line[-1] == '"' for line in lines)
    if options.quote is None and not around:
        return Dialect(
            NO_DELIMITER, "", newline, (none, msg("quotation marks are letters of the text"))
        )
    return Dialect(NO_DELIMITER, quote, newline, (none,))


def _spaced(sample: str, options: ReadOptions, newline: str) -> Dialect | None:
    """Columns set apart by spaces, where every line of the sample follows one layout."""
    lines = [line.rstrip("\r") for line in sample.split(newline)[: _SAMPLE_RECORDS + 1]]
    layout = find_layout(lines[:-1] if len(lines) > 1 else lines)
    if layout is None or options.quote is not None:
        return None
    reason = (
        msg("columns begin at the same place in every line")
        if layout
        else msg("every line has the same number of words between spaces")
    )
    return Dialect(" ", "", newline, (reason,), layout)


def _score(sample: str, delimiter: str, quote: str, newline: str) -> float:
    """How regular the records are: share of the commonest width, more for wider ones."""
    records = split_records(sample, delimiter, quote, newline, most=_SAMPLE_RECORDS)
    widths = [len(record) for record in records if any(record)]
    if not widths:
        return 0.0
    wide = Counter(width for width in widths if width > 1)
    if sum(wide.values()) < 0.3 * len(widths):
        return 0.0
    (width, times), *_ = wide.most_common(1)
    return times / len(widths) + min(width, 20) / 100
