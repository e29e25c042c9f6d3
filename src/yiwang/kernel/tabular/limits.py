"""Holding a reading to its limits. 读取上限的执行。"""

from __future__ import annotations

import time

from yiwang.kernel.base.text import msg

from .errors import LimitPassed
from .types import ReadLimits


class Budget:
    """What is left of the limits while one delivery is read. 读取余量。

    Archives share one budget over all their members, so that many small members cost what one
    large one would.
    """

    def __init__(self, file: str, limits: ReadLimits) -> None:
        self.file = file
        self.limits = limits
        self.unpacked = 0
        self.members = 0
        self._ends = time.monotonic() + limits.seconds

    def check_time(self) -> None:
        """Refuse when the time is used up. 检查时间。"""
        if time.monotonic() > self._ends:
            raise self.out_of_time()

    def out_of_time(self) -> LimitPassed:
        """The refusal for lack of time. 超时。"""
        return LimitPassed(
            "tabular.limit.time",
            "Reading %(file)s took longer than %(limit)s seconds.",
            file=self.file,
            limit=self.limits.seconds,
        )

    def check_file(self, size: int) -> None:
        """Refuse a file that is larger than one may be. 检查文件大小。"""
        if size > self.limits.file:
            raise LimitPassed(
                "tabular.limit.file",
                "%(file)s has %(size)s bytes, more than the %(limit)s that one file may have.",
                file=self.file,
                size=size,
                limit=self.limits.file,
            )

    def add_unpacked(self, count: int, *, packed: int, produced: int) -> None:
        """Count bytes that came out of an archive; `packed` and `produced` of this member. 计解压量。"""
        self.unpacked += count
        self.check_time()
        if self.unpacked > self.limits.unpacked:
            raise self._unpacked(self.limits.unpacked)
        if produced > self.limits.ratio_free and produced > packed * self.limits.ratio:
            raise LimitPassed(
                "tabular.limit.ratio",
                "%(file)s unpacks to more than %(limit)s times its size, as files do that are made "
                "to fill a disk. Send it unpacked.",
                file=self.file,
                limit=self.limits.ratio,
            )

    def add_members(self, count: int) -> None:
        """Count members of an archive. 计成员数。"""
        self.members += count
        if self.members > self.limits.members:
            raise LimitPassed(
                "tabular.limit.members",
                "%(file)s holds more than %(limit)s members.",
                file=self.file,
                limit=self.limits.members,
            )

    def _unpacked(self, limit: int) -> LimitPassed:
        return LimitPassed(
            "tabular.limit.unpacked",
            "%(file)s unpacks to more than %(limit)s bytes.",
            file=self.file,
            limit=limit,
        )

    def check_columns(self, count: int) -> None:
        """Refuse a table that is wider than one may be. 检查列数。"""
        if count > self.limits.columns:
            raise LimitPassed(
                "tabular.limit.columns",
                msg(
                    "%(file)s has %(columns)s columns, more than the %(limit)s that one table may have."
                ),
                file=self.file,
                columns=count,
                limit=self.limits.columns,
            )

    def check_rows(self, count: int) -> None:
        """Refuse a table that is longer than one may be. 检查行数。"""
        if count > self.limits.rows:
            raise LimitPassed(
                "tabular.limit.rows",
                "%(file)s has more than %(limit)s rows.",
                file=self.file,
                limit=self.limits.rows,
            )

    def long_cell(self, row: int) -> LimitPassed:
        """The refusal of a cell that is too long. 单元格过长。"""
        return LimitPassed(
            "tabular.limit.cell",
            msg(
                "%(file)s, row %(row)s: a cell has more than %(limit)s characters. A quotation mark that is never closed is the usual cause."
            ),
            file=self.file,
            row=row,
            limit=self.limits.cell,
        )
