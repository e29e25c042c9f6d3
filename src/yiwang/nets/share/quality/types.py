"""What quality rules are and what a run answers. 数据质量的类型。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Dimension(TextChoices):
    """The six sides of quality. 质量维度。 GB/T 36344."""

    CONFORMITY = "conformity", _("Conformity")
    COMPLETENESS = "completeness", _("Completeness")
    ACCURACY = "accuracy", _("Accuracy")
    CONSISTENCY = "consistency", _("Consistency")
    TIMELINESS = "timeliness", _("Timeliness")
    ACCESSIBILITY = "accessibility", _("Accessibility")


class RuleKind(TextChoices):
    """What a rule asks of a row. 规则类型。"""

    REQUIRED = "required", _("Must hold a value")
    UNIQUE = "unique", _("Must not repeat")
    CODE = "code", _("Must be in the code set")
    FORMAT = "format", _("Must have the written form")
    CHECK = "check", _("Must pass the check digit")
    TYPED = "typed", _("Must be readable as its type")
    RANGE = "range", _("Must lie within bounds")
    LENGTH = "length", _("Must have the length")
    PATTERN = "pattern", _("Must match a pattern")
    COMPARE = "compare", _("Must hold between fields")
    CONDITION = "condition", _("When one thing holds, so must another")
    REFERENCE = "reference", _("Must stand in another register")
    FRESH = "fresh", _("Must be recent")


class Severity(TextChoices):
    """How grave it is to fail a rule. 严重程度。"""

    ERROR = "error", _("Error")
    WARNING = "warning", _("Warning")


class RunState(TextChoices):
    """Where a run stands. 检查状态。"""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Trigger(TextChoices):
    """Why a run was made. 检查起因。"""

    LANDED = "landed", _("New data")
    ASKED = "asked", _("Asked for")
    SCHEDULED = "scheduled", _("By plan")
    RETURNED = "returned", _("A correction came back")
    RULED = "ruled", _("Rules or elements have changed")


class GroupState(TextChoices):
    """What is being done about rows that fail alike. 问题组状态。"""

    OPEN = "open", _("Open")
    SENT = "sent", _("Sent out")
    EXCUSED = "excused", _("Excused")
    FIXED = "fixed", _("Fixed")


class NoticeState(TextChoices):
    """Where a rectification notice stands. 整改单状态。"""

    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent out")
    RETURNED = "returned", _("Correction came back")
    CLOSED = "closed", _("Settled")
    CANCELLED = "cancelled", _("Cancelled")


class LineState(TextChoices):
    """What became of one line of a notice. 整改项状态。"""

    OPEN = "open", _("Open")
    FIXED = "fixed", _("Fixed")
    EXCUSED = "excused", _("Excused")
    UNCHANGED = "unchanged", _("Unchanged")


class ExcuseState(TextChoices):
    """Whether the bureau has taken a department's word that a value is right. 例外状态。"""

    PROPOSED = "proposed", _("Waits for the bureau")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class ReturnState(TextChoices):
    """How far a returned workbook has come. 回执状态。"""

    RECEIVED = "received", _("Received")
    LANDING = "landing", _("Landing the corrections")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Answer(TextChoices):
    """What a department says about one wrong cell. 整改答复。"""

    CORRECTED = "corrected", _("Corrected")
    RIGHT = "right", _("The value is right")
    REMOVE = "remove", _("Remove this row")
    UNKNOWN = "unknown", _("Not known")


ROW_COLUMNS = ("rule", "row", "key", "field", "value", "pattern", "suggestion")
"""The columns of a run's table of failing rows. 问题行的列。"""


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule of a resource. 质量规则。

    `code` is stable in the resource: `derived.<field>.<what>`, or the name its author gave.
    `when` is a filter of `kernel.query`: the rule looks at those rows only. `meaning` is the digest
    of what stands behind it outside of itself (the element, the code set), so that a change there
    makes it another rule to the counts kept per part. `app` and `file` say where an app declares it.
    """

    code: str
    kind: RuleKind
    dimension: Dimension
    fields: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    when: str = ""
    severity: Severity = Severity.ERROR
    title_zh: str = ""
    title_en: str = ""
    derived: bool = False
    element: str = ""
    enabled: bool = True
    meaning: str = ""
    app: str = ""
    file: str = ""

    def digest(self) -> str:
        """One digest over what changes which rows fail. 规则摘要。"""
        told = [
            self.code,
            self.kind,
            self.fields,
            dict(self.params),
            self.when,
            self.element,
            self.meaning,
        ]
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def title(self, language: str = "") -> str:
        """The title in the reader's language. 规则名称。"""
        zh = self.title_zh or self.title_en
        return (self.title_en or zh) if language.startswith("en") else zh

    def as_json(self) -> dict[str, Any]:
        """As stored. 入库形式。"""
        return {**asdict(self), "fields": list(self.fields), "params": dict(self.params)}


def rule_from_json(stored: Mapping[str, Any]) -> RuleSpec:
    """As stored, read back. 出库。"""
    return RuleSpec(
        **{
            **stored,
            "kind": RuleKind(stored["kind"]),
            "dimension": Dimension(stored["dimension"]),
            "severity": Severity(stored.get("severity", Severity.ERROR)),
            "fields": tuple(stored["fields"]),
        }
    )


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What a rule came to: of `checked` rows `failed` failed. 规则结果。

    The denominator is `checked`, the numerator `checked - failed`. `patterns` says in how many rows
    it failed in which way; `reused_rows` were known from an earlier run, `scanned_rows` were read.
    """

    spec: RuleSpec
    checked: int
    failed: int
    scanned_rows: int = 0
    reused_rows: int = 0
    patterns: Mapping[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> int:
        """The numerator. 分子。"""
        return self.checked - self.failed


@dataclass(frozen=True, slots=True)
class Score:
    """A dimension's score, or the total (`dimension` empty). 评分。

    `value` is from 0 to 100, None when nothing could be measured; `level` 1 (best) to 5.
    """

    dimension: str
    numerator: int
    denominator: int
    value: float | None
    level: int | None = None
