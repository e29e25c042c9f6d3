"""Cases of an app in the order in which they can be published. 流程发布次序。"""

from __future__ import annotations

import re
from collections.abc import Sequence

from yiwang.kernel.apps.types import Files

from .reading import CASES, read_head, within


def list_cases(files: Files) -> list[tuple[str, str]]:
    """Name and text of each case file, what a case opens or sends before the case itself. 流程文件排序。

    Where they open each other in a circle they stay as they are named; publishing then says which
    one is missing.
    """
    left = dict(within(files, CASES))
    app = read_head(files).app
    ordered: list[tuple[str, str]] = []
    while left:
        ready = [name for name in left if not _opened(left[name], app) & {*left} - {name}]
        ordered += [(name, left.pop(name)) for name in ready or list(left)]
    return ordered


def _opened(text: str, app: str) -> set[str]:
    """The case files whose types a text names anywhere as a type."""
    named: Sequence[str] = re.findall(rf"\btype\s*:\s*[\"']?{app}\.([a-z][a-z0-9_]*)", text)
    return {f"{CASES}/{one}.yaml" for one in named}
