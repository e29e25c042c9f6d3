"""Files that people send, before and after something has them. 附件上传。

A file that was sent belongs to its account until a record or a case claims it; what nothing claims
and nothing names is destroyed. Every file has a key of its own, so that it can be destroyed alone.
What it was sent for and what its bytes are stands in the label of its owner.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile

from yiwang.kernel.base.act import Act, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput, TooMany
from yiwang.kernel.files.types import CheckedUpload, StoredFile, WrittenFile

from .hazards import is_bomb, is_locked
from .keys import create_key, destroy_key
from .kinds import ORDINARY, clean_name, end_rightly, name_kind, refine_kind
from .sniffing import sniff_type
from .storing import get_files, hand_over, list_files, list_left, write_file

KEPT = timedelta(days=2)
MEGABYTE = 1 << 20
WAITING_AT_MOST, WAITING_MEGABYTES = 200, 1000
NAME_AT_MOST = 200

File = dict[str, Any]
"""A file as a value says it: `id`, `name`, `type`, `size`."""


def check_upload(
    upload: UploadedFile[bytes], *, types: Sequence[str] = (), megabytes: int
) -> CheckedUpload:
    """What was sent, by its bytes, where it may be taken; InvalidInput. 校验附件。

    `types` are the content types that may be sent, without them pictures and documents.
    """
    told = upload.name or ""
    name = clean_name(told)
    if len(told) > NAME_AT_MOST:
        raise InvalidInput(
            "files.upload.name", "The name of %(name)s is too long; rename the file", name=name
        )
    if not upload.size:
        raise InvalidInput("files.upload.empty", "%(name)s is empty", name=name)
    if upload.size > megabytes * MEGABYTE:
        raise InvalidInput(
            "files.upload.large",
            "%(name)s is larger than %(most)s MB",
            name=name,
            most=megabytes,
        )
    kind = _read_kind(cast("BinaryIO", upload), name, types or ORDINARY)
    return CheckedUpload(end_rightly(name, kind), kind)


def _read_kind(source: BinaryIO, name: str, types: Sequence[str]) -> str:
    kind = refine_kind(sniff_type(source), name)
    if is_locked(source, kind):
        raise InvalidInput(
            "files.upload.encrypted",
            "%(file)s is protected by a password. Remove the password and send it again.",
            file=name,
        )
    if kind not in types:
        raise InvalidInput(
            "files.upload.type",
            "%(name)s is not of a kind that can be sent here (%(found)s); these can: %(allowed)s",
            name=name,
            found=name_kind(kind) or "?",
            allowed=", ".join(name_kind(one) for one in types),
        )
    if is_bomb(source, kind):
        raise InvalidInput(
            "files.upload.bomb",
            "%(name)s unpacks to far more than it holds, and was not taken",
            name=name,
        )
    return kind


def write_upload(upload: UploadedFile[bytes], checked: CheckedUpload) -> WrittenFile:
    """Encrypt what was sent to disk, under a key of its own, outside the act. 写入附件。"""
    upload.seek(0)
    return write_file(cast("BinaryIO", upload), name=checked.name, resource_key=create_key())


def sent_for(waiting: str, account: str, place: str, kind: str) -> Ref:
    """The owner of a file that waits: an account, for a place such as a field. 待用附件归属。"""
    return Ref(waiting, account, f"{place} {kind}")


def require_room(waiting: str, account: str) -> None:
    """TooMany where somebody sent more than anything needs: nobody fills the disk. 附件容量限制。"""
    held = list_files(Ref(waiting, account))
    size = sum(one.size for one in held)
    if len(held) >= WAITING_AT_MOST or size >= WAITING_MEGABYTES * MEGABYTE:
        raise TooMany(
            "files.upload.many",
            "You have sent many files that are not handed in yet; hand in or drop your drafts first",
        )


def find_uploads(waiting: Ref, place: str, ids: Collection[str]) -> dict[str, StoredFile]:
    """Those of some files that an account sent for a place and that nothing took yet. 待用附件。"""
    return {key: one for key, one in get_files(ids).items() if _is_of(one, waiting, place)}


def claim_uploads(
    ids: Collection[str], place: str, *, waiting: Ref, owner: Ref
) -> dict[str, StoredFile]:
    """Give something the files that were sent for it, in the caller's transaction; by id. 附件归属。

    InvalidInput for any that neither is the owner's already, for that place, nor was sent for it
    by the account that waits.
    """
    stored = get_files(ids)
    fresh = [key for key, one in stored.items() if _is_of(one, waiting, place)]
    ready = [key for key, one in stored.items() if _is_of(one, owner, place)]
    taken = hand_over(fresh, owner=waiting, new_owner=owner)
    if taken != len(fresh) or len(fresh) + len(ready) != len(set(ids)):
        raise InvalidInput(
            "files.upload.foreign", "A file can only be taken from what you sent for this field"
        )
    return stored


def list_unclaimed(waiting: str) -> list[StoredFile]:
    """What was sent more than two days ago and nothing took. 过期未用附件。"""
    return list_left(waiting, now() - KEPT)


def destroy_uploads(act: Act, gone: Collection[StoredFile]) -> None:
    """Destroy files with their keys, in the transaction of the act. 销毁附件。"""
    for one in gone:
        destroy_key(act, one.resource_key)


def describe_file(stored: StoredFile) -> File:
    """A file as a value says it. 附件值。"""
    kind = stored.owner.label.rpartition(" ")[2]
    return {"id": stored.id, "name": stored.name, "type": kind, "size": stored.size}


def content_of(stored: StoredFile) -> tuple[str, str]:
    """What makes two files the same to people: name and digest. 名称与摘要。"""
    return stored.name, stored.sha256


def _is_of(stored: StoredFile, owner: Ref, place: str) -> bool:
    same = (stored.owner.type, stored.owner.id) == (owner.type, owner.id)
    return same and stored.owner.label.partition(" ")[0] == place
