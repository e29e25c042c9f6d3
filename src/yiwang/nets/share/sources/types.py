"""The words of live sources. 数据源用语。"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

Color = Literal["", "red", "yellow", "green", "blue"]


class Mode(TextChoices):
    """How a table is read. 读取方式。"""

    FULL = "full", _("Whole: each reading replaces what was there")
    APPEND = "append", _("New rows: those above the watermark are added")
    UPSERT = "upsert", _("New and changed rows: those above the watermark replace by key")


class Cycle(TextChoices):
    """How often a table is read by itself. 读取周期。"""

    MANUAL = "manual", _("Only when somebody asks")
    HOURLY = "hourly", _("Every hour")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")


GRACE: dict[str, timedelta] = {
    Cycle.HOURLY: timedelta(hours=2),
    Cycle.DAILY: timedelta(days=1, hours=1),
    Cycle.WEEKLY: timedelta(days=7, hours=1),
    Cycle.MONTHLY: timedelta(days=31, hours=1),
}
"""How old the last good reading may be before the source is late: its cycle and an hour to read."""


class RunState(TextChoices):
    """Where a reading stands. 读取状态。"""

    WAITING = "waiting", _("Waiting")
    READING = "reading", _("Reading")
    LANDING = "landing", _("Landing")
    DONE = "done", _("Landed")
    NOTHING = "nothing", _("Nothing new")
    HELD = "held", _("Held: needs your decision")
    FAILED = "failed", _("Failed")
    TAKEN_BACK = "taken_back", _("Taken back")


OPEN = (RunState.WAITING, RunState.READING, RunState.LANDING)
GOOD = (RunState.DONE, RunState.NOTHING)
LIGHTS: dict[str, Color] = {
    RunState.READING: "blue",
    RunState.LANDING: "blue",
    RunState.DONE: "green",
    RunState.NOTHING: "green",
    RunState.HELD: "yellow",
    RunState.FAILED: "red",
}
