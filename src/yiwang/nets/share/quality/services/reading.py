"""Looking at runs and scores. 查看检查与评分。"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, QuerySet

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.models import DimensionScore, Result, Run
from yiwang.nets.share.quality.types import RunState, Score, rule_from_json

from .permissions import READ


def readable_resources(actor: Actor) -> QuerySet[catalog.Resource]:
    """The resources whose quality the actor may read. 可查看质量的资源。"""
    scope = actor.permissions.get(READ)
    if scope is None:
        return catalog.Resource.objects.none()
    visible = catalog.visible_resources(actor)
    return visible if scope == "all" else visible.filter(owner__in=sorted(actor.organizations))


def visible_runs(actor: Actor) -> QuerySet[Run]:
    """The runs that the actor may read. 可见检查。"""
    if actor.permissions.get(READ) == "all":
        return Run.objects.all()
    return Run.objects.filter(resource__in=readable_resources(actor).values("id"))


def get_run(actor: Actor, run_id: str) -> Run:
    """One run that the actor may read. 取检查。"""
    found = visible_runs(actor).filter(id=run_id).first()
    if found is None:
        raise NotFound("quality.run.missing", "There is no such run")
    return found


def list_runs(actor: Actor, resource_text: str, *, limit: int = 50) -> list[Run]:
    """The runs of a resource, newest first. 检查记录。"""
    resource = catalog.get_resource(actor, resource_text)
    actor.require(READ, organization=resource.owner)
    return list(Run.objects.filter(resource=resource.id).order_by("-id")[:limit])


def find_latest_run(resource_id: str) -> Run | None:
    """The newest finished run of the version that counts now, else of any. 最近检查。"""
    return latest_runs([resource_id]).get(resource_id)


def latest_runs(resource_ids: Iterable[str]) -> dict[str, Run]:
    """The newest finished run of each resource, in two queries. 批量最近检查。"""
    done = Run.objects.filter(resource__in=list(resource_ids), state=RunState.DONE)
    newest = done.values("resource").annotate(newest=Max("id")).values_list("newest", flat=True)
    return {run.resource: run for run in Run.objects.filter(id__in=list(newest))}


def scores_of(run: Run) -> list[Score]:
    """The stored scores of a run, the total last. 评分。"""
    return scores_of_runs([run.id]).get(run.id, [])


def scores_of_runs(run_ids: Iterable[str]) -> dict[str, list[Score]]:
    """The stored scores of runs, in one query. 批量评分。"""
    found: dict[str, list[Score]] = {}
    for row in DimensionScore.objects.filter(run_id__in=list(run_ids)).order_by("id"):
        found.setdefault(row.run_id, []).append(
            Score(row.dimension, row.numerator, row.denominator, row.value, row.level)
        )
    return found


def list_history(resource_id: str, *, limit: int = 60) -> list[dict[str, Any]]:
    """The totals of the last runs, oldest first, for a chart. 评分历史。"""
    rows = DimensionScore.objects.filter(resource=resource_id, dimension="").select_related("run")
    return [
        {"run": row.run_id, "at": row.run.finished_at, "value": row.value, "level": row.level}
        for row in reversed(rows.order_by("-run_id")[:limit])
    ]


def score_organizations(actor: Actor, organization: str = "") -> list[dict[str, Any]]:
    """The scores of departments from the latest run of each of their resources. 部门评分。

    An organization's total is the mean of its resources' totals, each counting alike; resources
    that could not be measured are counted apart. A constant number of queries.
    """
    resources = readable_resources(actor).exclude(table="")
    if organization:
        resources = resources.filter(owner=organization)
    owned = list(resources.order_by("owner", "id"))
    runs = latest_runs(one.id for one in owned)
    scores = scores_of_runs(run.id for run in runs.values())
    names = catalog.name_owners(owned)
    found: dict[str, dict[str, Any]] = {}
    for resource in owned:
        row = found.setdefault(
            resource.owner,
            {"owner": resource.owner, "name": names.get(resource.owner, ""), "resources": []},
        )
        run = runs.get(resource.id)
        total = scores[run.id][-1] if run and run.id in scores else None
        row["resources"].append(
            {
                "id": resource.id, "code": resource.code, "name": resource.name,
                "run": run.id if run else "", "value": total.value if total else None,
                "level": total.level if total else None,
            }
        )  # fmt: skip
    return [_sum_up(row) for row in found.values()]


def _sum_up(row: dict[str, Any]) -> dict[str, Any]:
    values = [one["value"] for one in row["resources"] if one["value"] is not None]
    mean = round(sum(values) / len(values), 6) if values else None
    return {
        **row,
        "value": mean,
        "measured": len(values),
        "unmeasured": len(row["resources"]) - len(values),
    }


def describe_run(run: Run) -> dict[str, Any]:
    """A run as one document, for the command line and the API. 检查文档。"""
    version = pool.get_version(run.pool_version)
    return {
        "id": run.id,
        "resource": run.resource,
        "version": version.number,
        "rows": run.rows,
        "state": run.state,
        "trigger": run.trigger,
        "job": run.job_id,
        "created_at": run.created_at,
        "finished_at": run.finished_at,
        "weights": run.weights,
        "error": run.error,
        "scores": [
            {
                "dimension": one.dimension, "numerator": one.numerator,
                "denominator": one.denominator, "value": one.value, "level": one.level,
            }
            for one in scores_of(run)
        ],
        "results": [_describe_result(row) for row in Result.objects.filter(run=run).order_by("id")],
    }  # fmt: skip


def _describe_result(row: Result) -> dict[str, Any]:
    spec = rule_from_json(row.spec)
    return {
        "rule": row.rule,
        "title": spec.title_zh,
        "title_en": spec.title_en,
        "kind": row.kind,
        "dimension": row.dimension,
        "severity": row.severity,
        "fields": row.fields,
        "checked": row.checked,
        "failed": row.failed,
        "patterns": [{"pattern": name, "rows": rows} for name, rows in row.patterns.items()],
    }
