"""Grants on the command line: where a file came from. 授权命令。"""

from __future__ import annotations

from pathlib import Path

import click

from .frame import Answer, Session, command, group
from .words import t

grants = group("grants", "What was granted and handed out. 共享授权。")


@command("trace", group=grants)
@click.argument("resource_text", metavar="RESOURCE")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def trace(session: Session, *, resource_text: str, file: Path) -> Answer:
    """Say under which grant a file of a resource left. 泄露溯源。"""
    from yiwang.nets.share.exchange import services

    found = services.trace_file(session.actor, resource_text, file, file.name)
    told = [
        {
            "grant": one.grant.request.number, "organization": one.grant.organization,
            "looked": one.looked, "rows": one.rows, "own": one.own, "keyed": one.keyed,
            "named": one.named,
        }
        for one in found
    ]  # fmt: skip
    return Answer(
        {"grants": told}, [line_of(one) for one in told] or [t("No grant gave any of it")]
    )


def line_of(one: dict[str, object]) -> str:
    """One grant for people. 一行。"""
    words = t("%(rows)s of %(looked)s rows, %(own)s of them under no other grant", **one)
    return f"{'*' if one['named'] else ' '} {one['grant']} {one['organization']}: {words}"
