"""The backup archive: a tar whose last member is the manifest. 备份归档。

Written as a stream, so that it fits a pipe or a tape. Each member's size and sha256 stand in
`manifest.json`, the last member; an archive that was cut off has none and is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg

MANIFEST = "manifest.json"
FORMAT = 1
PIECE = 1024 * 1024


@dataclass(slots=True)
class Digesting(io.RawIOBase):
    """Reads a stream and keeps the digest of what passed. 边读边算摘要。"""

    source: IO[bytes]
    digest: Any = field(default_factory=hashlib.sha256)
    size: int = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes of the source. 读取。"""
        piece = self.source.read(size)
        self.digest.update(piece)
        self.size += len(piece)
        return piece


class ArchiveWriter:
    """Adds members one after another, then the manifest. 归档写入。"""

    def __init__(self, out: IO[bytes]) -> None:
        self.tar = tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 close() ends it
        self.members: list[dict[str, Any]] = []

    def add_file(self, name: str, path: Path) -> bool:
        """Add a file as it is now; False when it has gone meanwhile. 添加文件。"""
        try:
            source = path.open("rb")
        except FileNotFoundError:
            return False
        with source:
            self.add_stream(name, source, path.stat().st_size)
        return True

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add a member from memory. 添加字节。"""
        self.add_stream(name, io.BytesIO(data), len(data))

    def add_stream(self, name: str, source: IO[bytes], size: int) -> None:
        """Add a member of known size. 添加成员。"""
        reading = Digesting(source)
        self.tar.addfile(_describe(name, size), reading)
        self.members.append({"name": name, "size": size, "sha256": reading.digest.hexdigest()})

    def close(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Write the manifest and end the archive; gives the manifest. 写入清单。"""
        manifest = {"format": FORMAT, **facts, "members": self.members}
        data = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        self.tar.addfile(_describe(MANIFEST, len(data)), io.BytesIO(data))
        self.tar.close()
        return manifest


def extract_archive(source: IO[bytes], target: Path) -> dict[str, Any]:
    """Unpack into an empty folder and hold every byte against the manifest; gives the manifest. 解包校验。"""
    found: dict[str, tuple[int, str]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(fileobj=source, mode="r|") as tar:
            for member in tar:
                if member.name == MANIFEST:
                    data = _reader(tar, member).read()
                    manifest = json.loads(data)
                    (target / MANIFEST).write_bytes(data)
                else:
                    found[member.name] = _extract(tar, member, target)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise _damaged(str(error)) from error
    if manifest is None:
        raise _damaged("it ends before its manifest")
    if manifest.get("format") != FORMAT:
        raise InvalidInput(
            "node.backup.format",
            "The backup has format %(found)s; this program reads %(known)s",
            found=manifest.get("format"),
            known=FORMAT,
        )
    _compare(manifest, found)
    return manifest


def _compare(manifest: dict[str, Any], found: dict[str, tuple[int, str]]) -> None:
    listed = {one["name"]: (one["size"], one["sha256"]) for one in manifest["members"]}
    for name in sorted(listed.keys() | found.keys()):
        if listed.get(name) != found.get(name):
            raise _damaged(f"{name} is not what the manifest says")


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> tuple[int, str]:
    path = target / _safe(member)
    path.parent.mkdir(parents=True, exist_ok=True)
    reading = Digesting(_reader(tar, member))
    with path.open("xb") as out:
        path.chmod(0o600)
        while piece := reading.read(PIECE):
            out.write(piece)
    return reading.size, reading.digest.hexdigest()


def _safe(member: tarfile.TarInfo) -> PurePosixPath:
    """The member's path; a backup holds plain files below its own root and nothing else. 安全路径。"""
    path = PurePosixPath(member.name)
    if not member.isfile() or path.is_absolute() or ".." in path.parts:
        raise _damaged(f"{member.name!r} does not belong in a backup")
    return path


def _reader(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    found = tar.extractfile(member)
    if found is None:
        raise _damaged(f"{member.name!r} has no content")
    return found


def _describe(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _damaged(why: str) -> InvalidInput:
    return InvalidInput(
        "node.backup.damaged", msg("The backup is damaged, nothing was restored: %(why)s"), why=why
    )


def walk_files(folder: Path, left_out: frozenset[str]) -> Iterator[Path]:
    """All files below a folder in a steady order, but for folders of these names. 遍历文件。"""
    for entry in sorted(folder.iterdir()):
        if entry.name in left_out or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from walk_files(entry, left_out)
        elif entry.is_file():
            yield entry
