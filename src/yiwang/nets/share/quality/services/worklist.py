"""Findings as a worklist: groups first, then their rows. 问题工作台。

Who reads rows must be allowed to look into the register; personal columns are masked as there,
and each page of them leaves a read row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import LOOK
from yiwang.nets.share.quality.models import Group, Run
from yiwang.nets.share.quality.types import GroupState

from .following import list_excused, row_excuses
from .permissions import ANSWER, READ

PAGE = 50
WORDS = 500


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One failing row of a group as the actor may see it. 问题行。

    `row` is its number in the version that was checked; `excused` says that it may stay so.
    """

    row: int
    key: str | None
    value: str | None
    suggestion: str | None
    excused: bool = False


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of failing rows. 问题行分页。 `listed` of the group's rows are listed at all."""

    rows: tuple[FoundRow, ...]
    more: bool
    next_after: int
    version: int
    masked: bool


def visible_groups(actor: Actor) -> QuerySet[Group]:
    """The groups of findings within the actor's reach. 可见问题组。"""
    scope = actor.permissions.get(READ)
    if scope == "all":
        return Group.objects.all()
    if scope is None:
        return Group.objects.none()
    return Group.objects.filter(owner__in=sorted(actor.organizations))


def list_groups(
    actor: Actor, *, resource: str = "", owner: str = "", state: str = "", limit: int = 200
) -> list[Group]:
    """Groups of findings, the largest first. 问题组列表。"""
    wanted = {"resource": resource, "owner": owner, "state": state}
    chosen = {name: value for name, value in wanted.items() if value}
    return list(visible_groups(actor).filter(**chosen).order_by("-rows", "id")[:limit])


def get_group(actor: Actor, group_id: str) -> Group:
    """One group of findings, if the actor may know of it. 取问题组。"""
    found = visible_groups(actor).filter(id=group_id).first()
    if found is None:
        raise NotFound("quality.group.missing", "There is no such group of findings")
    return found


def ref_of_group(group: Group) -> Ref:
    """The pointer that acts carry. 引用。"""
    return Ref("share.quality.group", group.id, group.title_zh)


def count_work(groups: QuerySet[Group]) -> dict[str, tuple[int, int]]:
    """How many groups and rows stand in each state. 各状态数量。"""
    found = groups.order_by().values("state").annotate(groups=Count("id"), total=Sum("rows"))
    counts = {one["state"]: (int(one["groups"]), int(one["total"] or 0)) for one in found}
    return {state: counts[state] for state in GroupState.values if state in counts}


def list_rows_of_group(
    actor: Actor,
    group_id: str,
    *,
    excused: str = "",
    after: int = 0,
    limit: int = PAGE,
    export: bool = False,
) -> FoundPage:
    """A page of the rows that fail alike, personal columns masked. 问题组明细。

    Holders of `share.resource.look` for the owner. `excused` is `yes` or `no` to see only those.
    Leaves a read row where the field or the key is personal.
    """
    group = get_group(actor, group_id)
    actor.require(LOOK, organization=group.owner)
    run = Run.objects.filter(id=group.last_run).first()
    resource = catalog.get_resources([group.resource]).get(group.resource)
    if run is None or resource is None or not run.rows_version or not group.rows:
        return FoundPage((), more=False, next_after=0, version=0, masked=False)
    version = pool.get_version(run.pool_version)
    sight = catalog.sight_of(actor, resource, version.columns)
    excuses = _excused_rows(run, group)
    where, parameters = _where(group, excuses, excused)
    page = pool.list_rows(
        run.rows_version, where=where, parameters=parameters, after=after, limit=limit
    )
    place = "findings export" if export else "findings"
    shown = {*fields_of(group), *version.key, *resource.key} & set(version.columns)
    catalog.record_look(actor, sight, columns=shown, rows=len(page.rows), place=place)
    found = [dict(zip(page.columns, cells, strict=True)) for _, cells in page.rows]
    rows = tuple(show_row(cells, group, resource.key, sight.masks, excuses) for cells in found)
    return FoundPage(rows, page.more, page.next_after, version.number, bool(sight.masks))


def fields_of(group: Group) -> list[str]:
    """The columns that a group is about. 涉及列。"""
    return [part.strip() for part in group.field.split(",")] if group.field else []


def show_row(
    cells: Mapping[str, str | None],
    group: Group,
    key: Sequence[str],
    masks: Mapping[str, str],
    excused: frozenset[int],
) -> FoundRow:
    """A failing row with what is personal masked. 脱敏显示。"""
    mask = mask_of_field(group.field, masks)
    written = cells["row"] or "0"
    number = int(written) if written.isdecimal() else 0
    return FoundRow(
        row=number,
        key=hide_key(cells["key"], key, masks),
        value=catalog.hide(mask, cells["value"]) if mask else cells["value"],
        suggestion=catalog.hide(mask, cells["suggestion"]) if mask else cells["suggestion"],
        excused=number in excused,
    )


def mask_of_field(field: str, masks: Mapping[str, str]) -> str:
    """What masks a value of a field; one of several columns hides wholly. 字段脱敏。"""
    if field in masks:
        return masks[field]
    parts = [part.strip() for part in field.split(",")]
    return catalog.HIDDEN if any(part in masks for part in parts) else ""


def hide_key(text: str | None, key: Sequence[str], masks: Mapping[str, str]) -> str | None:
    """The key of a row as it may be seen. 主键脱敏。"""
    hidden = [name for name in key if name in masks]
    if not hidden:
        return text.replace("\x1f", " / ") if text else text
    return catalog.hide(masks[hidden[0]] if len(key) == 1 else catalog.HIDDEN, text)


def mark_source(actor: Actor, group_id: str, *, note: str, until: date | None = None) -> Group:
    """Say that the department mends it in its own system, by when. 标记源头整改。

    Holders of `share.quality.answer` for the owner; an empty note takes the mark away.
    """
    group = get_group(actor, group_id)
    actor.require(ANSWER, organization=group.owner)
    words = " ".join(note.split())[:WORDS]
    if until is not None and until < today():
        raise InvalidInput("quality.until.past", "The day must not be in the past")
    with ledger.acting(
        actor, "share.quality.source", on=ref_of_group(group), reason=words[:200]
    ) as act:
        group.source_note, group.source_until = words, until if words else None
        group.updated_at = act.at
        group.save(update_fields=["source_note", "source_until", "updated_at"])
    return group


def _excused_rows(run: Run, group: Group) -> frozenset[int]:
    found = row_excuses(run).filter(rule=group.rule, field=group.field)
    kind = (group.rule, group.field, group.pattern)
    return frozenset(row for about, row in list_excused(run, found) if about == kind)


def _where(group: Group, excuses: frozenset[int], excused: str) -> tuple[str, list[object]]:
    where = "rule = ? AND coalesce(field, '') = ? AND left(coalesce(pattern, ''), 200) = ?"
    parameters: list[object] = [group.rule, group.field, group.pattern]
    if excused in ("yes", "no"):
        where += f" AND {'' if excused == 'yes' else 'NOT '}list_contains(?::VARCHAR[], row)"
        parameters.append([str(row) for row in sorted(excuses)])
    return where, parameters


def count_open_by_owner(actor: Actor) -> dict[str, tuple[int, int]]:
    """Open groups and their rows by department. 各部门待处理数。"""
    open_groups = visible_groups(actor).filter(Q(state=GroupState.OPEN), rows__gt=0)
    found = open_groups.order_by().values("owner").annotate(groups=Count("id"), total=Sum("rows"))
    return {one["owner"]: (int(one["groups"]), int(one["total"] or 0)) for one in found}
