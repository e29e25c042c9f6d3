"""A whole node into one archive, while it runs. 备份。

The database comes first, as one moment's snapshot; then the folders. Files and pool parts never
change once written and a row is committed after its file, so every file that a row of the snapshot
names is there, unless it was purged meanwhile: that is what `gone` in the manifest counts.
`node.json` goes along, sealed when there is a passphrase: without its master key the stored files
cannot be read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from yiwang import __version__
from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict
from yiwang.site.home import Home

from .archive import ArchiveWriter, walk_files
from .sealing import seal
from .snapshot import read_migrations, take_snapshot

# Made anew by a start, private to this machine, or half written: no part of a node's memory.
LEFT_OUT = frozenset({
    "static", "new", "tmp", "spill", "staging", "backups", "ready.json", "running.lock",
    "tokens.json", "node.json", "yiwang.sqlite3", "yiwang.sqlite3-wal", "yiwang.sqlite3-shm",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds. 备份结果。"""

    file: str
    bytes: int
    members: int
    gone: int
    database: str
    sealed: bool


def back_up(home: Home, file: Path, *, passphrase: str = "") -> BackupReport:
    """Write the node's archive to a new file that only its owner may read. 备份节点。

    The file appears under its name when it is whole. The ledger gets a row.
    """
    from yiwang.kernel.ledger.services import acting

    if file.exists():
        raise Conflict(
            "node.backup.exists", "%(file)s exists; a backup never overwrites", file=file
        )
    with _draft(file) as out:
        manifest = write_backup(home, out, passphrase=passphrase)
    report = BackupReport(
        file=str(file),
        bytes=file.stat().st_size,
        members=len(manifest["members"]),
        gone=manifest["gone"],
        database=manifest["database"],
        sealed=manifest["sealed"],
    )
    facts = {"bytes": report.bytes, "members": report.members, "sealed": report.sealed}
    with acting(
        SYSTEM, "site.node.backed_up", on=Ref("site.node", manifest["node"]), details=facts
    ):
        pass
    return report


def write_backup(home: Home, out: IO[bytes], *, passphrase: str = "") -> dict[str, Any]:
    """Stream the node's archive; gives its manifest. 写出备份。"""
    from yiwang.kernel.files.services import scratch

    writer = ArchiveWriter(out)
    with scratch("backup") as folder:
        facts = take_snapshot(folder)
        for path in sorted(folder.iterdir()):
            writer.add_file(f"database/{path.name}", path)
    gone = 0
    for path in list(walk_files(home.path, LEFT_OUT)):
        if not writer.add_file(f"home/{path.relative_to(home.path).as_posix()}", path):
            gone += 1
    secrets = (home.path / "node.json").read_bytes()
    if passphrase:
        writer.add_bytes("node.sealed", seal(secrets, passphrase))
    else:
        writer.add_bytes("node.json", secrets)
    return writer.close({
        "program": __version__,
        "node": home.node["node"],
        "made_at": now().isoformat(),
        "sealed": bool(passphrase),
        "gone": gone,
        "migrations": read_migrations(),
        **facts,
    })  # fmt: skip


@contextmanager
def _draft(file: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name when the block ends well. 草稿文件。"""
    draft = file.with_name(f"{file.name}.part")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
