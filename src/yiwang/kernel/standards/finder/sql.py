"""Which cells are worth a close look, as DuckDB SQL. 预筛 SQL。

Whatever `find_spans` or `find_whole` find, this lets through; it lets through more. A property
test holds it to that.
"""

from __future__ import annotations

from functools import cache

from .names import BEFORE, COMPOUND, weights
from .numbers import PLATE_HEADS

HAN = r"\x{4e00}-\x{9fff}\x{3400}-\x{4dbf}"
DIGIT = r"[0-9\x{ff10}-\x{ff19}]"
LETTER = r"[A-Z\x{ff21}-\x{ff3a}]"
BLANK = r" \t\x{3000}"
FOLLOW = "男|女|手机|电话|联系|身份|公民|证件|住址|家住|住在|居住|同志|先生|女士|反映|来电|来信|来访|投诉|举报|咨询|求助|敬上|于"


@cache
def candidate_pattern() -> str:
    """The pattern in the dialect of the engine (RE2: linear in the text). 预筛正则。"""
    surname = f"(?:{COMPOUND}|[{''.join(one for one in weights().surnames if len(one) == 1)}])"
    leads = BEFORE.replace("(?<!妇)", "")
    ways = (
        rf"(?:{DIGIT}[ \x{{3000}}\x{{ff0d}}-]?){{6}}{DIGIT}",
        r"[@\x{ff20}]",
        rf"[{PLATE_HEADS}]{LETTER}",
        rf"(?:{DIGIT}|{LETTER}|[一二三四五六七八九十])(?:号|栋|幢|座|单元|弄)",
        rf"[{HAN}][·•・][{HAN}]",
        rf"(?:{leads})[{BLANK}]?[是为叫姓名：:（(\x{{ff1a}}\x{{ff08}}{BLANK}]{{0,3}}{surname}[{HAN}]",
        rf"(?:^|[^{HAN}]){surname}[{HAN}]{{1,2}}(?:$|[^{HAN}]|{FOLLOW})",
    )
    return "|".join(ways)


def may_hold_sql(column: str) -> str:
    """True for a cell that may hold personal data, false for NULL too. 预筛条件。"""
    pattern = candidate_pattern().replace("'", "''")
    return f"coalesce(regexp_matches({column}, '{pattern}', 's'), false)"


def likely_hold_sql(column: str) -> str:
    """True for the few cells that most likely hold a number of somebody. 强特征条件。

    Where there are too many candidates to read them all, these are drawn apart from the others.
    """
    ways = (
        r"(?:^|[^0-9A-Za-z.])1[3-9][0-9]{9}(?:$|[^0-9A-Za-z.])",
        r"(?:^|[^0-9A-Za-z.])[1-8][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?:$|[^0-9A-Za-z])",
        r"[0-9A-Za-z]@[0-9A-Za-z]",
        rf"[{PLATE_HEADS}][A-Z][·•]?[0-9A-Z]{{5}}",
    )
    return f"coalesce(regexp_matches({column}, '{'|'.join(ways)}', 's'), false)"
