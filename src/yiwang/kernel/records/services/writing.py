"""Making, changing, removing, bringing back records. 写入。

One transaction per act: what may be done is asked of the row as it is locked, values are checked,
then row, history, ledger and event are written together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction

from yiwang.kernel.base.act import Act, Ref
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, Stale
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.records.models import Submission
from yiwang.kernel.records.types import (
    Entity,
    Form,
    InvalidValues,
    Record,
)

from .desk import Desk
from .history import find_last_change, find_removed
from .knowing import note_known
from .plans.access import access_of
from .plans.statements import columns_of, find_row
from .reading import find_record
from .slots import Taking
from .tables import release_links
from .work import CHANGED, Values, Work, stamp, unknown, values_of

IMPORT_BATCH = 500
KEY_AT_MOST = 64


def create_record(
    desk: Desk,
    code: str,
    values: Values,
    *,
    organization: str = "",
    key: str = "",
    form: Form | None = None,
    reason: str = "",
) -> Record:
    """Make a record. 新建记录。

    Holders of the verb create for such a record. It belongs to `organization`, else the actor's
    own, else the owner of the app. Sent again with the same `key` it gives the record that it made
    the first time. InvalidValues names all that is wrong.
    """
    entity = desk.require(code, "create")
    record_id = new_id()
    try:
        with acting(desk.actor, "records.create", on=_ref(entity, ""), reason=reason) as act:
            if key:
                _take_key(desk, act, key, record_id)
            work = Work(desk, entity, act, "create", reason, form)
            row = work.new_row(record_id, work.check(values, record_id), organization)
            work.require(row)
            work.insert([row])
            note_known(desk, act, entity, record_id, values_of(entity, row))
            act.on = _ref(entity, record_id)
            work.announce([record_id])
    except _Repeated as repeated:
        return _made_before(desk, entity, repeated.record)
    return _after_act(desk, entity, record_id)


def add_records(
    desk: Desk,
    code: str,
    rows: Iterable[Values],
    *,
    reason: str = "",
    taking: Taking | None = None,
    made: list[str] | None = None,
) -> int:
    """Make many records, all or none, in one act. 批量新增。

    Holders of the verb import. InvalidValues names the row in each path: `12.phone`, counted from 1.
    Whoever gives `taking` settles it at the end of an act around this one. `made` is given their ids.
    """
    entity = desk.require(code, "import")
    with acting(desk.actor, "records.import", on=_ref(entity, ""), reason=reason) as act:
        work = Work(desk, entity, act, "import", reason, shared=taking)
        given = iter(rows)
        count = 0
        while part := list(islice(given, IMPORT_BATCH)):
            paths = [f"{at}" for at in range(count + 1, count + len(part) + 1)]
            rows_made = _new_rows(work, part, count)
            work.insert(rows_made, paths)
            if made is not None:
                made += [row["id"] for row in rows_made]
            count += len(part)
        act.note(rows=count)
        work.announce([])
    return count


def _new_rows(work: Work, part: list[Values], before: int) -> list[dict[str, Any]]:
    made, problems = [], []
    work.look_up(part)
    for at, values in enumerate(part, before + 1):
        record_id = new_id()
        try:
            row = work.new_row(record_id, work.check(values, record_id), "")
        except InvalidValues as error:
            problems += [replace(one, path=f"{at}.{one.path}") for one in error.problems]
            continue
        work.require(row)
        made.append(row)
    if problems:
        raise InvalidValues(problems)
    return made


def update_record(
    desk: Desk,
    code: str,
    record_id: str,
    values: Values,
    *,
    rev: int,
    form: Form | None = None,
    reason: str = "",
) -> Record:
    """Change fields of a record. 修改记录。

    Holders of the verb edit for this record. `rev` is the one that was seen; Stale names who
    changed it since. What is masked for the actor cannot be changed by them. Afterwards the record
    must still be within the scope of a grant to edit.
    """
    entity = desk.require(code, "edit")
    with acting(desk.actor, "records.edit", on=_ref(entity, record_id), reason=reason) as act:
        work = Work(desk, entity, act, "edit", reason, form)
        row = work.lock(record_id)
        _require_rev(entity, row, rev)
        changed = work.changes(row, work.check(values, record_id, row))
        if changed:
            after = {**row, **changed, "rev": rev + 1, "updated_at": stamp(act.at)}
            work.require(after, scope_only=True)
            work.update(row, after)
            note_known(desk, act, entity, record_id, values_of(entity, after))
            act.note(fields=sorted(_keys(entity, changed)))
            work.announce([record_id])
    return _after_act(desk, entity, record_id)


def remove_record(desk: Desk, code: str, record_id: str, *, rev: int, reason: str = "") -> None:
    """Take a record out; its history keeps all of it. 删除记录。

    Holders of the verb remove for this record. Conflict while other records point at it.
    """
    entity = desk.require(code, "remove")
    with acting(desk.actor, "records.remove", on=_ref(entity, record_id), reason=reason) as act:
        work = Work(desk, entity, act, "remove", reason)
        row = work.lock(record_id)
        _require_rev(entity, row, rev)
        try:
            with transaction.atomic():
                release_links(entity, [record_id])
                work.delete(row)
        except IntegrityError:
            raise Conflict(
                "records.record.linked", "Other records point at this one; change them first"
            ) from None
        work.announce([record_id])


def restore_record(desk: Desk, code: str, record_id: str, *, reason: str = "") -> Record:
    """Bring a removed record back as it was. 恢复记录。

    Holders of the verb remove for such a record; NotFound where none was removed.
    """
    entity = desk.require(code, "remove")
    with acting(desk.actor, "records.restore", on=_ref(entity, record_id), reason=reason) as act:
        work = Work(desk, entity, act, "restore", reason)
        row = find_removed(entity, record_id)
        if row is None or find_row(entity, record_id) is not None:
            raise unknown()
        back = {**dict.fromkeys(columns_of(entity)), **row, "updated_at": stamp(act.at)}
        if not {"see", "remove"} <= access_of(desk, entity).sight(back).verbs:
            raise unknown()
        work.insert([back])
        work.announce([record_id])
    return _after_act(desk, entity, record_id)


class _Repeated(Exception):
    """The key has been used before; `record` is what it made then."""

    def __init__(self, record: str) -> None:
        self.record = record


def _take_key(desk: Desk, act: Act, key: str, record_id: str) -> None:
    """Of several who come with one key the first goes on; the others wait for it."""
    if len(key) > KEY_AT_MOST:
        raise InvalidInput("records.key.long", "This key is longer than 64 characters")
    try:
        with transaction.atomic():
            Submission.objects.create(account=desk.actor.id, key=key, record=record_id, at=act.at)
    except IntegrityError:
        held = Submission.objects.get(account=desk.actor.id, key=key)
        raise _Repeated(held.record) from None


def _made_before(desk: Desk, entity: Entity, record_id: str) -> Record:
    found = find_record(desk, entity, record_id)
    if found is None:
        raise Conflict(
            "records.key.used", "This form was sent before; what it made is no longer there"
        )
    return found


def _require_rev(entity: Entity, row: Mapping[str, Any], rev: int) -> None:
    if row["rev"] != rev:
        who, at = find_last_change(entity, row["id"])
        raise Stale(*CHANGED, at=at, actor=who, rev=row["rev"])


def _keys(entity: Entity, columns: Mapping[str, Any]) -> list[str]:
    return [key for key, field in entity.fields.items() if field.column in columns]


def _after_act(desk: Desk, entity: Entity, record_id: str) -> Record:
    """What the actor may see of what they made; it may be less than they wrote."""
    found = find_record(desk, entity, record_id)
    if found is None:
        raise NotFound("records.record.out_of_sight", "It is done, but you may not see the record")
    return found


def _ref(entity: Entity, record_id: str) -> Ref:
    return Ref("records.record", record_id, entity.title["zh"])
