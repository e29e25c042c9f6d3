"""All kinds together: spans of a text, and a text with its spans masked. 片段识别与脱敏。"""

from __future__ import annotations

import re

from yiwang.kernel.standards.masks import mask_text

from .addresses import find_addresses
from .names import find_names, is_name
from .numbers import find_numbers
from .types import KINDS, Span

LONGEST = 200_000
"""Characters of a cell that are read; what is longer is masked whole. 单元格读取上限。"""
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
for _kept in "，：；！？（）":
    del HALF_WIDTH[ord(_kept)]


def find_spans(text: str) -> list[Span]:
    """Personal data in a text, from left to right, none over another. 查找个人信息片段。

    Full-width digits and letters read as half-width; places in the text stay the same.
    """
    found = [one for one in _find_all(text) if one.sure or one.kind == "person_name"]
    ordered = sorted(found, key=lambda one: (not one.sure, RANK[one.kind], one.start))
    kept: list[Span] = []
    taken = bytearray(len(text))
    for span in ordered:
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\x01" * (span.end - span.start)
            kept.append(span)
    return sorted(kept, key=lambda one: one.start)


def _find_all(text: str) -> list[Span]:
    plain = text.translate(HALF_WIDTH) if WIDE.search(text) else text
    found = list(find_names(plain))
    if DIGIT.search(plain):
        found += find_numbers(plain)
    if NUMBERED.search(plain):
        found += find_addresses(plain)
    return found


WIDE = re.compile("[！-～　]")
DIGIT = re.compile("[0-9]{3}|@|[A-Z][·• ]?[0-9A-Z]{3}")
NUMBERED = re.compile("[0-9一二三四五六七八九十A-Z](?:号|栋|幢|座|单元|弄)")
RANK = {kind: place for place, kind in enumerate(KINDS)}


def find_whole(text: str) -> str:
    """The kind that a whole cell is, or nothing. 整格种类。"""
    bare = text.strip()
    if is_name(bare):
        return "person_name"
    whole = [one for one in _find_all(bare) if one.start == 0 and one.end == len(bare)]
    return min(whole, key=lambda one: (not one.sure, RANK[one.kind])).kind if whole else ""


def mask_spans(text: str | None) -> str | None:
    """A free text with every personal span masked, the rest as written. 文本内脱敏。"""
    if text is None:
        return None
    if len(text) > LONGEST:
        return "***"
    kind = find_whole(text)
    if kind:
        return mask_text(KINDS[kind].mask, text.strip())
    parts, at = [], 0
    for span in find_spans(text):
        parts += [
            text[at : span.start],
            mask_text(KINDS[span.kind].mask, text[span.start : span.end]),
        ]
        at = span.end
    return "".join(part or "" for part in [*parts, text[at:]])
