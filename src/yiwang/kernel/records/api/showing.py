"""Records as JSON says them. 记录的 JSON 形态。"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from yiwang.kernel.records.services import Desk, to_json, to_plain
from yiwang.kernel.records.types import Capped, Change, Entity, Record
from yiwang.kernel.ui.labels import in_language

JSON = "application/json; charset=utf-8"


def answer(data: Any, status: int = 200, **headers: str) -> HttpResponse:
    """JSON as it is, Chinese unescaped. 应答。"""
    return HttpResponse(write(data), status=status, content_type=JSON, headers=headers)


def answer_record(
    entity: Entity, record: Record, status: int = 200, **headers: str
) -> HttpResponse:
    """A record with its revision as ETag. 记录应答。"""
    return answer(show_record(entity, record), status, ETag=f'"{record.rev}"', **headers)


def write(data: Any) -> str:
    """One text of JSON, in one line. 写出 JSON。"""
    return json.dumps(data, ensure_ascii=False)


def show_record(entity: Entity, record: Record) -> dict[str, Any]:
    """The fields as their keys, what every record has in front with `_`. 记录。"""
    return {
        "_id": record.id,
        "_rev": record.rev,
        "_title": record.title,
        "_organization": record.organization,
        "_owner": record.owner,
        "_created_at": to_plain(record.created_at),
        "_updated_at": to_plain(record.updated_at),
        "_masked": sorted(record.masked),
        "_verbs": sorted(record.verbs),
        **to_json(entity, record.values),
    }


def show_change(entity: Entity, change: Change) -> dict[str, Any]:
    """One line of history. 变更。"""
    return {
        "rev": change.rev,
        "verb": change.verb,
        "actor": change.actor,
        "at": to_plain(change.at),
        "reason": change.reason,
        "before": to_json(entity, change.before),
        "after": to_json(entity, change.after),
        "masked": sorted(change.masked),
    }


def show_count(count: Capped) -> dict[str, Any]:
    """A count, and whether there are more. 计数。"""
    return {"count": count.number, "is_more": count.is_more}


def show_entity(desk: Desk, entity: Entity) -> dict[str, Any]:
    """An entity in the list of those that one may see. 业务对象概要。"""
    return {
        "code": entity.code,
        "app": entity.app,
        "title": in_language(entity.title),
        "titles": dict(entity.title),
        "verbs": sorted(desk.verbs(entity.code)),
        "fields": desk.visible(entity.code),
    }
