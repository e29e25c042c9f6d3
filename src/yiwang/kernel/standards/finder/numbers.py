"""Numbers, plates and addresses of the net: shape, check digit and the words beside. 号码类识别。

Every repetition is bounded and every pattern begins where nothing of its own may stand before, so
that no text makes the search slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from yiwang.kernel.standards.checks import is_card, is_credit_code
from yiwang.kernel.standards.identity import is_resident_id

from .types import Span

PROVINCES = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
PLATE_HEADS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
ALONE = r"(?<![0-9A-Za-z.])"
END = r"(?![0-9A-Za-z])"
NEAR = 14


@dataclass(frozen=True, slots=True)
class Shape:
    """One way a kind is written. 写法。

    `holds` tests the match without blanks and marks; `near` are words of which one must stand just
    before, unless empty: without one the span is not sure.
    """

    kind: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = lambda _: True
    near: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None


def _is_credit(text: str) -> bool:
    return is_credit_code(text) and (not text.isdigit() or DIGIT_HEADS.match(text) is not None)


# The first two characters of credit codes of digits only: registering department and kind.
DIGIT_HEADS = re.compile("1[1239]|2[19]|3[1-59]|4[19]|5[1239]|6[129]|7[129]|8[19]|9[123]")
CARD_WORDS = re.compile("卡|账|帐|银行|户名|开户|card|account", re.IGNORECASE)
ID_WORDS = re.compile("身份|证件|证号|公民|ID", re.IGNORECASE)
PHONE_WORDS = re.compile(
    "电话|座机|固话|联系|致电|热线|拨打|咨询|手机|号码|tel|phone|传真", re.IGNORECASE
)
MONEY = re.compile(r"(?:￥|¥|\$|人民币|金额)[ ]?\Z")

SHAPES = (
    Shape(
        "email",
        re.compile(
            r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@"
            r"(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,10}(?![A-Za-z0-9])"
        ),
    ),
    Shape(
        "resident_id",
        re.compile(
            rf"{ALONE}{PROVINCES}[0-9]{{4}} ?(?:19|20)[0-9]{{6}} ?[0-9]{{3}}[0-9Xx]{END}"
        ),
        holds=is_resident_id,
    ),
    Shape(
        "credit_code",
        re.compile(rf"{ALONE}[1-9ANY][0-9A-HJ-NPQRTUWXY]{PROVINCES}[0-9]{{4}}[0-9A-HJ-NPQRTUWXY]{{10}}{END}"),
        holds=_is_credit,
    ),
    Shape(
        "bank_card",
        re.compile(rf"{ALONE}62[0-9]{{2}}(?:[ -]?[0-9]{{4}}){{3}}(?:[ -]?[0-9]{{1,3}})?{END}"),
        holds=is_card,
    ),
    Shape(
        "bank_card",
        re.compile(rf"{ALONE}(?:4|5[1-5]|35|6[05]|9)[0-9]{{2,3}}(?:[ -]?[0-9]{{4}}){{3}}(?:[ -]?[0-9]{{1,3}})?{END}"),
        holds=is_card,
        near=CARD_WORDS,
    ),
    Shape(
        "resident_id",
        re.compile(rf"{ALONE}{PROVINCES}[0-9]{{13}}{END}"),
        holds=is_resident_id,
        near=ID_WORDS,
    ),
    Shape(
        "mobile_phone",
        re.compile(
            r"(?<![0-9A-Za-z.])(?:\+?86[- ]?)?1[3-9][0-9](?:[0-9]{8}|([- ])[0-9]{4}\1[0-9]{4})"
            r"(?![0-9A-Za-z]|\.[0-9]|[ ]?[元万亿])"
        ),
        unless=MONEY,
    ),
    Shape(
        "phone",
        re.compile(
            r"(?<![0-9A-Za-z.-])(?:[(（]0(?:10|2[0-9]|[3-9][0-9]{2})[)）] ?|(?:\+?86-)?0(?:10|2[0-9]|[3-9][0-9]{2})[- ]?)"
            r"[2-9][0-9]{6,7}(?:[-转][0-9]{1,5})?(?![0-9A-Za-z-])"
        ),
    ),
    Shape(
        "phone",
        re.compile(r"(?<![0-9A-Za-z.-])[2-8][0-9]{6,7}(?![0-9A-Za-z.-]|[ ]?[元万亿])"),
        near=PHONE_WORDS,
        unless=MONEY,
    ),
    Shape(
        "plate_number",
        re.compile(
            rf"[{PLATE_HEADS}][A-HJ-NP-Z][·• ]?(?:[DF][0-9A-HJ-NP-Z][0-9]{{4}}|[0-9]{{5}}[DF]"
            r"|[0-9A-HJ-NP-Z]{4}[0-9A-HJ-NP-Z挂学警港澳])(?![0-9A-Za-z])"
        ),
    ),
    Shape(
        "passport",
        re.compile(rf"{ALONE}(?:[EGDSP][0-9]{{8}}|E[A-HJ-NP-Z][0-9]{{7}}){END}"),
        near=re.compile("护照|passport", re.IGNORECASE),
    ),
)  # fmt: skip
MARKS = str.maketrans("", "", " -·•")


def find_numbers(text: str) -> Iterator[Span]:
    """Numbers in a text of half-width characters; earlier shapes win over later. 查找号码。"""
    taken = bytearray(len(text))
    for shape in SHAPES:
        for match in shape.pattern.finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            bare = match[0].translate(MARKS).upper()
            before = text[max(0, start - NEAR) : start]
            if not shape.holds(bare) or (shape.unless and shape.unless.search(before)):
                continue
            sure = shape.near is None or shape.near.search(before) is not None
            if sure:
                taken[start:end] = b"\x01" * (end - start)
            yield Span(shape.kind, start, end, sure)
