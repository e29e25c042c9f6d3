"""What is said of a value that has the right shape and still cannot be taken. 取值问题。"""

from __future__ import annotations

from yiwang.kernel.base.errors import InvalidInput


class Slip(InvalidInput):
    """A value that has the right shape and still cannot be taken. 取值不符。"""


def unusual() -> Slip:
    """Written otherwise than it is kept; who reads it leniently never sees this. 写法不规范。"""
    return Slip("records.value.style", "This is not written in the usual way")


def bad_form() -> Slip:
    """A pattern that does not match. 格式不符。"""
    return Slip("records.value.format", "This does not have the right form")


def bad_check() -> Slip:
    """A check character that does not fit. 校验码不符。"""
    return Slip("records.value.check", "The check character does not fit: a character is wrong")


def bad_code() -> Slip:
    """Not in the code set, on this day. 代码不存在。"""
    return Slip("records.value.code", "There is no such code today")


def bad_character() -> Slip:
    """What no text holds. 非法字符。"""
    return Slip("records.value.character", "This holds characters that are no text")


def twice(*_: object) -> Slip:
    """The same stands more than once in a list. 重复。"""
    return Slip("records.value.twice", "The same stands here twice")


def places(most: int) -> Slip:
    """More decimal places than are kept. 小数位过多。"""
    return Slip("records.value.places", "At most %(most)s decimal places", most=most)


def no_date() -> Slip:
    """A text that is no date. 非日期。"""
    return Slip("records.value.date", "A date such as 2026-01-31 is needed")


def no_moment() -> Slip:
    """A text that is no moment. 非时间。"""
    return Slip("records.value.datetime", "A date and time such as 2026-01-31 08:30 is needed")
