"""Requests, grants and what is decided under them. 共享申请与授权用语。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.registry import Registry

MINUTE = timedelta(minutes=1)
CASE = "share.request"
"""The type of the case that decides a request. 申请流程。"""
GUARDED_FROM = 4
"""From this grade on people decide, two of them for the owner. 人工与双人审批起始级别。"""


CHOSEN = "="
"""Stands before a mask that a grant names, in place of the usual one. 授权指定脱敏。"""


class RequestState(TextChoices):
    """Where a request stands. 申请状态。"""

    WAITING = "waiting", _("In hand")
    GRANTED = "granted", _("Request granted")
    REFUSED = "refused", _("Request refused")
    ENDED = "ended", _("Withdrawn or ended")


class Method(TextChoices):
    """How somebody wants to get the data. 使用方式。"""

    PAGE = "page", _("Look at it here")
    FILE = "file", _("Files")
    API = "api", _("Interface")
    CHECK = "check", _("Check only")


class Handed(TextChoices):
    """How far a delivery out has come. 交付状态。"""

    OPEN = "open", _("Being made")
    DONE = "done", _("Handed out")
    FAILED = "failed", _("Not handed out")


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose with the elements that it needs. 用途模板。 A column beyond them is flagged."""

    code: str
    zh: str
    en: str
    elements: frozenset[str]

    @property
    def label(self) -> Mapping[str, str]:
        """In both languages. 名称。"""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Duty:
    """One time limit with the rule it comes from, and whether somebody has checked that. 时限职责。"""

    key: str
    days: int
    zh: str
    en: str
    source: str
    verified: bool
    city: bool = False

    @property
    def label(self) -> Mapping[str, str]:
        """In both languages. 名称。"""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for. 申请内容。

    `clear` are the columns asked unmasked, `masks` those to be masked in another way than usual
    (`token`, `month`), `row_filter` an expression over any column, `volume`
    the rows of a month, `anyway` says to ask although a grant answers it already.
    """

    columns: tuple[str, ...]
    purpose_kind: str
    purpose: str
    duty: str
    until: date
    clear: tuple[str, ...] = ()
    masks: Mapping[str, str] = field(default_factory=dict)
    row_filter: str = ""
    method: str = Method.PAGE
    volume: int = 10_000
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One use of a grant: some of its columns, fewer of its rows. 取数请求。

    `version` is the number of the version whose pages were read before; 0 for whichever is newest.
    `records` of stated values to compare, 0 for who reads rows; `purpose` where it is another one
    than the grant's.
    """

    columns: tuple[str, ...] = ()
    where: str = ""
    version: int = 0
    records: int = 0
    purpose: str = ""


WHOLE = Ask()
"""All columns and rows that a grant allows. 全部。"""

RowSource = Callable[[Any], Sequence[tuple[int, tuple[str | None, ...]]] | None]
ROW_SOURCES: Registry[RowSource] = Registry("source of granted rows")
"""Quicker ways to all rows of a plan, in order and masked; None where one has none. 行来源登记。"""

GrantPanel = Callable[[Actor, Any], tuple[str, Mapping[str, Any]] | None]
GRANT_PANELS: Registry[GrantPanel] = Registry("panel of a grant")
"""What modules above show on a grant's page: a template, and what it shows as `panel`. 授权页面板登记。"""
