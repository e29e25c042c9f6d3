"""Check functions, each once in Python and once as DuckDB SQL text. 校验函数。

Both take canonical text (upper case, no spaces). The SQL never splits a text into digits: with n
the digits as one number and w the weights from the right, sum(w_k * d_k) equals
w_0 * n + sum((w_k - 10 * w_(k-1)) * (n // 10^k)), because d_k = n // 10^k - 10 * (n // 10^(k+1)).
Only the remainder matters, so the factors are taken modulo and stay far inside 64 bits. Letters
are turned by `translate` into their tens and their units, two such numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import mul

from .forms import FORMS
from .identity import is_resident_id, resident_id_sql
from .readings import day_sql, read_day

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_VALUES = bytes.maketrans(CREDIT_ALPHABET.encode(), bytes(range(31)))
VIN_VALUES = dict(
    zip(DIGITS + "ABCDEFGHJKLMNPRSTUVWXYZ", DIGITS + "12345678123457923456789", strict=True)
)

CREDIT_WEIGHTS = [3**place % 31 for place in range(17)]
ORGANIZATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]
VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what it is called, and how it is asked in Python and in SQL. 校验。

    `has_digit` says that a check character is part of it, so that passing is strong evidence.
    """

    name: str
    holds: Callable[[str], bool]
    sql: Callable[[str], str]
    has_digit: bool = False


def _weighted(values: Sequence[int], weights: Sequence[int]) -> int:
    return sum(map(mul, values, weights))


def _weighted_sql(number: str, weights: Sequence[int], modulus: int) -> str:
    """Telescoped weighted digit sum of a BIGINT expression, equal modulo `modulus`. 加权和。"""
    from_right = list(reversed(weights))
    terms = [f"{from_right[0] % modulus}*yw_n"]
    for k in range(1, len(from_right)):
        factor = (from_right[k] - 10 * from_right[k - 1]) % modulus
        if factor:
            terms.append(f"{factor}*(yw_n//{10**k})")
    return _once(number, "+".join(terms))


def _once(number: str, expression: str) -> str:
    """An expression over `yw_n` that works `number` out once a row, not once a term. 求值一次。

    Inside a CASE the engine shares nothing between terms: each would cut and cast the text anew.
    """
    return f"(list_transform([{number}],lambda yw_n:{expression})[1])"


def _number(text: str) -> str:
    return f"TRY_CAST({text} AS BIGINT)"


def _lettered_sql(text: str, alphabet: str, weights: Sequence[int], modulus: int) -> str:
    units = "".join(str(place % 10) for place in range(len(alphabet)))
    tens = "".join(str(place // 10) for place in range(len(alphabet)))
    low = _weighted_sql(_number(f"translate({text},'{alphabet}','{units}')"), weights, modulus)
    high = _weighted_sql(_number(f"translate({text},'{alphabet}','{tens}')"), weights, modulus)
    return f"({low}%{modulus}+10*({high}%{modulus}))"


def _guarded(column: str, pattern: str, condition: str) -> str:
    """NULL for NULL, false unless the pattern matches in full, else the condition. 先验格式。"""
    return (
        f"CASE WHEN {column} IS NULL THEN NULL"
        f" WHEN NOT regexp_full_match({column},'{pattern}') THEN false"
        f" ELSE coalesce({condition},false) END"
    )


# Unified social credit code, GB 32100 ---------------------------------------------------------
CREDIT = re.compile(rf"[{CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{CREDIT_ALPHABET}]{{10}}")


def credit_check_digit(first_17: str) -> str:
    """The check character of GB 32100 (modulo 31, weights 3^i). 统一社会信用代码校验码。"""
    total = _weighted(first_17.encode("ascii").translate(CREDIT_VALUES), CREDIT_WEIGHTS)
    return CREDIT_ALPHABET[-total % 31]


def is_credit_code(text: str) -> bool:
    """18 characters with the right check character. 统一社会信用代码。"""
    return bool(CREDIT.fullmatch(text)) and credit_check_digit(text[:17]) == text[17]


def credit_code_sql(column: str) -> str:
    """`is_credit_code` as SQL."""
    total = _lettered_sql(f"left({column},17)", CREDIT_ALPHABET, CREDIT_WEIGHTS, 31)
    last = f"(strpos('{CREDIT_ALPHABET}',right({column},1))-1)"
    return _guarded(column, CREDIT.pattern, f"({total}+{last})%31=0")


# Organization code, GB 11714 ------------------------------------------------------------------
ORGANIZATION = re.compile(r"[0-9A-Z]{8}[0-9X]")


def organization_check_digit(first_8: str) -> str:
    """The check character of GB 11714 (modulo 11). 组织机构代码校验码。"""
    values = [(DIGITS + LETTERS).index(c) for c in first_8]
    return "0X987654321"[_weighted(values, ORGANIZATION_WEIGHTS) % 11]


def is_organization_code(text: str) -> bool:
    """Nine characters, the hyphen left out, with the right check character. 组织机构代码。"""
    return bool(ORGANIZATION.fullmatch(text)) and organization_check_digit(text[:8]) == text[8]


def organization_code_sql(column: str) -> str:
    """`is_organization_code` as SQL."""
    total = _lettered_sql(f"left({column},8)", DIGITS + LETTERS, ORGANIZATION_WEIGHTS, 11)
    last = (
        f"(CASE WHEN right({column},1)='X' THEN 10 ELSE TRY_CAST(right({column},1) AS BIGINT) END)"
    )
    return _guarded(column, ORGANIZATION.pattern, f"({total}+{last})%11=0")


# Bank card, ISO/IEC 7812 (Luhn) ---------------------------------------------------------------
CARD = re.compile(r"[0-9]{13,19}")


def luhn_check_digit(first: str) -> str:
    """The Luhn check digit that follows these digits. 卡号校验码。"""
    digits = [int(d) for d in reversed(first)]
    total = sum(digits[1::2]) + sum(2 * d - 9 * (d >= 5) for d in digits[::2])
    return str(-total % 10)


def is_card(text: str) -> bool:
    """13 to 19 digits that pass the Luhn check. 银行卡号。"""
    if not CARD.fullmatch(text):
        return False
    digits = [int(d) for d in reversed(text)]
    doubled = sum(2 * d - 9 * (d >= 5) for d in digits[1::2])
    return (sum(digits[::2]) + doubled) % 10 == 0


def _luhn_sql(number: str, places: int) -> str:
    """Luhn sum of a number of that many digits; a digit of 5 or more adds 1 modulo 10. 卢恩和。

    (m + 5) // 10 - m // 10 is 1 exactly when the last digit of m is at least 5.
    """
    weights = [2 if k % 2 else 1 for k in reversed(range(places))]
    carries = [f"((yw_n//{10**k}+5)//10-yw_n//{10 ** (k + 1)})" for k in range(1, places, 2)]
    return f"({_weighted_sql(number, weights, 10)}+{_once(number, '+'.join(carries))})"


def card_sql(column: str) -> str:
    """`is_card` as SQL, in two halves so that 19 digits stay inside 64 bits."""
    low = _luhn_sql(_number(f"right({column},10)"), 10)
    high = _luhn_sql(_number(f"left({column},length({column})-10)"), 10)
    return _guarded(column, CARD.pattern, f"({low}+{high})%10=0")


# Vehicle identification number, GB 16735 ------------------------------------------------------
VIN = re.compile(r"[0-9A-HJ-NPR-Z]{8}[0-9X][0-9A-HJ-NPR-Z]{8}")


def is_vin(text: str) -> bool:
    """17 characters whose ninth is the right check character. 车辆识别代号。"""
    if not VIN.fullmatch(text):
        return False
    total = _weighted([int(VIN_VALUES[c]) for c in text], VIN_WEIGHTS)
    return "0123456789X"[total % 11] == text[8]


def vin_sql(column: str) -> str:
    """`is_vin` as SQL."""
    digits = f"translate({column},'{''.join(VIN_VALUES)}','{''.join(VIN_VALUES.values())}')"
    total = _weighted_sql(_number(digits), VIN_WEIGHTS, 11)
    ninth = f"substr({column},9,1)"
    value = f"(CASE WHEN {ninth}='X' THEN 10 ELSE TRY_CAST({ninth} AS BIGINT) END)"
    return _guarded(column, VIN.pattern, f"{total}%11={value}")


# Taxpayer number ------------------------------------------------------------------------------
OLD_TAX = re.compile(r"[0-9]{6}[0-9A-Z]{8}[0-9X]")
LONG_TAX = re.compile(r"[0-9]{17}[0-9X][0-9]{2}")


def is_tax_number(text: str) -> bool:
    """A credit code, six digits and an organization code, or an identity number (and two digits). 税号。"""
    if OLD_TAX.fullmatch(text):
        return is_organization_code(text[6:])
    if LONG_TAX.fullmatch(text):
        return is_resident_id(text[:18])
    return is_credit_code(text) or (len(text) == 18 and is_resident_id(text))


def tax_number_sql(column: str) -> str:
    """`is_tax_number` as SQL."""
    return (
        f"CASE WHEN {column} IS NULL THEN NULL"
        f" WHEN regexp_full_match({column},'{OLD_TAX.pattern}')"
        f" THEN {organization_code_sql(f'substr({column},7)')}"
        f" WHEN regexp_full_match({column},'{LONG_TAX.pattern}')"
        f" THEN {resident_id_sql(f'left({column},18)')}"
        f" ELSE {credit_code_sql(column)}"
        f" OR (length({column})=18 AND {resident_id_sql(column)}) END"
    )


# Certificate of a disabled person: identity number, kind, level, number of replacements ----------
DISABILITY = re.compile(r"[0-9]{17}[0-9X][1-7][1-4](?:B[0-9])?")


def is_disability_certificate(text: str) -> bool:
    """An identity number, kind 1 to 7, level 1 to 4, perhaps B and a digit. 残疾人证号。"""
    return bool(DISABILITY.fullmatch(text)) and is_resident_id(text[:18])


def disability_certificate_sql(column: str) -> str:
    """`is_disability_certificate` as SQL."""
    return _guarded(column, DISABILITY.pattern, resident_id_sql(f"left({column},18)"))


# Mobile device, IMEI (Luhn) --------------------------------------------------------------------
IMEI = re.compile(r"[0-9]{15}")


def is_imei(text: str) -> bool:
    """Fifteen digits that pass the Luhn check. 移动设备识别码。"""
    return bool(IMEI.fullmatch(text)) and is_card(text)


def imei_sql(column: str) -> str:
    """`is_imei` as SQL."""
    return _guarded(column, IMEI.pattern, f"{_luhn_sql(_number(column), 15)}%10=0")


# What has a form but no check character --------------------------------------------------------
def _form(name: str, pattern: str) -> Check:
    """A check of the form alone, the same pattern in Python and in SQL. 仅校验格式。"""
    form = re.compile(pattern)
    return Check(
        name,
        lambda text: form.fullmatch(text) is not None,
        lambda column: f"regexp_full_match({column},'{pattern}')",
    )


def _is_day(text: str) -> bool:
    return read_day(text) is not None


def _day_check_sql(column: str) -> str:
    return f"CASE WHEN {column} IS NULL THEN NULL ELSE ({day_sql(column)}) IS NOT NULL END"


CHECKS: dict[str, Check] = {
    check.name: check
    for check in (
        Check("resident_id", is_resident_id, resident_id_sql, has_digit=True),
        Check("credit_code", is_credit_code, credit_code_sql, has_digit=True),
        Check("organization_code", is_organization_code, organization_code_sql, has_digit=True),
        Check("card", is_card, card_sql, has_digit=True),
        Check("vin", is_vin, vin_sql, has_digit=True),
        Check("tax_number", is_tax_number, tax_number_sql, has_digit=True),
        Check(
            "disability_certificate",
            is_disability_certificate,
            disability_certificate_sql,
            has_digit=True,
        ),
        Check("imei", is_imei, imei_sql, has_digit=True),
        Check("date", _is_day, _day_check_sql),
        *(_form(name, pattern) for name, pattern in FORMS.items()),
    )
}
