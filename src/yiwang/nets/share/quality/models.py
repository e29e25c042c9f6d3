"""Rules, runs, what they found, and what became of it. 数据质量。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH, new_id

from .types import (
    Dimension,
    ExcuseState,
    GroupState,
    LineState,
    NoticeState,
    ReturnState,
    RuleKind,
    RunState,
    Severity,
    Trigger,
)

CODE_LENGTH = 400
PATTERN_LENGTH = 200


class RuleRevision(models.Model):
    """One edit of a resource's rule; the highest number holds, rows are never changed. 规则修订。

    `content` is the rule as declared; empty means withdrawn. For a derived rule it says whether it
    is switched on.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    resource = models.CharField(max_length=ID_LENGTH)
    code = models.CharField(max_length=CODE_LENGTH)
    number = models.PositiveIntegerField()
    content = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True, default="")
    changed_by = models.CharField(max_length=ID_LENGTH)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "code", "number"], name="rule_revision_number_once"
            )
        ]


class AppRule(models.Model):
    """A rule that an app declares for one of its entities, as its files say it today. 应用规则。

    `content` names fields by their keys and other entities by their codes. Whether a person has
    switched it off is a revision of the resource's, as with rules that follow from elements.
    """

    entity = models.CharField(max_length=81)
    code = models.CharField(max_length=80)
    app = models.CharField(max_length=40, db_index=True)
    file = models.CharField(max_length=120)
    content = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "code"], name="quality_app_rule_once")
        ]


class Run(models.Model):
    """One check of one version by all rules of its resource. 质量检查。

    `rules` is the digest over all rules as run; `rows_version` the pool version that lists failing
    rows, empty where there are none.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    resource = models.CharField(max_length=ID_LENGTH)
    pool_version = models.CharField(max_length=ID_LENGTH, db_index=True)
    rules = models.CharField(max_length=64, blank=True, default="")
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.QUEUED)
    rows = models.BigIntegerField(default=0)
    weights = models.PositiveIntegerField(default=0)
    rows_version = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    error = models.JSONField(null=True)
    account = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    act_id = models.CharField(max_length=ID_LENGTH)
    job_id = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["resource", "-id"], name="quality_run_newest"),
            models.Index(fields=["state", "resource", "-id"], name="quality_run_state"),
        ]


class Result(models.Model):
    """What one rule came to in one run. 规则结果。

    `spec` is the rule as run and `digest` what it meant; `patterns` counts in how many rows it
    failed in which way. A later run on top adds what came and takes away what was replaced.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="results")
    rule = models.CharField(max_length=CODE_LENGTH)
    kind = models.CharField(max_length=10, choices=RuleKind.choices)
    dimension = models.CharField(max_length=14, choices=Dimension.choices)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    fields = models.JSONField(default=list)
    checked = models.BigIntegerField()
    failed = models.BigIntegerField()
    scanned_rows = models.BigIntegerField(default=0)
    reused_rows = models.BigIntegerField(default=0)
    patterns = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True, default="")
    spec = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "rule"], name="quality_result_once"),
            models.CheckConstraint(
                condition=models.Q(failed__gte=0) & models.Q(failed__lte=models.F("checked")),
                name="quality_result_counts",
            ),
        ]


class Weights(models.Model):
    """How much each dimension counts, and where the five levels lie; never changed. 评分权重。"""

    number = models.PositiveIntegerField(primary_key=True)
    content = models.JSONField()
    reason = models.CharField(max_length=500, blank=True, default="")
    changed_by = models.CharField(max_length=ID_LENGTH)
    changed_at = models.DateTimeField()


class DimensionScore(models.Model):
    """The score of one dimension in one run, or of all (`dimension` empty). 维度得分。

    `value` is None where nothing could be measured; `detail` says what it was worked out from, as
    far as the run's results do not.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="scores")
    resource = models.CharField(max_length=ID_LENGTH)
    dimension = models.CharField(max_length=14, blank=True, default="")
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    value = models.FloatField(null=True)
    level = models.PositiveSmallIntegerField(null=True)
    weights = models.PositiveIntegerField()
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "dimension"], name="quality_score_once")
        ]
        indexes = [models.Index(fields=["resource", "dimension", "-run"], name="quality_history")]


class Group(models.Model):
    """Rows that fail one rule in one way. 问题组。 `example` is masked.

    Owner, titles and severity are those of the last run, so that worklists ask nothing more.
    `excused` of its rows stand apart; `source_note` says that the department mends it in its own
    system, by `source_until`.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    resource = models.CharField(max_length=ID_LENGTH, db_index=True)
    rule = models.CharField(max_length=CODE_LENGTH)
    field = models.CharField(max_length=300)
    pattern = models.CharField(max_length=PATTERN_LENGTH)
    rows = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=GroupState.choices, default=GroupState.OPEN)
    first_run = models.CharField(max_length=ID_LENGTH)
    last_run = models.CharField(max_length=ID_LENGTH)
    example = models.CharField(max_length=200, blank=True, default="")
    updated_at = models.DateTimeField()
    owner = models.CharField(max_length=40, blank=True, default="", db_index=True)
    title_zh = models.CharField(max_length=300, blank=True, default="")
    title_en = models.CharField(max_length=300, blank=True, default="")
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.ERROR)
    excused = models.BigIntegerField(default=0)
    source_note = models.CharField(max_length=500, blank=True, default="")
    source_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "rule", "field", "pattern"], name="quality_group_once"
            )
        ]
        indexes = [models.Index(fields=["state", "-rows", "id"], name="quality_group_work")]


class Excuse(models.Model):
    """Why failing rows may stay as they are. 例外说明。

    `pattern` excuses all rows that fail alike; else `key` names the row and `value_digest` the
    value that it had. They stay counted as failed and are shown apart.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    resource = models.CharField(max_length=ID_LENGTH)
    rule = models.CharField(max_length=CODE_LENGTH)
    field = models.CharField(max_length=300, blank=True, default="")
    pattern = models.CharField(max_length=PATTERN_LENGTH, blank=True, default="")
    key = models.CharField(max_length=1000, blank=True, default="")
    value_digest = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=1000)
    account = models.CharField(max_length=ID_LENGTH)
    act_id = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField()
    until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=10, choices=ExcuseState.choices, default=ExcuseState.ACCEPTED
    )
    notice = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    decided_by = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["resource", "rule"], name="quality_excuse_of_rule")]


class Notice(models.Model):
    """A list of findings that goes to a department. 整改单。

    `number` is the owner's code, year and month, and a sequence; `file` the workbook as sent, of
    whose `rows` wrong cells `listed` stand in it. With a `purpose` personal values are whole in it.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    number = models.CharField(max_length=80, unique=True)
    owner = models.CharField(max_length=40, db_index=True)
    state = models.CharField(max_length=10, choices=NoticeState.choices, default=NoticeState.DRAFT)
    due_on = models.DateField(null=True)
    note = models.TextField(blank=True, default="")
    file = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    account = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    act_id = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0)
    listed = models.BigIntegerField(default=0)
    grade = models.PositiveSmallIntegerField(default=0)
    purpose = models.CharField(max_length=300, blank=True, default="")
    file_key = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    job_id = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    error = models.JSONField(null=True)
    downloaded_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["state", "due_on", "id"], name="quality_notice_due")]


class NoticeLine(models.Model):
    """One group of findings on a notice, as it stood in a run. 整改项。"""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="lines")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    rows = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=LineState.choices, default=LineState.OPEN)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "group"], name="quality_notice_line_once")
        ]


class NoticeReturn(models.Model):
    """A corrected workbook that came back. 整改回执。

    `deliveries` are those its corrections went in with, the first named in `delivery`; `problems`
    lists lines that were not taken, each with its place and why, never with a value.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="returns")
    file = models.CharField(max_length=ID_LENGTH)
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    sender = models.CharField(max_length=ID_LENGTH)
    counts = models.JSONField(default=dict)
    delivery = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    state = models.CharField(
        max_length=10, choices=ReturnState.choices, default=ReturnState.RECEIVED
    )
    deliveries = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    file_key = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    act_id = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    job_id = models.CharField(max_length=ID_LENGTH, blank=True, default="")
    error = models.JSONField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "sha256"], name="quality_return_once")
        ]
