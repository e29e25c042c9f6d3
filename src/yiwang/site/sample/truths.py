"""What was planted in the sample city, so that tests and visitors can check what is found. 示例真值。"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class SampleFile:
    """One file that a department sends. 示例文件。

    `options` are what landing needs to be told besides: `records` and `mapping` for nested JSON.
    `elements` maps columns to the data element they truly hold.
    """

    file: str
    owner: str
    name: str
    rows: int
    key: tuple[str, ...]
    kind: str = "full"
    options: dict[str, str] = field(default_factory=dict)
    elements: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SampleComparison:
    """Two files, how to compare them, and the counts that must come out. 示例比对。"""

    title: str
    left: str
    right: str
    key: tuple[str, ...]
    expected: dict[str, int]
    value: tuple[str, ...] = ()
    alternate_key: str = ""


@dataclass(frozen=True, slots=True)
class Truths:
    """All that is known of one generated city. 真值。"""

    seed: int
    rows: int
    files: tuple[SampleFile, ...]
    comparisons: tuple[SampleComparison, ...]
    planted: dict[str, int]

    def save(self, path: Path) -> None:
        """Write it as JSON. 保存。"""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")


def read_truths(path: Path) -> Truths:
    """Read what `save` wrote. 读取真值。"""
    found = json.loads(path.read_text("utf-8"))
    for name in ("files", "comparisons"):
        kind = SampleFile if name == "files" else SampleComparison
        found[name] = tuple(
            kind(**{key: _tuple(value) for key, value in one.items()}) for one in found[name]
        )
    return Truths(**found)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
