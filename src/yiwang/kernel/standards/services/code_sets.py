"""Code sets, asked by day. 代码集。"""

from __future__ import annotations

from datetime import date

from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.standards.overlay import current_standards
from yiwang.kernel.standards.types import Code, CodeSetVersion


def list_code_sets() -> list[CodeSetVersion]:
    """Every version of every code set, newest first within a set. 代码集清单。"""
    return [version for found in current_standards().code_sets.values() for version in found]


def get_code_set(code_set: str, on_date: date) -> CodeSetVersion:
    """The version valid on that day; NotFound `standards.code_set.unknown`. 取当日有效版本。"""
    for version in current_standards().code_sets.get(code_set, ()):
        if version.is_valid(on_date):
            return version
    raise NotFound(
        "standards.code_set.unknown",
        "No version of the code set %(code_set)s is valid on %(date)s",
        code_set=code_set,
        date=on_date.isoformat(),
    )


def find_code(code_set: str, code: str, on_date: date) -> Code | None:
    """The code in the version valid on that day, or None. 查找代码。"""
    for version in current_standards().code_sets.get(code_set, ()):
        if version.is_valid(on_date):
            found = version.codes.get(code)
            return found if found is not None and found.is_valid(on_date) else None
    return None
