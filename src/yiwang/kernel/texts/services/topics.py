"""Groups of texts as people see and mend them. 归并组查阅与调整。"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, NotFound, NotPermitted
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Entity, Record, Wanted
from yiwang.kernel.texts.models import TextGroup, TextTrace

GROUPS_AT_MOST = 200
MEMBERS_AT_MOST = 2_000
PLACES = 3


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in the list. 归并组摘要。

    All numbers count what the reader may see: `size` letters within the window, `before` in the
    window before it, `repeats` of those that say the same as another.
    """

    id: str
    title: str
    size: int
    before: int
    repeats: int
    places: Sequence[str]
    newest_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A record in a group. 组内诉求。 `repeats` says that it is a repeat of another."""

    record: Record
    at: datetime
    place: str
    repeats: bool
    placed: bool


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group with those of its members that the reader may see. 归并组。"""

    id: str
    entity: Entity
    members: Sequence[Member]


def list_sorted_entities(actor: Actor) -> list[Entity]:
    """Entities that declare texts and of which the actor may see records. 可归并业务对象。"""
    return [one for one in records.at_desk(actor).entities() if one.texts]


def list_groups(actor: Actor, code: str, *, days: int) -> list[GroupLine]:
    """Groups of two or more texts that came within so many days, the largest first. 热点清单。

    Of the 200 largest, those of which the actor may see two; at most 2,000 texts are read.
    NotFound unless they may see records of the entity.
    """
    desk = records.at_desk(actor)
    desk.entity(code)
    since = now() - timedelta(days=days)
    early = now() - timedelta(days=2 * days)
    rows = TextTrace.objects.filter(entity=code, at__gte=since)
    largest = rows.values("group").annotate(size=Count("id")).filter(size__gt=1)
    ids = [one["group"] for one in largest.order_by("-size", "-group")[:GROUPS_AT_MOST]]
    traces = list(
        TextTrace.objects.filter(group__in=ids, at__gte=early).defer("vector").order_by("-at")
    )[:MEMBERS_AT_MOST]
    seen = _see(desk, code, [one.record for one in traces])
    by_group: dict[str, list[TextTrace]] = defaultdict(list)
    for one in traces:
        if one.record in seen:
            by_group[one.group_id].append(one)
    lines = [_line(group, found, seen, since) for group, found in by_group.items()]
    return sorted((one for one in lines if one.size > 1), key=lambda one: (-one.size, one.id))


def _line(
    group: str, found: Sequence[TextTrace], seen: Mapping[str, Record], since: datetime
) -> GroupLine:
    inside = [one for one in found if one.at >= since]
    places = Counter(one.place for one in inside if one.place)
    return GroupLine(
        id=group,
        title=seen[inside[0].record].title if inside else "",
        size=len(inside),
        before=len(found) - len(inside),
        repeats=sum(bool(one.repeats) for one in inside),
        places=[place for place, _ in places.most_common(PLACES)],
        newest_at=found[0].at,
    )


def get_group(actor: Actor, group_id: str) -> GroupView:
    """A group with the members that the actor may see; NotFound where that is none. 归并组详情。"""
    group = TextGroup.objects.filter(pk=group_id).first()
    if group is None:
        raise _unknown()
    desk = records.at_desk(actor)
    entity = desk.entity(group.entity)
    rows = TextTrace.objects.filter(group=group).defer("vector").order_by("-at")[:MEMBERS_AT_MOST]
    traces = list(rows)
    seen = _see(desk, group.entity, [one.record for one in traces])
    members = [
        Member(seen[one.record], one.at, one.place, bool(one.repeats), bool(one.placed_by))
        for one in traces
        if one.record in seen
    ]
    if not members:
        raise _unknown()
    return GroupView(group.pk, entity, members)


def join_group(actor: Actor, group_id: str, record_id: str) -> None:
    """Put a record into a group by hand; it stays there whatever the machine says. 归入。

    Who may edit the record and sees the group.
    """
    view = get_group(actor, group_id)
    group = TextGroup.objects.get(pk=group_id)
    _move(actor, view.entity, record_id, group, "texts.group.join")


def leave_group(actor: Actor, group_id: str, record_id: str) -> None:
    """Take a record out of a group: it begins one of its own. 移出。 Who may edit the record."""
    view = get_group(actor, group_id)
    if record_id not in {one.record.id for one in view.members}:
        raise _unknown()
    own = TextGroup(entity=view.entity.code, created_at=now())
    _move(actor, view.entity, record_id, own, "texts.group.leave")


def _move(actor: Actor, entity: Entity, record_id: str, group: TextGroup, verb: str) -> None:
    with acting(actor, verb, on=Ref("records.record", record_id, entity.title["zh"])) as act:
        record = records.get_record(records.at_desk(actor), entity.code, record_id)
        if "edit" not in record.verbs:
            raise NotPermitted("texts.group.denied", "You may not change this record")
        row = TextTrace.objects.select_for_update().filter(record=record_id).first()
        if row is None:
            raise Conflict(
                "texts.group.unread", "This record has not been read yet; try again soon"
            )
        group.save()
        TextTrace.objects.filter(pk=row.pk).update(
            group=group, repeats="", likeness=0, placed_by=actor.id
        )
        act.note(group=group.pk)


def _see(desk: records.Desk, code: str, ids: Iterable[str]) -> dict[str, Record]:
    wanted = Wanted(ids=tuple(ids), limit=MEMBERS_AT_MOST)
    return {one.id: one for one in records.list_records(desk, code, wanted).records}


def _unknown() -> NotFound:
    return NotFound("texts.group.unknown", "There is no such group, or none that you may see")
