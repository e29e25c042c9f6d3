"""A node from its archive. 恢复。

Unpacked beside the home folder and held against the manifest first; only a whole archive is renamed
into place. The node keeps its id: it is the same node, at an earlier time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yiwang.kernel.base.errors import Conflict, InvalidInput, Unavailable
from yiwang.site.home import Home

from .archive import extract_archive
from .names import DATABASE_FILE
from .sealing import unseal
from .toml import write_setting


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was restored. 恢复结果。"""

    home: str
    node: str
    made_at: str
    program: str
    members: int
    database: str


def restore(file: Path, home: Path, *, database: str = "", passphrase: str = "") -> RestoreReport:
    """Restore an archive into a new or empty folder; a PostgreSQL one also into an empty database. 恢复节点。"""
    check_empty(home)
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".restoring-") as name:
        draft = Path(name)
        with file.open("rb") as source:
            manifest = extract_archive(source, draft)
        check_database(manifest, database)
        place_home(draft, manifest, passphrase)
        mark_evidence(draft / "home", manifest["made_at"])
        if manifest["database"] == "postgresql":
            fill_database(draft, database)
        if home.exists():
            home.rmdir()
        (draft / "home").rename(home)
    return RestoreReport(
        home=str(home),
        node=Home(home).node["node"],
        made_at=manifest["made_at"],
        program=manifest["program"],
        members=len(manifest["members"]),
        database=manifest["database"],
    )


def check_empty(home: Path) -> None:
    """Refuse a folder that holds anything. 检查目录为空。"""
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Conflict(
            "node.restore.not_empty",
            "%(home)s is not empty; restore into a new folder",
            home=home,
        )


def check_database(manifest: dict[str, Any], database: str) -> None:
    """A PostgreSQL backup needs the address of a database, an SQLite one takes none. 检查目标库。"""
    if manifest["database"] == "postgresql" and not database:
        raise InvalidInput(
            "node.restore.database_needed",
            "The backup is of a node on PostgreSQL; name an empty database with --database",
        )
    if manifest["database"] == "sqlite" and database:
        raise InvalidInput(
            "node.restore.database_refused",
            "The backup is of a node on SQLite; restore it without --database, then run yiwang move",
        )


def place_home(draft: Path, manifest: dict[str, Any], passphrase: str) -> None:
    """Put secrets and database file where the home folder has them. 布置主目录。"""
    home = draft / "home"
    home.mkdir(exist_ok=True)
    home.chmod(0o700)
    target = home / "node.json"
    if manifest["sealed"]:
        target.write_bytes(unseal((draft / "node.sealed").read_bytes(), passphrase))
        target.chmod(0o600)
    else:
        (draft / "node.json").rename(target)
    if manifest["database"] == "sqlite":
        shutil.move(draft / "database" / DATABASE_FILE, home / "yiwang.sqlite3")


def mark_evidence(home: Path, made_at: str) -> None:
    """Have the evidence log wait until somebody says how it goes on. 标记存证待确认。

    Only people know whether the node signed more after the backup; to sign again from here would
    then be a second history.
    """
    if (home / "evidence").is_dir():
        (home / "evidence" / "restored").write_text(f"{made_at}\n", "ascii")


def fill_database(draft: Path, database: str) -> None:
    """Fill an empty PostgreSQL database, in a process whose settings name it. 填充数据库。"""
    write_setting(draft / "home" / "yiwang.toml", "database", database)
    done = subprocess.run(
        [sys.executable, "-m", "yiwang.site.care.filling", str(draft)],
        env={**os.environ, "YIWANG_HOME": str(draft / "home"), "YIWANG_DATABASE": database},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unavailable(
            "node.restore.database_failed",
            "The database could not be filled: %(why)s",
            why=done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode,
        )
