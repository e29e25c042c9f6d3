"""Resident identity numbers, GB 11643, in Python and as DuckDB SQL. 公民身份号码。

The sum of digits and weights is telescoped as `checks` tells.
"""

from __future__ import annotations

import re
from datetime import date
from operator import mul

ID_WEIGHTS = [2 ** (17 - place) % 11 for place in range(17)]
# Digits are weighed as the bytes they are: what seventeen zeros weigh goes off.
_OF_ZEROS = sum(ID_WEIGHTS) * ord("0")
PROVINCE_RANGES = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))
PROVINCES = "|".join(f"{low // 10}[{low % 10}-{high % 10}]" for low, high in PROVINCE_RANGES)
# Also: 71 Taiwan, 81 to 83 residence permits of people from Hong Kong, Macao and Taiwan, 9 and a
# province on foreigners' permanent residence cards. No province has 99: specimen numbers, which
# can belong to nobody, begin so.
REGION = f"(?:(?:{PROVINCES}|71|8[1-3]|99)[0-9]{{4}}|9(?:{PROVINCES})[0-9]{{3}})"
ID18 = re.compile(f"{REGION}(?:19|20)[0-9]{{9}}[0-9X]")
ID15 = re.compile(f"(?:{PROVINCES}|99)[0-9]{{13}}")


def id_check_digit(first_17: str) -> str:
    """The check character of GB 11643 (ISO 7064 MOD 11-2) for 17 digits. 身份号码校验码。"""
    return "10X98765432"[(sum(map(mul, first_17.encode("ascii"), ID_WEIGHTS)) - _OF_ZEROS) % 11]


def _is_date(digits: str) -> bool:
    try:
        date.fromisoformat(digits)
    except ValueError:
        return False
    return True


def is_resident_id(text: str) -> bool:
    """18 characters with a known province, a real birth date and the right check character, or 15
    digits of the old kind. 身份号码。
    """
    if len(text) != 18:
        return bool(ID15.fullmatch(text)) and _is_date("19" + text[6:12])
    return (
        bool(ID18.fullmatch(text))
        and _is_date(text[6:14])
        and id_check_digit(text[:17]) == text[17]
    )


def _is_date_sql(year: str, month: str, day: str) -> str:
    return f"TRY_CAST({year}||'-'||{month}||'-'||{day} AS DATE) IS NOT NULL"


def identity_sql(number: str, last: str) -> str:
    """Whether the first 17 digits as a number and the last character make a right one. 身份号码算式。

    Two short names of columns go in, so that whoever has worked them out asks several things of
    them. The birth date is checked by its numbers: making a date of text costs more than all else.
    """
    year, month = f"({number}//10000000%10000)", f"({number}//100000%100)"
    day = f"({number}//1000%100)"
    leap = f"({year}%4=0 AND ({year}%100<>0 OR {year}%400=0))"
    longest = (
        f"CASE {month} WHEN 2 THEN CASE WHEN {leap} THEN 29 ELSE 28 END"
        f" WHEN 4 THEN 30 WHEN 6 THEN 30 WHEN 9 THEN 30 WHEN 11 THEN 30 ELSE 31 END"
    )
    return (
        f"({_checked_sql(number, last)} AND {number}>={10**16} AND {month} BETWEEN 1 AND 12"
        f" AND {day}>=1 AND ({day}<=28 OR {day}<={longest}) AND {year} BETWEEN 1900 AND 2099)"
    )


def _checked_sql(number: str, last: str) -> str:
    """Whether the check character fits: the weighted sum without cutting digits apart. 校验算式。"""
    from_right = list(reversed(ID_WEIGHTS))
    factors = [(from_right[k] - 10 * from_right[k - 1]) % 11 for k in range(1, 17)]
    shares = [(from_right[0], number)]
    shares += [(factor, f"{number}//{10**k}") for k, factor in enumerate(factors, 1)]
    total = "+".join(
        f"{factor}*({'+'.join(one for other, one in shares if other == factor)})"
        for factor in sorted({factor for factor, _ in shares if factor})
    )
    return f"({total}+{last})%11=1"


def identity_surely_sql(number: str, last: str) -> str:
    """`identity_sql` by arithmetic alone, region included; some right ones are left out. 快速判定。

    Left to the exact look are 29 February and foreigners' cards. Shifts read small tables: one bit
    a region, two bits for what each month has beyond 28 days.
    """
    region, month, day = (
        f"({number}//{10**15})",
        f"({number}//100000%100)",
        f"({number}//1000%100)",
    )
    known = {at for low, high in (*PROVINCE_RANGES, (71, 71), (81, 83), (99, 99))
             for at in range(low, high + 1)}  # fmt: skip
    low = sum(1 << (at - 11) for at in known if at < 72)
    high = sum(1 << (at - 72) for at in known if at >= 72)
    beyond = sum(more << 2 * at for at, more in enumerate((3, 0, 3, 2, 3, 2, 3, 3, 2, 3, 2, 3), 1))
    return (
        f"({_checked_sql(number, last)}"
        f" AND (({low}::BIGINT >> ({region}-11)) | ({high}::BIGINT >> ({region}-72))) & 1 = 1"
        f" AND {number}//10000000%10000 BETWEEN 1900 AND 2099 AND {month} BETWEEN 1 AND 12"
        f" AND {day} BETWEEN 1 AND 28 + (({beyond}::BIGINT >> (2*{month})) & 3))"
    )


def identity_last_sql(column: str) -> str:
    """The last character of an identity number as a number, NULL where it is none. 末位。"""
    code = f"unicode(right({column},1))"
    return f"(CASE WHEN {code} BETWEEN 48 AND 57 THEN {code}-48 WHEN {code}=88 THEN 10 END)"


def identity_number_sql(column: str) -> str:
    """The first 17 digits of an identity number as a number. 前十七位。

    A cast reads 1E+16 too: who has not looked at the form must leave out what holds an E.
    """
    return f"TRY_CAST(left({column},17) AS BIGINT)"


def identity_digits_sql(column: str, whole: str) -> tuple[str, str]:
    """Number and last character where the column's cast to BIGINT is at hand. 号码各位。

    Ten of eleven numbers end with a digit and are read by that one cast; of a text of other than
    18 characters nothing is said.
    """
    number = (
        f"CASE WHEN {whole} IS NOT NULL THEN {whole}//10 ELSE {identity_number_sql(column)} END"
    )
    last = f"CASE WHEN {whole} IS NOT NULL THEN {whole}%10 WHEN suffix({column},'X') THEN 10 END"
    return number, last


def resident_id_sql(column: str) -> str:
    """`is_resident_id` as SQL."""
    valid = identity_sql("yw_n", identity_last_sql(column))
    new = f"list_transform([{identity_number_sql(column)}],lambda yw_n:{valid})[1]"
    old = _is_date_sql(
        f"'19'||substr({column},7,2)", f"substr({column},9,2)", f"substr({column},11,2)"
    )
    return (
        f"CASE WHEN {column} IS NULL THEN NULL"
        f" WHEN regexp_full_match({column},'{ID15.pattern}') THEN {old}"
        f" WHEN NOT regexp_full_match({column},'{ID18.pattern}') THEN false"
        f" ELSE coalesce({new},false) END"
    )
