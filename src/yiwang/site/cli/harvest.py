"""The catalogue as a file for portals. 目录导出命令。"""

from __future__ import annotations

from pathlib import Path

import click

from .frame import Answer, Session, command
from .share import catalog
from .words import t


@command("dcat", group=catalog)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--base", required=True, help="The address of this node. 平台地址。")
@click.option("--format", "form", type=click.Choice(["turtle", "jsonld"]), default="turtle")
@click.option("--public", is_flag=True, help="Only what the public is told. 仅公众可见。")
def write_catalogue(session: Session, *, file: Path, base: str, form: str, public: bool) -> Answer:
    """Write all published entries as DCAT-AP 3.0.1. 导出 DCAT-AP。"""
    from yiwang.kernel.base.act import ANONYMOUS
    from yiwang.nets.share.dcat import services

    actor = ANONYMOUS if public else session.actor
    things = list(services.list_things(actor, base=base.rstrip("/")))
    write = services.write_turtle if form == "turtle" else services.write_jsonld
    file.write_text(write(things), "utf-8")
    count = sum("dcat:Dataset" in one.kinds for one in things)
    document = {"file": str(file), "resources": count}
    return Answer(document, [t("%(count)s resources written to %(file)s", count=count, file=file)])
