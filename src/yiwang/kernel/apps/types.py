"""Apps as services hand them out. 应用类型。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yiwang.kernel.records.types import Pending

Files = Mapping[str, str]
"""The files of an app: text by name relative to its folder. 应用文件。"""
Label = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Need:
    """Another app that must stand first. 依赖。"""

    app: str


@dataclass(frozen=True, slots=True)
class Head:
    """What app.yaml says. 应用说明。"""

    app: str
    title: Label
    version: str
    owner: str
    needs: tuple[Need, ...] = ()
    help: Label = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AppInfo:
    """An app on the node. 应用信息。

    `installed` is false after it was uninstalled. `pending` while large tables are prepared: until
    then its records go by the version before.
    """

    app: str
    title: Label
    version: str
    number: int
    installed: bool
    changed_at: datetime
    overlaid: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    pending: Pending | None = None


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """One install of an app, for its history. 安装记录。"""

    number: int
    label: str
    installed_by: str
    installed_at: datetime
    overlaid: tuple[str, ...]
    live: bool


@dataclass(frozen=True, slots=True)
class Scenario:
    """One given/when/then of an app. 用例。 Steps are mappings with one verb each, in order."""

    name: str
    file: str
    people: Mapping[str, Mapping[str, str]]
    given: Sequence[Mapping[str, Any]]
    when: Sequence[Mapping[str, Any]]
    then: Sequence[Mapping[str, Any]]
    lines: Mapping[str, int] = field(default_factory=dict)
    organizations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a scenario. 用例结果。 `problem` is empty where it held."""

    name: str
    file: str
    line: int
    problem: str = ""

    @property
    def held(self) -> bool:
        """Whether it went as told. 是否通过。"""
        return not self.problem


@dataclass(frozen=True, slots=True)
class Clash:
    """A file that the city and the vendor both changed in the same place. 冲突。"""

    file: str
    line: int
    city: str
    vendor: str
