"""Handing out rows under a grant: a page, a file. 交付。

What is to leave is written down first, with the grant locked, so that of several who ask at once no
quota is used twice; and a file is looked at once more before its bytes go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.files import services as files
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import RowPage
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange.models import DeliveryOut, Grant, Terms
from yiwang.nets.share.exchange.types import WHOLE, Ask, Handed, Method

from .deciding import Plan, find_standing, make_plan, over_quota
from .finding import ref_of

PAGE = 50
PAGE_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class GrantedRows:
    """A page of rows under a grant, masked as it says. 授权数据页。"""

    plan: Plan
    page: RowPage


def look_granted(
    actor: Actor, grant_id: str, ask: Ask = WHOLE, *, after: int = 0, limit: int = PAGE,
    method: str = Method.PAGE,
) -> GrantedRows:  # fmt: skip
    """A page of the rows that a grant allows. 查看授权数据。

    Raises what `make_plan` raises. Each page counts against rate and quota and leaves a read row.
    """
    plan = make_plan(actor, grant_id, ask)
    condition, parameters = catalog.compile_where(plan.where)
    page = pool.list_rows(
        plan.version.id,
        columns=plan.columns,
        where=condition,
        parameters=parameters,
        after=after,
        limit=min(limit, PAGE_AT_MOST, plan.left),
        shown=_shown(plan),
    )
    _reserve(actor, plan, ask, rows=len(page.rows), method=method, state=Handed.DONE)
    return GrantedRows(plan, page)


def open_granted(
    actor: Actor, grant_id: str, ask: Ask = WHOLE, *, ending: str
) -> catalog.OpenExport:
    """All rows that a grant allows as a file: CSV, XLSX or Parquet. 下载授权数据。

    The file holds the granted columns and rows only, masked; its name says under which grant it left.
    """
    if ending not in catalog.FORMATS:
        raise InvalidInput("exchange.file.format", "Take it as csv, xlsx or parquet")
    plan = make_plan(actor, grant_id, ask)
    condition, parameters = catalog.compile_where(plan.where)
    rows = pool.count_matching(plan.version.id, where=condition, parameters=parameters)
    delivery = _reserve(actor, plan, ask, rows=rows, method=ending, state=Handed.OPEN)
    try:
        with files.scratch("granted") as folder:
            target = folder / f"granted.{ending}"
            _write(plan, target)
            _refuse_moved(plan, *find_standing(actor, grant_id))
            stream = target.open("rb")
    except BaseException:
        _settle(delivery, Handed.FAILED)
        raise
    _settle(delivery, Handed.DONE)
    name = f"{plan.grant.resource.name}-{plan.version.number}-{plan.grant.request.number}"
    return catalog.OpenExport(f"{name}.{ending}", stream)


def _write(plan: Plan, target: Path) -> None:
    condition, parameters = catalog.compile_where(plan.where)
    pool.export_rows(
        plan.version.id,
        target,
        columns=plan.columns,
        where=condition,
        parameters=parameters,
        shown=_shown(plan),
        mark=f"{plan.grant.request.number} {plan.grant.organization}",
    )


def _refuse_moved(plan: Plan, grant: Grant, terms: Terms) -> None:
    """What was narrowed while the rows were read does not leave as it was before."""
    if terms.number != plan.terms.number:
        raise Conflict(
            "exchange.grant.narrowed", "The grant %(number)s was narrowed just now; ask again",
            number=grant.request.number,
        )  # fmt: skip


def _settle(delivery: DeliveryOut, state: str) -> None:
    DeliveryOut.objects.filter(pk=delivery.pk).update(state=state)


def _reserve(
    actor: Actor, plan: Plan, ask: Ask, *, rows: int, method: str, state: str
) -> DeliveryOut:
    grant = plan.grant
    with ledger.acting(actor, "share.grant.use", on=ref_of(grant)) as act:
        left = _hold(actor, plan, ask)
        if rows > left:
            raise over_quota(plan.terms, left)
        act.note(rows=rows, method=method, version=plan.version.number, terms=plan.terms.number)
        _record(actor, plan, rows=rows, method=method)
        return DeliveryOut.objects.create(
            grant=grant, terms=plan.terms.number, version=plan.version.number, account=actor.id,
            method=method, columns=list(plan.columns), rows=rows, state=state, act_id=act.id,
            created_at=act.at,
        )  # fmt: skip


def _hold(actor: Actor, plan: Plan, ask: Ask) -> int:
    """The rows that are left once nobody else can take any; all else is asked again, too."""
    Grant.objects.select_for_update().get(pk=plan.grant.pk)
    fresh = make_plan(actor, plan.grant.id, ask)
    _refuse_moved(plan, fresh.grant, fresh.terms)
    return fresh.left


def _record(actor: Actor, plan: Plan, *, rows: int, method: str) -> None:
    """The read row of personal data stands on the resource, with the purpose of the grant."""
    if plan.personal:
        ledger.record_read(
            actor,
            on=catalog.ref_of(plan.grant.resource),
            purpose=plan.grant.purpose,
            columns=sorted(plan.personal),
            rows=rows,
            where=f"grant {plan.grant.request.number} {method}",
            unmasked=bool(plan.personal - set(plan.masks)),
        )


def _shown(plan: Plan) -> Mapping[str, str]:
    return {
        name: catalog.hide_sql(mask, pool.quote_name(name)) for name, mask in plan.masks.items()
    }
