"""Masks: what of a personal datum may be seen, the same in Python and in DuckDB SQL. 脱敏。

A mask keeps a head and a tail and puts stars between; the longer the text, the more may stay, and
what is too short to hide anything becomes stars only. Lengths are in characters (code points).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

STAR_LIMIT = 12


@dataclass(frozen=True, slots=True)
class Tier:
    """For texts of at least `length` characters: keep so many at the head and the tail. 档。"""

    length: int
    head: int
    tail: int


CUTS: dict[str, tuple[Tier, ...]] = {
    "phone": (Tier(11, 3, 4), Tier(7, 0, 2)),
    "identity": (Tier(18, 6, 4), Tier(14, 6, 0)),
    "card": (Tier(16, 6, 4), Tier(12, 0, 4)),
    "plate": (Tier(7, 2, 2),),
    "name": (Tier(2, 1, 0),),
    "tail": (Tier(8, 0, 4), Tier(5, 0, 1)),
    "birth": (Tier(8, 4, 0),),
}
NAME_STARS = 2
# An address is kept up to its district; 小区, 社区 and the like are no districts. What is no word of
# an address (a number, a mark, a space) ends it: a phone before the district must not stay.
ALIEN = r"0-9０-９A-Za-z@,，;；:：、/|+ \t\r\n　"  # noqa: RUF001 full-width on purpose
DISTRICT = (
    f"^(?:[^区县旗{ALIEN}]{{0,12}}自治区)?[^区县旗{ALIEN}]{{0,16}}?"
    f"(?:[^区县旗小社园校厂景库{ALIEN}][区]|[县旗])"
)
CITY = f"^[^市{ALIEN}]{{1,10}}市"
EMAIL = "[^@]+@[A-Za-z0-9.-]+"
MASKS = frozenset({"keep", "null", "address", "email", *CUTS})


def mask_text(mask: str, text: str | None) -> str | None:
    """`text` as it may be shown; None stays None. 脱敏。"""
    if text is None or mask == "null":
        return None
    if mask == "keep":
        return text
    if mask == "address":
        return _mask_address(text)
    if mask == "email":
        known = re.fullmatch(EMAIL, text)
        return text[:1] + "***" + text[text.find("@") :] if known else _stars(len(text))
    return _cut(mask, text)


def mask_text_sql(mask: str, column: str) -> str:
    """The same as a DuckDB expression over a VARCHAR expression. 脱敏 SQL。"""
    if mask == "null":
        return "CAST(NULL AS VARCHAR)"
    if mask == "keep":
        return column
    if mask == "address":
        return _address_sql(column)
    stars = _stars_sql(f"length({column})")
    if mask == "email":
        at = f"strpos({column},'@')"
        masked = f"left({column},1)||'***'||substr({column},{at})"
        known = f"regexp_full_match({column},'{EMAIL}')"
        return f"CASE WHEN {column} IS NULL THEN NULL WHEN {known} THEN {masked} ELSE {stars} END"
    return _cut_sql(mask, column)


def _limit(mask: str) -> int:
    return NAME_STARS if mask == "name" else STAR_LIMIT


def _stars(count: int, limit: int = STAR_LIMIT) -> str:
    return "*" * min(count, limit)


def _stars_sql(count: str, limit: int = STAR_LIMIT) -> str:
    return f"repeat('*',least({count},{limit}))"


def _cut(mask: str, text: str) -> str:
    for tier in CUTS[mask]:
        if len(text) >= tier.length:
            hidden = _stars(len(text) - tier.head - tier.tail, _limit(mask))
            return text[: tier.head] + hidden + (text[-tier.tail :] if tier.tail else "")
    return _stars(len(text), _limit(mask))


def _cut_sql(mask: str, column: str) -> str:
    length, limit = f"length({column})", _limit(mask)
    cases = [f"WHEN {column} IS NULL THEN NULL"]
    for tier in CUTS[mask]:
        parts = [f"left({column},{tier.head})"] if tier.head else []
        parts.append(_stars_sql(f"{length}-{tier.head + tier.tail}", limit))
        parts += [f"right({column},{tier.tail})"] if tier.tail else []
        cases.append(f"WHEN {length}>={tier.length} THEN {'||'.join(parts)}")
    return f"CASE {' '.join(cases)} ELSE {_stars_sql(length, limit)} END"


def _mask_address(text: str) -> str:
    found = re.match(DISTRICT, text) or re.match(CITY, text)
    return found[0] + "****" if found else _stars(len(text), 4)


def _address_sql(column: str) -> str:
    return (
        f"CASE WHEN {column} IS NULL THEN NULL"
        f" WHEN regexp_matches({column},'{DISTRICT}')"
        f" THEN regexp_extract({column},'{DISTRICT}')||'****'"
        f" WHEN regexp_matches({column},'{CITY}') THEN regexp_extract({column},'{CITY}')||'****'"
        f" ELSE {_stars_sql(f'length({column})', 4)} END"
    )
