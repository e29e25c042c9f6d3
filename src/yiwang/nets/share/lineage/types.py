"""Where data comes from and where it goes, in the words of OpenLineage. 数据血缘用语。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

WHOLE = ""
"""Stands for the column of a dataset of which nobody said which one. 整个数据集。"""
Direction = Literal["origin", "impact"]
HOPS = 6
"""How many steps a look goes unless told otherwise. 默认层数。"""


class DatasetKind(TextChoices):
    """What a dataset is here. 数据集类型。"""

    RESOURCE = "resource", _("Resource")
    FILE = "file", _("Delivered files")
    SOURCE = "source", _("Table of a source")
    ENTITY = "entity", _("Entity of an app")
    COMPARISON = "compare", _("Comparison")
    GRANT = "grant", _("Grant")
    HANDED = "handed", _("Handed out")
    OUTSIDE = "outside", _("Outside this node")


class EdgeKind(TextChoices):
    """How one column follows from another. 血缘类型。 OpenLineage transformation types."""

    DIRECT = "DIRECT", _("Its values")
    INDIRECT = "INDIRECT", _("Which rows there are")


class RunState(TextChoices):
    """How far a run outside has come. 运行状态。 OpenLineage event types."""

    START = "START", _("Started")
    RUNNING = "RUNNING", _("Run in progress")
    COMPLETE = "COMPLETE", _("Run completed")
    ABORT = "ABORT", _("Run aborted")
    FAIL = "FAIL", _("Run failed")
    OTHER = "OTHER", _("Other")


@dataclass(frozen=True, slots=True)
class DatasetName:
    """A dataset as OpenLineage names it. 数据集名。"""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What this node knows of a dataset: what it is, of which thing, whose. 数据集说明。

    `about` is the id of the resource, grant or comparison that it belongs to, `owner` the code of
    an organization.
    """

    kind: str
    about: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a dataset, or all of it where the name is empty. 列。"""

    dataset: DatasetName
    name: str = WHOLE


@dataclass(frozen=True, slots=True)
class Link:
    """One column follows from another. 血缘边。 `masking` says that values do not get through whole."""

    source: Column
    target: Column
    kind: str = EdgeKind.DIRECT
    masking: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """What one run of a job made of what. 一次运行的血缘。

    `links` hold from `at` on, for all that the job makes: what an earlier run of it said of the
    same, this one ends. `facts` tells what the datasets are; a name without is outside.
    """

    job: DatasetName
    run: str
    at: datetime
    links: tuple[Link, ...]
    facts: Mapping[DatasetName, DatasetFacts] = field(default_factory=dict)
    owner: str = ""
