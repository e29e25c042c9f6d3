"""Tables in the words of Delta Sharing, in both of its response formats. 批量共享协议。

https://github.com/delta-io/delta-sharing/blob/main/PROTOCOL.md: lines of JSON; `parquet` has
fields of its own, `delta` wraps the actions of a Delta log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .models import Copy
from .types import Kind

PARQUET, DELTA = "parquet", "delta"
THOUSAND = 1000
Addresser = Callable[[Copy, Kind], str]


def choose_format(capabilities: str) -> str:
    """The response format for what a client says it can read; `delta` is the faster. 选择格式。"""
    said = dict(
        part.strip().lower().split("=", 1) for part in capabilities.split(";") if "=" in part
    )
    return DELTA if DELTA in said.get("responseformat", "").split(",") else PARQUET


def write_lines(lines: Iterable[Mapping[str, Any]]) -> str:
    """Lines of JSON. 逐行输出。"""
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines)


def head(copy: Copy, form: str, *, version: int | None = None) -> list[Mapping[str, Any]]:
    """What precedes the files: protocol and metadata. 协议与元数据。"""
    described = {
        "id": copy.grant_id,
        "format": {"provider": "parquet"},
        "schemaString": _schema(copy),
        "partitionColumns": [],
        "configuration": {"enableChangeDataFeed": "true"},
    }
    sizes = {
        "version": copy.number if version is None else version,
        "size": copy.size,
        "numFiles": 1,
    }
    if form == PARQUET:
        return [{"protocol": {"minReaderVersion": 1}}, {"metaData": described | sizes}]
    delta = described | {
        "format": {"provider": "parquet", "options": {}},
        "configuration": {"delta.enableChangeDataFeed": "true"},
        "createdTime": moment_of(copy),
    }
    protocol = {"deltaProtocol": {"minReaderVersion": 1, "minWriterVersion": 4}}
    return [{"protocol": protocol}, {"metaData": sizes | {"deltaMetadata": delta}}]


def list_files(copy: Copy, form: str, address: Addresser, expires: int) -> list[Mapping[str, Any]]:
    """The file of a table; none where it has no rows, which is what clients expect. 数据文件。"""
    if not copy.rows:
        return []
    stats = json.dumps({"numRecords": copy.rows})
    common = {
        "id": copy.id,
        "version": copy.number,
        "timestamp": moment_of(copy),
        "expirationTimestamp": expires,
    }
    url = address(copy, "rows")
    if form == PARQUET:
        said = {"url": url, "partitionValues": {}, "size": copy.size, "stats": stats}
        return [{"file": common | said}]
    return [{"file": common | {"deltaSingleAction": {"add": _add(copy, url, stats)}}}]


def list_change(
    copy: Copy, form: str, address: Addresser, expires: int
) -> Mapping[str, Any] | None:
    """What changed with a copy: all its rows where none was before; None where nothing did. 变更文件。"""
    if copy.changes == 0 or (copy.changes < 0 and not copy.rows):
        return None
    first = copy.changes < 0
    url = address(copy, "rows" if first else "changes")
    common = {
        "id": f"{copy.id}-{'rows' if first else 'changes'}",
        "version": copy.number,
        "timestamp": moment_of(copy),
        "expirationTimestamp": expires,
    }
    size = copy.size if first else copy.changes_size
    if form == PARQUET:
        said = {"url": url, "partitionValues": {}, "size": size}
        return {"add" if first else "cdf": common | said}
    if first:
        action = {"add": _add(copy, url, json.dumps({"numRecords": copy.rows}))}
    else:
        action = {"cdc": {"path": url, "partitionValues": {}, "size": size, "dataChange": False}}
    return {"file": common | {"deltaSingleAction": action}}


def moment_of(copy: Copy) -> int:
    """When a copy was made, in milliseconds since 1970. 毫秒时刻。"""
    return int(copy.created_at.timestamp() * THOUSAND)


def _add(copy: Copy, url: str, stats: str) -> dict[str, Any]:
    return {
        "path": url,
        "partitionValues": {},
        "size": copy.size,
        "modificationTime": moment_of(copy),
        "dataChange": True,
        "stats": stats,
    }


def _schema(copy: Copy) -> str:
    fields = [
        {"name": name, "type": "string", "nullable": True, "metadata": {}} for name in copy.columns
    ]
    return json.dumps({"type": "struct", "fields": fields}, ensure_ascii=False)
