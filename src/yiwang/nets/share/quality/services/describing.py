"""Groups, notices and returns as documents, for programs and the command line. 整改文档。"""

from __future__ import annotations

from typing import Any

from yiwang.nets.share.quality.models import Group, Notice, NoticeReturn


def describe_group(group: Group) -> dict[str, Any]:
    """A group of findings. 问题组。"""
    return {
        "id": group.id,
        "resource": group.resource,
        "owner": group.owner,
        "rule": group.rule,
        "title": group.title_zh,
        "title_en": group.title_en,
        "field": group.field,
        "pattern": group.pattern,
        "severity": group.severity,
        "rows": group.rows,
        "excused": group.excused,
        "state": group.state,
        "example": group.example,
        "run": group.last_run,
    }


def describe_notice(notice: Notice) -> dict[str, Any]:
    """A notice. 整改单。"""
    return {
        "id": notice.id,
        "number": notice.number,
        "owner": notice.owner,
        "state": notice.state,
        "due_on": notice.due_on,
        "rows": notice.rows,
        "listed": notice.listed,
        "sent_at": notice.sent_at,
        "returned_at": notice.returned_at,
        "closed_at": notice.closed_at,
    }


def describe_return(found: NoticeReturn) -> dict[str, Any]:
    """A returned workbook; its problems name places, never values. 回执。"""
    return {
        "id": found.id,
        "notice": found.notice_id,
        "number": found.notice.number,
        "state": found.state,
        "sha256": found.sha256,
        "received_at": found.received_at,
        "counts": found.counts,
        "problems": [
            {name: one.get(name, "") for name in ("line", "sheet", "place", "field", "code")}
            for one in found.problems
        ],
        "deliveries": found.deliveries,
        "error": (found.error or {}).get("detail", ""),
    }
