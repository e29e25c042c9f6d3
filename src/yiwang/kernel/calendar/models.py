"""Years whose notice an administrator entered. 年度节假日安排。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH


class CalendarYear(models.Model):
    """The holiday notice of one year, over the one in the package. 年度安排。"""

    year = models.PositiveIntegerField(primary_key=True)
    notice = models.CharField(max_length=300)
    changed_by = models.CharField(max_length=ID_LENGTH)
    changed_at = models.DateTimeField()


class CalendarDay(models.Model):
    """A day that differs from the week: off on a weekday, or worked on a weekend. 调整日。"""

    year = models.ForeignKey(CalendarYear, on_delete=models.CASCADE, related_name="+")
    date = models.DateField(unique=True)
    workday = models.BooleanField()
    name = models.CharField(max_length=100, blank=True, default="")
