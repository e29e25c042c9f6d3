"""A look at a file that has not been sent: the command line. 本地文件预览。

Nothing is kept. What looks personal is masked as on the page, and the look is on record.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.files import services as files
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.tabular.preview import preview_file
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.connect.types import Instructions

from .landing import options_of
from .looking_before import ColumnLook, PreviewLook, look_at
from .permissions import LAND


def preview_local(actor: Actor, path: Path, told: Instructions) -> list[PreviewLook]:
    """What a file holds and what would be proposed for it, table by table. 预览本地文件。

    Holders of `share.delivery.land`.
    """
    actor.require(LAND, organization=actor.organization)
    with files.scratch("preview") as folder:
        found = preview_file(path, path.name, options_of(told, folder))
    nowhere = Delivery(file_name=path.name, resource_name="")
    parts = [replace(found, tables=[one]) for one in found.tables] or [found]
    looks = [look_at(PreviewLook(nowhere, part, told)) for part in parts]
    for look in looks:
        if look.masked:
            ledger.record_read(
                actor,
                on=Ref("share.file", "", path.name),
                purpose="",
                columns=look.masked,
                rows=len(look.picture),
                where="preview command",
            )
    return looks


def describe_look(look: PreviewLook) -> dict[str, Any]:
    """A preview as a document, for programs. 预览文档。"""
    table, read = look.table, look.read
    document: dict[str, Any] = {
        "format": look.found.format,
        "encodings": [
            {"name": one.name, "sample": one.sample, "wrong_line": one.line}
            for one in look.found.encodings
        ],
        "records": [
            {"path": one.path, "count": one.count, "members": one.members}
            for one in look.found.records
        ],
    }
    if table is None or read is None:
        return document
    return document | {
        "table": table.label,
        "hidden": table.hidden,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "header_row": read.header_row,
        "header_rows": read.header_rows,
        "footer_rows": len(read.footer),
        "columns": [_describe_column(one) for one in look.columns],
        "difference": look.drift,
    }


def _describe_column(column: ColumnLook) -> dict[str, Any]:
    return {
        "heading": column.shown,
        "name": column.name if column.shown == column.heading else "",
        "element": column.element,
        "confidence": column.confidence,
        "reasons": column.reasons,
        "suggested": [one.code for one in column.suggestions],
        "values": [one.stored for one in column.readings],
        "filled": column.filled,
        "unreadable": column.unreadable,
        "masked": bool(column.masked),
        "key": column.key,
        "lands": column.kept,
    }


def propose_mapping(look: PreviewLook) -> Instructions:
    """Instructions that hold fast what is proposed for one table. 建议映射。"""
    read, table = look.read, look.table
    if read is None or table is None:
        return look.told
    columns = {one.heading: one.element for one in look.columns}
    told = replace(look.told, kind="full", sheet=table.sheet, columns=columns)
    if table.named:
        return told
    return replace(told, header_row=read.header_row, header_rows=read.header_rows or None)
