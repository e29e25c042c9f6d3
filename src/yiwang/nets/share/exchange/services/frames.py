"""What follows from a grant, kept while nothing that it follows from has changed. 授权判定缓存。

A decision asks the database once, for marks: which terms hold, whether the grant was revoked or its
organization denied, the state of the resource, the newest version of its data, the number of its
items; and for what was used. Where the marks are those with which something was worked out before,
in this process, it holds still; else it is worked out anew. So a revocation counts for the next
decision, in every process, and nobody has to be told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, Q, Subquery

from yiwang.kernel.base.clock import now
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import VersionInfo
from yiwang.kernel.query.types import Node
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange.models import DeliveryOut, Denial, Grant, Terms
from yiwang.nets.share.exchange.types import MINUTE, Handed

MOST = 5_000
"""Grants whose frames one process keeps. 缓存上限。"""
GRANT, SINCE = "\x01", datetime(2001, 1, 1, tzinfo=UTC)
MARKS = ("act", "resource", "stage", "sharing", "table", "version", "items", "revoked", "denial")
Marks = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of a grant: rows of a month, requests of the last minute. 用量。"""

    month: str
    rows: int
    requests: int


@dataclass(frozen=True, slots=True)
class Frame:
    """All of a decision that does not depend on who asks for what, and when. 判定底稿。

    `version` is None where there is no data; `standing` the standard with which the masks were
    worked out, compared by identity.
    """

    marks: Marks
    grant: Grant
    terms: Terms
    version: VersionInfo | None
    gone: tuple[str, ...]
    masks: Mapping[str, str]
    personal: frozenset[str]
    where: Node | None
    standing: object


Maker = Callable[[Grant, Marks], Frame]
_kept: dict[str, Frame] = {}


def find_frame(grant_id: str, make: Maker) -> tuple[Frame, Used] | None:
    """The frame of a grant as things stand, and what was used of it; None for no such grant. 取底稿。"""
    row = _read(grant_id)
    if row is None:
        return None
    marks, used = row[: len(MARKS)], Used(row[-3], row[-2], row[-1] or 0)
    frame = _kept.get(grant_id)
    if (
        frame is None
        or frame.marks != marks
        or frame.standing is not standards.standing_standards()
    ):
        # Worked out after the marks were read: it may be newer than they say, never older.
        frame = make(Grant.objects.select_related("resource", "request").get(pk=grant_id), marks)
        _keep(grant_id, frame)
    return frame, used


def _keep(grant_id: str, frame: Frame) -> None:
    if connection.in_atomic_block:
        return  # What is not committed may be rolled back, and its numbers given out again.
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[grant_id] = frame


def _read(grant_id: str) -> Marks | None:
    text, values = _statement(connection.vendor)
    since = connection.ops.adapt_datetimefield_value(now() - MINUTE)
    bound = [grant_id if one == GRANT else since if one is SINCE else one for one in values]
    with connection.cursor() as cursor:
        cursor.execute(text, bound)
        found: Marks | None = cursor.fetchone()
    return found


@lru_cache(maxsize=2)
def _statement(vendor: str) -> tuple[str, list[Any]]:
    """The text is made once: Django takes longer for it than the database for the answer."""
    rows = _marked()
    text, values = rows.query.get_compiler(connection=connection).as_sql()
    since = connection.ops.adapt_datetimefield_value(SINCE)
    del vendor  # It only tells one text from another.
    return text, [SINCE if one == since else one for one in values]


def _marked() -> Any:
    own = OuterRef("pk")
    newest = Terms.objects.filter(grant=own).order_by("-number").values("act_id")[:1]
    reach = Q(resource=None) | Q(resource=OuterRef("resource"))
    denials = Denial.objects.filter(
        reach, organization=OuterRef("organization"), lifted_at=None
    ).values("id")[:1]
    recent = DeliveryOut.objects.filter(grant=own, created_at__gt=SINCE).exclude(
        state=Handed.FAILED
    )
    requests = recent.order_by().values("grant").annotate(n=Count("id")).values("n")
    return (
        Grant.objects.filter(pk=GRANT)
        .annotate(
            act=Subquery(newest),
            version=Subquery(pool.latest_of(OuterRef("resource__table"))),
            items=Subquery(catalog.item_marks(OuterRef("resource"))),
            denial=Subquery(denials),
            requests=Subquery(requests),
        )
        .values_list(
            "act", "resource__updated_at", "resource__stage", "resource__sharing_type", "resource__table", "version",
            "items", "revoked_at", "denial", "used_month", "used_rows", "requests",
        )
    )  # fmt: skip
