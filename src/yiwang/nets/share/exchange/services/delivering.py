"""Handing out rows under a grant: a page, a file. 交付。

What is to leave is written down first, with the grant locked, so that of several who ask at once no
quota is used twice; and a file is looked at once more before its bytes go.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils import timezone

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.files import services as files
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import RowPage
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange.models import DeliveryOut, Grant, Terms
from yiwang.nets.share.exchange.types import ROW_SOURCES, WHOLE, Ask, Handed, Method

from .deciding import Plan, find_standing, make_plan, name_month, over_quota
from .entering import enter_delivery, enter_file
from .finding import ref_of
from .masking import show_sql

Rows = Sequence[tuple[int, tuple[str | None, ...]]]
PAGE = 50
PAGE_AT_MOST = 1000
ABANDONED = timedelta(hours=6)
"""Longer than anything takes to be made. 判为中断的时长。"""


@dataclass(frozen=True, slots=True)
class GrantedRows:
    """A page of rows under a grant, masked as it says. 授权数据页。

    `total` is how many rows the grant gives for what was asked, where that was asked, too.
    """

    plan: Plan
    page: RowPage
    total: int | None = None


@dataclass(frozen=True, slots=True)
class GrantedFile:
    """A file that was made under a grant, open. 授权数据文件。"""

    name: str
    stream: IO[bytes]
    plan: Plan


def look_granted(
    actor: Actor, grant_id: str, ask: Ask = WHOLE, *, after: int = 0, skip: int = 0,
    limit: int = PAGE, total: bool = False, method: str = Method.PAGE,
) -> GrantedRows:  # fmt: skip
    """A page of the rows that a grant allows; with `limit` 0 none, only their number. 查看授权数据。

    Raises what `make_plan` raises. Each page counts against rate and quota and leaves a read row.
    """
    plan = make_plan(actor, grant_id, ask)
    limit = min(limit, PAGE_AT_MOST, plan.left)
    rows = next(
        filter(lambda one: one is not None, (find(plan) for find in ROW_SOURCES.values())), None
    )
    if rows is not None:
        page, found = _cut_page(plan, rows, after, skip, limit), len(rows)
    else:
        page = _read_page(plan, after=after, skip=skip, limit=limit)
        found = _count(plan) if total else 0
    hand_out(actor, plan, ask, rows=len(page.rows), method=method, state=Handed.DONE)
    return GrantedRows(plan, page, found if total else None)


def _cut_page(plan: Plan, rows: Rows, after: int, skip: int, limit: int) -> RowPage:
    behind = [row for row in rows if row[0] > after][skip:]
    page = tuple(behind[:limit])
    return RowPage(plan.columns, page, len(behind) > limit, page[-1][0] if page else after)


def _read_page(plan: Plan, *, after: int, skip: int, limit: int) -> RowPage:
    if not limit:
        return RowPage(plan.columns, (), more=False, next_after=after)
    condition, parameters = catalog.compile_where(plan.where)
    return pool.list_rows(
        plan.version.id,
        columns=plan.columns,
        where=condition,
        parameters=parameters,
        after=after,
        offset=skip,
        limit=limit,
        shown=show_sql(plan),
    )


def _count(plan: Plan) -> int:
    condition, parameters = catalog.compile_where(plan.where)
    return pool.count_matching(plan.version.id, where=condition, parameters=parameters)


def open_granted(actor: Actor, grant_id: str, ask: Ask = WHOLE, *, ending: str) -> GrantedFile:
    """All rows that a grant allows as a file: CSV, XLSX or Parquet. 下载授权数据。

    The file holds the granted columns and rows only, masked; its name says under which grant it left.
    """
    if ending not in catalog.FORMATS:
        raise InvalidInput("exchange.file.format", "Take it as csv, xlsx or parquet")
    plan = make_plan(actor, grant_id, ask)
    delivery = hand_out(actor, plan, ask, rows=_count(plan), method=ending, state=Handed.OPEN)
    try:
        with files.scratch("granted") as folder:
            target = folder / f"granted.{ending}"
            _write(plan, target)
            refuse_moved(plan, *find_standing(actor, grant_id))
            enter_file(actor, delivery, plan, target)
            stream = target.open("rb")
    except BaseException:
        _settle(delivery, Handed.FAILED)
        raise
    _settle(delivery, Handed.DONE)
    name = f"{plan.grant.resource.name}-{plan.version.number}-{plan.grant.request.number}"
    return GrantedFile(f"{name}.{ending}", stream, plan)


def stream_granted(actor: Actor, grant_id: str, ask: Ask = WHOLE) -> tuple[Plan, Generator[bytes]]:
    """All rows that a grant allows as a stream of Apache Arrow. 流式取数。

    Counted whole before the first byte leaves; whoever sends it asks the grant while it leaves.
    """
    plan = make_plan(actor, grant_id, ask)
    condition, parameters = catalog.compile_where(plan.where)
    rows = pool.count_matching(plan.version.id, where=condition, parameters=parameters)
    hand_out(actor, plan, ask, rows=rows, method="arrow")
    return plan, pool.stream_arrow(
        plan.version.id, columns=plan.columns, where=condition, parameters=parameters,
        shown=show_sql(plan), mark=_mark(plan),
    )  # fmt: skip


def _mark(plan: Plan) -> str:
    return f"{plan.grant.request.number} {plan.grant.organization}"


def _write(plan: Plan, target: Path) -> None:
    condition, parameters = catalog.compile_where(plan.where)
    pool.export_rows(
        plan.version.id,
        target,
        columns=plan.columns,
        where=condition,
        parameters=parameters,
        shown=show_sql(plan),
        mark=_mark(plan),
    )


def refuse_moved(plan: Plan, grant: Grant, terms: Terms) -> None:
    """What was narrowed while the rows were read does not leave as it was before. 授权变更即止。"""
    if terms.number != plan.terms.number:
        raise Conflict(
            "exchange.grant.narrowed", "The grant %(number)s was narrowed just now; ask again",
            number=grant.request.number,
        )  # fmt: skip


def _use(grant_id: str, rows: int) -> None:
    Grant.objects.filter(pk=grant_id).update(used_month=name_month(), used_rows=rows)


def _settle(delivery: DeliveryOut, state: str) -> None:
    """What did not leave is given back, once, if it was of this month."""
    with transaction.atomic():
        grant = Grant.objects.select_for_update().get(pk=delivery.grant_id)
        open_ones = DeliveryOut.objects.filter(pk=delivery.pk, state=Handed.OPEN)
        settled = open_ones.update(state=state)
        counted = f"{timezone.localtime(delivery.created_at):%Y-%m}" == grant.used_month
        if settled and state == Handed.FAILED and counted:
            _use(grant.pk, max(grant.used_rows - delivery.rows, 0))


def give_up_abandoned() -> int:
    """Files whose making was cut off long ago count no more; how many. 清理中断的交付。"""
    limit = now() - ABANDONED
    found = list(DeliveryOut.objects.filter(state=Handed.OPEN, created_at__lt=limit)[:1000])
    for delivery in found:
        _settle(delivery, Handed.FAILED)
    return len(found)


def hand_out(
    actor: Actor, plan: Plan, ask: Ask = WHOLE, *, rows: int, method: str, state: str = Handed.DONE
) -> DeliveryOut:
    """Write down what is to leave, with the grant held, before it leaves. 登记交付。

    Raises what `make_plan` raises as things stand now, and TooMany beyond the quota.
    """
    grant = plan.grant
    with ledger.acting(actor, "share.grant.use", on=ref_of(grant)) as act:
        left = _hold(actor, plan, ask)
        if rows > left:
            raise over_quota(plan.terms, left)
        _use(grant.pk, plan.terms.quota - left + rows)
        act.note(rows=rows, method=method, version=plan.version.number, terms=plan.terms.number)
        _record(actor, plan, rows=rows, method=method, purpose=ask.purpose)
        delivery = DeliveryOut.objects.create(
            grant=grant, terms=plan.terms.number, version=plan.version.number, account=actor.id,
            method=method, columns=list(plan.columns), rows=rows, state=state, act_id=act.id,
            created_at=act.at,
        )  # fmt: skip
        enter_delivery(act, delivery, plan)
        return delivery


def _hold(actor: Actor, plan: Plan, ask: Ask) -> int:
    """The rows that are left once nobody else can take any; all else is asked again, too."""
    Grant.objects.select_for_update().get(pk=plan.grant.pk)
    fresh = make_plan(actor, plan.grant.id, ask)
    refuse_moved(plan, fresh.grant, fresh.terms)
    return fresh.left


def _record(actor: Actor, plan: Plan, *, rows: int, method: str, purpose: str) -> None:
    """The read row of personal data stands on the resource, with a purpose, else the grant's."""
    if plan.personal:
        ledger.record_read(
            actor,
            on=catalog.ref_of(plan.grant.resource),
            purpose=purpose or plan.grant.purpose,
            columns=sorted(plan.personal),
            rows=rows,
            where=f"grant {plan.grant.request.number} {method}",
            unmasked=bool(plan.personal - set(plan.masks)),
        )
