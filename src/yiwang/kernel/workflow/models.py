"""Cases and their logs, tasks, types. 流程、任务与流程定义。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.kernel.base.ids import ID_LENGTH, new_id

from .types import NEVER

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
    `next_due_at` is the soonest of the limits that run, `yellow_at` when the first of them turns
    yellow; without one it is the year 9999, so that a list by due date has one order. `target` is the `PushTarget` that it
    was opened for, if any.
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
    next_due_at = models.DateTimeField(default=NEVER)
    yellow_at = models.DateTimeField(default=NEVER)
    target = models.CharField(max_length=ID_LENGTH, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["tick_at"], name="case_ticks", condition=Q(tick_at__isnull=False)),
            models.Index(
                fields=["starter", "opened_at", "id"], name="case_started", condition=Q(parent=None)
            ),
            models.Index(
                fields=["starter", "next_due_at", "id", "yellow_at"],
                name="case_started_due",
                condition=Q(parent=None),
            ),
            models.Index(fields=["code", "status", "-id"], name="case_of_type"),
            models.Index(fields=["organization", "-id"], name="case_of_organization"),
        ]


class CaseSubject(models.Model):
    """What a case of a shipped type is about. 流程办理对象。

    `code` is that of the type, `subject` the id of the thing in the module that brought the type. At
    most one case of a type is open about a thing.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="+")
    code = models.CharField(max_length=CODE_LENGTH)
    subject = models.CharField(max_length=120)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="case_subject_open", fields=["code", "subject"], condition=Q(is_open=True)
            )
        ]
        indexes = [models.Index(fields=["subject"], name="case_of_subject")]


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


def _open_indexes(name: str, holder: list[str], condition: Q) -> list[models.Index]:
    """Open tasks of one holder: as they came, as they are due, by kind of case and step."""
    return [
        models.Index(
            fields=[*holder, *fields], name=f"task_{name}_{order}".rstrip("_"), condition=condition
        )
        for order, fields in (
            ("", ["opened_at", "id"]),
            ("due", ["due_at", "id", "yellow_at"]),
            ("kind", ["code", "opened_at", "id", "node"]),
        )
    ]


class Task(models.Model):
    """What somebody is asked to do in a case. 任务。

    It belongs to an account, or to anybody with a role in an organization until one acts. `code`,
    `due_at` and `yellow_at` are those of its case, kept here while it is open so that an inbox is
    read from one index.
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
    code = models.CharField(max_length=CODE_LENGTH, default="")
    due_at = models.DateTimeField(default=NEVER)
    yellow_at = models.DateTimeField(default=NEVER)

    class Meta:
        indexes = [
            models.Index(fields=["case", "visit"], name="task_of_visit"),
            *_open_indexes("own", ["account"], Q(status="open", account__gt="")),
            *_open_indexes("post", ["organization", "role"], Q(status="open", account="")),
            models.Index(fields=["account"], name="task_waiting", condition=Q(status="waiting")),
            models.Index(
                fields=["by", "done_at", "id"], name="task_done", condition=Q(status="done")
            ),
        ]


class CaseCopy(models.Model):
    """Somebody who was told of a case without being asked to act, and may read it. 抄送。

    One row for each of them in a case, the newest copy; the log holds them all.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    account = models.CharField(max_length=ID_LENGTH)
    by = models.CharField(max_length=ID_LENGTH)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="case_copy", fields=["case", "account"])]
        indexes = [
            models.Index(fields=["account", "at", "id"], name="copy_of_account"),
            models.Index(fields=["account"], name="copy_unread", condition=Q(read_at=None)),
        ]


class CaseWatch(models.Model):
    """Somebody follows a case that they may read. 关注。"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    account = models.CharField(max_length=ID_LENGTH)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="case_watch", fields=["case", "account"])]
        indexes = [models.Index(fields=["account", "at", "id"], name="watch_of_account")]


class Phrases(models.Model):
    """What somebody often writes as an opinion, in the order in which it is offered. 常用意见。"""

    account = models.CharField(primary_key=True, max_length=ID_LENGTH)
    texts = models.JSONField()


class BulkRun(models.Model):
    """One thing done to several tasks or cases at once. 批量办理。

    `asked` lists what was chosen; of each that was tried there is a line. The same key of the same
    account again is the same run, so that a form sent twice acts once.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    account = models.CharField(max_length=ID_LENGTH)
    key = models.CharField(max_length=80)
    verb = models.CharField(max_length=20)
    asked = models.JSONField()
    at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="bulk_once", fields=["account", "key"])]


class BulkLine(models.Model):
    """What came of one of the things done at once. 批量办理明细。 An empty `code` is that it went through."""

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="+", db_index=False)
    subject = models.CharField(max_length=ID_LENGTH)
    code = models.CharField(max_length=80, blank=True)
    message = models.CharField(max_length=300, blank=True)
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(name="bulk_line", fields=["run", "subject"])]


class Push(models.Model):
    """What a step of a case sent to many organizations. 下发。

    `root` is the first push where others send on what it sent, its own id else; `above` the target
    whose case sends on. `total` counts its targets, all of them known from the beginning; `spread_at`
    is when the last of their cases was opened, `ended_at` when nobody waits for answers any more.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    node = models.CharField(max_length=40)
    level = models.CharField(max_length=12)
    root = models.CharField(max_length=ID_LENGTH)
    above = models.CharField(max_length=ID_LENGTH, blank=True)
    total = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    spread_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="push_once", fields=["case", "node"])]


class PushTarget(models.Model):
    """An organization that is asked, and how far it is. 下发对象。

    It is `waiting` until the worker opens its case, then `sent`, `seen` once somebody there has
    opened it, `done`, or `dropped` where it is needed no more. One that `passed` the question on to
    those below is counted by their answers. `r1` to `r5` are the organizations above it, the topmost
    first, itself last.
    """

    WAITING, SENT, SEEN, DONE, DROPPED = "waiting", "sent", "seen", "done", "dropped"
    OPEN = (WAITING, SENT, SEEN)

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    push = models.ForeignKey(Push, models.PROTECT, related_name="+", db_index=False)
    root = models.CharField(max_length=ID_LENGTH)
    organization = models.CharField(max_length=40)
    r1 = models.CharField(max_length=40)
    r2 = models.CharField(max_length=40, blank=True)
    r3 = models.CharField(max_length=40, blank=True)
    r4 = models.CharField(max_length=40, blank=True)
    r5 = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, default=WAITING)
    passed = models.BooleanField(default=False)
    case = models.CharField(max_length=ID_LENGTH, blank=True)
    due_at = models.DateTimeField(default=NEVER)
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    urged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="push_target", fields=["push", "organization"]),
        ]
        indexes = [
            models.Index(
                fields=["root", "r1", "r2", "state", "due_at"],
                name="push_top",
                condition=Q(passed=False),
            ),
            models.Index(fields=["root", "r2"], name="push_second"),
            models.Index(fields=["root", "r3"], name="push_third"),
            models.Index(fields=["root", "changed_at"], name="push_changed"),
            models.Index(fields=["push", "id"], name="push_unsent", condition=Q(state="waiting")),
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


class CalendarFeed(models.Model):
    """A secret address at which somebody's calendar reads their deadlines. 日历订阅。

    Only the digest of the secret is kept; `hint`, its beginning, finds the row. `language` is the
    one in which the address was made.
    """

    account = models.CharField(primary_key=True, max_length=ID_LENGTH)
    hint = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
