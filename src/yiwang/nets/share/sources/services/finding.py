"""Finding sources, their tables and readings. 查询数据源。"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import NotFound
from yiwang.nets.share.sources.models import Run, Source, SourceTable

from .permissions import SEE


def visible_sources(actor: Actor) -> QuerySet[Source]:
    """Sources within the actor's reach. 可见数据源。"""
    return Source.objects.filter(_reach(actor, "owner"), removed_at=None)


def visible_tables(actor: Actor) -> QuerySet[SourceTable]:
    """What is read of them. 可见读取表。"""
    rows = SourceTable.objects.filter(_reach(actor, "source__owner"), removed_at=None)
    return rows.select_related("source")


def visible_runs(actor: Actor) -> QuerySet[Run]:
    """Readings of them. 可见读取记录。"""
    rows = Run.objects.filter(_reach(actor, "table__source__owner"))
    return rows.select_related("table__source")


def get_source(actor: Actor, text: str) -> Source:
    """The source of that id or name, if the actor may know of it. 取数据源。"""
    rows = visible_sources(actor)
    found = rows.filter(id=text).first()
    named = list(rows.filter(name=text)[:2]) if found is None else []
    if found is None and len(named) != 1:
        raise NotFound("sources.source.missing", "There is no source %(what)s", what=text[:200])
    return found or named[0]


def get_table(actor: Actor, text: str) -> SourceTable:
    """What is read of a source, by its id or the resource it becomes. 取读取表。"""
    rows = visible_tables(actor)
    found = rows.filter(id=text).first()
    named = list(rows.filter(resource_name=text)[:2]) if found is None else []
    if found is None and len(named) != 1:
        raise NotFound("sources.table.missing", "Nothing named %(what)s is read", what=text[:200])
    return found or named[0]


def get_run(actor: Actor, run_id: str) -> Run:
    """One reading. 取读取记录。"""
    found = visible_runs(actor).filter(id=run_id).first()
    if found is None:
        raise NotFound("sources.run.missing", "There is no reading %(id)s", id=run_id[:60])
    return found


def _reach(actor: Actor, owner: str) -> Q:
    scope = actor.permissions.get(SEE)
    if scope == "all":
        return Q()
    if scope is None:
        return Q(pk__in=[])
    return Q(**{f"{owner}__in": sorted(actor.organizations)})
