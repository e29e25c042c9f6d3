"""The files behind a table: made once per version and terms, gone when nobody may have them. 副本。

A file holds what the grant allows and nothing else, so that no program has to be trusted to leave
columns or rows out.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now, today
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.delta.models import Copy
from yiwang.nets.share.delta.types import CHANGE, Kind, Span
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.models import Grant
from yiwang.nets.share.exchange.services import Plan

KEPT = 8
"""Copies of a grant that are kept, for looks at earlier versions. 保留副本数。"""
ORPHAN_SECONDS = 3600


def ensure_copy(actor: Actor, grant_id: str) -> tuple[Plan, Copy]:
    """What a grant gives now as a file, made if there is none yet. 取授权副本。

    Raises what `exchange.make_use_plan` raises; nothing is counted, for nothing leaves yet.
    """
    while True:
        plan = exchange.make_use_plan(actor, grant_id)
        shown = exchange.show_sql(plan)
        shape = shape_of(plan, shown)
        newest = list_copies(plan, shape).first()
        if newest and newest.pool_version == plan.version.id and path_of(newest, "rows").exists():
            return plan, newest
        made = _make(plan, shown, shape, newest)
        if made:
            return plan, made


def list_copies(plan: Plan, shape: str) -> QuerySet[Copy]:
    """Copies that may be handed out under these terms, the newest first. 可用副本。"""
    return Copy.objects.filter(grant=plan.grant, shape=shape, removed_at=None).order_by("-number")


def pick_copy(plan: Plan, newest: Copy, *, number: int | None = None) -> Copy:
    """The copy of a version number; InvalidInput for one that is not kept. 取指定版本。"""
    if number is None or number == newest.number:
        return newest
    found = list_copies(plan, newest.shape).filter(number=number).first()
    if found is None:
        raise InvalidInput(
            "delta.version.gone",
            "Version %(number)s is not kept under the present terms; the newest is %(newest)s",
            number=number, newest=newest.number,
        )  # fmt: skip
    return found


def pick_since(plan: Plan, newest: Copy, span: Span) -> Copy:
    """The earliest copy made at or after a moment, or the last one until another. 按时间取版本。"""
    rows = list_copies(plan, newest.shape)
    if span.since is not None:
        found = rows.filter(created_at__gte=span.since).order_by("number").first()
    else:
        found = rows.filter(created_at__lte=span.until).first()
    if found is None:
        raise InvalidInput("delta.version.time", "No version was made at that time")
    return found


def pick_changes(plan: Plan, newest: Copy, span: Span) -> list[Copy]:
    """The copies from one version to another, both included, oldest first. 变更版本。

    InvalidInput where the first is not kept any more: what changed before it cannot be told.
    """
    first = span.first
    if first is None:
        if span.since is None:
            raise InvalidInput("delta.changes.start", "Say from which version on")
        first = pick_since(plan, newest, Span(since=span.since)).number
    last = span.last if span.last is not None else newest.number
    if span.last is None and span.until is not None:
        last = pick_since(plan, newest, Span(until=span.until)).number
    start = pick_copy(plan, newest, number=first)
    if not start.number <= last <= newest.number:
        raise InvalidInput(
            "delta.changes.order", "The last version lies between the first and %(newest)s",
            newest=newest.number,
        )  # fmt: skip
    rows = list_copies(plan, newest.shape).filter(number__gte=start.number, number__lte=last)
    return list(rows.order_by("number"))


def path_of(copy: Copy, kind: Kind) -> Path:
    """Where the file of a copy lies. 副本位置。"""
    return copies_folder() / f"{copy.id.replace(':', '-')}.{kind}.parquet"


def copies_folder() -> Path:
    """Where the files lie. 副本目录。"""
    folder = Path(settings.YIWANG_HOME) / "granted"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def shape_of(plan: Plan, shown: Mapping[str, str] | None = None) -> str:
    """What tells apart all that terms and masks make of the same rows. 副本形态。"""
    sights = exchange.show_sql(plan) if shown is None else shown
    condition, parameters = catalog.compile_where(plan.where)
    told = json.dumps(
        [plan.columns, sorted(sights.items()), condition, [str(p) for p in parameters]]
    )
    return hashlib.sha256(told.encode()).hexdigest()


def _make(plan: Plan, shown: Mapping[str, str], shape: str, before: Copy | None) -> Copy | None:
    made = Copy(
        grant=plan.grant, terms=plan.terms.number, pool_version=plan.version.id, shape=shape,
        columns=list(plan.columns), created_at=now(),
    )  # fmt: skip
    made.rows = _write(path_of(made, "rows"), lambda target: _export(plan, shown, target))
    made.size = path_of(made, "rows").stat().st_size
    if before and path_of(before, "rows").exists():
        made.changes = _write(
            path_of(made, "changes"),
            lambda target: pool.write_difference(
                path_of(before, "rows"), path_of(made, "rows"), target, made.columns, kind=CHANGE
            ),
        )
        made.changes_size = path_of(made, "changes").stat().st_size
    return _keep(plan, made, before)


def _write(target: Path, write: Callable[[Path], int]) -> int:
    """Whole or not at all: what is half written has another name, and is swept away."""
    part = target.with_name(f"part-{target.name}")
    rows = write(part)
    with part.open("rb") as done:
        os.fsync(done.fileno())
    part.replace(target)
    return rows


def _export(plan: Plan, shown: Mapping[str, str], target: Path) -> int:
    condition, parameters = catalog.compile_where(plan.where)
    return pool.export_rows(
        plan.version.id, target, columns=plan.columns, where=condition, parameters=parameters,
        shown=shown, mark=f"{plan.grant.request.number} {plan.grant.organization}",
    )  # fmt: skip


def _keep(plan: Plan, made: Copy, before: Copy | None) -> Copy | None:
    """The copy as the next version; None where somebody else made one meanwhile."""
    with transaction.atomic():
        Grant.objects.select_for_update().get(pk=plan.grant.pk)
        if list_copies(plan, made.shape).first() != before:
            _erase([made])
            return None
        last = Copy.objects.filter(grant=plan.grant).order_by("-number").first()
        made.number = last.number + 1 if last else 0
        made.save(force_insert=True)
    gone = Copy.objects.filter(grant=plan.grant, removed_at=None).exclude(shape=made.shape)
    remove([*gone, *list_copies(plan, made.shape)[KEPT:]])
    return made


def remove(copies: Iterable[Copy]) -> int:
    """Take files away for good; how many. 删除副本。"""
    gone = list(copies)
    _erase(gone)
    return Copy.objects.filter(pk__in=[one.pk for one in gone]).update(removed_at=now())


def _erase(copies: Iterable[Copy]) -> None:
    for one in copies:
        path_of(one, "rows").unlink(missing_ok=True)
        path_of(one, "changes").unlink(missing_ok=True)


def remove_ended(*, grant_id: str = "") -> int:
    """Take away the copies of grants that are over, and files that belong to none. 清理副本。"""
    rows = Copy.objects.filter(removed_at=None)
    ended = rows.filter(grant__until__lt=today()) | rows.exclude(grant__revoked_at=None)
    removed = remove(ended.filter(grant=grant_id) if grant_id else ended)
    if not grant_id:
        _sweep({path_of(one, kind).name for one in rows for kind in ("rows", "changes")})
    return removed


def _sweep(known: set[str]) -> None:
    limit = time.time() - ORPHAN_SECONDS
    for path in copies_folder().iterdir():
        if path.name not in known and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
