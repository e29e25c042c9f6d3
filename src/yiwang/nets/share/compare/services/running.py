"""Running comparisons, at once or as a job. 执行比对。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.events import services as events
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.compare.models import Comparison
from yiwang.nets.share.compare.types import (
    CLASSES,
    FORMULAS,
    CountLine,
    Counts,
    State,
    counts_from_json,
)

from .asking import get_side, read_request, record_sides, write_pairs
from .engine import compare_versions
from .permissions import READ, RUN

BEHIND = {
    "left_blank_keys": "left_blank",
    "right_blank_keys": "right_blank",
    "left_duplicate_keys": "left_duplicate",
    "right_duplicate_keys": "right_duplicate",
    "left_only": "left_only",
    "right_only": "right_only",
    "differing": "differing",
    "other_key_same_thing": "other_key",
    "moved": "moved",
}


def ref_of(comparison: Comparison) -> Ref:
    """The pointer that acts carry. 引用。"""
    return Ref("share.comparison", comparison.id, comparison.title)


def start_comparison(actor: Actor, **plan: Any) -> Comparison:
    """Register a comparison and let a worker run it; takes what `run_comparison` takes. 发起比对。"""
    return _register(actor, background=True, **plan)


def run_comparison(actor: Actor, **plan: Any) -> Comparison:
    """Compare the newest versions of two resources, here and now. 执行比对。

    `left`, `right` are resources by id, code or name; `keys` and `values` texts `L = R`; `alternate`
    one text `L = R, L = R`. Holders of `share.compare.run` who may look into both.
    """
    comparison = _register(actor, background=False, **plan)
    return perform(actor, comparison.id)


def _register(
    actor: Actor,
    *,
    background: bool,
    left: str,
    right: str,
    keys: Sequence[str],
    values: Sequence[str] = (),
    alternate: str = "",
    title: str = "",
) -> Comparison:
    actor.require(RUN, organization=actor.organization)
    (mine, left_version), (theirs, right_version) = get_side(actor, left), get_side(actor, right)
    request = read_request(left_version, right_version, keys, values, alternate)
    named = title.strip() or f"{mine.name} · {theirs.name}"
    with ledger.acting(actor, "share.compare.run", on=Ref("share.comparison", "", named)) as act:
        comparison = Comparison.objects.create(
            title=named[:400],
            organization=actor.organization,
            left_resource=mine.id,
            left_version=left_version.id,
            right_resource=theirs.id,
            right_version=right_version.id,
            keys=write_pairs(request.keys),
            values=write_pairs(request.values),
            alternate=write_pairs(request.alternate),
            grade=max(mine.grade, theirs.grade),
            account=actor.id,
            act_id=act.id,
            created_at=act.at,
        )
        _note(act, comparison)
        sides = (mine, left_version), (theirs, right_version)
        sights = [catalog.sight_of(actor, one, version.columns) for one, version in sides]
        rows = left_version.rows, right_version.rows
        record_sides(actor, request, sights, rows=rows, place="comparison run")
        if background:
            _enqueue(act, comparison)
    return comparison


def _note(act: Act, comparison: Comparison) -> None:
    act.on = ref_of(comparison)
    told = ("keys", "values", "alternate", "grade")
    act.note(left=comparison.left_version, right=comparison.right_version)
    act.note(**{name: getattr(comparison, name) for name in told})


def _enqueue(act: Act, comparison: Comparison) -> None:
    told = {"comparison_id": comparison.id}
    comparison.job_id = jobs.enqueue(act, "compare.run", told, on=ref_of(comparison)).id
    comparison.save(update_fields=["job_id"])


def perform(
    actor: Actor,
    comparison_id: str,
    *,
    progress: Callable[[int, int], None] | None = None,
    stopping: Callable[[], bool] | None = None,
) -> Comparison:
    """Do the work of a registered comparison; done twice it changes nothing. 完成比对。"""
    comparison = get_comparison(actor, comparison_id)
    if comparison.state == State.DONE:
        return comparison
    left = pool.get_version(comparison.left_version)
    right = pool.get_version(comparison.right_version)
    request = read_request(
        left, right, comparison.keys, comparison.values, ", ".join(comparison.alternate)
    )
    compared = compare_versions(left.id, right.id, request, progress=progress, stopping=stopping)
    with ledger.acting(actor, "share.compare.finish", on=ref_of(comparison)) as act:
        comparison = Comparison.objects.select_for_update().get(id=comparison.id)
        if comparison.state == State.DONE or compared.rows is None:
            return comparison  # another attempt of the same job came first
        table = pool.create_table(act, name=comparison.title)
        comparison.rows_version = pool.commit(act, table, compared.rows).id
        comparison.counts = compared.counts.as_json()
        comparison.state = State.DONE
        comparison.finished_at = now()
        comparison.save()
        act.note(**{line.name: line.value for line in count_lines(comparison) if not line.of})
        events.announce(act, "share.comparison.done", {"comparison": comparison.id})
    return comparison


def visible_comparisons(actor: Actor) -> QuerySet[Comparison]:
    """The comparisons that the actor may read. 可见比对。"""
    scope = actor.permissions.get(READ)
    if scope == "all":
        return Comparison.objects.all()
    if scope is None:
        return Comparison.objects.none()
    return Comparison.objects.filter(
        Q(organization__in=sorted(actor.organizations)) | Q(account=actor.id)
    )


def get_comparison(actor: Actor, comparison_id: str) -> Comparison:
    """One comparison that the actor may read. 取比对。"""
    found = visible_comparisons(actor).filter(id=comparison_id).first()
    if found is None:
        raise NotFound("compare.comparison.missing", "There is no such comparison")
    return found


def list_of_resource(actor: Actor, resource_id: str, *, limit: int = 20) -> list[Comparison]:
    """The newest comparisons that a resource stands in. 资源的比对。"""
    return list(visible_of_resource(actor, resource_id).order_by("-id")[:limit])


def visible_of_resource(actor: Actor, resource_id: str) -> QuerySet[Comparison]:
    """The comparisons within reach that a resource stands in. 资源的比对。"""
    return visible_comparisons(actor).filter(
        Q(left_resource=resource_id) | Q(right_resource=resource_id)
    )


def grade_of(comparison: Comparison) -> int:
    """The grade of what a comparison shows: the highest of both registers, then and now. 就高定级。"""
    sides = catalog.get_resources([comparison.left_resource, comparison.right_resource])
    return catalog.highest_of([comparison.grade, *(one.facts["grade"] for one in sides.values())])


def count_lines(comparison: Comparison) -> list[CountLine]:
    """The counts with their formulas, in the order in which they are read. 计数与公式。"""
    if comparison.counts is None:
        return []
    counts: Counts = counts_from_json(comparison.counts)
    lines: list[CountLine] = []
    for name, formula in FORMULAS.items():
        value = getattr(counts, name)
        if value is None:
            continue
        lines.append(CountLine(name, value, formula, BEHIND.get(name, "")))
        if name == "differing":
            lines += [
                CountLine(
                    name, number, formula, "differing", of=comparison.values[at], place=at + 1
                )
                for at, number in enumerate(counts.differing_by_value)
            ]
    return lines


def describe_comparison(comparison: Comparison) -> dict[str, Any]:
    """A comparison as one document, for the command line and the API. 比对文档。"""
    return {
        "id": comparison.id,
        "title": comparison.title,
        "state": comparison.state,
        "left": {"resource": comparison.left_resource, "version": comparison.left_version},
        "right": {"resource": comparison.right_resource, "version": comparison.right_version},
        "keys": comparison.keys,
        "values": comparison.values,
        "alternate": comparison.alternate,
        "job": comparison.job_id,
        "grade": grade_of(comparison),
        "counts": [
            {
                "name": f"{line.name}[{line.of}]" if line.of else line.name,
                "value": line.value,
                "formula": line.formula,
            }
            for line in count_lines(comparison)
        ],
    }


def list_classes(comparison: Comparison) -> list[tuple[str, str, int]]:
    """The classes of rows that a comparison has: code, label, count. 差异类别。"""
    numbers = {line.klass: line.value for line in count_lines(comparison) if not line.of}
    return [(code, CLASSES[code], numbers[code]) for code in CLASSES if numbers.get(code)]
