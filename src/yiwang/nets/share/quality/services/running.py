"""Runs: registered, worked off, stored. 质量检查的执行。"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from yiwang.kernel.base.act import SYSTEM, Act, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput, NotFound, YiwangError
from yiwang.kernel.events import services as events
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import VersionInfo
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.models import DimensionScore, Result, Run
from yiwang.nets.share.quality.types import (
    RuleResult,
    RuleSpec,
    RunState,
    Score,
    Trigger,
    rule_from_json,
)
from yiwang.nets.share.sources import services as sources

from .casework import follow_after
from .checking import Base, Checked, check_version
from .compiling import columns_of
from .declaring import rules_of
from .permissions import RUN
from .scoring import (
    ANSWER_DAYS,
    Answered,
    Beside,
    count_kept,
    current_weights,
    get_weights,
    read_beside,
    score,
)

TASK = "quality.check"
BASES_LOOKED_AT = 20


def ref_of(run: Run) -> Ref:
    """The pointer that acts carry. 引用。"""
    return Ref("share.quality_run", run.id, run.resource)


def start_run(
    actor: Actor, resource_text: str, *, trigger: str = Trigger.ASKED, queue: bool = True
) -> Run:
    """Register a check of the newest version and let a worker do it. 发起检查。

    Holders of `share.quality.run` for the owner. One that waits for the same version is given back.
    Without `queue` the caller performs the run itself.
    """
    resource = _checkable(actor, resource_text)
    return _register(actor, resource, _version_of(resource), trigger, background=queue)


def check_resource(actor: Actor, resource_text: str) -> Run:
    """Check the newest version here and now. 立即检查。"""
    return perform_run(actor, start_run(actor, resource_text, queue=False).id)


def check_after_landing(resource_id: str) -> Run | None:
    """Register a check of what a resource holds now, after a landing or a withdrawal. 到数后检查。

    Nothing is done for a version that was checked before or waits to be.
    """
    return _register_unasked(resource_id, Trigger.LANDED)


def check_after_ruling(resource_id: str) -> Run | None:
    """Register a check under rules or elements that have just changed. 规则变更后检查。

    One that waits is enough: it takes the rules as they are when it begins.
    """
    return _register_unasked(resource_id, Trigger.RULED)


def _register_unasked(resource_id: str, trigger: Trigger) -> Run | None:
    resource = catalog.Resource.objects.filter(id=resource_id).first()
    version = pool.find_latest(resource.table) if resource and resource.table else None
    if resource is None or version is None:
        return None
    known = Run.objects.filter(pool_version=version.id).exclude(state=RunState.FAILED)
    if trigger == Trigger.LANDED and known.exists():
        return None
    return _register(SYSTEM, resource, version, trigger, background=True)


def _checkable(actor: Actor, resource_text: str) -> catalog.Resource:
    resource = catalog.get_resource(actor, resource_text)
    actor.require(RUN, organization=resource.owner)
    return resource


def _version_of(resource: catalog.Resource) -> VersionInfo:
    version = pool.find_latest(resource.table) if resource.table else None
    if version is None:
        raise InvalidInput(
            "quality.resource.empty", "%(name)s holds no data yet", name=resource.name
        )
    return version


def _register(
    actor: Actor,
    resource: catalog.Resource,
    version: VersionInfo,
    trigger: str,
    *,
    background: bool,
) -> Run:
    waiting = Run.objects.filter(pool_version=version.id, state=RunState.QUEUED).exclude(job_id="")
    found = waiting.first() if background else None
    if found is not None:
        return found
    with ledger.acting(actor, "share.quality.run", on=catalog.ref_of(resource)) as act:
        run = Run.objects.create(
            resource=resource.id,
            pool_version=version.id,
            trigger=trigger,
            rows=version.rows,
            account=actor.id,
            act_id=act.id,
            created_at=act.at,
        )
        if background:
            run.job_id = jobs.enqueue(act, TASK, {"run_id": run.id}, on=catalog.ref_of(resource)).id
            run.save(update_fields=["job_id"])
        act.note(run=run.id, version=version.number)
    return run


def perform_run(
    actor: Actor,
    run_id: str,
    *,
    progress: Callable[[int, int], None] | None = None,
    stopping: Callable[[], bool] | None = None,
) -> Run:
    """Do the work of a registered run; done twice it changes nothing. 执行检查。

    The run was allowed when it was registered. What is expected to go wrong is noted on it.
    """
    run = Run.objects.filter(id=run_id).first()
    if run is None:
        raise NotFound("quality.run.missing", "There is no such run")
    if run.state == RunState.DONE:
        return run
    Run.objects.filter(id=run_id).update(state=RunState.RUNNING, started_at=now())
    resource = catalog.Resource.objects.get(id=run.resource)
    version = pool.get_version(run.pool_version)
    rules = [rule for rule in rules_of(resource) if rule.enabled and _fits(rule, version)]
    base = find_base(resource.id, version)
    checked = check_version(version, rules, base=base, progress=progress, stopping=stopping)
    return _finish(actor, run_id, resource, version, checked)


def _fits(rule: RuleSpec, version: VersionInfo) -> bool:
    """Whether the version has all that the rule reads; a column may have come or gone since."""
    return all(name in version.columns for name in columns_of(rule))


def fail_run(run_id: str, error: YiwangError) -> None:
    """Note on a run that its work will not be done. 标记未成功。"""
    Run.objects.filter(id=run_id).exclude(state=RunState.DONE).update(
        state=RunState.FAILED,
        finished_at=now(),
        error={"code": error.code, "message": error.message, "extra": _plain(error.extra)},
    )
    # A case that waits for this check would wait for ever.
    for resource_id in Run.objects.filter(id=run_id).values_list("resource", flat=True):
        follow_after(resource_id)


def _plain(extra: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in extra.items()}


def find_base(resource_id: str, version: VersionInfo) -> Base | None:
    """The newest finished run that the version stands on. 基准检查。"""
    done = Run.objects.filter(resource=resource_id, state=RunState.DONE).order_by("-id")
    for run in done[:BASES_LOOKED_AT]:
        if run.pool_version and pool.stands_on(version.id, run.pool_version):
            results = results_of(run)
            listed = run.rows_version or not any(one.failed for one in results)
            if listed and results:
                known = {one.spec.digest(): one for one in results}
                return Base(run.pool_version, run.rows_version, known)
    return None


def results_of(run: Run) -> list[RuleResult]:
    """What each rule came to in a run. 规则结果。"""
    return [
        RuleResult(
            rule_from_json(row.spec), row.checked, row.failed, row.scanned_rows, row.reused_rows,
            row.patterns,
        )
        for row in Result.objects.filter(run=run).order_by("id")
    ]  # fmt: skip


def _finish(
    actor: Actor, run_id: str, resource: catalog.Resource, version: VersionInfo, checked: Checked
) -> Run:
    with ledger.acting(actor, "share.quality.finish", on=catalog.ref_of(resource)) as act:
        run = Run.objects.select_for_update().get(id=run_id)
        if run.state == RunState.DONE:
            if checked.listing is not None:
                pool.discard(checked.listing)
            return run  # another attempt of the same job came first
        _store(act, run, resource, checked)
        scores = _store_scores(run, resource, version, checked.results)
        total = scores[-1]
        failed = sum(one.failed for one in checked.results)
        act.note(run=run.id, rules=len(checked.results), failed=failed, score=total.value)
        events.announce(
            act,
            "share.quality.checked",
            {"run": run.id, "resource": resource.id, "version": version.number, "failed": failed},
        )
    return run


def _store(act: Act, run: Run, resource: catalog.Resource, checked: Checked) -> None:
    if checked.listing is not None:
        table = pool.create_table(act, name=f"{resource.name} quality")
        run.rows_version = pool.commit(act, table, checked.listing).id
    digests = sorted(one.spec.digest() for one in checked.results)
    run.rules = hashlib.sha256("\n".join(digests).encode()).hexdigest()
    run.state, run.finished_at, run.error = RunState.DONE, act.at, None
    run.weights = current_weights()[0]
    run.started_at = run.started_at or act.at
    run.save()
    Result.objects.bulk_create(
        [
            Result(
                run=run,
                rule=one.spec.code,
                kind=one.spec.kind,
                dimension=one.spec.dimension,
                severity=one.spec.severity,
                fields=list(one.spec.fields),
                checked=one.checked,
                failed=one.failed,
                scanned_rows=one.scanned_rows,
                reused_rows=one.reused_rows,
                patterns=dict(one.patterns),
                digest=one.spec.digest(),
                spec=one.spec.as_json(),
            )
            for one in checked.results
        ],
        batch_size=200,
    )


def _store_scores(
    run: Run, resource: catalog.Resource, version: VersionInfo, results: tuple[RuleResult, ...]
) -> list[Score]:
    arrivals = [
        one.created_at for one in pool.list_versions(version.table_id)
        if one.state == "live" and one.number <= version.number
    ]  # fmt: skip
    ended = run.finished_at or now()
    beside = Beside(
        count_kept(resource.update_cycle, arrivals, ended), _count_answered(resource, ended)
    )
    scores, details = score(results, beside, get_weights(run.weights)), beside.details()
    DimensionScore.objects.bulk_create(
        [
            DimensionScore(
                run=run,
                resource=resource.id,
                dimension=one.dimension,
                numerator=one.numerator,
                denominator=one.denominator,
                value=one.value,
                level=one.level,
                weights=run.weights,
                detail=details.get(one.dimension, {}),
            )
            for one in scores
        ]
    )
    return scores


def _count_answered(resource: catalog.Resource, until: datetime) -> Answered | None:
    """Nothing for a register that no live source feeds: nobody can say whether a file was there."""
    answered, asked = sources.count_answers(
        resource.owner, resource.name, since=until - timedelta(days=ANSWER_DAYS), until=until
    )
    return Answered(answered, asked, ANSWER_DAYS) if asked else None


def recompute_scores(run: Run) -> list[Score]:
    """The scores of a run worked out again from what it stored. 重算评分。"""
    rows = DimensionScore.objects.filter(run=run).values_list("dimension", "detail")
    return score(results_of(run), read_beside(dict(rows)), get_weights(run.weights))


def forget_version(version_id: str) -> int:
    """Purge the failing rows that were listed of a version that is purged; its counts stay. 清除明细。"""
    found = list(Run.objects.filter(pool_version=version_id).exclude(rows_version=""))
    for run in found:
        with ledger.acting(SYSTEM, "share.quality.forget", on=ref_of(run)) as act:
            pool.purge(act, run.rows_version)
            run.rows_version = ""
            run.save(update_fields=["rows_version"])
    return len(found)
