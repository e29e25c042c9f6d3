"""A resource as a file that leaves at once. 导出为文件。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.files import services as files
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Node
from yiwang.nets.share.catalog.models import Resource

from .entries import get_resource, list_items
from .looking import export_rows

FORMATS = ("csv", "xlsx", "parquet")


@dataclass(frozen=True, slots=True)
class OpenExport:
    """An export ready to be sent: its file name, and its bytes, which the caller closes. 导出文件。"""

    name: str
    stream: BinaryIO


def open_export(
    actor: Actor, resource_id: str, *, ending: str, version: int | None = None, where: str = ""
) -> OpenExport:
    """Write the rows that a filter leaves to a file and open it, masked as on pages. 打开导出。

    Holders of `share.resource.export` for the owner. The name ends in the grade. The file is gone from its folder when this
    returns: only the open stream holds it.
    """
    if ending not in FORMATS:
        raise InvalidInput("catalog.export.format", "Export as csv, xlsx or parquet")
    resource = get_resource(actor, resource_id)
    with files.scratch("export") as folder:
        target = folder / f"export.{ending}"
        found = export_rows(
            actor, resource.id, target, version=version, where=read_filter(where, resource)
        )
        stream = target.open("rb")
        level = f"-G{resource.grade}" if resource.grade else ""
    return OpenExport(f"{resource.name}-{found.number}{level}.{ending}", stream)


def read_filter(text: str, resource: Resource) -> Node | None:
    """A filter typed by a person, over the columns there are. 读筛选表达式。"""
    if not text.strip():
        return None
    columns = [item.name for item in list_items(resource.id)]
    return query.parse_filter(text.strip(), query.Schema(columns))
