"""Code sets, asked by day. 代码集。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.standards.overlay import current_standards
from yiwang.kernel.standards.types import Code, CodeProblem, CodeSetVersion


def list_code_sets() -> list[CodeSetVersion]:
    """Every version of every code set, newest first within a set. 代码集清单。"""
    return [version for found in current_standards().code_sets.values() for version in found]


def find_code_set(code_set: str, on_date: date) -> CodeSetVersion | None:
    """The version valid on that day, or None. 查找当日有效版本。"""
    versions = current_standards().code_sets.get(code_set, ())
    return next((version for version in versions if version.is_valid(on_date)), None)


def get_code_set(code_set: str, on_date: date) -> CodeSetVersion:
    """The version valid on that day; NotFound `standards.code_set.unknown`. 取当日有效版本。"""
    version = find_code_set(code_set, on_date)
    if version is None:
        raise NotFound(
            "standards.code_set.unknown",
            "No version of the code set %(code_set)s is valid on %(date)s",
            code_set=code_set,
            date=on_date.isoformat(),
        )
    return version


def find_code(code_set: str, code: str, on_date: date) -> Code | None:
    """The code in the version valid on that day, or None. 查找代码。"""
    version = find_code_set(code_set, on_date)
    found = version.codes.get(code) if version else None
    return found if found is not None and found.is_valid(on_date) else None


def check_codes(code_set: str, values: Iterable[tuple[str, date]]) -> list[CodeProblem]:
    """Values that the version valid on their own day does not have, most frequent first. 校验代码。

    Each value comes with the day it bears, so old rows are held against the old version; where no
    version is known for that day nothing can be said, and nothing is.
    """
    counted = Counter(values)
    missing = [
        CodeProblem(value, day, count)
        for (value, day), count in counted.items()
        if find_code_set(code_set, day) and find_code(code_set, value, day) is None
    ]
    return sorted(missing, key=lambda one: -one.count)
