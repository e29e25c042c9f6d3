"""Elements and code sets as YAML and CSV, in and out. 数据元与代码集的文件格式。"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, replace
from datetime import date
from typing import Any

import yaml

from yiwang.kernel.base.declared import read_plain, refuse_schema_problems
from yiwang.kernel.base.errors import InvalidInput

from .checks import CHECKS
from .disguises import is_element_mask
from .types import SUBJECTS, Code, CodeSetVersion, Element

# The same safe loader in C where it is built in: twenty times as fast.
SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KINDS = frozenset({"text", "code", "integer", "number", "date", "datetime"})
LISTS = frozenset({"match_key", "aliases", "weak_aliases"})
DATES = frozenset({"valid_from", "valid_until"})
FLAGS = frozenset({"personal", "known_by_values"})
ELEMENT_KEYS = tuple(f.name for f in fields(Element) if f.name != "city")
REQUIRED = tuple(f.name for f in fields(Element) if f.default is MISSING)
CODE_KEYS = ("code", "name", "parent", "name_en", "valid_from", "valid_until")
CODE_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,63}")
LARGEST = 2_000_000
"""Characters of a file of elements or code sets; a register of divisions is long. 文件上限。"""
_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_CODE_TEXTS = dict.fromkeys(CODE_KEYS[:4], _TEXT)
_OTHERS = LISTS | DATES | FLAGS | {"grade"}
ELEMENTS: Mapping[str, Any] = {
    "items": {
        "properties": {key: _TEXT for key in ELEMENT_KEYS if key not in _OTHERS}
        | dict.fromkeys(LISTS, _TEXTS)
        | {key: {"type": "boolean"} for key in FLAGS}
        | {"grade": {"type": "integer"}},
    },
}
CODE_SETS: Mapping[str, Any] = {
    "items": {
        "properties": {
            **dict.fromkeys(("code_set", "version", "zh", "en", "source_standard"), _TEXT),
            "codes": {
                "type": ["object", "array"],
                "additionalProperties": _TEXT,
                "items": {"type": "object", "properties": _CODE_TEXTS},
            },
        },
    },
}
"""What people write as text; all else is asked when the entry is built. 文本键。"""


class BadStandard(InvalidInput):
    """An element or a code set that cannot stand as written. 数据元或代码集有误。"""


def parse_elements(text: str) -> list[Element]:
    """Elements from YAML. 解析数据元。

    BadStandard names the element and the key, InvalidInput `declared.*` the line.
    """
    return [build_element(entry) for entry in _read_entries(text, "elements.yaml", ELEMENTS)]


def build_element(entry: Mapping[str, Any]) -> Element:
    """An element from the keys of the file, checked. 构造数据元。"""
    unknown = set(entry) - set(ELEMENT_KEYS)
    missing = [key for key in REQUIRED if not entry.get(key)]
    code = str(entry.get("code", ""))
    if unknown or missing:
        raise BadStandard(
            "standards.element.keys",
            "Element %(element)s: unknown or missing keys: %(keys)s",
            element=code,
            keys=", ".join(sorted(unknown) + missing),
        )
    element = Element(**{key: _value(key, value) for key, value in entry.items()})
    _check_element(element)
    return element


def _value(key: str, value: Any) -> Any:
    if key in DATES:
        return read_date(value)
    if key in LISTS:
        return tuple(str(item) for item in value)
    return bool(value) if key in FLAGS else int(value) if key == "grade" else str(value)


def read_date(value: Any) -> date | None:
    """A date, its ISO text, or nothing. 日期。"""
    if value is None or value == "" or isinstance(value, date):
        return value or None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise BadStandard(
            "standards.date", "Not a date (YYYY-MM-DD): %(text)s", text=str(value)
        ) from error


def _check_element(element: Element) -> None:
    problems = {
        "code": not CODE_PATTERN.fullmatch(element.code),
        "type": element.type not in KINDS,
        "check": bool(element.check) and element.check not in CHECKS,
        "mask": not is_element_mask(element.mask),
        "grade": element.grade not in range(1, 5),
        "subject": element.subject not in {"", *SUBJECTS},
        "pattern": not _compiles(element.pattern),
        "shape": not _compiles(element.shape),
        "valid_until": element.valid_until is not None
        and element.valid_until <= element.valid_from,
    }
    for key, wrong in problems.items():
        if wrong:
            raise BadStandard(
                "standards.element.value",
                "Element %(element)s: %(key)s cannot be “%(value)s”",
                element=element.code,
                key=key,
                value=str(getattr(element, key)),
            )


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def element_entry(element: Element) -> dict[str, Any]:
    """The keys of an element that differ from their defaults, ready for YAML and JSON. 数据元条目。"""
    entry: dict[str, Any] = {}
    for one in fields(Element):
        value = getattr(element, one.name)
        if one.name == "city" or (one.default is not MISSING and value == one.default):
            continue
        plain = list(value) if isinstance(value, tuple) else value
        entry[one.name] = plain.isoformat() if isinstance(plain, date) else plain
    return entry


def dump_elements(elements: Iterable[Element]) -> str:
    """Elements as YAML; `parse_elements` reads them back. 导出数据元。"""
    entries = [element_entry(element) for element in elements]
    return yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=100)


def dump_elements_csv(elements: Iterable[Element]) -> str:
    """Elements as CSV, lists joined by a space. 导出数据元表格。"""
    rows = [
        {key: _cell(value) for key, value in element_entry(element).items()} for element in elements
    ]
    return _write_csv(ELEMENT_KEYS, rows)


def parse_elements_csv(text: str) -> list[Element]:
    """Elements from the CSV that `dump_elements_csv` writes. 解析数据元表格。"""
    entries = []
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))):
        entry: dict[str, Any] = {key: value for key, value in row.items() if value}
        for key in LISTS & entry.keys():
            entry[key] = entry[key].split()
        for key in FLAGS & entry.keys():
            entry[key] = entry[key] == "true"
        entries.append(entry)
    return [build_element(entry) for entry in entries]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return " ".join(value) if isinstance(value, list) else str(value)


def parse_code_sets(text: str) -> list[CodeSetVersion]:
    """Code set versions from YAML: `codes` maps code to name, or lists mappings. 解析代码集。"""
    return [build_code_set(entry) for entry in _read_entries(text, "code_sets.yaml", CODE_SETS)]


def build_code_set(entry: Mapping[str, Any]) -> CodeSetVersion:
    """A code set version from the keys of the file, checked. 构造代码集。"""
    try:
        head = {key: str(entry[key]) for key in ("code_set", "version", "zh")}
        codes = _codes(entry["codes"])
        start = read_date(entry["valid_from"])
    except (KeyError, TypeError, AttributeError) as error:
        raise BadStandard(
            "standards.code_set.keys", "Code set: missing or malformed %(key)s", key=str(error)
        ) from error
    if start is None or not CODE_PATTERN.fullmatch(head["code_set"]):
        raise BadStandard(
            "standards.code_set.keys", "Code set: missing or malformed %(key)s", key="valid_from"
        )
    return CodeSetVersion(
        code_set=head["code_set"],
        version=head["version"],
        zh=head["zh"],
        en=str(entry.get("en", "")),
        source_standard=str(entry.get("source_standard", "")),
        valid_from=start,
        valid_until=read_date(entry.get("valid_until")),
        codes=codes,
    )


def _codes(entries: Any) -> dict[str, Code]:
    if isinstance(entries, Mapping):
        return {str(code): Code(str(code), str(name)) for code, name in entries.items()}
    codes: dict[str, Code] = {}
    for entry in entries:
        code = _code(entry)
        if code.code in codes:
            raise BadStandard(
                "standards.code_set.twice", "The code %(entry)s stands twice", entry=code.code
            )
        codes[code.code] = code
    return codes


def _code(entry: Mapping[str, Any]) -> Code:
    return Code(
        code=str(entry["code"]),
        name=str(entry["name"]),
        parent=str(entry.get("parent") or ""),
        name_en=str(entry.get("name_en") or ""),
        valid_from=read_date(entry.get("valid_from")),
        valid_until=read_date(entry.get("valid_until")),
    )


def dump_code_set(version: CodeSetVersion) -> str:
    """One version as YAML; `parse_code_sets` reads it back. 导出代码集。"""
    entry = {
        "code_set": version.code_set,
        "version": version.version,
        "zh": version.zh,
        "en": version.en,
        "source_standard": version.source_standard,
        "valid_from": version.valid_from,
        "valid_until": version.valid_until,
        "codes": [_code_entry(code) for code in version.codes.values()],
    }
    return yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=100)


def _code_entry(code: Code) -> dict[str, Any]:
    entry = {key: getattr(code, key) for key in CODE_KEYS}
    return {key: value for key, value in entry.items() if value}


def dump_codes_csv(version: CodeSetVersion) -> str:
    """The codes of one version as CSV. 导出代码表格。"""
    rows = [
        {key: str(value) for key, value in _code_entry(code).items()}
        for code in version.codes.values()
    ]
    return _write_csv(CODE_KEYS, rows)


def parse_codes_csv(text: str, head: CodeSetVersion) -> CodeSetVersion:
    """A version with the codes of a CSV (columns code, name and so on). 解析代码表格。"""
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    try:
        return replace(head, codes=_codes(rows))
    except KeyError as error:
        raise BadStandard(
            "standards.code_set.keys", "Code set: missing or malformed %(key)s", key=str(error)
        ) from error


def _write_csv(columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _read_entries(text: str, name: str, schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Entries as a person wrote them: where YAML reads a word otherwise, that is said."""
    document = read_plain(text, name=name, most=LARGEST)
    _check_shape(document.data)
    refuse_schema_problems(document, schema)
    return list(document.data)


def load_entries(text: str) -> list[Mapping[str, Any]]:
    """The entries of a YAML file of the package, read fast. 读取自带条目。"""
    found = yaml.load(text, Loader=SAFE_LOADER)  # noqa: S506 it is a safe one
    _check_shape(found)
    return list(found)


def _check_shape(found: Any) -> None:
    if not isinstance(found, list) or not all(isinstance(entry, Mapping) for entry in found):
        raise BadStandard("standards.shape", "A list of entries is expected")
