"""GZ and ZIP: what is inside, within limits. 压缩文件。"""

from __future__ import annotations

import gzip
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from yiwang.kernel.base.text import msg
from yiwang.kernel.base.zipped import DAMAGED, is_overlapping

from .errors import FileRefused, LimitPassed
from .opening import Opened
from .types import Note, TableSource

_CHUNK = 1 << 20


def open_gzip(opened: Opened) -> list[TableSource]:
    """The tables of the one file inside. 打开 GZ。"""
    _check_nesting(opened)
    target = opened.scratch.new_file()
    try:
        with gzip.open(opened.path) as stream, target.open("wb") as out:
            _copy(stream, out, opened, packed=opened.path.stat().st_size)
    except DAMAGED as error:
        raise _damaged(opened.name, error) from error
    return opened.open_any(opened.inside(target, ""))


def open_zip(opened: Opened) -> list[TableSource]:
    """The tables of all members, in the order of the archive. 打开 ZIP。

    A member that cannot be read refuses the whole archive, naming the member: half a delivery is
    none. What archives carry beside files (folders, `__MACOSX`, links) is left out and noted.
    """
    _check_nesting(opened)
    try:
        with zipfile.ZipFile(opened.path) as archive:
            members, left_out = _members(archive, opened)
            sources = [
                source for member in members for source in _open_member(archive, member, opened)
            ]
    except DAMAGED as error:
        raise _damaged(opened.name, error) from error
    for source in sources:
        source.notes += left_out
    return sources


def _check_nesting(opened: Opened) -> None:
    limit = opened.budget.limits.nesting
    if opened.nesting >= limit:
        raise LimitPassed(
            "tabular.limit.nesting",
            msg(
                "%(file)s is an archive inside %(limit)s archives. Unpack it and send what is inside."
            ),
            file=opened.name,
            limit=limit,
        )


def _damaged(file: str, error: Exception) -> FileRefused:
    return FileRefused(
        "tabular.file.damaged",
        msg("%(file)s is damaged (%(why)s). Ask for it again."),
        file=file,
        why=str(error) or type(error).__name__,
    )


def _copy(
    stream: IO[bytes] | gzip.GzipFile, out: IO[bytes], opened: Opened, *, packed: int
) -> None:
    produced = 0
    while chunk := stream.read(_CHUNK):
        produced += len(chunk)
        opened.budget.add_unpacked(len(chunk), packed=packed, produced=produced)
        out.write(chunk)


@dataclass(frozen=True)
class _Member:
    info: zipfile.ZipInfo
    name: str


def _members(archive: zipfile.ZipFile, opened: Opened) -> tuple[list[_Member], list[Note]]:
    infos = archive.infolist()
    opened.budget.add_members(len(infos))
    _check_overlap(infos, opened)
    members = [_Member(info, member_name(info)) for info in infos]
    others = [one.name for one in members if not _is_table(one.info) and not one.info.is_dir()]
    return [one for one in members if _is_table(one.info)], _note_left_out(others)


def _note_left_out(names: list[str]) -> list[Note]:
    if not names:
        return []
    text = msg("%(count)s members of the archive are no files of a table: %(names)s")
    return [Note("members_left_out", text, {"count": len(names), "names": ", ".join(names)[:300]})]


def _is_table(info: zipfile.ZipInfo) -> bool:
    """Whether the member may be a file of the delivery: no folder, no link, no system's leaving."""
    name = member_name(info)
    base = name.rpartition("/")[2]
    link = stat.S_ISLNK(info.external_attr >> 16) if info.create_system == 3 else False
    left = name.startswith("__MACOSX/") or base in {".DS_Store", "Thumbs.db", "desktop.ini"}
    return not (info.is_dir() or not base or link or left)


def member_name(info: zipfile.ZipInfo) -> str:
    """The member's name as its maker wrote it, without a way out of the archive. 成员名。

    Names without the UTF-8 flag are GB 18030 in Chinese Windows archives. The name is for people;
    nothing is ever written under it.
    """
    name = info.filename
    if not info.flag_bits & 0x800 and not name.isascii():
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    return "/".join(parts) + ("/" if name.endswith("/") else "")


def _check_overlap(infos: list[zipfile.ZipInfo], opened: Opened) -> None:
    if is_overlapping(infos):
        raise FileRefused(
            "tabular.file.hostile_archive",
            msg("%(file)s holds members that lie over one another. It was not read."),
            file=opened.name,
        )


def _open_member(
    archive: zipfile.ZipFile, member: _Member, opened: Opened
) -> Iterator[TableSource]:
    file = f"{opened.name}/{member.name}"
    if member.info.flag_bits & 0x1:
        raise FileRefused(
            "tabular.file.encrypted",
            msg("%(file)s is protected by a password. Remove the password and send it again."),
            file=file,
        )
    target = opened.scratch.new_file()
    try:
        with archive.open(member.info) as stream, target.open("wb") as out:
            _copy(stream, out, opened, packed=member.info.compress_size)
    except DAMAGED as error:
        raise _damaged(file, error) from error
    yield from opened.open_any(opened.inside(target, member.name))
