"""Addresses down to a house or a flat. 住址识别。

Found from the number outward: a house number behind a road, or a building, unit or room; then to
the left as far as words of an address reach. A district alone points at nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .types import Span

HAN = "一-鿿㐀-䶿"
NUMBER = "(?:[0-9]{1,5}(?:[-－][0-9]{1,5})?|[一二三四五六七八九十百]{1,5}|[A-Za-z][0-9]{0,3})"
ROAD = "[路街道巷弄里村段园区坊同组屯庄线桥苑]"
ESTATE = "[路街道巷弄里村园区坊苑城邸府庭厦寓湾郡居院轩墅]"
FLAT = f"(?:{NUMBER}(?:号楼|栋|幢|座|单元|层|室|楼|号|户)|(?<=[楼栋幢元座层])[0-9]{{3,4}}|(?<=[号楼栋幢室])[-－][0-9]{{1,4}})"
ANCHOR = re.compile(
    f"(?:(?<={ROAD}){NUMBER}(?:号院|号楼|号|弄)(?!线|令|文|公告|地块|车|台|机|井|坑)"
    f"|(?<={ESTATE}){NUMBER}(?:号楼|栋|幢|单元)"
    f"|(?<=[{HAN}])[0-9]{{1,4}}(?:号楼|栋|幢|座|单元)(?=[0-9]{{1,4}}(?:单元|室|号|层|楼)|[0-9]{{3,4}}))"
    f"(?:{FLAT}|[{HAN}]{{2,8}}(?={NUMBER}(?:号楼|栋|幢|座|单元))){{0,6}}"
)  # fmt: skip
LEFT = re.compile(f"[{HAN}0-9A-Za-z]{{2,40}}\\Z")
# What does not belong to an address although it is written right before one.
LEAD = re.compile(
    "家住|住址|地址|户籍地|居住地|住在|住于|位于|坐落|现住|暂住|居住|注册|来自|反映|投诉|咨询|寄到|送到|搬到|我们|本人|就是|以及|"
    "发生|关于|经营|门店|住(?!宅|房)|在|到|去|于(?!洪|都|田)|的|是|至|从|和(?!平)|与|我|了|为|对|把|请|给|有"
)
REACH = 40


def find_addresses(text: str) -> Iterator[Span]:
    """Addresses in a text. 查找住址。"""
    at = 0
    for match in ANCHOR.finditer(text):
        if match.start() < at:
            continue
        start = _left_end(text, match.start(), at)
        if match.start() - start < 2:
            continue
        at = match.end()
        yield Span("address", start, at)


def _left_end(text: str, anchor: int, floor: int) -> int:
    """Where the address begins. 起点。"""
    begin = max(floor, anchor - REACH)
    found = LEFT.search(text[begin:anchor])
    if found is None:
        return anchor
    start = begin + found.start()
    leads = [lead.end() for lead in LEAD.finditer(text, start, anchor)]
    return leads[-1] if leads else start
