"""Mappings as YAML: to be read, kept beside a script, and taken to another node. 映射文件。"""

from __future__ import annotations

from typing import Any

import yaml

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.connect.types import DeliveryKind, Instructions

LARGEST = 200_000
TEXTS = ("sheet", "records", "encoding", "delimiter")
NUMBERS = {"header_row": 1000, "header_rows": 5, "footer_rows": 24}
LISTS = ("sheets",)
TOP = {"kind", "key", "file", "columns"}
OF_A_COLUMN = {"element", "name", "left_out"}


def dump_mapping(told: Instructions) -> str:
    """A mapping as YAML that reads back the same. 导出映射。"""
    stored = told.as_json()
    document: dict[str, Any] = {"kind": DeliveryKind(told.kind or DeliveryKind.FULL).value}
    if told.key:
        document["key"] = list(told.key)
    read = {name: stored[name] for name in (*TEXTS, *LISTS, *NUMBERS) if name in stored}
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
    """Instructions from a YAML mapping; InvalidInput names the place that cannot be meant. 读取映射。"""
    if len(text) > LARGEST:
        raise _wrong(file, f"more than {LARGEST} characters")
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _wrong(file, " ".join(str(error).split())) from error
    if not isinstance(found, dict) or not set(map(str, found)) <= TOP:
        raise _wrong(file, f"expected {', '.join(sorted(TOP))}")
    told: dict[str, Any] = {"kind": "", **_load_file(found.get("file") or {}, file)}
    if "kind" in found:
        told["kind"] = _one_of(found["kind"], DeliveryKind.values, "kind", file)
    told["key"] = _texts(found.get("key") or [], "key", file)
    return Instructions(**told, **_load_columns(found.get("columns") or {}, file))


def _load_file(found: Any, file: str) -> dict[str, Any]:
    known = {*TEXTS, *LISTS, *NUMBERS}
    if not isinstance(found, dict) or not set(map(str, found)) <= known:
        raise _wrong(file, f"file: expected {', '.join(sorted(known))}")
    told: dict[str, Any] = {}
    for name, value in found.items():
        if name in NUMBERS:
            whole = isinstance(value, int) and not isinstance(value, bool)
            if not whole or not 0 <= value <= NUMBERS[name]:
                raise _wrong(file, f"file.{name}: a number from 0 to {NUMBERS[name]}")
            told[name] = value
        elif name in LISTS:
            told[name] = _texts(value, f"file.{name}", file)
        else:
            told[name] = _text(value, f"file.{name}", file)
    return told


def _load_columns(found: Any, file: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise _wrong(file, "columns: {heading: element}")
    columns: dict[str, str] = {}
    names: dict[str, str] = {}
    left_out: list[str] = []
    for heading, said in found.items():
        place = f"columns.{heading}"
        column = said if isinstance(said, dict) else {"element": said or ""}
        if not set(map(str, column)) <= OF_A_COLUMN:
            raise _wrong(file, f"{place}: expected {', '.join(sorted(OF_A_COLUMN))}")
        if column.get("left_out") is True:
            left_out.append(str(heading))
            continue
        columns[str(heading)] = _element(column.get("element") or "", place, file)
        if column.get("name"):
            names[str(heading)] = _text(column["name"], place, file)
    return {"columns": columns, "names": names, "left_out": tuple(left_out)}


def _element(code: Any, place: str, file: str) -> str:
    text = _text(code, place, file)
    if text and standards.find_element(text) is None:
        raise _wrong(file, f"{place}: no data element {text}")
    return text


def _texts(value: Any, place: str, file: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _wrong(file, f"{place}: a list")
    return tuple(_text(one, place, file) for one in value)


def _text(value: Any, place: str, file: str) -> str:
    if isinstance(value, dict | list | bool) or value is None or len(str(value)) > 500:
        raise _wrong(file, f"{place}: a text of at most 500 characters")
    return str(value)


def _one_of(value: Any, known: list[str], place: str, file: str) -> str:
    if value not in known:
        raise _wrong(file, f"{place}: {', '.join(known)}")
    return str(value)


def _wrong(file: str, why: str) -> InvalidInput:
    return InvalidInput(
        "connect.mapping.invalid",
        "%(file)s is no mapping that can be read: %(why)s",
        file=file,
        why=why,
    )
