"""Mappings as YAML: to be read, kept beside a script, and taken to another node. 映射文件。"""

from __future__ import annotations

from typing import Any

import yaml

from yiwang.kernel.base.declared import Document, load_schema, read_document
from yiwang.kernel.base.nearest import suggest
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.connect.types import DeliveryKind, Instructions

SCHEMA = load_schema("yiwang.nets.share.connect.schemas", "mapping.schema.json")
WHERE = tuple(SCHEMA["properties"]["file"]["properties"])
LISTS = {"sheets"}


def dump_mapping(told: Instructions) -> str:
    """A mapping as YAML that reads back the same. 导出映射。"""
    stored = told.as_json()
    document: dict[str, Any] = {"kind": DeliveryKind(told.kind or DeliveryKind.FULL).value}
    if told.key:
        document["key"] = list(told.key)
    read = {name: stored[name] for name in WHERE if name in stored}
    if read:
        document["file"] = read
    headings = dict.fromkeys([*told.columns, *told.names, *told.left_out])
    if headings:
        document["columns"] = {one: _dump_column(told, one) for one in headings}
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def _dump_column(told: Instructions, heading: str) -> Any:
    if heading in told.left_out:
        return {"left_out": True}
    element = told.columns.get(heading, "")
    if heading in told.names:
        return {"name": told.names[heading], "element": element}
    return element


def load_mapping(text: str, file: str) -> Instructions:
    """Instructions from a YAML mapping. 读取映射。

    InvalidInput `declared.*` and `connect.mapping.invalid` name the line that cannot be meant.
    """
    document = read_document(text, name=file, schema=SCHEMA)
    said = document.data
    where = dict(said.get("file") or {})
    for name in LISTS & where.keys():
        where[name] = tuple(where[name] or ())
    return Instructions(
        kind=said.get("kind", ""), key=tuple(said.get("key") or ()),
        **where, **_load_columns(document),
    )  # fmt: skip


def _load_columns(document: Document) -> dict[str, Any]:
    columns: dict[str, str] = {}
    names: dict[str, str] = {}
    left_out: list[str] = []
    for heading, said in (document.data.get("columns") or {}).items():
        column = said if isinstance(said, dict) else {"element": said}
        if column.get("left_out"):
            left_out.append(heading)
            continue
        columns[heading] = _element(document, heading, column.get("element") or "")
        if column.get("name"):
            names[heading] = column["name"]
    return {"columns": columns, "names": names, "left_out": tuple(left_out)}


def _element(document: Document, heading: str, code: str) -> str:
    if code and standards.find_element(code) is None:
        raise document.refuse(
            ("columns", heading),
            "connect.mapping.invalid",
            "there is no data element %(element)s%(suggestion)s",
            element=code,
            suggestion=suggest(code, standards.get_elements()),
        )
    return code
