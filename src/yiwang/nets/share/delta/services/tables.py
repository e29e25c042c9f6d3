"""Which grants somebody's organization has, as shares with one table each. 共享与表。"""

from __future__ import annotations

import re

from django.db.models import QuerySet

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import NotFound
from yiwang.nets.share.delta.types import Table
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.models import Grant

LONGEST = 255
STRANGE = re.compile(r"[^\w-]+")


def list_tables(actor: Actor, *, after: str = "", limit: int = 100) -> tuple[list[Table], str]:
    """The actor's grants that hold, and where the next page begins, "" at the end. 列出共享。

    A grant to another organization is not named, whatever else the actor may see of it.
    """
    rows = _held(actor).filter(revoked_at=None, until__gte=today(), id__gt=after).order_by("id")
    found = list(rows[: limit + 1])
    more = found[limit - 1].id if len(found) > limit else ""
    return [describe_table(one) for one in found[:limit]], more


def find_table(actor: Actor, share: str) -> Table:
    """The table of a share, for its organization; NotFound for all that is not theirs. 取共享表。"""
    grant = _held(actor).filter(request__number=share).first()
    if grant is None:
        raise NotFound("delta.share.missing", "There is no such share")
    return describe_table(grant)


def describe_table(grant: Grant) -> Table:
    """A grant as programs see it. 授权即共享。"""
    name = STRANGE.sub("_", grant.resource.name).strip("_")[:LONGEST] or "table"
    return Table(grant.request.number, name, grant.id)


def is_live(grant: Grant) -> bool:
    """Whether a grant is neither over nor revoked. 是否有效。"""
    return grant.revoked_at is None and grant.until >= today()


def _held(actor: Actor) -> QuerySet[Grant]:
    actor.require(exchange.USE)
    rows = Grant.objects.select_related("request", "resource")
    return rows.filter(organization=actor.organization) if actor.organization else rows.none()
