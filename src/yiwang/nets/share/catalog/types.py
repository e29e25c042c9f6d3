"""The catalogue's words and shapes. 目录用语与数据形状。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.registry import Registry
from yiwang.kernel.standards.types import ColumnFinding


class Stage(TextChoices):
    """The seven stages of a datum's life. 七个阶段。 来源—缓存—视图—资源—服务—应用—退役."""

    SOURCE = "source", _("Source")
    CACHE = "cache", _("Cache")
    VIEW = "view", _("View")
    RESOURCE = "resource", _("Resource")
    SERVICE = "service", _("Service")
    APPLICATION = "application", _("Application")
    RETIRED = "retired", _("Retired")


class SharingType(TextChoices):
    """How an entry is shared among departments. 共享类型。 政务数据共享条例."""

    UNSET = "", _("Not decided")
    UNCONDITIONAL = "unconditional", _("Shared without conditions")
    CONDITIONAL = "conditional", _("Shared on conditions")
    NONE = "none", _("Not shared")


SHARED = (SharingType.UNCONDITIONAL, SharingType.CONDITIONAL)
"""Types under which other departments may have an entry. 可共享类型。"""


class OpenType(TextChoices):
    """Whether the public may have it. 开放类型。"""

    UNSET = "", _("Not decided")
    OPEN = "open", _("Open to the public")
    CONDITIONAL = "conditional", _("Open on conditions")
    CLOSED = "closed", _("Not open")


class UpdateCycle(TextChoices):
    """How often the owner promises to renew it. 更新周期。"""

    UNSET = "", _("Not decided")
    REALTIME = "realtime", _("Real time")
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")
    YEARLY = "yearly", _("Yearly")
    IRREGULAR = "irregular", _("Irregular")


class DataFormat(TextChoices):
    """In what form the provider holds it. 信息资源格式。"""

    SPREADSHEET = "spreadsheet", _("Spreadsheet")
    TABLE = "table", _("Database table")
    DOCUMENT = "document", _("Electronic document")
    MEDIA = "media", _("Picture, sound or video")
    STREAM = "stream", _("Flow or sensor data")


class CatalogueClass(TextChoices):
    """Which of the three catalogues. 目录分类。 First digit of the code, 政务信息资源目录编制指南."""

    BASE = "1", _("Base resources")
    THEME = "2", _("Theme resources")
    DEPARTMENT = "3", _("Department resources")


class Subject(TextChoices):
    """For whom a source is authoritative. 数源对象。"""

    ALL = "", _("All")
    PERSON = "person", _("Persons")
    ENTERPRISE = "enterprise", _("Enterprises")
    ORGANIZATION = "organization", _("Organizations")
    PLACE = "place", _("Places and buildings")
    VEHICLE = "vehicle", _("Vehicles")
    EVENT = "event", _("Cases and events")


class AuthorityState(TextChoices):
    """Where a claim stands. 认领状态。"""

    HOLDING = "holding", _("Holds")
    CONTESTED = "contested", _("Contested")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ConflictState(TextChoices):
    """Where a conflict stands. 冲突状态。"""

    OPEN = "open", _("Open")
    DECIDED = "decided", _("Decided")
    OVER = "over", _("Over by withdrawal")


IMPORTANT, CORE = 5, 6
GRADES = {
    0: _("Not graded"),
    1: _("General data, level 1"),
    2: _("General data, level 2"),
    3: _("General data, level 3"),
    4: _("General data, level 4"),
    IMPORTANT: _("Important data"),
    CORE: _("Core data"),
}
"""Grades in the spirit of GB/T 43697: general data in four levels, important, core. 数据级别。"""


@dataclass(frozen=True, slots=True)
class GradeReason:
    """One reason for a grade: an element, a declaration, what was found inside, how many rows. 定级依据。

    `code` is the element, the kind found, or the entity that declares it.
    """

    kind: str
    grade: int
    item: str
    code: str
    rows: int = 0
    persons: int = 0


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """One version of the grading rule: personal data of so many rows is a level higher. 定级规则。"""

    number: int
    persons: int
    reason: str
    account: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemInfo:
    """One item (column) of a resource. 信息项。

    `element` is the confirmed data element, `suggested` what name and values point to, with
    `reasons` in Chinese and English; masking uses `effective`, so that nothing personal shows before a person has confirmed anything.
    `found` is what stands inside the cells; it masks unless an element is confirmed or a person
    `cleared` it. `declared` says that the element came with a declaration, `grade` the least grade
    that was declared, `closed` that personal data is declared inside.
    """

    name: str
    position: int
    element: str = ""
    suggested: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    declined: bool = False
    found: ColumnFinding = field(default_factory=ColumnFinding)
    cleared: bool = False
    declared: bool = False
    closed: bool = False
    grade: int = 0

    @property
    def suspect(self) -> bool:
        """Whether personal data found inside masks this item. 内含个人信息。"""
        return bool(self.found.personal or self.found.unread) and not (self.element or self.cleared)

    @property
    def effective(self) -> str:
        """The confirmed element, else the suspected one. 生效数据元。"""
        return self.element or self.suggested


@dataclass(frozen=True, slots=True)
class ResourceInfo:
    """A catalogue entry as others see it. 资源目录条目。"""

    id: str
    code: str
    name: str
    owner: str
    abstract: str
    stage: str
    published: bool
    table: str
    key: tuple[str, ...]
    items: tuple[ItemInfo, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    kept_by: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredItem:
    """An item as an entity declares it. 声明的信息项。

    `was` is the name under which it stood; `closed` says that personal data stands inside.
    """

    name: str
    element: str = ""
    grade: int = 0
    description: str = ""
    was: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """An entry as what keeps its rows declares it. 声明的目录条目。

    `resource` is its id, empty for a new one. What `fields` leave out is left to people.
    """

    kept_by: str
    owner: str
    name: str
    items: tuple[DeclaredItem, ...]
    resource: str = ""
    grade: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)


ResourceTabs = Callable[[Actor, str], list[tuple[str, str]]]
RESOURCE_TABS: Registry[ResourceTabs] = Registry("tab of a resource")
"""Views that modules above add to an entry's page: address and message id. 资源页标签登记。"""

ResourcePanel = Callable[[Actor, Any], tuple[str, Mapping[str, Any]] | None]
RESOURCE_PANELS: Registry[ResourcePanel] = Registry("panel of a resource")
"""What modules above show on an entry's first page: a template, and what it shows as `panel`. 资源页面板登记。"""


@dataclass(frozen=True, slots=True)
class Dependent:
    """Something that uses columns of a resource, such as a grant. 依赖方。

    `organization` is the code of who has it, `columns` those of the resource that it uses;
    `direct` is whether it uses them itself or by way of something made of them.
    """

    id: str
    label: str
    organization: str
    columns: tuple[str, ...]
    direct: bool = True


ColumnDependents = Callable[[str, Sequence[str]], Sequence[Dependent]]
COLUMN_DEPENDENTS: Registry[ColumnDependents] = Registry("what depends on columns")
"""Modules above say what hangs on columns of a resource that are to go. 列依赖登记。"""

VersionOrigin = Callable[[Actor, str], tuple[str, str] | None]
VERSION_ORIGINS: Registry[VersionOrigin] = Registry("origin of a version")
"""Modules above say what a pool version came with: address and label, where one may see it. 版本来源登记。"""
