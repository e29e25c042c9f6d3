"""What is known already of what a form asks for. 已知信息带入。

Only what the reader may see in the clear is offered, and each offer of personal data leaves a look
in the ledger. What people make of it, agreed or put right, stands beside the record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from yiwang.kernel.base.act import SYSTEM, Act
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.query.types import All, Compare, Literal, Node
from yiwang.kernel.query.types import Field as Name
from yiwang.kernel.records.models import KnownValue
from yiwang.kernel.records.types import Entity, Known, Record, Value, Wanted

from .desk import Desk
from .reading import find_record, list_quietly, note_look
from .values import to_plain

ID = "id"
Match = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that stands elsewhere already. 已知值。

    `value` is as JSON says it; `masked` where the reader sees it masked only, so that it cannot be
    taken over. `at` is when its record was changed last.
    """

    key: str
    source: Entity
    record: str
    revision: int
    at: datetime
    value: Any
    typed: Value
    masked: bool


class Knowable(Protocol):
    """A field that may be filled in with what is known: of a record, or of a case. 可带入项。"""

    @property
    def key(self) -> str: ...
    @property
    def known(self) -> Known | None: ...


def find_known(
    desk: Desk, asked: Iterable[Knowable], answers: Mapping[str, Any]
) -> dict[str, Offer]:
    """What is known of some fields, given what was answered so far. 查已知信息。

    By field. Nothing for whom the source is closed, where no record or more than one matches, and
    where the source says nothing. Leaves a look where personal data are shown.
    """
    found: dict[str, Offer] = {}
    for source, record, fields in _sources(desk, asked, answers):
        offers = _offers(source, record, fields)
        found |= {one.key: one for one in offers}
        shown = {one.known.field for one in fields if one.known}
        taken = {key: value for key, value in record.values.items() if key in shown}
        note_look(desk, source, [replace(record, values=taken)], "known")
    return found


def _sources(
    desk: Desk, asked: Iterable[Knowable], answers: Mapping[str, Any]
) -> Iterator[tuple[Entity, Record, list[Knowable]]]:
    """The records that match, each with the fields that take from it; one look-up for each."""
    groups: dict[Match, list[Knowable]] = {}
    for field in asked:
        if field.known:
            groups.setdefault((field.known.entity, field.known.match), []).append(field)
    for (code, _), fields in groups.items():
        source = desk.snapshot.entities.get(code)
        known = fields[0].known
        if source is None or known is None or not desk.grants_to(code, "see"):
            continue
        record = _match(desk, source, known, answers)
        if record:
            yield source, record, fields


def _match(desk: Desk, source: Entity, known: Known, answers: Mapping[str, Any]) -> Record | None:
    told = {theirs: answers.get(mine) for theirs, mine in known.match}
    if not all(isinstance(one, str) and one for one in told.values()):
        return None
    if set(told) == {ID}:
        return find_record(desk, source, str(told[ID]))
    tests: list[Node] = [
        Compare("=", Name(theirs, "text"), Literal(str(value), "text"))
        for theirs, value in told.items()
    ]
    try:
        page = list_quietly(desk, source.code, Wanted(filter=All(tuple(tests)), limit=2))
    except InvalidInput:
        # Whoever sees the key masked learns nothing by guessing it.
        return None
    return page.records[0] if len(page.records) == 1 else None


def _offers(source: Entity, record: Record, fields: Collection[Knowable]) -> Iterator[Offer]:
    for field in fields:
        known = field.known
        value = record.values.get(known.field) if known else None
        if known is None or value in (None, "", []):
            continue
        yield Offer(
            field.key, source, record.id, record.rev, record.updated_at, to_plain(value), value,
            known.field in record.masked,
        )  # fmt: skip


def note_known(
    desk: Desk, act: Act, entity: Entity, record_id: str, values: Mapping[str, Value]
) -> None:
    """Keep what was known of a record beside what was written. 记录一致或更正。

    The sources are asked anew: what a browser says was known is not believed.
    """
    if desk.actor is SYSTEM or not any(one.known for one in entity.fields.values()):
        return
    answers = {key: to_plain(value) for key, value in values.items()}
    rows = [
        KnownValue(
            entity=entity.code, record=record_id, key=one.key, source=source.code,
            source_record=record.id, source_key=known.field, revision=record.rev,
            is_corrected=values.get(one.key) != one.typed, by=act.actor.id, at=act.at,
        )
        for source, record, fields in _sources(desk, entity.fields.values(), answers)
        for one in _offers(source, record, fields)
        if not one.masked and (known := entity.fields[one.key].known)
    ]  # fmt: skip
    KnownValue.objects.filter(record=record_id).delete()
    KnownValue.objects.bulk_create(rows)
    act.note(corrected=sorted(one.key for one in rows if one.is_corrected))


@dataclass(frozen=True, slots=True)
class Kept:
    """A field of a record whose value was known: where, and what its source says now. 一致或更正。

    `said` is None where the reader may not see the source, or it is gone; `moved` whether the source
    was changed since.
    """

    key: str
    source: Entity
    source_key: str
    record: str
    title: str
    said: Value
    masked: bool
    at: datetime
    is_corrected: bool
    moved: bool


def list_known(desk: Desk, record: Record) -> list[Kept]:
    """What was known when a record was filled in, as far as the reader may see. 已知与更正清单。"""
    if not any(one.known for one in desk.snapshot.entities[record.entity].fields.values()):
        return []
    rows = list(KnownValue.objects.filter(record=record.id).order_by("pk"))
    sources = {(one.source, one.source_record) for one in rows}
    seen = {pair: _see(desk, *pair) for pair in sources}
    return [
        _kept(row, desk.snapshot.entities[row.source], seen[row.source, row.source_record])
        for row in rows
        if row.key in record.values and row.source_key in _fields_of(desk, row.source)
    ]


def _fields_of(desk: Desk, code: str) -> Collection[str]:
    """What an entity has now: an app may have changed since."""
    found = desk.snapshot.entities.get(code)
    return found.fields if found else ()


def _see(desk: Desk, code: str, record_id: str) -> Record | None:
    source = desk.snapshot.entities.get(code)
    found = find_record(desk, source, record_id) if source else None
    if source and found:
        note_look(desk, source, [found], "known")
    return found


def _kept(row: KnownValue, source: Entity, found: Record | None) -> Kept:
    return Kept(
        key=row.key,
        source=source,
        source_key=row.source_key,
        record=found.id if found else "",
        title=found.title if found else "",
        said=found.values.get(row.source_key) if found else None,
        masked=bool(found and row.source_key in found.masked),
        at=row.at,
        is_corrected=row.is_corrected,
        moved=bool(found and found.rev != row.revision),
    )


def list_correctable(desk: Desk, code: str) -> list[tuple[Entity, str]]:
    """The entities that take over what a record of this one says, by a link to it. 可带入的业务对象。

    Those of which the reader may make records, each with the field of the link.
    """
    found = {
        (other.code, dict(field.known.match)[ID]): other
        for other in desk.entities()
        for field in other.fields.values()
        if field.known and field.known.entity == code and set(dict(field.known.match)) == {ID}
    }
    return [
        (other, key) for (_, key), other in found.items() if desk.grants_to(other.code, "create")
    ]
