"""What has to be done to large tables before a version can be published. 发布前的在线变更。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from yiwang.kernel.base.act import Act, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.records.models import BundleVersion, EntityTable, FieldColumn, RecordChange
from yiwang.kernel.records.types import Bundle

from . import retyping
from .castings import Casting, get_casting
from .columns import is_small, name_column, name_table
from .decisions import EntityDecision, FieldDecision, decide
from .indexing import list_missing_before
from .kinds import Shape, shape_of, shape_of_field
from .retyping import Retype

PREPARE = "records.prepare"


def begin_changes(act: Act, bundle: Bundle, before: Bundle | None) -> list[RecordChange]:
    """Begin what a kept version needs done first; nothing to do: it may be published now. 开始变更。

    The version waits while a job does them beside everybody's work and then publishes it. Called
    again it goes on with what it finds begun; a newer version takes over what both need and ends
    the rest.
    """
    version = BundleVersion.objects.get(app=bundle.app, version=bundle.version)
    standing = list(list_open_changes(bundle.app))
    decisions = decide(bundle, before)
    wishes = [wish for one in decisions.entities for wish in _wishes(bundle, one, decisions.tables)]
    changes = [_take_over(wish, standing) or wish for wish in wishes]
    for change in changes:
        change.app, change.version, change.changed_at = bundle.app, version, now()
        change.started_by = act.actor.id
        change.save()
    needed = {change.pk for change in changes}
    _close(one for one in standing if one.pk not in needed)
    if all(change.phase == RecordChange.READY for change in changes):
        return []
    on = Ref("records.app", bundle.app, bundle.title.get("zh", bundle.app))
    jobs.enqueue(act, PREPARE, {"version": version.pk}, on=on, unique_key=f"{PREPARE}.{version.pk}")
    act.note(changes=len(changes))
    return changes


def list_open_changes(app: str = "") -> QuerySet[RecordChange]:
    """Changes that versions wait for, in the order in which they are done. 进行中的变更。"""
    rows = RecordChange.objects.filter(version__isnull=False, phase__in=RecordChange.OPEN)
    rows = rows.filter(app=app) if app else rows
    # A retyped column is indexed after it was filled.
    return rows.select_related(
        "entity", "version", "source__entity", "target__entity", "target__target"
    ).order_by("-operation", "created_at", "id")


def _close(changes: Iterable[RecordChange]) -> None:
    """Indexes that stand are done; whatever else is no longer asked for ends. 结束其余变更。"""
    for change in changes:
        if (change.operation, change.phase) == (RecordChange.INDEX, RecordChange.READY):
            change.phase, change.finished_at = RecordChange.DONE, now()
            change.save(update_fields=["phase", "finished_at"])
        else:
            cancel_changes([change])


def cancel_changes(changes: Iterable[RecordChange], error: YiwangError | None = None) -> None:
    """End changes without their work done; what they made is left aside. 取消变更。"""
    for change in changes:
        change.phase = RecordChange.FAILED if error else RecordChange.CANCELLED
        change.error = describe_error(error) if error else {}
        change.changed_at = change.finished_at = now()
        change.save()
        if change.target is not None:
            retyping.end_retype(name_table(change.entity), name_column(change.target))
            # It is filled in part only, so no field may ever take it.
            half = FieldColumn.objects.filter(pk=change.target.pk, state=FieldColumn.BUILDING)
            half.update(state=FieldColumn.ERASED, hidden_at=now())


def settle_retype(table: str, column: str) -> None:
    """Take the trigger of a switch away, unless it serves another change by now. 切换后清理。"""
    filling = RecordChange.objects.filter(target=int(column[1:]), phase__in=RecordChange.OPEN)
    if not filling.exists():
        retyping.end_retype(table, column)


def describe_error(error: YiwangError) -> dict[str, Any]:
    """A failure as JSON holds it. 错误描述。"""
    return {"code": error.code, "message": error.message, "extra": error.extra}


def describe_changes() -> dict[str, dict[str, Any]]:
    """How versions stand that wait for changes, or whose changes failed, by version. 各版本变更进展。"""
    found: dict[str, dict[str, Any]] = {}
    rows = RecordChange.objects.filter(version__isnull=False).order_by("created_at", "id")
    for row in rows.filter(phase__in=[*RecordChange.OPEN, RecordChange.FAILED]):
        told = found.setdefault(str(row.version_id), {})
        if row.phase == RecordChange.FAILED:
            error = row.error
            told["problem"] = YiwangError(error["code"], error["message"], **error["extra"])
            continue
        told.pop("problem", None)
        told["waits"] = True
        if row.phase == RecordChange.FILLING:
            told["percent"] = min(99, row.done * 100 // max(row.total, 1))
    return found


def read_retype(change: RecordChange) -> Retype:
    """What a change of that operation turns into what. 读取改类型变更。"""
    if change.source is None or change.target is None:
        raise LookupError("a retype without its columns")
    old, new = _shapes(change)
    returns = change.target.state == FieldColumn.HIDDEN
    return Retype(change.source, change.target, old, new, returns)


def read_casting(change: RecordChange) -> Casting:
    """How a change of that operation turns values. 读取转换。"""
    return get_casting(*_shapes(change))


def _shapes(change: RecordChange) -> tuple[Shape, Shape]:
    return Shape(**change.wanted["old"]), Shape(**change.wanted["new"])


def _wishes(
    bundle: Bundle, one: EntityDecision, tables: Mapping[str, EntityTable]
) -> Iterator[RecordChange]:
    """What a large table needs done first. 所需变更。"""
    if one.table is None or is_small(name_table(one.table)):
        return
    for told in one.fields:
        if told.source is not None:
            yield _wish_retype(one, told, told.source)
    if list_missing_before(bundle, one, tables):
        yield _wish(one, RecordChange.INDEX)


def _wish_retype(one: EntityDecision, told: FieldDecision, source: FieldColumn) -> RecordChange:
    change = _wish(one, RecordChange.RETYPE)
    old, new = shape_of(source), shape_of_field(told.field)
    change.key, change.source, change.target = told.field.key, source, told.row
    change.wanted = {
        name: {"kind": shape.kind, "decimals": shape.decimals, "spellings": dict(shape.spellings)}
        for name, shape in (("old", old), ("new", new))
    }
    return change


def _wish(one: EntityDecision, operation: str) -> RecordChange:
    return RecordChange(
        entity=one.table, operation=operation, created_at=now(), phase=RecordChange.WAITING
    )


def _take_over(wish: RecordChange, standing: Iterable[RecordChange]) -> RecordChange | None:
    """The same work, begun for this version or for one before it. 接手已开始的变更。"""
    for one in standing:
        same = (one.operation, one.entity_id, one.key, one.source_id, one.wanted) == (
            wish.operation,
            wish.entity_id,
            wish.key,
            wish.source_id,
            wish.wanted,
        )
        if same:
            if one.operation == RecordChange.INDEX:
                # Still something is missing, so it begins anew; what stands is not built twice.
                one.phase = RecordChange.WAITING
            return one
    return None
