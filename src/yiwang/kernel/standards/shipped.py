"""The elements and code sets that come with the package. 内置数据元与代码集。

Elements lie in one folder by subject: `vendor/elements/010_person.yaml` holds those of `person`.
Long code lists lie as CSV beside the YAML that names them in `codes_file`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from .documents import build_code_set, build_element, load_entries, parse_codes_csv
from .types import CodeSetVersion, Element

SUBJECT = re.compile(r"[0-9]+_([a-z]+)\.yaml")


@cache
def vendor_elements() -> Mapping[str, Element]:
    """The elements of the package by code, in the order of its files. 内置数据元。"""
    elements: dict[str, Element] = {}
    for file in _yaml_files("elements"):
        found = SUBJECT.fullmatch(file.name)
        subject = found[1] if found else ""
        for entry in load_entries(file.read_text("utf-8")):
            element = build_element({"subject": subject, **entry})
            elements[element.code] = element
    return elements


@cache
def vendor_code_sets() -> tuple[CodeSetVersion, ...]:
    """The code set versions of the package. 内置代码集。"""
    return tuple(
        _read_code_set(entry)
        for file in _yaml_files("code_sets")
        for entry in load_entries(file.read_text("utf-8"))
    )


def _yaml_files(folder: str) -> Iterator[Traversable]:
    entries = files(__package__).joinpath("vendor", folder).iterdir()
    return iter(sorted((e for e in entries if e.name.endswith(".yaml")), key=lambda e: e.name))


def _read_code_set(entry: Mapping[str, Any]) -> CodeSetVersion:
    if "codes_file" not in entry:
        return build_code_set(entry)
    head = build_code_set({**entry, "codes": {}})
    listed = files(__package__).joinpath("vendor", "code_sets", entry["codes_file"])
    return parse_codes_csv(listed.read_text("utf-8"), head)
