"""Entities in the catalogue: what they are resources of, their snapshots. 业务对象资源命令。"""

from __future__ import annotations

from typing import Any

import click

from .frame import Answer, Session, command, group
from .words import t

entity = group("entity", "Entities in the catalogue. 业务对象资源。")


@command("list", group=entity)
def list_all(session: Session) -> Answer:
    """List entities, their resources and latest snapshots. 业务对象资源列表。"""
    from yiwang.nets.share.entities import services

    found = [
        {
            "entity": one.code,
            "resource": one.resource.name,
            "code": one.resource.code,
            "rows": one.rows,
            "state": "late" if services.is_late(one) else one.last_state,
            "laid_at": one.laid_at.isoformat() if one.laid_at else None,
            "next_at": one.next_at.isoformat() if one.next_at else None,
        }
        for one in services.visible_entities(session.actor).order_by("code")
    ]
    lines = [
        f"{one['entity']} → {one['resource']}  {one['state']}  {one['laid_at'] or ''}".rstrip()
        for one in found
    ]
    return Answer({"entities": found}, lines or [t("No entity is in the catalogue yet")])


@command("show", group=entity)
@click.argument("name", metavar="ENTITY")
def show(session: Session, *, name: str) -> Answer:
    """Say which field each item of the resource comes from. 字段血缘。"""
    from yiwang.nets.share.entities import services

    found = services.get_entity(session.actor, name)
    columns = [{"field": one.key or None, "item": one.item} for one in services.list_columns(found)]
    document: dict[str, Any] = {
        "entity": found.code,
        "resource": found.resource.name,
        "code": found.resource.code,
        "columns": columns,
    }
    lines = [f"{found.code} → {found.resource.code}  {found.resource.name}"]
    lines += [f"  {one['field'] or 'id'} → {one['item']}" for one in columns]
    return Answer(document, lines)


@command("snapshot", group=entity)
@click.argument("name", metavar="ENTITY")
def snapshot(session: Session, *, name: str) -> Answer:
    """Lay the rows of an entity down as a version now. 立即快照。"""
    from yiwang.nets.share.entities import services

    done = services.snapshot_here(session.actor, name)
    document = {
        "entity": done.entity_id,
        "state": done.state,
        "rows": done.rows,
        "version": done.version,
        "delivery": done.delivery,
        "error": done.error,
    }
    line = t(
        "%(table)s: %(state)s, %(rows)s rows",
        table=done.entity_id,
        state=done.state,
        rows=done.rows,
    )
    return Answer(document, [line], exit_code=0 if done.state in ("done", "nothing") else 2)
