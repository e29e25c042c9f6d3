"""Files of a case: in its fields, and beside an opinion. 流程附件。

What was sent waits with its account until an act claims it, in the transaction of the act. The log
names each file with its digest; one that was withdrawn or replaced stays in it, marked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile

from yiwang.kernel.base.act import SYSTEM, Act, Actor, Ref
from yiwang.kernel.base.errors import NotFound, NotPermitted
from yiwang.kernel.files import services as files
from yiwang.kernel.files.services import File
from yiwang.kernel.files.types import StoredFile
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.workflow.models import Case, CaseEntry
from yiwang.kernel.workflow.types import OPEN, CaseState, CaseType, Field, Person

from .machine import attaching
from .overseeing import may_oversee, require_overseer
from .permissions import USE, oversees
from .publishing import get_type
from .seeing import find_looks, show_entries
from .sight import may_see
from .steps import Step, stepping
from .store import load_state
from .world import person_of

WAITING, HELD = "workflow.upload", "workflow.case"
BESIDE = Field("", {}, kind="files", most=10, megabytes=20)
"""What may be sent beside the fields: the same for every case. 随意见附件的限制。"""
WITH_FILES = ("opened", "filled", "attached", "detached", "erased", "entered")
CURRENT, WITHDRAWN, REPLACED, ERASED = "current", "withdrawn", "replaced", "erased"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a case, from when on, and what became of it. 附件。

    `field` is empty for one beside an opinion, `node` the step at which it came. `status` is
    `current`, `withdrawn`, `replaced` (its field holds others now) or `erased`.
    """

    file: File
    field: str
    node: str
    by: str
    at: datetime
    status: str = CURRENT
    ended_by: str = ""
    ended_at: datetime | None = None
    why: str = ""


def keep_upload(actor: Actor, code: str, field: Field, upload: UploadedFile[bytes]) -> File:
    """Keep a file that was sent for a field, or beside them all, until a case claims it. 保存附件。

    Holders of `workflow.cases.use`. InvalidInput names file and reason, TooMany: `files.upload.*`.
    """
    actor.require(USE)
    files.require_room(WAITING, actor.id)
    checked = files.check_upload(upload, types=field.types, megabytes=field.megabytes)
    written = files.write_upload(upload, checked)
    owner = files.sent_for(WAITING, actor.id, _place(code, field.key), checked.kind)
    with ledger.acting(actor, "workflow.upload.keep", on=Ref(WAITING, written.id)) as act:
        act.note(type=code, field=field.key, size=written.size, sha256=written.sha256)
        return _describe(files.keep_file(written, owner=owner, act=act))


def find_uploads(actor: Actor, code: str, key: str, ids: Collection[str]) -> dict[str, File]:
    """Those files of the actor's that were sent for a field and that no case claimed yet. 待用附件。"""
    found = files.find_uploads(Ref(WAITING, actor.id), _place(code, key), ids)
    return {name: _describe(one) for name, one in found.items()}


def claim_fields(
    act: Act,
    case_type: CaseType,
    case_id: str,
    data: Mapping[str, Any],
    standing: Mapping[str, Any],
) -> dict[str, Any]:
    """Give a case the files that its fields name, in the transaction of the act. 表单附件归入流程。

    A file is named truthfully whatever was sent. InvalidInput for any that neither stood in the
    field nor was sent by the actor for it.
    """
    return {
        key: _claim(act, _place(case_type.code, key), case_id, value, standing.get(key) or ())
        if value and case_type.fields[key].kind == "files"
        else value
        for key, value in data.items()
    }


def attach(step: Step, ids: Collection[str]) -> None:
    """Add files that the actor sent beside the fields, within an act on the case. 随意见附件。

    A file that they sent before, by name and content, is not added again: a form that was sent
    twice is one attachment.
    """
    if not ids:
        return
    stored = _claim_stored(step.act, _place(step.type.code, ""), step.case.pk, ids)
    mine = [name for name, by in step.draft.state.attached.items() if by == step.act.actor.id]
    seen = {files.content_of(one) for one in files.get_files(mine).values()}
    fresh: list[File] = []
    for name in dict.fromkeys(ids):
        if files.content_of(stored[name]) not in seen:
            seen.add(files.content_of(stored[name]))
            fresh.append(_describe(stored[name]))
    attaching.attach(step.draft, fresh)


def attach_files(actor: Actor, case_id: str, ids: Collection[str]) -> None:
    """Add files to a case without deciding anything. 补充附件。

    The starter, who is asked now, who oversees; NotPermitted for others.
    """
    with stepping(actor, "workflow.case.attach", case_id) as step:
        asked = any(
            one.status == OPEN and step.draft.person.is_asked(one.holder)
            for one in step.draft.state.tasks.values()
        )
        if actor.id != step.case.starter and not asked and not may_oversee(actor, step):
            raise NotPermitted(
                "workflow.attachment.not_asked", "Only who works on a case can attach files to it"
            )
        attach(step, ids)


def withdraw_attachment(actor: Actor, case_id: str, file_id: str, *, reason: str) -> None:
    """Withdraw a file; the log and who sent it keep it. 撤下附件。

    Who sent it, who oversees; NotFound for a file that the actor may not see.
    """
    with stepping(actor, "workflow.case.detach", case_id, reason=reason) as step:
        _require_seen(actor, step, file_id)
        attaching.detach(step.draft, file_id, reason=reason, oversees=may_oversee(actor, step))


def erase_attachment(actor: Actor, case_id: str, file_id: str, *, reason: str) -> None:
    """Destroy the content of a file for good; its name and digest stay in the log. 销毁附件内容。

    Who oversees the case, also once it has ended; NotFound for a file that they may not see.
    """
    with stepping(actor, "workflow.case.erase", case_id, reason=reason) as step:
        require_overseer(actor, step)
        _require_seen(actor, step, file_id)
        stored = files.get_files([file_id]).get(file_id)
        if stored is None or (stored.owner.type, stored.owner.id) != (HELD, case_id):
            raise _unknown()
        attaching.erase(step.draft, file_id, reason=reason)
        files.destroy_uploads(step.act, [stored])
        step.act.note(file=file_id, sha256=stored.sha256)


def list_attachments(entries: Iterable[CaseEntry]) -> list[Attachment]:
    """Every file that a log tells of, in the order in which they came. 全部附件。"""
    teller = _Teller()
    for entry in entries:
        if entry.kind in WITH_FILES:
            teller.tell(entry)
    return list(teller.found.values())


def open_attachment(actor: Actor, case_id: str, file_id: str) -> tuple[File, BinaryIO]:
    """A file of a case that the actor may read, once the look is on record. 打开附件。

    NotFound for any other. One that was withdrawn only who sent it and who oversees can open.
    """
    actor.require(USE)
    case = Case.objects.filter(pk=case_id).first()
    if case is None or not may_see(actor, case):
        raise NotFound("workflow.case.unknown", "There is no such case")
    found = _list_seen(actor, person_of(actor), case, load_state(case)).get(file_id)
    if found is None or not may_open(actor, case, found):
        raise _unknown()
    content = files.open_file(file_id)
    ledger.record_read(
        actor, on=Ref(HELD, case.pk, case.number), purpose="", columns=[found.field or "attached"],
        rows=1, where="file", unmasked=True,
    )  # fmt: skip
    return found.file, content


def _list_seen(actor: Actor, person: Person, case: Case, state: CaseState) -> dict[str, Attachment]:
    """The files of a case that exist for somebody who may read it, by id."""
    case_type = get_type(case.type_id)
    looks = find_looks(actor, person, case_type, state)
    rows = CaseEntry.objects.filter(case_id=case.pk, kind__in=WITH_FILES).order_by("seq")
    shown = show_entries(actor, case_type, rows, looks)
    return {one.file["id"]: one for one in list_attachments(shown)}


def _unknown() -> NotFound:
    return NotFound("workflow.attachment.unknown", "This case has no such attachment")


def _require_seen(actor: Actor, step: Step, file_id: str) -> None:
    draft = step.draft
    if file_id not in _list_seen(actor, draft.person, step.case, draft.state):
        raise _unknown()


def may_open(actor: Actor, case: Case, one: Attachment) -> bool:
    """Whether somebody who may read a case may open a file of it. 是否可打开。"""
    if one.status == ERASED:
        return False
    free = one.status != WITHDRAWN or one.by == actor.id
    return free or oversees(actor, get_type(case.type_id), case.organization)


def name_by_content(data: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, files by name and digest: a form sent twice brings the same anew. 按内容表示。"""
    told = {key: ids for key, value in data.items() if (ids := _ids(value))}
    stored = files.get_files([one for ids in told.values() for one in ids]) if told else {}
    return {
        **data,
        **{
            key: [files.content_of(stored[one]) if one in stored else one for one in ids]
            for key, ids in told.items()
        },
    }


def sweep_uploads() -> int:
    """Destroy what was sent more than two days ago and no case claimed. 清理附件。"""
    gone = files.list_unclaimed(WAITING)
    if gone:
        with ledger.acting(SYSTEM, "workflow.upload.sweep", on=Ref(WAITING, "")) as act:
            files.destroy_uploads(act, gone)
            act.note(files=len(gone))
    return len(gone)


class _Teller:
    """Goes through a log and keeps which files there are. 附件跟踪。"""

    def __init__(self) -> None:
        self.node = ""
        self.found: dict[str, Attachment] = {}

    def tell(self, entry: CaseEntry) -> None:
        body = entry.body
        if entry.kind == "entered":
            self.node = body["node"]
        elif entry.kind == "attached":
            self._add(entry, "", body["files"])
        elif entry.kind in ("detached", "erased"):
            status = WITHDRAWN if entry.kind == "detached" else ERASED
            self._end(entry, body["file"], status, body.get("reason", ""))
        else:
            for key, value in _fields_with_files(body["data"], self.found.values()):
                self._fill(entry, key, value)

    def _fill(self, entry: CaseEntry, key: str, value: Sequence[File]) -> None:
        named = {one["id"] for one in value}
        for name, one in list(self.found.items()):
            if one.field == key and one.status == CURRENT and name not in named:
                self._end(entry, name, REPLACED)
        self._add(entry, key, value)

    def _add(self, entry: CaseEntry, key: str, sent: Sequence[File]) -> None:
        for one in sent:
            held = self.found.get(one["id"])
            if held is None or held.status == REPLACED:
                self.found[one["id"]] = Attachment(one, key, self.node, entry.actor, entry.at)

    def _end(self, entry: CaseEntry, file: str, status: str, why: str = "") -> None:
        if file in self.found:
            self.found[file] = replace(
                self.found[file], status=status, ended_by=entry.actor, ended_at=entry.at, why=why
            )


def _fields_with_files(
    data: Mapping[str, Any], known: Iterable[Attachment]
) -> Iterator[tuple[str, Sequence[File]]]:
    """Which fields of a log line hold files: a type may have lost a field since. 含附件的表单项。"""
    before = {one.field for one in known}
    for key, value in data.items():
        listed = value if isinstance(value, list) else []
        if key in before or any(isinstance(one, dict) and "sha256" in one for one in listed):
            yield key, listed


def _claim(
    act: Act, place: str, case_id: str, told: Sequence[File], standing: Sequence[File]
) -> list[File]:
    known = {one["id"]: one for one in standing}
    ids = _ids(told)
    stored = _claim_stored(act, place, case_id, [one for one in ids if one not in known])
    known |= {name: _describe(one) for name, one in stored.items()}
    return [known[name] for name in dict.fromkeys(ids)]


def _claim_stored(
    act: Act, place: str, case_id: str, ids: Collection[str]
) -> dict[str, StoredFile]:
    if not ids:
        return {}
    waiting, owner = Ref(WAITING, act.actor.id), Ref(HELD, case_id)
    return files.claim_uploads(ids, place, waiting=waiting, owner=owner)


def _place(code: str, key: str) -> str:
    return f"{code}.{key}"


def _ids(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else []
    return [str(one.get("id", "")) for one in listed if isinstance(one, Mapping)]


def _describe(stored: StoredFile) -> File:
    return files.describe_file(stored) | {"sha256": stored.sha256}
