"""What a field's element says of each value, worked out once a row. 字段判定。

One small number per value: so the rules that follow from one element do not read it again, and a
bad value is counted once, by the rule that fits it best.
"""

from __future__ import annotations

from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Element

from .patterns import is_blank_sql

BLANK, GOOD, UNREADABLE, MALFORMED, WRONG = range(5)
"""No value; right; not of its type; not of its form; of its form with a wrong check character."""

NEW_ID = "[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9X]"
PLAIN_DAY = "{0} >= '1' AND {0} < '3' AND {1}::VARCHAR = {0}"
PLAIN_MOMENT = (
    "strlen({0}) = 19 AND {0} >= '1' AND {0} < '3' AND"
    " replace(TRY_CAST({0} AS TIMESTAMP)::VARCHAR, ' ', substr({0}, 11, 1)) = {0}"
)


def outcome_sql(element: Element, value: str, number: str = "", last: str = "") -> str:
    """The outcome of a value as SQL. 判定 SQL。

    The quick test takes nearly all rows; what it leaves is looked at from all sides. `number` and
    `last` are the columns of an identity number's digits, where they have been worked out.
    """
    right = f"coalesce({standards.check_sql(element, 'yw_c')}, false)"
    slow = (
        f"list_transform([{standards.read_typed_sql(element, value)}],"
        f" lambda yw_c: {_slow(element, value, right)})[1]"
    )
    return (
        f"CASE WHEN {value} IS NULL OR {value} = '' THEN {BLANK}"
        f" WHEN {quick_sql(element, value, number, last)} THEN {GOOD}"
        f" WHEN {is_blank_sql(value)} THEN {BLANK} ELSE {slow} END"
    )


def told_sql(element: Element, value: str, right: str) -> str:
    """The outcome of a value over its canonical text `yw_c` and what `right` says of that. 判定。

    For values that stand in a table, where nothing is spared by asking what is quick first; what an
    identity number's quick test takes, the slow one takes too.
    """
    quick = "" if element.check == "resident_id" else quick_sql(element, value)
    first = f"WHEN {quick} THEN {GOOD} " if quick else ""
    return f"CASE {first}WHEN {is_blank_sql(value)} THEN {BLANK} ELSE {_slow(element, value, right)} END"


def plain_sql(element: Element, value: str) -> str:
    """Whether a value is right and its own canonical text, where that is told quickly, else ''. 原样。"""
    return quick_sql(element, value) if element.type == "date" else ""


def quick_sql(element: Element, value: str, number: str = "", last: str = "", day: str = "") -> str:
    """Sure to be right as it stands; what is right may also be left to the slow test. 快速判定。

    `day` is the column of a text's date where it has been worked out for texts of ten bytes.
    """
    if number:
        form = f"strlen({value}) = 18 AND NOT contains({value}, 'E') AND NOT contains({value}, 'e')"
        return f"{form} AND coalesce({standards.identity_surely_sql(number, last)}, false)"
    if element.type == "date":
        plain = PLAIN_DAY.format(value, day or f"TRY_CAST({value} AS DATE)")
        return f"coalesce(strlen({value}) = 10 AND {plain}, false)"
    if element.type == "datetime":
        return f"coalesce({PLAIN_MOMENT.format(value)}, false)"
    if element.type in ("number", "integer"):
        decimals = "" if element.type == "integer" else "([.][0-9]+)?"
        return f"regexp_full_match({value}, '-?[0-9]+{decimals}')"
    if not element.check and not element.pattern:
        return f"NOT ({is_blank_sql(value)})"
    right = standards.passes_sql(element, value)
    return right if element.check else f"{right} AND NOT ({is_blank_sql(value)})"


def _slow(element: Element, value: str, right: str) -> str:
    """Over the canonical text `yw_c`: what is wrong with it, or how it is written otherwise.

    `right` says whether that text passes the element's pattern and check.
    """
    if element.type in ("date", "datetime", "number", "integer"):
        return (
            f"CASE WHEN yw_c IS NULL THEN {UNREADABLE} WHEN yw_c = '' THEN {BLANK} ELSE {GOOD} END"
        )
    written = f"WHEN yw_c <> {value} THEN {MALFORMED}" if element.pattern else ""
    form = NEW_ID if element.check == "resident_id" else element.pattern
    cases = [f"WHEN yw_c = '' THEN {BLANK}"]
    if element.check == "resident_id":
        cases.append(f"WHEN regexp_full_match(yw_c, '[1-9][0-9]{{14}}') THEN {MALFORMED}")
    cases.append(
        f"WHEN {right} THEN " + (f"CASE {written} ELSE {GOOD} END" if written else str(GOOD))
    )
    if element.check and form:
        quoted = form.replace("'", "''")
        cases.append(f"WHEN regexp_full_match(yw_c, '{quoted}') THEN {WRONG}")
    return f"CASE {' '.join(cases)} ELSE {MALFORMED} END"
