"""What publishing a version would do to the tables that stand. 发布步骤。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.text import msg

StepKind = Literal[
    "create", "retire", "return", "add", "rename", "hide", "show", "adapt", "retype", "index",
    "recount",
]  # fmt: skip
STEP_LABELS: Mapping[StepKind, str] = {
    "create": msg("A table is made"),
    "retire": msg("The entity goes; its records stay"),
    "return": msg("The entity comes back with its records"),
    "add": msg("A field is added"),
    "rename": msg("A field gets another name and keeps its values"),
    "hide": msg("A field goes; its values stay hidden"),
    "show": msg("A field comes back with its values"),
    "adapt": msg("A field is read as another kind; its values stay as they are"),
    "retype": msg("The values of a field are turned into another kind"),
    "index": msg("Indexes for lists and keys are built"),
    "recount": msg("Places that are taken are counted anew"),
}


@dataclass(frozen=True, slots=True)
class Pending:
    """A published version that is not in force yet. 待生效版本。

    `waits` until its tables are prepared, `percent` of the present step; `problem` is why they
    could not be.
    """

    waits: bool = False
    percent: int = 0
    problem: YiwangError | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that publishing does, and whom it keeps waiting. 发布步骤。

    `rows` are dealt with, in about `seconds`; with `before` it is done by a job before the version
    holds. `stops` names who waits while it goes on: `writers`, or nobody. `was` is the field's
    former name or kind.
    """

    kind: StepKind
    entity: str
    field: str = ""
    was: str = ""
    count: int = 1
    rows: int = 0
    seconds: float = 0.0
    before: bool = False
    stops: Literal["", "writers"] = ""

    @property
    def label(self) -> str:
        """What happens, as a message id. 说明。"""
        return STEP_LABELS[self.kind]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that publishing would change: what, where, how grave. 差异。

    `what` is a message id; `step` is there for what is done to a table.
    """

    what: str
    where: str
    color: str = ""
    step: Step | None = None
