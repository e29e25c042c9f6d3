"""Land, look, compare, find: the main job on the command line. 汇聚、查看、比对、检索命令。"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from yiwang.kernel.base.errors import InvalidInput

from .frame import Answer, Session, command, group
from .share_lines import (
    catalog_lines,
    comparison_lines,
    landing_lines,
    preview_lines,
    profile_lines,
    resource_lines,
)
from .words import t

catalog = group("catalog", "Find resources. 资源目录。")
resource = group("resource", "Look at and take back what has landed. 资源维护。")

KINDS = click.Choice(["full", "append", "upsert", "delete"])


@command("land")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--owner", required=True, metavar="ORG", help="Code or name of the owner. 提供方。")
@click.option("--name", default="", help="Name of the resource; the file's if left out. 资源名称。")
@click.option("--kind", type=KINDS, help="Full unless the mapping says. 报送方式。")
@click.option("--key", multiple=True, metavar="COLUMN", help="Key column; repeatable. 主键列。")
@click.option("--sheet", default="", help="Only this sheet. 工作表。")
@click.option("--records", default="", metavar="PATH", help="Where records are in JSON. 记录路径。")
@click.option("--encoding", default="", help="Text encoding; found out if left out. 编码。")
@click.option("--header-row", type=click.IntRange(0, 1000), help="0: none. 表头行号，0 为无表头。")
@click.option(
    "--mapping", type=click.Path(path_type=Path), help="YAML: columns and elements. 映射文件。"
)
def land(
    session: Session,
    *,
    files: Sequence[Path],
    owner: str,
    name: str,
    kind: str | None,
    key: Sequence[str],
    sheet: str,
    records: str,
    encoding: str,
    header_row: int | None,
    mapping: Path | None,
) -> Answer:
    """Land files: keep the bytes, read every table, make a version of each. 汇聚文件。"""
    from yiwang.nets.share.connect import services

    said = {
        "kind": kind or "",
        "key": tuple(key),
        "sheet": sheet,
        "records": records,
        "encoding": encoding,
    }
    told = tell(read_mapping(mapping), said, header_row)
    if name and len(files) > 1:
        raise InvalidInput("cli.land.one_name", "--name goes with one file")
    code, warnings = find_owner(session, owner)
    found = [
        outcome
        for file in files
        for outcome in services.describe_outcomes(land_file(session, file, code, name, told))
    ]
    documents = [asdict(outcome) for outcome in found]
    failed = [one for one in documents if one["error"]]
    return Answer(
        {"files": documents, "warnings": warnings},
        [*warnings, *(line for one in documents for line in landing_lines(one))],
        exit_code=2 if failed else 0,
    )


def land_file(session: Session, file: Path, owner: str, name: str, told: Any) -> list[Any]:
    """Receive one file and land it in the foreground. 前台汇聚。"""
    from yiwang.nets.share.connect import services

    with file.open("rb") as stream:
        delivery = services.receive_file(
            session.actor,
            stream,
            file_name=file.name,
            owner=owner,
            name=name,
            instructions=told,
            queue=False,
        )
    session.say("Landing %(file)s", file=file.name)
    return services.land_here(session.actor, delivery.id)


def find_owner(session: Session, text: str) -> tuple[str, list[str]]:
    """The owner's code; an unknown one is created with a warning by an installer. 查找提供方。"""
    from yiwang.kernel.identity import services

    found = services.find_organization(text)
    if found is not None:
        return found.code, []
    if session.as_account:
        raise InvalidInput(
            "cli.land.owner_unknown", "There is no organization %(owner)s", owner=text
        )
    made = services.create_organization(
        services.installer_actor(), code=invent_code(text), name=text, kind="department"
    )
    return made.code, [t("Organization %(owner)s was not known and has been created", owner=text)]


def invent_code(name: str) -> str:
    """A code for an organization known only by name: the same name gives the same code. 临时机构代码。"""
    if name.isascii() and name.replace("-", "").isalnum() and len(name) <= 32:
        return name
    return f"x{hashlib.sha256(name.encode()).hexdigest()[:10]}"


def read_mapping(file: Path | None) -> Any:
    """Instructions from a YAML mapping, nothing told where there is none. 读映射文件。"""
    from yiwang.nets.share.connect import services
    from yiwang.nets.share.connect.types import Instructions

    if file is None:
        return Instructions(kind="")
    return services.load_mapping(file.read_text("utf-8"), file.name)


@command("preview")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sheet", default="", help="Only this sheet. 工作表。")
@click.option("--records", default="", metavar="PATH", help="Where records are in JSON. 记录路径。")
@click.option("--encoding", default="", help="Text encoding; found out if left out. 编码。")
@click.option("--header-row", type=click.IntRange(0, 1000), help="0: none. 表头行号，0 为无表头。")
@click.option("--mapping", type=click.Path(path_type=Path), help="Read it so. 映射文件。")
@click.option("--out", type=click.Path(path_type=Path), help="Write the mapping. 写出映射文件。")
def preview(
    session: Session,
    *,
    file: Path,
    sheet: str,
    records: str,
    encoding: str,
    header_row: int | None,
    mapping: Path | None,
    out: Path | None,
) -> Answer:
    """Look at the first rows of a file before it lands; nothing is kept. 汇聚前预览文件。"""
    from yiwang.nets.share.connect import services

    said = {"sheet": sheet, "records": records, "encoding": encoding}
    told = tell(read_mapping(mapping), said, header_row)
    looks = services.preview_local(session.actor, file, told)
    documents = [services.describe_look(look) for look in looks]
    if out is not None:
        out.write_text(services.dump_mapping(services.propose_mapping(looks[0])), "utf-8")
    return Answer(
        {"file": file.name, "tables": documents},
        [line for one in documents for line in preview_lines(one)],
    )


def tell(told: Any, said: dict[str, Any], header_row: int | None) -> Any:
    """What options say goes before what the mapping says. 选项优先。"""
    from dataclasses import replace

    changes = {name: value for name, value in said.items() if value}
    if header_row is not None:
        changes["header_row"] = header_row
    return replace(told, **changes)


@command("profile")
@click.argument("resource_text", metavar="RESOURCE")
@click.option("--version", "number", type=int, help="A version; the newest if left out. 版本。")
def profile(session: Session, *, resource_text: str, number: int | None) -> Answer:
    """What each column looks like, personal values masked. 数据概况。"""
    from yiwang.nets.share.catalog import services

    found = services.get_resource(session.actor, resource_text)
    version, columns = services.look_profile(session.actor, found.id, version=number)
    items = {item.name: item for item in services.list_items(found.id)}
    document = {
        "resource": describe_resource(found),
        "version": version.number,
        "rows": version.rows,
        "columns": [
            {
                **asdict(column),
                "element": items[column.name].element if column.name in items else "",
                "suggested": items[column.name].suggested if column.name in items else "",
                "reasons": list(items[column.name].reasons) if column.name in items else [],
            }
            for column in columns
        ],
    }
    return Answer(document, list(profile_lines(document)))


@command("compare")
@click.argument("left")
@click.argument("right")
@click.option("--key", multiple=True, required=True, metavar="'L = R'", help="比对主键。")
@click.option("--value", multiple=True, metavar="'L = R'", help="比对内容。")
@click.option("--alternate-key", default="", metavar="'L = R, L = R'", help="备用键。")
@click.option("--out", type=click.Path(path_type=Path), help="Write the rows here. 输出文件。")
def compare(
    session: Session,
    *,
    left: str,
    right: str,
    key: Sequence[str],
    value: Sequence[str],
    alternate_key: str,
    out: Path | None,
) -> Answer:
    """Put two registers side by side. 比对两份数据。"""
    from yiwang.nets.share.catalog import services as entries
    from yiwang.nets.share.compare import services

    sides = [entries.get_resource(session.actor, one) for one in (left, right)]
    comparison = services.run_comparison(
        session.actor,
        left=sides[0].id,
        right=sides[1].id,
        keys=list(key),
        values=list(value),
        alternate=alternate_key,
    )
    document = services.describe_comparison(comparison)
    if out is not None:
        services.export_comparison(session.actor, comparison.id, out)
        document["out"] = str(out)
    return Answer(document, list(comparison_lines(document)))


@command("search", group=catalog)
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
def search(session: Session, *, text: str, limit: int) -> Answer:
    """Find resources by words. 检索资源。"""
    from yiwang.nets.share.catalog import services

    found = services.search_resources(session.actor, text, limit=limit)
    entries = services.get_resources(hit.id for hit in found.hits)
    owners = services.name_owners(entries.values())
    document = {
        "text": text,
        "hits": [
            {
                "id": hit.id,
                "code": entries[hit.id].code,
                "name": entries[hit.id].name,
                "owner": entries[hit.id].owner,
                "owner_name": owners.get(entries[hit.id].owner, ""),
                "stage": entries[hit.id].stage,
            }
            for hit in found.hits
            if hit.id in entries
        ],
    }
    return Answer(document, list(catalog_lines(document)))


@command("export")
@click.argument("resource_text", metavar="RESOURCE")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--version", "number", type=int, help="A version; the newest if left out. 版本。")
@click.option("--purpose", default="", help="Unmask personal data for this purpose. 明文用途。")
def export(
    session: Session, *, resource_text: str, file: Path, number: int | None, purpose: str
) -> Answer:
    """Write a resource to a CSV, XLSX or Parquet file, personal data masked. 导出数据。"""
    from yiwang.nets.share.catalog import services

    found = services.get_resource(session.actor, resource_text)
    if purpose:
        services.unmask_resource(session.actor, found.id, purpose=purpose)
    version = services.export_rows(session.actor, found.id, file, version=number)
    document = {
        "resource": describe_resource(found),
        "version": version.number,
        "rows": version.rows,
        "file": str(file),
    }
    return Answer(document, [t("%(rows)s rows written to %(file)s", rows=version.rows, file=file)])


@command("show", group=resource)
@click.argument("resource_text", metavar="RESOURCE")
def show(session: Session, *, resource_text: str) -> Answer:
    """A catalogue entry with its versions and deliveries. 查看资源。"""
    from yiwang.nets.share.catalog import services
    from yiwang.nets.share.connect import services as deliveries

    found = services.get_resource(session.actor, resource_text)
    document = {
        **describe_resource(found),
        "missing": services.list_missing(found),
        "items": [asdict(item) for item in services.list_items(found.id)],
        "versions": [
            {"number": one.number, "kind": one.kind, "rows": one.rows, "state": one.state}
            for one in services.list_versions(session.actor, found.id)
        ],
        "deliveries": [
            {
                "id": one.id,
                "file": one.file_name,
                "state": one.state,
                "version": one.version,
                "sha256": one.sha256,
                "received_at": one.received_at,
                "reading": {
                    **{
                        name: one.reading.get(name) for name in ("format", "encoding", "header_row")
                    },
                    "sheet": one.instructions.get("sheet", ""),
                    "records": one.instructions.get("records", ""),
                },
            }
            for one in deliveries.list_of_resource(session.actor, found.id)
        ],
    }
    return Answer(document, list(resource_lines(document)))


@command("withdraw", group=resource)
@click.argument("resource_text", metavar="RESOURCE")
@click.option("--delivery", default="", help="The delivery; the latest if left out. 报送标识。")
@click.option("--reason", required=True, help="原因。")
def withdraw(session: Session, *, resource_text: str, delivery: str, reason: str) -> Answer:
    """Undo a wrong delivery. 撤回报送。"""
    from yiwang.nets.share.connect import services

    chosen = delivery or latest_delivery(session, resource_text)
    done = services.withdraw_delivery(session.actor, chosen, reason=reason)
    return Answer(
        {"delivery": done.id, "state": done.state}, [t("Withdrawn: %(file)s", file=done.file_name)]
    )


@command("purge", group=resource)
@click.argument("resource_text", metavar="RESOURCE")
@click.option("--delivery", default="", help="The delivery; the latest if left out. 报送标识。")
@click.option("--reason", required=True, help="原因。")
def purge(session: Session, *, resource_text: str, delivery: str, reason: str) -> Answer:
    """Destroy a delivery that should never have come: bytes and rows. 清除报送。"""
    from yiwang.nets.share.connect import services

    chosen = delivery or latest_delivery(session, resource_text)
    done = services.purge_delivery(session.actor, chosen, reason=reason)
    return Answer(
        {"deliveries": [one.id for one in done], "state": "purged"},
        [t("Purged: %(file)s", file=one.file_name) for one in done],
    )


def latest_delivery(session: Session, resource_text: str) -> str:
    """The newest landed delivery of a resource. 最近报送。"""
    from yiwang.kernel.base.errors import NotFound
    from yiwang.nets.share.catalog import services
    from yiwang.nets.share.connect import services as deliveries

    found = services.get_resource(session.actor, resource_text)
    for one in deliveries.list_of_resource(session.actor, found.id):
        if one.state == "landed":
            return one.id
    raise NotFound("cli.delivery.none", "%(name)s has no landed delivery", name=found.name)


def describe_resource(found: Any) -> dict[str, Any]:
    """The catalogue fields of an entry. 目录字段。"""
    names = (
        "id", "code", "name", "owner", "abstract", "data_format", "sharing_type", "sharing_basis",
        "open_type", "update_cycle", "publish_date", "stage", "grade", "key",
    )  # fmt: skip
    return {name: getattr(found, name) for name in names}
