"""Databases and folders that are read again and again. 数据源命令。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from yiwang.kernel.base.errors import InvalidInput

from .frame import Answer, Session, command, group
from .words import t

source = group("source", "Read databases and watched folders. 数据源。")
MODES = click.Choice(["full", "append", "upsert"])
CYCLES = click.Choice(["manual", "hourly", "daily", "weekly", "monthly"])


@command("add", group=source)
@click.argument("name")
@click.option("--owner", required=True, metavar="ORG", help="Code of the owner. 提供方代码。")
@click.option("--kind", required=True, help="postgres, mysql, sqlite, folder, sftp. 类型。")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting. 参数。")
@click.option("--secret", default="password", help="Which secret is asked for. 保密参数名。")
@click.option("--ask/--no-ask", default=True, help="Ask for the secret. 询问密码。")
def add(
    session: Session,
    *,
    name: str,
    owner: str,
    kind: str,
    settings: Sequence[str],
    secret: str,
    ask: bool,
) -> Answer:
    """Enter a source; its password is asked for, never an argument. 登记数据源。"""
    from yiwang.kernel.live.services import get_kind
    from yiwang.nets.share.sources import services

    told = read_settings(settings)
    known = get_kind(kind).secrets
    if known & told.keys():
        raise InvalidInput(
            "cli.source.secret",
            "A password given as an argument can be seen by others; leave it out",
        )
    if ask and secret in known:
        told[secret] = click.prompt(t("Password"), hide_input=True, default="", err=True)
    made = services.add_source(session.actor, owner=owner, name=name, kind=kind, settings=told)
    return Answer({"source": made.id, "name": made.name}, [f"{made.id}  {made.name}"])


def read_settings(given: Sequence[str]) -> dict[str, str]:
    """Settings from NAME=VALUE arguments. 读参数。"""
    found = {}
    for one in given:
        name, mark, value = one.partition("=")
        if not mark:
            raise InvalidInput("cli.source.setting", "Write a setting as NAME=VALUE")
        found[name.strip()] = value
    return found


@command("check", group=source)
@click.argument("name")
def check(session: Session, *, name: str) -> Answer:
    """Say whether the connection works. 测试连接。"""
    from yiwang.nets.share.sources import services

    found = services.get_source(session.actor, name)
    answer = services.check_source(session.actor, found.id)
    return Answer({"source": found.id, "answer": answer}, [answer])


@command("discover", group=source)
@click.argument("name")
def discover(session: Session, *, name: str) -> Answer:
    """List the tables that may be read, and what their columns look like. 发现数据表。"""
    from yiwang.nets.share.sources import services

    found = services.get_source(session.actor, name)
    tables = services.discover_tables(session.actor, found.id)
    documents = [describe_table(table, services.propose_elements(table)) for table in tables]
    lines = [
        line
        for one in documents
        for line in (
            f"{one['name']}  {one['comment']}",
            *(
                f"    {column['name']}  {column['type']}  {column['comment']}  {column['element']}"
                for column in one["columns"]
            ),
        )
    ]
    return Answer({"tables": documents}, lines or [t("There is nothing that may be read")])


def describe_table(table: Any, elements: dict[str, str]) -> dict[str, Any]:
    """A discovered table as a document. 源表描述。"""
    return {
        "name": table.name,
        "comment": table.comment,
        "rows": table.rows,
        "key": list(table.key),
        "columns": [
            {
                "name": column.name,
                "type": column.type,
                "comment": column.comment,
                "watermark": column.moves,
                "element": elements.get(column.name, ""),
            }
            for column in table.columns
        ],
    }


@command("take", group=source)
@click.argument("name")
@click.argument("table")
@click.option(
    "--resource", default="", help="Name of the resource; the table's if left out. 资源名称。"
)
@click.option("--column", "columns", multiple=True, help="Only these columns; repeatable. 字段。")
@click.option("--mode", type=MODES, default="full", show_default=True, help="读取方式。")
@click.option("--key", multiple=True, metavar="COLUMN", help="Key column; repeatable. 主键列。")
@click.option("--watermark", default="", metavar="COLUMN", help="Column that grows. 水位字段。")
@click.option("--overlap", type=click.IntRange(0), default=0, help="Go back so far. 回看。")
@click.option("--cycle", type=CYCLES, default="manual", show_default=True, help="周期。")
@click.option("--rows-per-second", type=click.IntRange(0), default=0, help="0: no limit. 限速。")
def take(
    session: Session,
    *,
    name: str,
    table: str,
    resource: str,
    columns: Sequence[str],
    **plan: Any,
) -> Answer:
    """Read a table, or the files of a pattern, from now on. 选择读取内容。"""
    from yiwang.nets.share.sources import services

    found = services.get_source(session.actor, name)
    chosen = dict.fromkeys(columns, "")
    made = services.add_table(
        session.actor,
        found.id,
        name=table,
        resource=resource or table.rpartition(".")[2],
        plan=services.Plan(columns=chosen, **plan),
    )
    return Answer({"table": made.id, "resource": made.resource_name}, [made.resource_name])


@command("run", group=source)
@click.argument("table")
def run(session: Session, *, table: str) -> Answer:
    """Read now what is read of a source, by its resource's name. 立即读取。"""
    from yiwang.nets.share.sources import services

    found = services.get_table(session.actor, table)

    def tell(rows: int, _total: int | None) -> None:
        session.say("%(rows)s rows read", rows=rows)

    done = services.run_here(session.actor, found.id, tell)
    document = {
        "run": done.id,
        "state": done.state,
        "rows": done.rows,
        "version": done.version,
        "delivery": done.delivery,
        "error": done.error,
    }
    line = t(
        "%(table)s: %(state)s, %(rows)s rows", table=found.name, state=done.state, rows=done.rows
    )
    return Answer(document, [line], exit_code=0 if done.state in ("done", "nothing") else 2)


@command("list", group=source)
def list_all(session: Session) -> Answer:
    """List sources and what is read of them. 数据源列表。"""
    from yiwang.nets.share.sources import services

    tables = [
        {
            "id": one.id,
            "source": one.source.name,
            "kind": one.source.kind,
            "table": one.name,
            "resource": one.resource_name,
            "mode": one.mode,
            "cycle": one.cycle,
            "since": one.since,
            "state": one.last_state,
        }
        for one in services.visible_tables(session.actor).order_by("source__name", "name")
    ]
    sources = [
        {"id": one.id, "name": one.name, "kind": one.kind, "owner": one.owner}
        for one in services.visible_sources(session.actor).order_by("name")
    ]
    lines = [f"{one['name']}  {one['kind']}" for one in sources]
    lines += [
        f"  {one['source']}  {one['table']} → {one['resource']}  {one['state']}" for one in tables
    ]
    return Answer({"sources": sources, "tables": tables}, lines)
