"""The ledger as the auditor reads it. 台账查阅。

Every look at the ledger is an act of its own and stands in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import TypeVar

from django.db.models import QuerySet

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.base.ids import ID_LENGTH, is_id
from yiwang.kernel.ledger.models import ActRow, LedgerRow, ReadRow
from yiwang.kernel.ledger.types import READ, ActorLabels, LedgerFilter, Look, TextMask

from .writing import acting

R = TypeVar("R", bound=LedgerRow)
ACTS = Ref("ledger.acts", "")
READS = Ref("ledger.reads", "")
CHILDREN = 200
WRITTEN = ("reason", "purpose", "where")
"""What people wrote, filters too: the rest of a row is ids, codes and facts. 人工填写文字。"""

_actor_labels: ActorLabels | None = None
_text_mask: TextMask | None = None


def list_acts(actor: Actor, wanted: LedgerFilter, *, exporting: bool = False) -> QuerySet[ActRow]:
    """Acts that fit; needs `ledger.read`, and is recorded. 行为清单。"""
    with acting(actor, _verb("acts", exporting=exporting), on=ACTS, details=wanted.facts()):
        actor.require(READ)
    rows = _narrow(ActRow.objects.all(), wanted)
    if wanted.verb:
        rows = rows.filter(verb__startswith=wanted.verb)
    return rows.filter(outcome=wanted.outcome) if wanted.outcome else rows


def list_reads(actor: Actor, wanted: LedgerFilter, *, exporting: bool = False) -> QuerySet[ReadRow]:
    """Looks at personal data that fit; needs `ledger.read`, and is recorded. 查阅清单。"""
    with acting(actor, _verb("reads", exporting=exporting), on=READS, details=wanted.facts()):
        actor.require(READ)
    return _narrow(ReadRow.objects.all(), wanted)


def get_act(actor: Actor, act_id: str) -> tuple[ActRow, list[ActRow], list[ReadRow]]:
    """An act, the acts within it, and the looks it covered; recorded. 行为详情。"""
    with acting(actor, "ledger.act.looked_at", on=Ref("ledger.act", act_id[:ID_LENGTH])):
        actor.require(READ)
        row = ActRow.objects.filter(pk=act_id).first() if is_id(act_id) else None
        if row is None:
            raise NotFound("ledger.act.missing", "There is no act %(act_id)s", act_id=act_id)
    within = ActRow.objects.filter(parent_id=act_id).order_by("at", "id")[:CHILDREN]
    reads = ReadRow.objects.filter(act_id=act_id).order_by("at", "id")[:CHILDREN]
    return row, list(within), list(reads)


def find_newest_at() -> datetime | None:
    """When the newest act was, by its id: a clock that went back stands before it. 最新行为时间。"""
    return ActRow.objects.order_by("-id").values_list("at", flat=True).first()


def list_looks(on: Ref, *, limit: int = 50) -> list[Look]:
    """Who looked at a thing lately, newest first, for a page whose reader was let in. 谁查阅过。"""
    rows = ReadRow.objects.filter(object_type=on.type, object_id=on.id).order_by("-at", "-id")
    return [
        Look(
            at=row.at,
            actor_id=row.actor_id,
            organization=row.organization,
            purpose=row.purpose,
            columns=tuple(row.columns),
            rows=row.rows,
            unmasked=row.unmasked,
        )
        for row in rows[:limit]
    ]


def set_actor_labels(source: ActorLabels) -> None:
    """Say who can name actors by their ids; identity does at start. 设定行为人名称来源。"""
    global _actor_labels
    _actor_labels = source


def get_actor_labels(actor_ids: Collection[str]) -> Mapping[str, str]:
    """Names of actors by id, for the auditor's pages; unknown ids are left out. 行为人名称。"""
    return _actor_labels(actor_ids) if _actor_labels else {}


def set_text_mask(mask: TextMask) -> None:
    """Say who finds personal data in what people wrote; standards do at start. 设定文字脱敏来源。"""
    global _text_mask
    _text_mask = mask


def mask_written(rows: Iterable[LedgerRow]) -> None:
    """Reasons, purposes and filters as the auditor may read them, in memory only: the rows stay whole. 文字脱敏。

    Nothing of them shows where nobody can find personal data.
    """
    for row in rows:
        for name in WRITTEN:
            if text := getattr(row, name, ""):
                setattr(row, name, _text_mask(text) if _text_mask else "****")


def _verb(what: str, *, exporting: bool) -> str:
    return f"ledger.{what}.exported" if exporting else f"ledger.{what}.listed"


def _narrow(rows: QuerySet[R], wanted: LedgerFilter) -> QuerySet[R]:
    for name in ("actor_id", "organization", "object_type", "object_id"):
        value = getattr(wanted, name)
        rows = rows.filter(**{name: value}) if value else rows
    if wanted.since:
        rows = rows.filter(at__gte=datetime.combine(wanted.since, time.min, CITY_ZONE))
    if wanted.until:
        end = datetime.combine(wanted.until + timedelta(days=1), time.min, CITY_ZONE)
        rows = rows.filter(at__lt=end)
    return rows
