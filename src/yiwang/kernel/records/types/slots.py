"""Places that records take in stretches of a day. 时段与名额。"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MINUTES = 24 * 60
Stretch = tuple[int, int]
"""From a minute of the day to another, the end not included. 起止分钟。"""
SlotKey = tuple[str, str, int]
"""What is booked, the day, the minute at which the slot begins. 时段键。"""


@dataclass(frozen=True, slots=True)
class Slots:
    """How records of an entity take places of what they book. 时段预约声明。

    A record books what its link `of` points to, on its `day`, from `since` until `until`, two
    choices that are made from here: the day has slots of `every` minutes within the hours `open`.
    It takes as many places as its field `takes` says, else one, of those that the field `places` of
    what is booked says, else `number`; and only while `when` holds, a condition over its fields.
    """

    of: str
    day: str
    since: str
    until: str
    every: int
    open: tuple[Stretch, ...]
    places: str = ""
    number: int = 1
    takes: str = ""
    when: str = ""

    def stretches(self) -> Iterator[Stretch]:
        """The slots of a day in their order. 当日时段。"""
        for begin, end in self.open:
            for at in range(begin, end - self.every + 1, self.every):
                yield at, at + self.every

    def touching(self, begin: int, end: int) -> list[int]:
        """Where the slots begin that a stretch of time touches. 所占时段。"""
        return [since for since, until in self.stretches() if since < end and until > begin]


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of a day: how many places there are, how many are taken. 时段。"""

    since: int
    until: int
    places: int
    taken: int

    @property
    def left(self) -> int:
        """Places that are left. 余量。"""
        return max(0, self.places - self.taken)


@dataclass(frozen=True, slots=True)
class SlotDay:
    """The slots of one day of what can be booked. 某日时段。 `of` is the record's id."""

    of: str
    day: str
    slots: tuple[Slot, ...]


def minute_of(text: str) -> int:
    """The minute of the day that `HH:MM` says, 24:00 the last; ValueError for anything else. 分钟数。"""
    hours, _, minutes = text.partition(":")
    if not (len(hours) == len(minutes) == 2 and (hours + minutes).isdecimal()):
        raise ValueError(text)
    found = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or found > MINUTES:
        raise ValueError(text)
    return found


def clock_of(minute: int) -> str:
    """A minute of the day as `HH:MM`. 时刻。"""
    return f"{minute // 60:02d}:{minute % 60:02d}"
