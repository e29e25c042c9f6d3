"""Files that come with a form, before and after a record has them. 附件上传。

What a file is and whose it is stands in `kernel.files`; here is for which field it may be sent and
which record takes it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.core.files.uploadedfile import UploadedFile

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.files import services as files
from yiwang.kernel.files.services import File
from yiwang.kernel.files.types import StoredFile
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.records.types import Entity, Field, Record, Value

from .desk import Desk
from .drafts import list_named_files
from .filterable import is_personal

WAITING, TAKEN = "records.upload", "records.record"


def keep_upload(desk: Desk, code: str, key: str, upload: UploadedFile[bytes]) -> File:
    """Keep a file that was sent for a field, until a record takes it. 保存附件。

    Those who may fill in the field. InvalidInput names file and reason, TooMany says that one has
    sent more than records took: `files.upload.*`.
    """
    field = _require_field(desk, code, key)
    files.require_room(WAITING, desk.actor.id)
    checked = files.check_upload(upload, types=field.types, megabytes=field.megabytes)
    written = files.write_upload(upload, checked)
    owner = files.sent_for(WAITING, desk.actor.id, f"{code}.{key}", checked.kind)
    with ledger.acting(desk.actor, "records.upload.keep", on=Ref(WAITING, written.id)) as act:
        act.note(entity=code, field=key, size=written.size, sha256=written.sha256)
        return files.describe_file(files.keep_file(written, owner=owner, act=act))


def find_uploads(desk: Desk, code: str, key: str, ids: Collection[str]) -> dict[str, File]:
    """Those files of the actor's that were sent for a field and that no record took yet. 待用附件。"""
    found = files.find_uploads(Ref(WAITING, desk.actor.id), f"{code}.{key}", ids)
    return {name: files.describe_file(one) for name, one in found.items()}


def claim_uploads(
    act: Act,
    entity: Entity,
    record: str,
    values: Mapping[str, Value],
    standing: Mapping[str, Value],
) -> dict[str, Value]:
    """Give a record the files that its values name, in the transaction of the act. 附件归入记录。

    A file is named truthfully whatever the values said. InvalidInput for any that neither stood in
    the field, nor belongs to the record, nor was sent by the actor for this very field.
    """
    return {
        key: _claim(act, f"{entity.code}.{key}", record, value, standing.get(key) or ())
        if value and entity.fields[key].kind == "files"
        else value
        for key, value in values.items()
    }


def copy_files(
    act: Act,
    entity: Entity,
    record: str,
    values: Mapping[str, Value],
    standing: Mapping[str, Value],
) -> dict[str, Value]:
    """Values in which files of something else became copies of the record's own. 复制附件。

    For the node itself, in the transaction of the act. Each copy has a key of its own: destroyed
    there, it stands here. One that the field holds already, by name and content, is not copied
    again; one whose content is gone is left out.
    """
    return {
        key: _copy(act, f"{entity.code}.{key}", record, value, standing.get(key) or ())
        if value and key in entity.fields and entity.fields[key].kind == "files"
        else value
        for key, value in values.items()
    }


def note_file(desk: Desk, record: Record, key: str) -> None:
    """Leave a row of a look at a file of a record about people, before it is handed out. 记录附件查阅。"""
    entity = desk.entity(record.entity)
    if any(is_personal(entity, one) for one in entity.fields):
        on = Ref(TAKEN, record.id, entity.title["zh"])
        ledger.record_read(
            desk.actor, on=on, purpose="", columns=[key], rows=1, where="file", unmasked=True
        )


def sweep_uploads() -> int:
    """Destroy what was sent more than two days ago, and no record took and no draft names. 清理附件。"""
    left = files.list_unclaimed(WAITING)
    named = list_named_files({one.owner.id for one in left})
    gone = [one for one in left if one.id not in named]
    if gone:
        with ledger.acting(SYSTEM, "records.upload.sweep", on=Ref(WAITING, "")) as act:
            files.destroy_uploads(act, gone)
            act.note(files=len(gone))
    return len(gone)


def destroy_files_of(act: Act, record: str) -> int:
    """Destroy the files of a record that is destroyed, in the transaction of the act. 销毁记录附件。"""
    found = files.list_files(Ref(TAKEN, record))
    files.destroy_uploads(act, found)
    return len(found)


def _claim(
    act: Act, place: str, record: str, told: Sequence[File], standing: Sequence[File]
) -> list[File]:
    known = {one["id"]: one for one in standing}
    fresh = [one["id"] for one in told if one["id"] not in known]
    waiting, owner = Ref(WAITING, act.actor.id), Ref(TAKEN, record)
    stored = files.claim_uploads(fresh, place, waiting=waiting, owner=owner)
    known |= {name: files.describe_file(one) for name, one in stored.items()}
    return [known[name] for name in dict.fromkeys(one["id"] for one in told)]


def _copy(
    act: Act, place: str, record: str, told: Sequence[File], standing: Sequence[File]
) -> list[File]:
    stored = files.get_files([one["id"] for one in (*told, *standing)])
    held = {files.content_of(stored[one["id"]]): one for one in standing if one["id"] in stored}
    found = []
    for source in (stored[one["id"]] for one in told if one["id"] in stored):
        known = held.get(files.content_of(source))
        found.append(known or _copy_one(act, place, record, source))
    return found


def _copy_one(act: Act, place: str, record: str, source: StoredFile) -> File:
    kind = files.describe_file(source)["type"]
    with files.open_file(source.id) as content:
        written = files.write_file(content, name=source.name, resource_key=files.create_key())
    owner = Ref(TAKEN, record, f"{place} {kind}")
    return files.describe_file(files.keep_file(written, owner=owner, act=act))


def _require_field(desk: Desk, code: str, key: str) -> Field:
    fields = desk.entity(code).fields
    may = {*desk.writable(code, "create"), *desk.writable(code, "edit")}
    if key not in may or fields[key].kind != "files":
        raise NotFound("records.upload.field", "No files can be sent for %(field)s", field=key)
    return fields[key]
