"""Comparisons and what became of each difference. 数据比对。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH, new_id

from .types import OutcomeCode, State


class Comparison(models.Model):
    """Two registers side by side, by stated expressions. 数据比对。

    It belongs to the organization that ran it and names one version of each resource, so it can be
    run again with the same answer. `grade` is the higher one of both
    registers when it was run. `counts` are kept here; the rows behind them are a table of the
    pool, `rows_version`.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    title = models.CharField(max_length=400)
    organization = models.CharField(max_length=40, db_index=True)
    left_resource = models.CharField(max_length=ID_LENGTH, db_index=True)
    left_version = models.CharField(max_length=ID_LENGTH)
    right_resource = models.CharField(max_length=ID_LENGTH, db_index=True)
    right_version = models.CharField(max_length=ID_LENGTH)
    keys = models.JSONField()
    values = models.JSONField(default=list)
    alternate = models.JSONField(default=list)
    grade = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    counts = models.JSONField(null=True)
    rows_version = models.CharField(max_length=ID_LENGTH, blank=True)
    account = models.CharField(max_length=ID_LENGTH)
    act_id = models.CharField(max_length=ID_LENGTH)
    job_id = models.CharField(max_length=ID_LENGTH, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(counts__isnull=False),
                name="comparison_done_counts",
            ),
        ]


class Outcome(models.Model):
    """What somebody found out about one difference. 核实结果。

    Nothing is overwritten: the newest of a row counts, the earlier ones stay as its history.
    """

    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="+")
    row = models.BigIntegerField()
    code = models.CharField(max_length=12, choices=OutcomeCode.choices)
    note = models.CharField(max_length=1000, blank=True)
    account = models.CharField(max_length=ID_LENGTH)
    act_id = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["comparison", "row", "-id"], name="outcome_of_row")]
