"""Files in and out. 存取文件。"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from yiwang.kernel.base.act import Act, Ref
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.files.models import FileRow
from yiwang.kernel.files.types import StoredFile, WrittenFile

from .content import content_path, erase_content, new_content
from .frames import FRAME, Damaged, FrameReader, FrameWriter
from .keys import data_key

NAME_LENGTH = 400


def store_file(
    stream: BinaryIO, *, name: str, owner: Ref, resource_key: str, act: Act
) -> StoredFile:
    """Store a stream under an owner, in the transaction of the act. 存储文件。

    For anything large, `write_file` before the act and `keep_file` inside it keep the transaction
    short.
    """
    return keep_file(write_file(stream, name=name, resource_key=resource_key), owner=owner, act=act)


def write_file(stream: BinaryIO, *, name: str, resource_key: str) -> WrittenFile:
    """Encrypt a stream to disk, piece by piece; `Unavailable` when the disk is full. 写入内容。"""
    file_id = new_id()
    digest, size = hashlib.sha256(), 0
    key = data_key(resource_key)
    with new_content(file_id) as out:
        writer = FrameWriter(out, key, file_id)
        while piece := stream.read(FRAME):
            digest.update(piece)
            size += len(piece)
            writer.write(piece)
        writer.close()
    return WrittenFile(file_id, name[:NAME_LENGTH], size, digest.hexdigest(), resource_key)


def keep_file(written: WrittenFile, *, owner: Ref, act: Act) -> StoredFile:
    """Give written bytes their row and owner, in the transaction of the act. 登记文件。"""
    row = FileRow(
        id=written.id,
        name=written.name,
        size=written.size,
        sha256=written.sha256,
        key_id=written.resource_key,
        owner_type=owner.type,
        owner_id=owner.id,
        owner_label=owner.label[:200],
        act_id=act.id,
        created_at=act.at,
    )
    row.save(force_insert=True)
    return _describe(row)


def open_file(file_id: str) -> BinaryIO:
    """The plain bytes of a file, readable from any place. 打开文件。 The caller closes it."""
    row = _get_row(file_id)
    try:
        source = content_path(file_id).open("rb")
    except FileNotFoundError:
        raise Damaged(file_id) from None
    try:
        reader = FrameReader(source, data_key(row.key_id), file_id)
        if reader.size != row.size:
            raise Damaged(file_id)
    except BaseException:
        source.close()
        raise
    return io.BufferedReader(reader, buffer_size=256 * 1024)


def copy_file(file_id: str, path: Path) -> None:
    """Write the plain bytes of a file to a path, for tools that need one. 复制到路径。

    The caller removes the copy; it is not encrypted.
    """
    with open_file(file_id) as source, path.open("wb") as target:
        while piece := source.read(FRAME):
            target.write(piece)


def get_file(file_id: str) -> StoredFile:
    """What is known of a file. 取文件信息。"""
    return _describe(_get_row(file_id))


def get_files(file_ids: Collection[str]) -> dict[str, StoredFile]:
    """What is known of several files, by id; unknown ids are left out. 批量取文件信息。"""
    return {row.id: _describe(row) for row in FileRow.objects.filter(pk__in=set(file_ids))}


def list_files(owner: Ref) -> list[StoredFile]:
    """The files of an owner, oldest first. 对象的文件。"""
    rows = FileRow.objects.filter(owner_type=owner.type, owner_id=owner.id)
    return [_describe(row) for row in rows.order_by("created_at", "id")]


def list_left(owner_type: str, before: datetime) -> list[StoredFile]:
    """Files of one type of owner that were stored before a moment, oldest first. 待清理的文件。"""
    rows = FileRow.objects.filter(owner_type=owner_type, created_at__lt=before)
    return [_describe(row) for row in rows.order_by("created_at", "id")]


def hand_over(file_ids: Collection[str], *, owner: Ref, new_owner: Ref) -> int:
    """Give files of one owner to another, in the caller's transaction; gives their number. 移交文件。

    Asked in one statement, so that of two who want the same file only one gets it. The label stays.
    """
    held = FileRow.objects.filter(pk__in=set(file_ids), owner_type=owner.type, owner_id=owner.id)
    return held.update(owner_type=new_owner.type, owner_id=new_owner.id)


def remove_file(file_id: str) -> None:
    """Remove a file: its row in the caller's transaction, its bytes after the commit. 删除文件。"""
    if not FileRow.objects.filter(pk=file_id).delete()[0]:
        raise _missing(file_id)
    transaction.on_commit(lambda: erase_content(file_id))


def _get_row(file_id: str) -> FileRow:
    row = FileRow.objects.filter(pk=file_id).first()
    if row is None:
        raise _missing(file_id)
    return row


def _missing(file_id: str) -> NotFound:
    return NotFound("files.file.missing", "There is no file %(file_id)s", file_id=file_id)


def _describe(row: FileRow) -> StoredFile:
    return StoredFile(
        id=row.id,
        name=row.name,
        size=row.size,
        sha256=row.sha256,
        owner=Ref(row.owner_type, row.owner_id, row.owner_label),
        resource_key=row.key_id,
        created_at=row.created_at,
    )
