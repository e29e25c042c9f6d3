"""Columns, what follows from what, and what was told of it. 数据血缘。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.ids import ID_LENGTH

from .types import DatasetKind, EdgeKind, RunState

NAME = 400
COLUMN = 300
RUN = 100


class Dataset(models.Model):
    """A table, file or handed-out set of rows, as OpenLineage names it. 数据集。

    `about` is the id of what it is here (a resource, a grant, a comparison), empty for what lies
    outside; `owner` is whose it is, of one outside who first told of it.
    """

    id = models.BigAutoField(primary_key=True)
    namespace = models.CharField(max_length=NAME)
    name = models.CharField(max_length=NAME)
    kind = models.CharField(max_length=8, choices=DatasetKind, default=DatasetKind.OUTSIDE)
    about = models.CharField(max_length=100, blank=True)
    owner = models.CharField(max_length=40, blank=True, db_index=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["namespace", "name"], name="lineage_dataset_once"),
        ]
        indexes = [models.Index(fields=["kind", "about"], name="lineage_dataset_about")]


class Node(models.Model):
    """One column of a dataset, or with no name the whole of it. 血缘节点。"""

    id = models.BigAutoField(primary_key=True)
    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="+")
    column = models.CharField(max_length=COLUMN, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "column"], name="lineage_node_once"),
        ]


class Job(models.Model):
    """What makes data of data, as OpenLineage names it. 加工作业。 Only its owner tells of its runs."""

    id = models.BigAutoField(primary_key=True)
    namespace = models.CharField(max_length=NAME)
    name = models.CharField(max_length=NAME)
    owner = models.CharField(max_length=40, blank=True, db_index=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["namespace", "name"], name="lineage_job_once"),
        ]


class Edge(models.Model):
    """One column follows from another by a job. 血缘边。

    `run` saw it last, at `last_at`; once a later run of the job says otherwise it is `ended_at`,
    and stays as history.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, models.CASCADE, related_name="+")
    source = models.ForeignKey(Node, models.CASCADE, related_name="+", db_index=False)
    target = models.ForeignKey(Node, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=EdgeKind, default=EdgeKind.DIRECT)
    masking = models.BooleanField(default=False)
    run = models.CharField(max_length=RUN)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "source", "target"], name="lineage_edge_once"),
        ]
        indexes = [
            models.Index(
                fields=["source", "target"], condition=Q(ended_at=None), name="lineage_edge_down"
            ),
            models.Index(
                fields=["target", "source"], condition=Q(ended_at=None), name="lineage_edge_up"
            ),
        ]


class OutsideRun(models.Model):
    """A run of a job outside, as far as it was told. 外部运行。

    `inputs` are the ids of the datasets it named so far, `outputs` the same with whether it said
    which columns they are made of: a run may tell them in several events.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, models.CASCADE, related_name="+")
    run = models.CharField(max_length=RUN)
    state = models.CharField(max_length=8, choices=RunState, default=RunState.OTHER)
    inputs = models.JSONField(default=list)
    outputs = models.JSONField(default=dict)
    account = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField(default=now)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "run"], name="lineage_run_once"),
        ]


class ToldEvent(models.Model):
    """An OpenLineage event that this node tells of itself, as it was then. 对外血缘事件。

    `about` says of what it is told, once: a delivery, the terms of a grant, a day's use of them.
    It is of the organization `owner`, and of both sides of `grant` where it is about one.
    """

    id = models.BigAutoField(primary_key=True)
    about = models.CharField(max_length=200, unique=True)
    owner = models.CharField(max_length=40, blank=True, db_index=True)
    grant = models.CharField(max_length=ID_LENGTH, blank=True, db_index=True)
    event = models.JSONField()
    at = models.DateTimeField(db_index=True)
