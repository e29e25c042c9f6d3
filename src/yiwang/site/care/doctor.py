"""Is the node well? 体检。

Each check looks at one thing and says ok, warn or fail, and what to do. A check that breaks is a
finding too; the others go on.
"""

from __future__ import annotations

import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.text import msg
from yiwang.site.home import Home

Grade = Literal["ok", "warn", "fail"]
WARN_FREE_BYTES = 2 * 1024**3
FAIL_FREE_BYTES = 200 * 1024**2
CLOCK_SLACK = timedelta(minutes=5)
EARLIEST_CLOCK = 1_750_000_000  # the summer of 2025, when this program did not exist yet


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination. 体检项。 `sentence` and `remedy` are message ids."""

    check: str
    grade: Grade
    sentence: str
    remedy: str = ""
    places: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """What is examined, and whether down to every byte. 体检对象。"""

    home: Home
    deep: bool


Check = Callable[[Node], Iterator[Finding]]


def examine(home: Home, *, deep: bool = False) -> list[Finding]:
    """Run every check; `deep` also reads every stored byte. 全面体检。"""
    return [
        found
        for name, check in CHECKS.items()
        for found in run_check(name, check, Node(home, deep))
    ]


def run_check(name: str, check: Check, node: Node) -> list[Finding]:
    """The findings of one check, or that it broke. 执行一项。"""
    try:
        found = list(check(node))
    except Exception as error:  # noqa: BLE001 a broken check is a finding
        text = " ".join(str(error).split())[:200]
        places: dict[str, object] = {"error": f"{type(error).__name__}: {text}"}
        return [Finding(name, "fail", msg("This check broke: %(error)s"), places=places)]
    return [replace(one, check=name) for one in found]


def ok(sentence: str, **places: object) -> Finding:
    """All is well here. 正常。"""
    return Finding("", "ok", sentence, places=places)


def bad(grade: Grade, sentence: str, remedy: str, **places: object) -> Finding:
    """Something is not well. 异常。"""
    return Finding("", grade, sentence, remedy, places)


def check_home(node: Node) -> Iterator[Finding]:
    """Nobody else may read the folder or its secrets. 目录权限。"""
    home = node.home.path
    loose = [
        path.name
        for path in (home, home / "node.json", home / "tokens.json")
        if path.exists() and _readable_by_others(path)
    ]
    if loose:
        yield bad(
            "fail",
            msg("Others may read %(names)s"),
            msg("Run: chmod -R go-rwx on the home folder"),
            names=", ".join(loose),
        )
    else:
        yield ok(msg("Only its owner can read the home folder"))


def check_disk(node: Node) -> Iterator[Finding]:
    """There is room to work. 磁盘空间。"""
    free = shutil.disk_usage(node.home.path).free
    gigabytes = round(free / 1024**3, 1)
    if free < WARN_FREE_BYTES:
        yield bad(
            "fail" if free < FAIL_FREE_BYTES else "warn",
            msg("%(gigabytes)s GB are free on the disk"),
            msg("Free some space or move the home folder to a larger disk"),
            gigabytes=gigabytes,
        )
    else:
        yield ok(msg("%(gigabytes)s GB are free on the disk"), gigabytes=gigabytes)


def check_clock(_node: Node) -> Iterator[Finding]:
    """The clock is not before this program. 系统时钟。"""
    if time.time() < EARLIEST_CLOCK:
        yield bad("fail", msg("The clock is wrong"), msg("Set the clock, best by a time server"))
    else:
        yield ok(msg("The clock is plausible"))


def check_database(_node: Node) -> Iterator[Finding]:
    """The database answers and is of a version that we test. 数据库。"""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
        else:
            cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0])
    yield ok(msg("%(vendor)s %(version)s answers"), vendor=connection.vendor, version=version)
    if connection.vendor == "postgresql" and int(version.partition(".")[0]) < 14:
        yield bad("fail", msg("PostgreSQL is older than 14"), msg("Upgrade the database server"))


def check_integrity(node: Node) -> Iterator[Finding]:
    """SQLite finds its own pages in order. 数据库完整性。"""
    from django.db import connection

    if not node.deep or connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(5)")
        said = [row[0] for row in cursor.fetchall()]
        cursor.execute("PRAGMA foreign_key_check")
        broken = cursor.fetchall()
    if said == ["ok"] and not broken:
        yield ok(msg("The database file is in order"))
    else:
        text = "; ".join(said if said != ["ok"] else [f"{len(broken)} broken references"])
        yield bad("fail", msg("The database file is damaged: %(text)s"),
                  msg("Stop the node and restore the latest backup"), text=text)  # fmt: skip


def check_migrations(_node: Node) -> Iterator[Finding]:
    """The tables are those of this program. 迁移状态。"""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    own = {app for app, _ in executor.loader.disk_migrations}
    if plan:
        yield bad("fail", msg("%(count)s migrations are missing"), msg("Run: yiwang upgrade"),
                  count=len(plan))  # fmt: skip
    elif any(app in own for app, _ in unknown):
        yield bad("fail", msg("The database was made by a later program"),
                  msg("Install the later program again"))  # fmt: skip
    else:
        yield ok(msg("The tables are those of this program"))


def check_ledger(_node: Node) -> Iterator[Finding]:
    """The ledger's guards stand. 台账触发器。"""
    from yiwang.kernel.ledger.services import check_guards, check_retention, find_newest_at

    missing = check_guards()
    newest = find_newest_at()
    if newest and newest > now() + CLOCK_SLACK:
        yield bad("fail", msg("The clock went back: the ledger's newest row is of %(at)s"),
                  msg("Set the clock, then note in writing which rows were written meanwhile"),
                  at=newest.isoformat(timespec="seconds"))  # fmt: skip
    for problem in check_retention():
        yield bad("fail", msg("The ledger is kept too briefly: %(problem)s"),
                  msg("Set ledger_retention_days to 180 or more"), problem=problem)  # fmt: skip
    if missing:
        yield bad("fail", msg("The ledger is not guarded: %(missing)s"),
                  msg("Run: yiwang upgrade; then ask who changed the database"),
                  missing="; ".join(missing))  # fmt: skip
    else:
        yield ok(msg("The ledger's guards stand"))


def check_settings(node: Node) -> Iterator[Finding]:
    """No setting opens the node further than meant. 设置安全。"""
    settings = node.home.settings
    hosts = settings.get("hosts", [])
    remote = [host for host in hosts if host not in ("localhost", "127.0.0.1", "[::1]")]
    if "*" in hosts:
        yield bad("warn", msg("hosts allows any name"), msg("Name the node's addresses in hosts"))
    if remote and not settings.get("https"):
        yield bad("warn", msg("The node has a name in the network but https is not set"),
                  msg("Put a TLS proxy before it and set https = true"))  # fmt: skip
    if "*" not in hosts and not (remote and not settings.get("https")):
        yield ok(msg("The settings are safe"))


def check_fonts(_node: Node) -> Iterator[Finding]:
    """Pages bring no font of their own; a screen of this machine needs a Chinese one. 中文字体。"""
    if shutil.which("fc-list") is None:
        return
    import subprocess

    done = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    if done.stdout.strip():
        yield ok(msg("A Chinese font is installed"))
    else:
        yield bad("warn", msg("No Chinese font is installed on this machine"),
                  msg("Only needed for screens and screenshots here: install fonts-noto-cjk"))  # fmt: skip


def check_files(node: Node) -> Iterator[Finding]:
    """Every stored file is there; deep: and readable, with its digest. 文件核对。"""
    from yiwang.kernel.files.services import check_contents

    found = check_contents(deep=node.deep)
    if found.missing or found.damaged:
        yield bad("fail", msg("%(missing)s of %(rows)s stored files are missing, %(damaged)s damaged: %(listed)s"),
                  msg("Restore the files folder from the latest backup"),
                  rows=found.rows, missing=found.missing, damaged=found.damaged,
                  listed=", ".join(found.listed))  # fmt: skip
    else:
        yield ok(msg("%(rows)s stored files are in place"), rows=found.rows)


def check_pool(node: Node) -> Iterator[Finding]:
    """Every part of the manifest is there with its size; deep: and digest. 数据池核对。"""
    from yiwang.kernel.pool.services import check_parts

    found = check_parts(deep=node.deep)
    if found.missing or found.damaged:
        yield bad("fail", msg("%(missing)s of %(parts)s pool parts are missing, %(damaged)s damaged: %(listed)s"),
                  msg("Restore the pool folder from the latest backup"),
                  parts=found.parts, missing=found.missing, damaged=found.damaged,
                  listed=", ".join(found.listed))  # fmt: skip
    else:
        yield ok(msg("%(parts)s pool parts are in place"), parts=found.parts)


def check_evidence(node: Node) -> Iterator[Finding]:
    """The evidence log hangs together; deep: down to every entry. 存证核对。"""
    from yiwang.kernel.evidence.services import examine_log, is_restored

    if is_restored():
        yield bad("warn", msg("The node was put back from a backup; its evidence log waits for a word"),
                  msg("Run: yiwang evidence new-epoch, or yiwang evidence resume"))  # fmt: skip
    problems = examine_log(deep=node.deep)
    if problems:
        yield bad("fail", msg("The evidence log: %(problems)s"),
                  msg("See docs/howto/keep-evidence.md"), problems="; ".join(problems))  # fmt: skip
    else:
        yield ok(msg("The evidence log hangs together"))


def check_jobs(_node: Node) -> Iterator[Finding]:
    """Background work moves. 后台任务。"""
    from yiwang.kernel.jobs.services import describe_health

    found = describe_health()
    if found.late or found.lost:
        yield bad("warn", msg("%(late)s jobs wait for more than 5 minutes, %(lost)s lost their worker"),
                  msg("Is the node running? Start it, or add job_workers in yiwang.toml"),
                  late=found.late, lost=found.lost)  # fmt: skip
    if found.dead:
        yield bad("warn", msg("%(dead)s jobs gave up"),
                  msg("Look at them under Jobs, mend the cause and replay them"), dead=found.dead)  # fmt: skip
    if not (found.late or found.lost or found.dead):
        yield ok(msg("Background work moves: %(waiting)s waiting, %(running)s running"),
                 waiting=found.waiting, running=found.running)  # fmt: skip


def _readable_by_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


CHECKS: dict[str, Check] = {
    "home": check_home,
    "disk": check_disk,
    "clock": check_clock,
    "database": check_database,
    "integrity": check_integrity,
    "migrations": check_migrations,
    "ledger": check_ledger,
    "files": check_files,
    "pool": check_pool,
    "evidence": check_evidence,
    "jobs": check_jobs,
    "settings": check_settings,
    "fonts": check_fonts,
}
