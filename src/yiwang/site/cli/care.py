"""Looking after a node. 节点维护命令。"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg

from .frame import Answer, Session, command
from .operate import hold_home
from .words import t

if TYPE_CHECKING:
    from yiwang.site.care.doctor import Finding

SIGNS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}
PASSPHRASE = click.option(
    "--passphrase-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=t("File whose first line is the passphrase that seals node.json."),
)


@command("doctor")
@click.option("--deep", is_flag=True, help=t("Also read every stored byte."))
def doctor(session: Session, *, deep: bool) -> Answer:
    """Examine the node and say what to do. 节点体检。"""
    from yiwang.site.care.doctor import examine

    found = examine(session.home, deep=deep)
    well = all(one.grade != "fail" for one in found)
    return Answer(
        {"well": well, "findings": [describe(one) for one in found]},
        [show(one) for one in found],
        exit_code=0 if well else 1,
    )


@command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@PASSPHRASE
def backup(session: Session, *, file: Path, passphrase_file: Path | None) -> Answer:
    """Write the whole node into one archive while it runs. 备份节点。"""
    from yiwang.site.care.backup import back_up

    made = back_up(session.home, file, passphrase=read_passphrase(passphrase_file))
    text = t("%(file)s: %(members)s members, %(bytes)s bytes", **asdict(made))
    lines = [text]
    if not made.sealed:
        lines.append(t("It holds the node's keys in clear: keep it as safe as the node."))
    return Answer(asdict(made), lines)


@command("restore", django=False)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--home", "target", metavar="FOLDER", type=click.Path(path_type=Path),
              help=t("Folder to restore into; new or empty."))  # fmt: skip
@click.option("--database", default="", help=t("Empty PostgreSQL database, for a backup from one."))
@PASSPHRASE
def restore(
    session: Session,
    *,
    file: Path,
    target: Path | None,
    database: str,
    passphrase_file: Path | None,
) -> Answer:
    """Make a node from an archive, after holding every byte against its digest. 恢复节点。"""
    from yiwang.site.care.restore import restore as restore_node

    done = restore_node(
        file,
        (target or session.home.path).expanduser().resolve(),
        database=database,
        passphrase=read_passphrase(passphrase_file),
    )
    line = t("Node %(node)s as of %(made_at)s is in %(home)s", **asdict(done))
    return Answer(asdict(done), [line, t("Next: yiwang --home %(home)s upgrade", home=done.home)])


@command("move")
@click.option("--to", "url", required=True, metavar="ADDRESS",
              help=t("Empty database: postgresql://user:password@host:5432/name"))  # fmt: skip
def move(session: Session, *, url: str) -> Answer:
    """Carry the node from SQLite to PostgreSQL. 迁移到 PostgreSQL。"""
    from yiwang.site.care.move import move as move_node

    with hold_home(session.home):
        found = move_node(session.home, url)
    rows = sum(one.rows for one in found)
    lines = [f"{one.rows:>10}  {one.digest[:16]}  {one.table}" for one in found]
    lines.append(t("%(tables)s tables, %(rows)s rows, equal on both sides",
                   tables=len(found), rows=rows))  # fmt: skip
    lines.append(t("The node now uses PostgreSQL; the SQLite file stays untouched."))
    return Answer({"tables": [asdict(one) for one in found], "rows": rows}, lines)


@command("upgrade")
def upgrade(session: Session) -> Answer:
    """Bring an earlier node to this program, after a backup. 升级节点。"""
    from yiwang.site.care.upgrade import upgrade as upgrade_node

    with hold_home(session.home):
        done = upgrade_node(session.home)
    well = all(one.grade != "fail" for one in done.findings)
    lines = [
        t("Backup: %(file)s", file=done.backup),
        t("%(count)s apps migrated", count=len(done.migrated)),
        *(show(one) for one in done.findings),
    ]
    document = {
        "backup": done.backup,
        "migrated": done.migrated,
        "well": well,
        "findings": [describe(one) for one in done.findings],
    }
    return Answer(document, lines, exit_code=0 if well else 1)


def describe(found: Finding) -> dict[str, object]:
    """A finding for programs. 体检项文档。"""
    sentence, remedy = say(found)
    return {"check": found.check, "grade": found.grade, "detail": sentence, "remedy": remedy}


def show(found: Finding) -> str:
    """A finding for people. 体检项文本。"""
    sentence, remedy = say(found)
    return f"{SIGNS[found.grade]} {found.check:<11} {sentence}" + (f" → {remedy}" if remedy else "")


def say(found: Finding) -> tuple[str, str]:
    """A finding's sentence and remedy in the operator's language. 体检项译文。"""
    return t(found.sentence, **(found.places or {})), t(found.remedy)


def read_passphrase(file: Path | None) -> str:
    """The first line of a passphrase file, or nothing. 读取口令。"""
    if file is None:
        return ""
    text = file.read_text("utf-8").partition("\n")[0].strip()
    if not text:
        raise InvalidInput("node.backup.no_passphrase", msg("The passphrase file is empty"))
    return text
