"""Forms that people go on filling in later. 草稿。

A draft is scratch paper: only its account ever sees it, the ledger does not tell of it, nothing in
it was checked. Answers are kept as they were typed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput, NotFound, TooMany
from yiwang.kernel.records.models import Draft, Submission

from .desk import Desk

AT_MOST = 50
LARGEST = 1 << 20
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What somebody filled in so far. 草稿。

    `answers` by field, as JSON says them or as they were typed; `record` the one that is being
    edited, empty for a new one; `notes` what the pages remember beside the answers.
    """

    id: str
    entity: str
    form: str
    record: str
    answers: Mapping[str, Any]
    notes: Mapping[str, Any]
    updated_at: datetime


def save_draft(
    desk: Desk,
    entity: str,
    form: str,
    answers: Mapping[str, Any],
    *,
    draft: str = "",
    record: str = "",
    notes: Mapping[str, Any] | None = None,
) -> SavedDraft:
    """Keep answers in a new draft, or beside those that a draft has already. 保存草稿。

    Whoever may fill in the entity, at most 50 drafts each (`records.draft.many`). Of two windows
    that save different questions neither takes anything from the other.
    """
    with transaction.atomic():
        row = _lock(desk, draft) if draft else _make(desk, form, record)
        told = row.data or {"entity": desk.entity(entity).code}
        told["answers"] = {**told.get("answers", {}), **answers}
        told["notes"] = {**told.get("notes", {}), **(notes or {})}
        if len(json.dumps(told, ensure_ascii=False)) > LARGEST:
            raise InvalidInput("records.draft.large", "This is too much to be kept as a draft")
        row.data, row.updated_at = told, now()
        row.save()
    return _describe(row)


def get_draft(desk: Desk, draft: str) -> SavedDraft:
    """A draft of the actor's; NotFound for any other. 取草稿。"""
    return _describe(_find(desk, draft))


def list_drafts(desk: Desk) -> list[SavedDraft]:
    """The actor's drafts, the last one touched first. 我的草稿。"""
    rows = Draft.objects.filter(account=desk.actor.id).order_by("-updated_at", "-id")
    return [_describe(row) for row in rows]


def count_drafts(actor: Actor) -> int:
    """How many drafts the actor has. 草稿数。"""
    return Draft.objects.filter(account=actor.id).count()


def drop_draft(desk: Desk, draft: str) -> None:
    """Forget a draft of the actor's; its files go with the next sweep. 删除草稿。"""
    _find(desk, draft).delete()


def find_submission(desk: Desk, key: str) -> str:
    """The record that came of a key the actor sent, or nothing. 查找提交结果。"""
    rows = Submission.objects.filter(account=desk.actor.id, key=key)
    return rows.values_list("record", flat=True).first() or ""


def forget_drafts() -> int:
    """Forget drafts that nobody touched for 90 days; gives their number. 清理草稿。"""
    return Draft.objects.filter(updated_at__lt=now() - KEPT).delete()[0]


def list_named_files(accounts: Collection[str]) -> set[str]:
    """The ids of files that drafts of some accounts name. 草稿引用的附件。"""
    rows = Draft.objects.filter(account__in=set(accounts)).values_list("data", flat=True)
    return {
        file["id"]
        for data in rows
        for value in data.get("answers", {}).values()
        if isinstance(value, list)
        for file in value
        if isinstance(file, dict) and isinstance(file.get("id"), str)
    }


def _make(desk: Desk, form: str, record: str) -> Draft:
    if count_drafts(desk.actor) >= AT_MOST:
        raise TooMany(
            "records.draft.many",
            "You have %(most)s drafts already; hand in or drop some of them first",
            most=AT_MOST,
        )
    return Draft(account=desk.actor.id, form=form, record=record)


def _lock(desk: Desk, draft: str) -> Draft:
    return _find(desk, draft, lock=True)


def _find(desk: Desk, draft: str, *, lock: bool = False) -> Draft:
    rows = Draft.objects.select_for_update() if lock else Draft.objects
    found = rows.filter(pk=draft, account=desk.actor.id).first()
    if found is None:
        raise NotFound("records.draft.unknown", "You have no such draft; it may be handed in")
    return found


def _describe(row: Draft) -> SavedDraft:
    told = row.data
    return SavedDraft(
        row.id, told["entity"], row.form, row.record, told["answers"], told["notes"], row.updated_at
    )
