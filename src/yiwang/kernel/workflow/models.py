"""Cases and their logs, tasks, types. 流程、任务与流程定义。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.kernel.base.ids import ID_LENGTH, new_id

CODE_LENGTH = 122


class CaseTypeVersion(models.Model):
    """One published version of a case type. 流程定义版本。

    It never changes, held by triggers: a case ends under the version it began with, or is migrated
    by a person. `source` is the file as it was sent: the order of its keys means something, which
    a JSON column would not keep on every database.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    code = models.CharField(max_length=CODE_LENGTH)
    version = models.PositiveIntegerField()
    title = models.JSONField()
    source = models.TextField()
    digest = models.CharField(max_length=64)
    published_by = models.CharField(max_length=ID_LENGTH)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="case_type_version", fields=["code", "version"]),
        ]


class Case(models.Model):
    """Something in hand: the newest state that its log gives. 流程实例。

    `seq` is the number of its newest log entry; whoever changes the case must have read that one.
    `memo` keeps what the next step asks for beside the columns (see `CaseState`). `root` is the
    topmost case above it, itself without a parent. `due_at` is when it must be done (promised, else
    by law), `node_due_at` its step; at `tick_at` a light changes and somebody has to be told.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    number = models.CharField(max_length=40, unique=True)
    type = models.ForeignKey(CaseTypeVersion, models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=CODE_LENGTH)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=14)
    outcome = models.CharField(max_length=40, blank=True)
    node = models.CharField(max_length=40)
    visit = models.PositiveIntegerField()
    seq = models.PositiveIntegerField()
    starter = models.CharField(max_length=ID_LENGTH)
    organization = models.CharField(max_length=40)
    data = models.JSONField()
    memo = models.JSONField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    root = models.CharField(max_length=ID_LENGTH, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    node_due_at = models.DateTimeField(null=True)
    tick_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tick_at"], name="case_ticks", condition=Q(tick_at__isnull=False)),
            models.Index(fields=["starter", "-id"], name="case_of_starter"),
            models.Index(fields=["code", "status", "-id"], name="case_of_type"),
            models.Index(fields=["organization", "-id"], name="case_of_organization"),
        ]


class CaseEntry(models.Model):
    """One line of a case's log; append-only, held by triggers. 流程日志。

    The state of the case is the fold of these lines, see `machine.evolving`.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    actor = models.CharField(max_length=ID_LENGTH)
    on_behalf_of = models.CharField(max_length=ID_LENGTH, blank=True)
    at = models.DateTimeField()
    act_id = models.CharField(max_length=ID_LENGTH)
    body = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(name="case_entry_seq", fields=["case", "seq"])]


class Task(models.Model):
    """What somebody is asked to do in a case. 任务。

    It belongs to an account, or to anybody with a role in an organization until one acts.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    node = models.CharField(max_length=40)
    visit = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    status = models.CharField(max_length=9)
    account = models.CharField(max_length=ID_LENGTH, blank=True)
    role = models.CharField(max_length=40, blank=True)
    organization = models.CharField(max_length=40, blank=True)
    on_behalf_of = models.CharField(max_length=ID_LENGTH, blank=True)
    apart = models.CharField(max_length=ID_LENGTH, blank=True)
    parent = models.CharField(max_length=ID_LENGTH, blank=True)
    action = models.CharField(max_length=40, blank=True)
    by = models.CharField(max_length=ID_LENGTH, blank=True)
    opinion = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "visit"], name="task_of_visit"),
            models.Index(
                fields=["account", "-id"], name="task_open_of_account", condition=Q(status="open")
            ),
            models.Index(
                fields=["organization", "role", "-id"],
                name="task_open_of_post",
                condition=Q(status="open", account=""),
            ),
            models.Index(fields=["by", "-id"], name="task_done_by", condition=Q(status="done")),
        ]


class CaseNumber(models.Model):
    """The last number given within a series such as QJ-2026. 编号序列。"""

    series = models.CharField(primary_key=True, max_length=40)
    last = models.PositiveIntegerField(default=0)


class Submission(models.Model):
    """A submission that was taken, so that sending it again gives the same case. 幂等提交。"""

    account = models.CharField(max_length=ID_LENGTH)
    key = models.CharField(max_length=80)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(name="submission_once", fields=["account", "key"])]


class Absence(models.Model):
    """Somebody is away and somebody stands in. 请假代理。 Half-open: `until_date` is the first day back."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    account = models.CharField(max_length=ID_LENGTH, db_index=True)
    agent = models.CharField(max_length=ID_LENGTH)
    from_date = models.DateField()
    until_date = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    set_by = models.CharField(max_length=ID_LENGTH)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="absence_period", condition=Q(until_date__gt=models.F("from_date"))
            ),
            models.CheckConstraint(name="absence_other", condition=~Q(agent=models.F("account"))),
        ]
