"""Text to index words, and query text to phrases. 分词。

Chinese has no spaces, and segmenters disagree with those who search. So each Han character
starts one word: itself and its follower (a bigram), the last of a run alone. A query becomes the
same bigrams as a phrase, which is found exactly where the query is a substring; a single Han
character is the prefix of the words it starts. Runs of letters and runs of digits are words of
their own, and the last one of a query matches as a prefix, so codes are found while typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

HAN = "〇㐀-䶿一-鿿豈-﫿\U00020000-\U0003fffd"
CHUNK = re.compile(r"[^\W_]+")
RUN = re.compile(rf"[{HAN}]+|[0-9]+|[^0-9{HAN}]+")
IS_HAN = re.compile(rf"[{HAN}]")
WORD_LIMIT = 64
# PostgreSQL keeps word positions up to 16,383; what comes later is not searched.
TEXT_LIMIT = 12_000


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow each other; with `prefix` the last may go on. 短语。"""

    words: tuple[str, ...]
    prefix: bool


def fold(text: str) -> str:
    """Full-width to half-width, compatibility forms to plain ones, lower case. 归一。"""
    return unicodedata.normalize("NFKC", text).casefold()


def split_words(text: str) -> list[str]:
    """The words of a text in their order, one position each. 切分索引词。"""
    return [word for chunk in CHUNK.findall(fold(text)) for word in _words(chunk)][:TEXT_LIMIT]


def split_query(text: str) -> list[str]:
    """The stretches of a query as they stand in folded text; each must be found. 检索片段。"""
    return CHUNK.findall(fold(text)[:400])


def as_phrase(chunk: str) -> Phrase:
    """A stretch of a query as words that follow each other. 检索短语。"""
    words = list(_words(chunk))
    lone = len(words[-1]) == 1 and len(words) > 1 and IS_HAN.match(words[-1])
    if lone and IS_HAN.match(words[-2]):
        # The last character of a run has a word of its own only where the run ends in the text.
        return Phrase(tuple(words[:-1]), prefix=False)
    return Phrase(tuple(words), prefix=True)


def han_runs(text: str) -> Iterator[str]:
    """The runs of Han characters in a text. 汉字串。"""
    return (run for run in RUN.findall(fold(text)) if IS_HAN.match(run))


def _words(chunk: str) -> Iterator[str]:
    for run in RUN.findall(chunk):
        if IS_HAN.match(run):
            yield from (run[place : place + 2] for place in range(len(run)))
        else:
            yield run[:WORD_LIMIT]
