"""Apps as services hand them out. 应用类型。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.registry import Registry
from yiwang.kernel.records.types import Difference, Entity, Pending

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


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A rule that an app brings for one of its entities, and the file that says so. 应用规则。"""

    entity: str
    code: str
    title: Label
    file: str


class ReadRows(Protocol):
    """Gives the records of an entity as texts: the id, then these fields. 读取记录。"""

    def __call__(self, code: str, keys: Sequence[str]) -> Iterator[list[str | None]]:
        """All of them. 全部记录。"""


class RuleKeeper(Protocol):
    """Who knows what a quality rule is, and holds records to it: a net. 质量规则保管方。

    `files` are those under rules/. `entities` are the app's own as they are declared beside those
    of other apps on this node.
    """

    def find_problems(
        self, app: str, files: Files, entities: Mapping[str, Entity]
    ) -> Iterable[InvalidInput]:
        """All that is wrong with the files, each with file and line. 检查规则文件。"""

    def compare(
        self, app: str, files: Files, entities: Mapping[str, Entity]
    ) -> Iterable[Difference]:
        """What keeping these files, which are well, would change. 比较规则。"""

    def keep(self, act: Act, app: str, files: Files, entities: Mapping[str, Entity]) -> None:
        """Make these the rules of the app: what they no longer say is withdrawn. 保存规则。

        Within the transaction that installs the app; it may refuse by raising.
        """

    def count_found(
        self,
        app: str,
        files: Files,
        entities: Mapping[str, Entity],
        named: tuple[str, str],
        read: ReadRows,
    ) -> int:
        """How many rows break the rule of that entity and code. 违反规则的行数。"""

    def list_kept(self, app: str) -> list[KeptRule]:
        """The rules of an app as they stand, by file. 现行规则。"""


RULE_KEEPERS: Registry[RuleKeeper] = Registry("keeper of quality rules")
