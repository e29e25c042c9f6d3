"""What was handed out under grants, as lineage. 交付血缘。

Handing out is too frequent to tell of each time: a sweep gathers what is new, once a day for each
grant, way and choice of columns. What was handed out stays told after the grant has ended.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.ids import first_id_at
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.services import DeliveryOut, Grant
from yiwang.nets.share.exchange.types import Handed
from yiwang.nets.share.lineage.models import ToldEvent
from yiwang.nets.share.lineage.types import Column, DatasetFacts, DatasetKind, Flow, Link

from . import naming
from .collecting import facts_of_grant, mask_all
from .recording import hold_job, write_edges
from .telling import tell_flow

BACK = timedelta(hours=2)
"""So far a sweep looks back: the longest that making a file may take. 回看时长。"""


def sweep_handed(*, since: datetime | None = None, tell: bool = True) -> int:
    """Tell of what was handed out since then, two hours unless said; how much was new. 补记交付血缘。"""
    begin = first_id_at(since or now() - BACK)
    rows = DeliveryOut.objects.filter(id__gte=begin, state=Handed.DONE).order_by()
    groups = {
        _about(one): one
        for one in rows.values("grant", "terms", "version", "method", "columns").annotate(
            first=Min("created_at"), last=Max("created_at")
        )
    }
    if tell:
        known = ToldEvent.objects.filter(about__in=list(groups)).values_list("about", flat=True)
        groups = {about: one for about, one in groups.items() if about not in set(known)}
    grants = Grant.objects.select_related("resource", "request").in_bulk(
        {one["grant"] for one in groups.values()}
    )
    for about, one in groups.items():
        flow = _record(grants[one["grant"]], one)
        if tell:
            tell_flow(flow, about, grant=one["grant"])
    return len(groups)


def _about(one: Mapping[str, Any]) -> str:
    day = timezone.localtime(one["last"]).date().isoformat()
    columns = crc32(json.dumps(one["columns"]).encode())
    return f"use/{one['grant']}/{one['terms']}/{one['version']}/{one['method']}/{columns}/{day}"


def _record(grant: Grant, used: Mapping[str, Any]) -> Flow:
    terms = {one.number: one for one in exchange.list_terms(grant)}[used["terms"]]
    masks = mask_all(grant, terms, used["columns"])
    source = naming.name_grant(grant.request.number)
    target = naming.name_handed(grant.request.number, used["method"])
    job = naming.name_job("hand", f"{grant.request.number}.{used['method']}")
    flow = Flow(
        job,
        f"{grant.id}/{used['terms']}/{used['version']}",
        used["last"],
        tuple(
            Link(Column(source, name), Column(target, name), masking=name in masks)
            for name in used["columns"]
        ),
        {
            source: facts_of_grant(grant),
            target: DatasetFacts(DatasetKind.HANDED, grant.id, grant.organization),
        },
        grant.resource.owner,
    )
    with transaction.atomic():
        write_edges(hold_job(job), flow, first=used["first"])
    return flow
