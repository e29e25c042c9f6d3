"""Pinyin of titles, so that `ylbx` and `yiliao` find 医疗保险. 拼音检索。

Each Han run of a title gives, from each of its characters to its end, one word of whole syllables
and one of their first letters. They begin with a sign that no folded text holds, so they answer
to pinyin only and never stand inside a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

SIGN = "\u3147"  # folding turns it into another character, so nobody can type it
LONGEST_RUN = 20
WORD_LIMIT = 60
LETTERS = re.compile(r"[a-z]{2,60}")


def sound_words(runs: Iterator[str]) -> list[str]:
    """The words of sound of Han runs, each once. 拼音词。"""
    words = [word for run in runs for word in _sounds_of(run[:LONGEST_RUN])]
    return list(dict.fromkeys(words))


def as_sound(chunk: str) -> str:
    """A typed chunk as the beginning of a word of sound, or nothing. 拼音检索词。"""
    return SIGN + chunk if LETTERS.fullmatch(chunk) else ""


def list_syllables(text: str) -> list[str]:
    """The pinyin of a text's characters, without tones; what is no Han character is left out. 拼音。"""
    from pypinyin import lazy_pinyin  # its tables take a third of a second to load

    return [one for one in lazy_pinyin(text, errors="ignore", v_to_u=False) if one.isascii()]


@lru_cache(maxsize=20_000)
def _sounds_of(run: str) -> tuple[str, ...]:
    syllables = list_syllables(run)
    places = range(len(syllables))
    whole = ["".join(syllables[place:])[:WORD_LIMIT] for place in places]
    first = ["".join(one[0] for one in syllables[place:]) for place in places]
    return tuple(SIGN + word for word in [*whole, *first] if len(word) > 1)
