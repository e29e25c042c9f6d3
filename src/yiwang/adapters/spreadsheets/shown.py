"""A stored number as the sheet shows it. 按数字格式显示。

The rules are those of ECMA-376 part 1, 18.8.31, as Excel follows them, with the Chinese short date
for the formats that depend on the reader's country. What depends on the width of a column
(`####`, fewer digits under General) is left out: see `docs/explanation/text-as-shown.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from .dates import format_date, is_date_code

BUILT_IN = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"¥"#,##0;"¥"-#,##0',
    6: '"¥"#,##0;[Red]"¥"-#,##0',
    7: '"¥"#,##0.00;"¥"-#,##0.00',
    8: '"¥"#,##0.00;[Red]"¥"-#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0;-#,##0",
    38: "#,##0;[Red]-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;[Red]-#,##0.00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}

_EXACT = 15  # digits that a stored number holds for sure
_WIDE = Context(prec=1_000)  # for numbers shown with all the zeros that they have
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<blank>.)|\*(?P<fill>.)'
    r"|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]|\[(?P<bracket>[^\]]*)\]"
    r"|(?P<exponent>[eE][+-])|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[\d.]+(?:[eE][+-]?\d+)?)")
_HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a cell shows and, when that is not the stored text, why. 显示结果。"""

    text: str
    kind: str = ""


def show_number(stored: str, code: str, *, dates_1904: bool = False) -> Shown:
    """The text under which Excel shows a stored number with this format code. 显示数字。

    `kind` is empty when the text is the stored one, else `date`, `number_format`, `rounded`
    (beyond 15 digits), `spreadsheet_zeroed` (18 digits of which the last three became zeros, as
    happens to identity numbers typed as numbers), `truncated_16` (as many or as few zeros in a
    number of another length), `digits_lost` (a whole number longer than a sheet can hold) or `not_a_number`.
    """
    number = _decimal(stored)
    if number is None:
        return Shown(stored, "not_a_number")
    section, magnitude = _choose(number, code)
    if section.is_general:
        return _general(stored, number)
    if section.is_date:
        text = format_date(number, section.code, dates_1904=dates_1904)
        return Shown(text, "date") if text is not None else _general(stored, number)
    text = section.format(magnitude)
    if _too_long(number):
        return Shown(text, _lost(number))
    return Shown(text, "" if text == stored else "number_format")


def show_text(text: str, code: str) -> str:
    """A text cell under its format: only a fourth section or one with `@` changes it. 显示文本。"""
    sections = _sections(code)
    section = sections[3] if len(sections) > 3 else sections[-1] if "@" in sections[-1] else "@"
    if section.strip() in {"@", "General"}:
        return text
    return _fill_text(section, text)


def _decimal(stored: str) -> Decimal | None:
    try:
        number = Decimal(stored.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 400 else None


def _too_long(number: Decimal) -> bool:
    return number == number.to_integral_value() and number.adjusted() >= _EXACT


def _lost(number: Decimal) -> str:
    """What became of the digits that no spreadsheet holds beyond the fifteenth."""
    zeros = number % (Decimal(10) ** (number.adjusted() + 1 - _EXACT)) == 0
    if not zeros:
        return "digits_lost"
    return "spreadsheet_zeroed" if number.adjusted() == 17 else "truncated_16"


def _exact(number: Decimal) -> Decimal:
    """The number in the 15 digits that the sheet's own arithmetic keeps."""
    if len(number.as_tuple().digits) <= _EXACT:
        return number
    return Decimal(f"{number:.{_EXACT - 1}E}")


def _general(stored: str, number: Decimal) -> Shown:
    exact = _exact(number)
    text = _plain(exact)
    if _too_long(number):
        return Shown(_plain(number) if number.adjusted() < 21 else text, _lost(number))
    if text == stored:
        return Shown(text)
    return Shown(text, "rounded" if exact != number else "number_format")


def _plain(number: Decimal) -> str:
    if not number:
        return "0"
    if number.adjusted() >= 21 or number.adjusted() < -9:
        digits = f"{number.normalize():E}"
        mantissa, _, exponent = digits.partition("E")
        return f"{mantissa}E{exponent[0]}{exponent[1:]:0>2}"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=2048)
def _sections(code: str) -> tuple[str, ...]:
    parts = [""]
    for found in _TOKEN.finditer(code):
        if found["other"] == ";":
            parts.append("")
        else:
            parts[-1] += found[0]
    return tuple(parts[:4])


def _choose(number: Decimal, code: str) -> tuple[Section, Decimal]:
    """The section for this number, and the number it is given (without a sign it shows itself)."""
    sections = [_section(one) for one in _sections(code)[:3]]
    for section in sections:
        if section.condition and section.holds(number):
            return section, number
    if any(section.condition for section in sections):
        rest = [section for section in sections if not section.condition]
        return (rest or sections)[-1], number
    if len(sections) > 1 and number < 0:
        return sections[1], -number
    if len(sections) > 2 and number == 0:
        return sections[2], number
    return sections[0], number


class Section:
    """One section of a format code, taken apart once. 格式段。"""

    def __init__(self, code: str) -> None:
        self.code = code
        self.condition: tuple[str, Decimal] | None = None
        self.tokens: list[tuple[str, str]] = []
        for found in _TOKEN.finditer(code):
            self._take(found)
        plain = "".join(text for kind, text in self.tokens if kind == "other")
        self.is_general = "general" in plain.lower()
        self.is_date = not self.is_general and is_date_code(code)

    def _take(self, found: re.Match[str]) -> None:
        if found["bracket"] is not None:
            condition = _CONDITION.fullmatch(found["bracket"].strip())
            if condition:
                self.condition = condition[1], Decimal(condition[2])
        elif found["exponent"]:
            self.tokens.append(("exponent", found["exponent"]))
        elif found["other"]:
            self.tokens.append(("other", found["other"]))
        elif found["blank"] is None and found["fill"] is None:
            text = found["quoted"] or found["escaped"] or found["currency"] or ""
            self.tokens.append(("literal", text))

    def holds(self, number: Decimal) -> bool:
        """Whether the section's condition holds. 条件成立。"""
        if not self.condition:
            return False
        sign, bound = self.condition
        return _HOLDS[sign](number, bound)

    def format(self, number: Decimal) -> str:
        """The number under this section. 按段显示。"""
        digits = [text for kind, text in self.tokens if kind == "other" and text in "0#?"]
        if not digits:
            return self._without_digits(number)
        if any(kind == "exponent" for kind, _ in self.tokens):
            return _exponent(number, self.tokens)
        if ("other", "/") in self.tokens:
            return _fraction(number, self.tokens)
        return _fixed(number, self.tokens)

    def _without_digits(self, number: Decimal) -> str:
        text = "".join(
            _plain(_exact(number)) if token == ("other", "@") else token[1] for token in self.tokens
        )
        return f"-{text}" if number < 0 and ("other", "@") not in self.tokens and text else text


@lru_cache(maxsize=4096)
def _section(code: str) -> Section:
    return Section(code)


Tokens = list[tuple[str, str]]


def _fixed(number: Decimal, tokens: Tokens) -> str:
    point = next((at for at, token in enumerate(tokens) if token == ("other", ".")), len(tokens))
    whole, part = tokens[:point], tokens[point + 1 :]
    places = sum(1 for token in part if _is_digit(token))
    scaled = _exact(number).scaleb(2 * tokens.count(("other", "%")))
    scaled = scaled.scaleb(-3 * _scaling_commas(whole))
    rounded = abs(scaled).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)
    integer, _, decimals = f"{rounded:f}".partition(".")
    text = _whole(integer, whole) + ("." if point < len(tokens) else "") + _part(decimals, part)
    return f"-{text}" if scaled < 0 and rounded else text


def _is_digit(token: tuple[str, str]) -> bool:
    return token[0] == "other" and token[1] in "0#?"


def _scaling_commas(whole: Tokens) -> int:
    """Commas after the last digit place divide by a thousand each."""
    last = max((at for at, token in enumerate(whole) if _is_digit(token)), default=-1)
    count = 0
    while whole[last + 1 + count : last + 2 + count] == [("other", ",")]:
        count += 1
    return count


def _whole(integer: str, tokens: Tokens) -> str:
    """The digits before the point laid into their places from the right."""
    integer = integer.lstrip("0")
    places = [at for at, token in enumerate(tokens) if _is_digit(token)]
    grouped = any(
        token == ("other", ",") and places and places[0] < at < places[-1]
        for at, token in enumerate(tokens)
    )
    laid: list[str] = []
    used = 0
    for at in range(len(tokens) - 1, -1, -1):
        kind, text = tokens[at]
        if not _is_digit((kind, text)):
            laid.append("" if (kind, text) == ("other", ",") else text)
            continue
        rest = max(0, len(integer) - used)
        take = rest if places and at == places[0] else min(1, rest)
        digits = integer[rest - take : rest] or {"0": "0", "?": " "}.get(text, "")
        for digit in reversed(digits):
            if grouped and used and used % 3 == 0 and digit != " ":
                laid.append(",")
            laid.append(digit)
            used += 1
    return "".join(reversed(laid))


def _part(decimals: str, tokens: Tokens) -> str:
    """The digits after the point; trailing zeros stay only where the code says 0."""
    places = [text for kind, text in tokens if _is_digit((kind, text))]
    keep = len(places)
    while keep and places[keep - 1] != "0" and decimals[keep - 1 : keep] in {"0", ""}:
        keep -= 1
    laid: list[str] = []
    used = 0
    for kind, text in tokens:
        if not _is_digit((kind, text)):
            laid.append(text)
            continue
        laid.append(decimals[used] if used < keep else " " if text == "?" else "")
        used += 1
    return "".join(laid)


def _exponent(number: Decimal, tokens: Tokens) -> str:
    at = next(at for at, token in enumerate(tokens) if token[0] == "exponent")
    mantissa, after = tokens[:at], tokens[at + 1 :]
    point = next((i for i, token in enumerate(mantissa) if token == ("other", ".")), at)
    wide = max(1, sum(1 for token in mantissa[:point] if _is_digit(token)))
    places = sum(1 for token in mantissa[point:] if _is_digit(token))
    exact = _exact(number)
    power = exact.adjusted() if exact else 0
    power -= power % wide if wide > 1 else 0
    scaled = exact.scaleb(-power).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)
    if abs(scaled) >= Decimal(10) ** wide:
        power += wide
        scaled = exact.scaleb(-power)
    digits = sum(1 for token in after if _is_digit(token))
    sign = "-" if power < 0 else "+" if tokens[at][1][1] == "+" else ""
    rest = "".join(text for kind, text in after if not _is_digit((kind, text)))
    return f"{_fixed(scaled, mantissa)}{tokens[at][1][0]}{sign}{abs(power):0{digits}}{rest}"


def _fraction(number: Decimal, tokens: Tokens) -> str:
    slash = tokens.index(("other", "/"))
    fixed = "".join(text for _, text in tokens[slash + 1 :] if text.isdigit())
    if fixed and int(fixed):
        bottom, most = int(fixed), 0
    else:
        bottom, most = 0, 10 ** sum(1 for token in tokens[slash + 1 :] if _is_digit(token)) - 1
    exact = Fraction(abs(_exact(number)))
    mixed = ("other", " ") in tokens[:slash] or ("literal", " ") in tokens[:slash]
    whole = int(exact) if mixed else 0
    rest = exact - whole
    if bottom:
        top = int(rest * bottom + Fraction(1, 2))
    else:
        near = rest.limit_denominator(max(1, most))
        top, bottom = near.numerator, near.denominator
    if top == bottom and mixed:
        whole, top = whole + 1, 0
    parts = [str(whole)] if whole or (mixed and not top) else []
    if top or not mixed:
        parts.append(f"{top}/{bottom}")
    return ("-" if number < 0 else "") + " ".join(parts)


def _fill_text(section: str, text: str) -> str:
    laid: list[str] = []
    for found in _TOKEN.finditer(section):
        if found["other"]:
            laid.append(text if found["other"] == "@" else found["other"])
        elif found["blank"] is None and found["fill"] is None and found["bracket"] is None:
            laid.append(found["quoted"] or found["escaped"] or found["currency"] or "")
    return "".join(laid)
