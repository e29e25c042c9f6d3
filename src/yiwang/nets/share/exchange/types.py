"""Requests, grants and what is decided under them. 共享申请与授权用语。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

CASE = "share.request"
"""The type of the case that decides a request. 申请流程。"""
GUARDED_FROM = 4
"""From this grade on people decide, two of them for the owner. 人工与双人审批起始级别。"""


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

    `clear` are the columns asked unmasked, `row_filter` an expression over any column, `volume`
    the rows of a month, `anyway` says to ask although a grant answers it already.
    """

    columns: tuple[str, ...]
    purpose_kind: str
    purpose: str
    duty: str
    until: date
    clear: tuple[str, ...] = ()
    row_filter: str = ""
    method: str = Method.PAGE
    volume: int = 10_000
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One use of a grant: some of its columns, fewer of its rows. 取数请求。"""

    columns: tuple[str, ...] = ()
    where: str = ""


WHOLE = Ask()
"""All columns and rows that a grant allows. 全部。"""
