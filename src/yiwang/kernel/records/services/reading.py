"""Lists, single records, counts, exports, history: what a reader may see. 读取。"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from yiwang.kernel.base.act import Ref
from yiwang.kernel.base.blocks import in_blocks
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.base.nearest import suggest
from yiwang.kernel.ledger.services import record_read
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Compare, Field, In, Literal, Node
from yiwang.kernel.records.types import Capped, Entity, Page, Record, Wanted

from .desk import Desk
from .naming import list_choices
from .plans.access import Access, access_of
from .plans.limits import limited
from .plans.statements import (
    BASE,
    After,
    Condition,
    Order,
    count_each,
    count_rows,
    find_row,
    select_rows,
)
from .plans.trees import join_all, to_columns
from .rows import Reader
from .searching import find_words
from .values import to_stored

PAGE_AT_MOST = 2_000
GROUPS_AT_MOST = 50
BATCH = 1_000
OFFERED_FROM = 1_000
ALLOWED = {"_id": "id", "_updated_at": "updated_at", "_owner": "owner"}


def list_records(desk: Desk, code: str, wanted: Wanted) -> Page:
    """Records of an entity that the reader may see, a page at a time. 记录列表。

    Filter and order take fields that have an index and are shown whole to the reader; InvalidInput
    `records.list.closed` names any other. One look at personal data in the clear leaves a row.
    """
    entity = desk.entity(code)
    access = access_of(desk, entity)
    page = _list(desk, access, wanted)
    note_look(desk, entity, page.records, "list")
    return page


def list_quietly(desk: Desk, code: str, wanted: Wanted) -> Page:
    """Like `list_records`, for who notes the look themselves. 内部列表。"""
    return _list(desk, access_of(desk, desk.entity(code)), wanted)


def _list(desk: Desk, access: Access, wanted: Wanted) -> Page:
    order = _order(desk, access.entity, wanted.order)
    limit = max(1, min(wanted.limit, PAGE_AT_MOST))
    condition = condition_of(desk, access, wanted, "see")
    after = _after(access.entity, order, wanted.after)
    # An order alone walks its index and stops; what narrows it may walk for long.
    narrowed = wanted.filter is not None or wanted.fixed is not None or wanted.search
    with limited() if narrowed else nullcontext():
        rows = select_rows(access.entity, condition, order, after, limit + 1)
    records = Reader(access).read(rows[:limit])
    more = _place(access.entity, order, rows[limit - 1]) if len(rows) > limit else None
    return Page(tuple(records), more)


def condition_of(desk: Desk, access: Access, wanted: Wanted, verb: str) -> Condition:
    """What the grants allow and what was asked for, in one tree. 合成条件。"""
    parts = [access.rows(verb)]
    if verb != "see":
        parts.append(access.rows("see"))
    if wanted.filter is not None:
        check_names(desk, access.entity, query.list_fields(wanted.filter))
        parts.append(to_columns(access.entity, wanted.filter))
    if wanted.fixed is not None:
        desk.require_plain(access.entity.code, query.list_fields(wanted.fixed))
        parts.append(to_columns(access.entity, wanted.fixed))
    if wanted.ids is not None:
        parts.append(_among(wanted.ids))
    words = find_words(desk, access.entity, wanted.search) if wanted.search.strip() else ("", ())
    return Condition(join_all(parts), words)


def _narrow(condition: Condition, node: Node) -> Condition:
    return replace(condition, tree=join_all([condition.tree, node]))


def _among(ids: Sequence[str]) -> Node:
    return In(Field("id"), tuple(Literal(one, "text") for one in ids) or (Literal("", "text"),))


def check_names(desk: Desk, entity: Entity, told: Collection[str]) -> None:
    """Raise InvalidInput unless the reader may filter and order by all of these. 检查筛选字段。"""
    allowed = desk.narrowable(entity.code)
    for name in told:
        if name not in allowed:
            raise InvalidInput(
                "records.list.closed",
                "These records cannot be filtered or ordered by %(field)s%(suggestion)s",
                field=name[:80],
                suggestion=suggest(name, sorted(allowed)),
            )


def _order(desk: Desk, entity: Entity, told: Sequence[str]) -> Order:
    """One field and the id; newest first unless asked otherwise."""
    wanted = told[0] if told else "-_updated_at"
    name = wanted.removeprefix("-")
    check_names(desk, entity, [name])
    column = ALLOWED.get(name) or entity.fields[name].column
    return Order(column, wanted.startswith("-"))


def _after(entity: Entity, order: Order, told: Sequence[Any] | None) -> After | None:
    if told is None:
        return None
    if len(told) != 2 or not _is_text(told[1]) or not _fits(entity, order, told[0]):
        raise InvalidInput("records.list.cursor", "This is no place in the list")
    return After(told[0], told[1])


def _fits(entity: Entity, order: Order, value: Any) -> bool:
    """Whether a value can stand in the column of the order: the address may hold anything."""
    whole = {one.column for one in entity.fields.values() if one.stored == "integer"}
    if value is None or order.column not in whole:
        return value is None or _is_text(value)
    return type(value) is int and abs(value) < 1 << 63


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _place(entity: Entity, order: Order, row: Sequence[Any]) -> list[Any]:
    """Where the next page begins: the stored value of the order and the id."""
    columns = (*BASE, *(field.column for field in entity.fields.values()))
    return [row[columns.index(order.column)], row[0]]


def get_record(desk: Desk, code: str, record_id: str) -> Record:
    """One record; NotFound for what is not there as for what the reader may not see. 取记录。"""
    entity = desk.entity(code)
    record = find_record(desk, entity, record_id)
    if record is None:
        raise NotFound("records.record.unknown", "There is no such record")
    note_look(desk, entity, [record], "record")
    return record


def find_record(desk: Desk, entity: Entity, record_id: str) -> Record | None:
    """One record, or None. 查找记录。"""
    row = find_row(entity, record_id)
    if row is None:
        return None
    found = Reader(access_of(desk, entity)).read_row(row)
    return found if "see" in found.verbs else None


def note_look(
    desk: Desk, entity: Entity, records: Sequence[Record], where: str, purpose: str = ""
) -> None:
    """Leave a row for a look at personal data in the clear. 记录查阅。"""
    if not records:
        return
    personal = access_of(desk, entity).personal
    told = {
        key
        for record in records
        for key in personal & record.values.keys() - record.masked
        if record.values[key] not in (None, [])
    }
    if told:
        record_read(
            desk.actor,
            on=Ref("records.entity", entity.code, entity.title["zh"]),
            purpose=purpose,
            columns=sorted(told),
            rows=len(records),
            where=where,
            unmasked=True,
        )


def count_records(desk: Desk, code: str, wanted: Wanted, most: int = 1000) -> Capped:
    """How many records there are, counted to a limit. 有界计数。"""
    access = access_of(desk, desk.entity(code))
    condition = condition_of(desk, access, wanted, "see")
    with limited():
        found = count_rows(access.entity, condition, most + 1)
    return Capped(min(found, most), found > most)


def group_records(
    desk: Desk,
    code: str,
    by: str,
    wanted: Wanted,
    most: int = 1000,
    *,
    among: Sequence[str] | None = None,
) -> dict[str, Capped]:
    """Capped counts for each choice of a field, in the order of the choices. 分组计数。

    `among` names the choices to be counted, left out all of them. InvalidInput for a field that is
    no choice or not open, or that has more than fifty.
    """
    entity = desk.entity(code)
    check_names(desk, entity, [by])
    field = entity.fields.get(by)
    known = [one for one, _ in list_choices(field)] if field else []
    if field and field.kind == "boolean":
        known = ["1", "0"]
    codes = known if among is None else [one for one in known if one in among]
    if field is None or not 0 < len(codes) <= GROUPS_AT_MOST:
        raise InvalidInput(
            "records.list.ungrouped", "These records cannot be counted by %(field)s", field=by
        )
    access = access_of(desk, entity)
    base = condition_of(desk, access, wanted, "see")
    told = [_narrow(base, _equals(field.column, field.stored, one)) for one in codes]
    with limited():
        counts = count_each(entity, told, most + 1)
    return {
        one: Capped(min(count, most), count > most)
        for one, count in zip(codes, counts, strict=True)
    }


def _equals(column: str, stored: Any, value: str) -> Node:
    told = int(value) if stored == "integer" else value
    return Compare("=", Field(column, stored), Literal(told, stored))


def name_records(desk: Desk, code: str, ids: Collection[str]) -> dict[str, str]:
    """What records are called, of those that the reader may see, in one statement. 批量取名称。"""
    entity = desk.snapshot.entities.get(code)
    if not ids or entity is None or not desk.grants_to(code, "see"):
        return {}
    wanted = Wanted(ids=tuple(sorted(set(ids))), limit=PAGE_AT_MOST, order=("_id",))
    found = _list(desk, access_of(desk, entity), wanted)
    return {one.id: one.title for one in found.records}


def find_seen(desk: Desk, code: str, ids: Collection[str]) -> set[str]:
    """Which of any number of records the reader may see. 批量查可见记录。"""
    blocks = in_blocks(sorted(set(ids)), PAGE_AT_MOST)
    return {one for block in blocks for one in name_records(desk, code, block)}


def offer_records(desk: Desk, code: str, text: str, most: int) -> list[tuple[str, str]]:
    """Records to point at, by id and title: those that hold the words, else the newest. 可选记录。

    Only of what the reader may see. Where words cannot be searched, the titles of the newest
    thousand are.
    """
    entity = desk.entity(code)
    access = access_of(desk, entity)
    words = text.strip()
    searched = not words or desk.searchable(code)
    wanted = Wanted(search=words, limit=most) if searched else Wanted(limit=OFFERED_FROM)
    found = [(one.id, one.title) for one in _list(desk, access, wanted).records]
    if searched:
        return found
    return [one for one in found if words.casefold() in one[1].casefold()][:most]


def stream_records(desk: Desk, code: str, wanted: Wanted, purpose: str) -> Iterator[Record]:
    """Every record asked for, to be handed out: a row in the ledger per part of them. 导出记录。

    Holders of the verb export; NotPermitted for others. `purpose` must say why where personal
    data leave in the clear.
    """
    entity = desk.require(code, "export")
    access = access_of(desk, entity)
    clear = frozenset().union(*(one.clear for one in access.grants)) & access.personal
    if clear and len(purpose.strip()) < 4:
        raise InvalidInput("records.export.purpose", "Say in a few words what this export is for")
    return _stream(desk, access, wanted, purpose)


def _stream(desk: Desk, access: Access, wanted: Wanted, purpose: str) -> Iterator[Record]:
    order = _order(desk, access.entity, wanted.order)
    condition = condition_of(desk, access, wanted, "export")
    place = _after(access.entity, order, wanted.after)
    reader = Reader(access)
    while rows := select_rows(access.entity, condition, order, place, BATCH):
        records = reader.read(rows)
        note_look(desk, access.entity, records, "export", purpose)
        yield from records
        if len(rows) < BATCH:
            return
        place = After(*_place(access.entity, order, rows[-1]))


def list_linking(
    desk: Desk, code: str, record_id: str, limit: int = 20
) -> list[tuple[Entity, str, Page]]:
    """Records that point at one, by entity and field, as far as the reader may see. 关联记录。"""
    found = []
    for other in desk.entities():
        for key, field in other.fields.items():
            if field.kind == "link" and field.to == code and key in desk.plain(other.code):
                access = access_of(desk, other)
                pointing = _equals(field.column, "text", record_id)
                condition = Condition(join_all([access.rows("see"), pointing]))
                rows = select_rows(other, condition, Order(field.column), None, limit + 1)
                page = Page(
                    tuple(Reader(access).read(rows[:limit])), [""] if len(rows) > limit else None
                )
                found.append((other, key, page))
    return found


def reveal_value(desk: Desk, code: str, record_id: str, key: str, purpose: str) -> Any:
    """One masked value in the clear, for a purpose that goes on record. 查看明文。

    Holders of the verb reveal on this record; NotFound for a field that does not exist for them.
    """
    entity = desk.require(code, "reveal")
    row = find_row(entity, record_id)
    access = access_of(desk, entity)
    sight = Reader(access).sight(row) if row else None
    if row is None or sight is None or key not in sight.fields or "reveal" not in sight.verbs:
        raise NotFound("records.record.unknown", "There is no such record")
    if len(purpose.strip()) < 4:
        raise InvalidInput("records.reveal.purpose", "Say in a few words why you need to see it")
    record_read(
        desk.actor,
        on=Ref("records.record", record_id, entity.title["zh"]),
        purpose=purpose.strip(),
        columns=[key],
        rows=1,
        where="reveal",
        unmasked=True,
    )
    whole = replace(sight, masked=frozenset())
    return Reader(access).values(row, whole)[key]


def stored_values(entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by column, as they are stored. 存储值。"""
    return {
        entity.fields[key].column: to_stored(entity.fields[key], one) for key, one in values.items()
    }


__all__ = [
    "check_names",
    "condition_of",
    "count_records",
    "find_record",
    "get_record",
    "group_records",
    "list_linking",
    "list_quietly",
    "list_records",
    "name_records",
    "note_look",
    "offer_records",
    "query",
    "reveal_value",
    "stored_values",
    "stream_records",
]
