"""What values of a case are beside each other: kinds, equality, order. 取值与比较。

Case data come from forms and files, so one thing has several shapes: an amount may be an int, a
float, a Decimal or the text of a number, a date a date or its ISO text. Where two shapes meet, the
text is read as what stands beside it; a text with leading zeros is a code and no number. Nothing
(None, NaN, an absent field) equals nothing, not even nothing.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NoReturn

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.errors import InvalidInput

Kind = Literal["nothing", "boolean", "number", "text", "date", "moment", "list", "record"]
Comparison = Callable[[Any, Any], bool]

# Both languages at once: a failure fills its places after its sentence was translated.
KINDS: dict[Kind, str] = {
    "nothing": "nothing 空",
    "boolean": "true/false 是否",
    "number": "number 数字",
    "text": "text 文本",
    "date": "date 日期",
    "moment": "time 时间",
    "list": "list 列表",
    "record": "record 对象",
}
# A form's repeated group or multiple choice stays far below; it bounds what one test can cost.
MAX_ITEMS = 1_000

_TYPES: tuple[tuple[type | tuple[type, ...], Kind], ...] = (
    (type(None), "nothing"),
    (bool, "boolean"),
    ((int, Decimal), "number"),
    (str, "text"),
    (datetime, "moment"),
    (date, "date"),
    ((list, tuple), "list"),
    (Mapping, "record"),
)
_ORDERED: frozenset[Kind] = frozenset({"number", "text", "date", "moment"})
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}[0-9:.+\-Z]{0,20}", re.ASCII)


def take_value(value: object) -> Any:
    """A value of a case as expressions hold it: floats exact, times with a zone. 取值。

    Raises InvalidInput for what is no value of a form, and for lists beyond the limit.
    """
    if isinstance(value, float):
        return _finite(Decimal(repr(value)))
    if isinstance(value, Decimal):
        return _finite(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=CITY_ZONE)
    kind_of(value)
    if isinstance(value, list | tuple) and len(value) > MAX_ITEMS:
        raise InvalidInput(
            "expressions.text.list_too_long",
            "%(place)sA list has more than %(limit)s members",
            place="",
            limit=MAX_ITEMS,
        )
    return value


def take_members(values: list[Any] | tuple[Any, ...]) -> list[Any]:
    """The members of a list, each as expressions hold it. 列表成员。"""
    return [take_value(value) for value in values]


def kind_of(value: object) -> Kind:
    """What a value is, in words people use. 值的种类。"""
    for types, kind in _TYPES:
        if isinstance(value, types):
            return kind
    raise InvalidInput(
        "expressions.text.value",
        "%(place)sA field holds what no form can hold: %(found)s",
        place="",
        found=type(value).__name__,
    )


def are_equal(left: Any, right: Any) -> bool:
    """Whether two values are the same; nothing is the same as nothing. 相等。"""
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        pairs = zip(take_members(left), take_members(right), strict=False)
        return len(left) == len(right) and all(_are_same(one, other) for one, other in pairs)
    return _are_same(left, right)


def differ(left: Any, right: Any) -> bool:
    """The opposite of equality, as in filters of lists. 不等。"""
    return not are_equal(left, right)


def make_order(compare: Callable[[Any, Any], bool]) -> Comparison:
    """`<` and its like over values: nothing does not compare, kinds that cannot meet are refused."""

    def ordered(left: Any, right: Any) -> bool:
        if left is None or right is None:
            return False
        pair = _meet(left, right)
        if pair is None or kind_of(pair[0]) not in _ORDERED:
            refuse_pair(left, right)
        return compare(*pair)

    return ordered


def is_member(item: Any, of: Any) -> bool:
    """Whether a list has a member, or a text a part; of nothing it has none. 属于。"""
    if item is None or of is None:
        return False
    if isinstance(of, list | tuple):
        return any(_are_same(item, one) for one in take_members(of))
    if not isinstance(item, str) or not isinstance(of, str):
        refuse_pair(item, of)
    return item in of


def refuse_pair(left: Any, right: Any) -> NoReturn:
    """Say which two kinds cannot stand beside each other. 无法比较。"""
    raise InvalidInput(
        "expressions.text.incomparable",
        "%(place)s%(left)s and %(right)s cannot be compared",
        place="",
        left=KINDS[kind_of(left)],
        right=KINDS[kind_of(right)],
    )


def read_number(text: str) -> int | Decimal | None:
    """The number that a text is, as people write it; codes such as 007 are none. 读取数字。"""
    if not _NUMBER.fullmatch(text):
        return None
    return Decimal(text) if "." in text else int(text)


def read_date(text: str) -> date | None:
    """The date that a text is, as 2026-01-31. 读取日期。"""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """The time that a text is, as 2026-01-31 08:30; city time unless it names an offset."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=CITY_ZONE)


def take_day(value: Any) -> date | None:
    """The day of a date, a time (in the city) or a text of either. 取日期。"""
    if isinstance(value, str):
        value = read_date(value) or read_moment(value)
    if isinstance(value, datetime):
        return _day_of(value)
    return value if isinstance(value, date) else None


ORDERS: dict[str, Comparison] = {
    "<": make_order(operator.lt),
    "<=": make_order(operator.le),
    ">": make_order(operator.gt),
    ">=": make_order(operator.ge),
}


def _finite(number: Decimal) -> Decimal | None:
    return number if number.is_finite() else None


def _are_same(left: Any, right: Any) -> bool:
    pair = _meet(left, right)
    return pair is not None and bool(pair[0] == pair[1])


def _meet(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Both as values of one kind, or None where they cannot be."""
    kinds = {kind_of(left), kind_of(right)}
    if len(kinds) == 1:
        return None if kinds & {"nothing", "list", "record"} else (left, right)
    if kinds == {"number", "text"}:
        return _both(_as_number(left), _as_number(right))
    if kinds == {"moment", "text"}:
        return _both(_as_moment(left), _as_moment(right)) or _as_days(left, right)
    if kinds in ({"date", "text"}, {"date", "moment"}):
        return _as_days(left, right)
    return None


def _both(left: Any, right: Any) -> tuple[Any, Any] | None:
    return None if left is None or right is None else (left, right)


def _as_number(value: Any) -> Any:
    return read_number(value) if isinstance(value, str) else value


def _as_moment(value: Any) -> Any:
    return read_moment(value) if isinstance(value, str) else value


def _as_days(left: Any, right: Any) -> tuple[Any, Any] | None:
    return _both(take_day(left), take_day(right))


def _day_of(moment: datetime) -> date:
    try:
        return moment.astimezone(CITY_ZONE).date()
    except OverflowError:  # the first or last day that can be written
        return moment.date()
