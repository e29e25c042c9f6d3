"""Making a node ready to serve: tables, guards, static files. 节点准备。

What was prepared is stamped in `ready.json`: when neither the program nor the database changed,
a start skips this, which is what makes the second start quick.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import yiwang
from yiwang.kernel.base.errors import Unavailable
from yiwang.site.home import Home

PACKAGE = Path(yiwang.__file__).resolve().parent
LEAST_FREE_BYTES = 50 * 1024 * 1024


def prepare_node(home: Home) -> bool:
    """Prepare the node unless its stamp says it is; whether there was anything to do. 准备节点。

    Django must be loaded.
    """
    check_room(home)
    sweep_scratch()
    stamp = read_program(home)
    if is_ready(home, stamp):
        require_guards()
        return False
    prepare_database()
    prepare_cases()
    collect_static()
    _stamp_file(home).write_text(json.dumps({"stamp": stamp}), "utf-8")
    return True


def sweep_scratch() -> None:
    """Remove plain copies that a crash left. 清扫临时明文。"""
    from yiwang.kernel.files import services

    services.sweep_scratch()


def require_guards() -> None:
    """Refuse to start when somebody took the ledger's guards away. 检查台账触发器。"""
    from yiwang.kernel.ledger import services

    services.require_guards()


def prepare_database() -> None:
    """Migrate, which also makes the ledger guards anew, and make the cache table. 迁移数据库。"""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def prepare_cases() -> None:
    """Publish the case types that come with the platform, and open the cases that are missing. 准备内置流程。"""
    from yiwang.kernel.workflow import services

    services.prepare_shipped()


def collect_static() -> None:
    """Gather the static files under the home folder. 收集静态文件。"""
    from django.conf import settings
    from django.core.management import call_command

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)


def check_room(home: Home) -> None:
    """Refuse to start on a full disk. 检查磁盘空间。"""
    home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    free = shutil.disk_usage(home.path).free
    if free < LEAST_FREE_BYTES:
        raise Unavailable(
            "node.disk.full", "The disk is full; free some space and try again", free=free
        )


def is_ready(home: Home, stamp: str) -> bool:
    """Whether the node was prepared for exactly this program and database. 是否已准备。"""
    file = _stamp_file(home)
    if not file.exists():
        return False
    try:
        return bool(json.loads(file.read_text("utf-8")).get("stamp") == stamp)
    except ValueError:
        return False


def forget_ready(home: Home) -> None:
    """Make the next start prepare the node again. 清除准备标记。"""
    _stamp_file(home).unlink(missing_ok=True)


def read_program(home: Home) -> str:
    """A digest of what a preparation depends on: version, migrations, case types, static files, database. 指纹。"""
    found = hashlib.sha256(yiwang.__version__.encode())
    address = os.environ.get("YIWANG_DATABASE") or home.settings.get("database", "")
    found.update(str(address or home.path).encode())
    for file in sorted(_watched()):
        state = file.stat()
        found.update(f"{file} {state.st_size} {state.st_mtime_ns}\n".encode())
    return found.hexdigest()


def _watched() -> Iterator[Path]:
    for folder, below, names in os.walk(PACKAGE):
        here = Path(folder)
        below[:] = [name for name in below if name not in ("__pycache__", "tests", "templates")]
        if "static" in here.parts or here.name in ("migrations", "case_types"):
            yield from (here / name for name in names if not name.endswith(".pyc"))


def _stamp_file(home: Home) -> Path:
    return home.path / "ready.json"
