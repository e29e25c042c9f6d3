"""What a test of an app claims of records, held against how they stand. 用例断言。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.records import services as records


def tell_if_seen(desk: records.Desk, code: str, record: str) -> str:
    """Empty where somebody does not see a record. 是否不可见。"""
    try:
        records.get_record(desk, code, record)
    except NotFound:
        return ""
    return "the record is seen"


def tell_difference(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """The first value that is another one, else nothing. 首个差异。"""
    for key, value in wanted.items():
        if key not in found:
            return f"{key} does not exist for this person"
        if found[key] != value and str(found[key]) != str(value):
            return f"{key} is {found[key]!r}, not {value!r}"
    return ""
