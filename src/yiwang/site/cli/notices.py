"""Rectification notices on the command line. 整改单命令。"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from .frame import Answer, Session
from .frame import command as declare
from .quality import quality
from .words import t


@declare("findings", group=quality)
@click.option("--owner", default="", metavar="ORG", help="Only this department's. 部门代码。")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def findings(session: Session, *, owner: str, limit: int) -> Answer:
    """Groups of findings, the largest first. 问题清单。"""
    from yiwang.nets.share.quality import services

    found = services.list_groups(session.actor, owner=owner, limit=limit)
    document = {"groups": [services.describe_group(one) for one in found if one.rows]}
    return Answer(document, [group_line(one) for one in document["groups"]])


@declare("send", group=quality)
@click.argument("owners", nargs=-1, required=True, metavar="ORG...")
@click.option("--days", type=int, default=10, show_default=True, help="Working days. 工作日数。")
@click.option("--note", default="", help="Contact and note for the cover. 联系人与说明。")
@click.option("--purpose", default="", help="Send personal values whole for this. 完整下发用途。")
@click.option("--out", type=click.Path(path_type=Path), help="Put the workbooks here. 输出目录。")
def send(
    session: Session,
    *,
    owners: Sequence[str],
    days: int,
    note: str,
    purpose: str,
    out: Path | None,
) -> Answer:
    """Send each department a notice of all its open findings. 下发整改单。"""
    from yiwang.nets.share.quality import services

    sent = []
    for owner in owners:
        made = services.open_notice(
            session.actor, owner=owner, terms=services.Terms(days, note, purpose)
        )
        session.say("Writing %(number)s", number=made.number)
        notice = services.send_notice(session.actor, made.id)
        sent.append(
            services.describe_notice(notice) | {"file": save_workbook(session, notice.id, out)}
        )
    return Answer({"notices": sent}, [line for one in sent for line in notice_lines(one)])


def save_workbook(session: Session, notice_id: str, out: Path | None) -> str:
    """The workbook into a folder, where one is given. 保存工作簿。"""
    from yiwang.nets.share.quality import services

    if out is None:
        return ""
    out.mkdir(parents=True, exist_ok=True)
    notice, stream = services.open_workbook(session.actor, notice_id)
    path = out / services.file_name(notice)
    with stream, path.open("wb") as target:
        shutil.copyfileobj(stream, target)
    return str(path)


@declare("notices", group=quality)
@click.option("--state", default="", help="draft, sent, returned, closed or cancelled. 状态。")
def notices(session: Session, *, state: str) -> Answer:
    """Notices, the newest first. 整改单列表。"""
    from yiwang.nets.share.quality import services

    rows = services.visible_notices(session.actor).order_by("-id")
    found = rows.filter(state=state) if state else rows
    document = {"notices": [services.describe_notice(one) for one in found[:200]]}
    return Answer(document, [line for one in document["notices"] for line in notice_lines(one)])


@declare("return", group=quality)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def take_return(session: Session, *, file: Path) -> Answer:
    """Take in a corrected workbook, whatever it is called now. 接收整改回执。"""
    from yiwang.nets.share.quality import services

    with file.open("rb") as stream:
        done = services.return_here(session.actor, stream, file_name=file.name)
    document = services.describe_return(done)
    return Answer(document, list(return_lines(document)), exit_code=2 if document["error"] else 0)


def group_line(group: Mapping[str, Any]) -> str:
    """A group for people. 问题组一行。"""
    return f"{group['rows']:>9,}  {group['owner']}  {group['title']}  {group['pattern']}"


def notice_lines(notice: Mapping[str, Any]) -> Iterator[str]:
    """A notice for people. 整改单一行。"""
    yield f"{notice['number']}  {notice['state']}  {notice['rows']:,}  {notice['due_on'] or ''}"
    if notice.get("file"):
        yield f"  {notice['file']}"


def return_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """What became of the answers. 回执结果。"""
    from yiwang.nets.share.quality.services import VERDICTS

    yield f"{found['number']}  {found['state']}"
    for code, number in found["counts"].items():
        yield f"{number:>9,}  {t(VERDICTS.get(code, code))}"
    for one in found["problems"]:
        yield f"  {one['sheet']}:{one['place']}  {one['field']}  {t(VERDICTS.get(one['code'], one['code']))}"
    if found["error"]:
        yield str(found["error"])
