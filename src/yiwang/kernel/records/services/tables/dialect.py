"""The few expressions that the two databases spell differently. 方言差异。"""

from __future__ import annotations

import re

from yiwang.kernel.base.clock import CITY_HOURS
from yiwang.kernel.base.errors import Conflict

from .statements import is_postgres

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\$%]")


def quote(text: str) -> str:
    """A declared word as an SQL literal: triggers know no parameters. 引用文本。

    Conflict for the few characters that could mean something within a body of the database.
    """
    if _UNSAFE.search(text):
        raise Conflict(
            "records.choice.unsafe",
            "%(word)s holds a character with which values cannot be turned into this choice",
            word=text,
        )
    return "'" + text.replace("'", "''") + "'"


def trim(expression: str) -> str:
    """Without spaces at both ends. 去空格。"""
    return f"btrim({expression}, ' ')" if is_postgres() else f"trim({expression}, ' ')"


def bigint(expression: str) -> str:
    """A text of digits as a number. 转为整数。"""
    return f"CAST({expression} AS bigint)"


def is_digits(expression: str) -> str:
    """Whether a text is digits and nothing else. 全为数字。"""
    if is_postgres():
        return f"{expression} ~ '^[0-9]+$'"
    return f"({expression} <> '' AND {expression} NOT GLOB '*[^0-9]*')"


def looks_like(expression: str, shape: str) -> str:
    """Whether a text has a shape, in which `d` is any digit. 形状匹配。"""
    pattern = shape.replace(".", "[.]").replace("d", "[0-9]")
    if is_postgres():
        return f"{expression} ~ '^{pattern}$'"
    return f"{expression} GLOB '{pattern}'"


def position(part: str, expression: str) -> str:
    """Where a part begins, counted from 1; 0 where it is not. 位置。"""
    if is_postgres():
        return f"strpos({expression}, '{part}')"
    return f"instr({expression}, '{part}')"


def rest(expression: str, divisor: int) -> str:
    """What a division leaves; written out, for a percent sign means a parameter. 余数。"""
    return f"({expression} - {expression} / {divisor} * {divisor})"


def pad_left(expression: str, length: int) -> str:
    """A number of at most so many digits as text, with zeros in front. 左补零。"""
    text = f"CAST({expression} AS text)"
    return f"substr('{'0' * length}' || {text}, length({text}) + 1)"


def from_city_time(expression: str) -> str:
    """A wall clock `YYYY-MM-DD HH:MM:SS` of the city as a moment of UTC as columns keep it. 转为 UTC。"""
    if is_postgres():
        moment = f"CAST({expression} AS timestamp) - interval '{CITY_HOURS} hours'"
        return f"""to_char({moment}, 'YYYY-MM-DD"T"HH24:MI:SS') || '.000000Z'"""
    return f"replace(datetime({expression}, '-{CITY_HOURS} hours'), ' ', 'T') || '.000000Z'"


def differs(left: str, right: str) -> str:
    """Whether two values differ, nothing being equal to nothing. 不同。"""
    return f"{left} {'IS DISTINCT FROM' if is_postgres() else 'IS NOT'} {right}"
