"""What a new version means for the tables that stand; nothing is changed here. 布局决策。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.records.models import EntityTable, FieldColumn
from yiwang.kernel.records.types import Bundle, Entity, Field

from .castings import find_casting
from .kinds import fits, is_same, shape_of, shape_of_field

Move = Literal["keep", "adapt", "show", "add", "retype"]


@dataclass(frozen=True, slots=True)
class FieldDecision:
    """What becomes of a field: it keeps its column, reads it as another kind that is stored alike
    (`adapt`), takes a hidden one again (`show`), gets a new one, or one into which the values of
    `source` are turned. 字段决策。

    `row` is its column where that stands already; `was` the key under which it stood before.
    """

    field: Field
    move: Move
    row: FieldColumn | None = None
    source: FieldColumn | None = None
    was: str = ""


@dataclass(frozen=True, slots=True)
class EntityDecision:
    """What becomes of an entity's table (None: a new one), its fields, and columns that go. 对象决策。"""

    entity: Entity
    table: EntityTable | None
    fields: tuple[FieldDecision, ...]
    gone: tuple[FieldColumn, ...] = ()

    def laid_out(self) -> Entity:
        """The entity with all names that are known; a column not made yet is called `?`. 预布局。"""
        columns = {
            one.field.key: f"f{one.row.pk}" if one.row else f"?{one.field.key}"
            for one in self.fields
        }
        return name_columns(self.entity, self.table.pk if self.table else 0, columns)

    def unmade(self, tables: Mapping[str, EntityTable]) -> frozenset[str]:
        """Columns that can only be made with the version: links to entities that are new too. 随版本建的列。"""
        return frozenset(
            f"?{one.field.key}"
            for one in self.fields
            if one.field.to and one.field.to not in tables
        )


@dataclass(frozen=True, slots=True)
class Decisions:
    """What becomes of an app's entities; `tables` also holds those that links point to. 布局决策。"""

    entities: tuple[EntityDecision, ...]
    tables: Mapping[str, EntityTable]
    retired: tuple[EntityTable, ...]


def decide(bundle: Bundle, before: Bundle | None) -> Decisions:
    """Compare a version with what stands; Conflict where values cannot be taken over. 比较版本。"""
    targets = {
        one.to for entity in bundle.entities.values() for one in entity.fields.values() if one.to
    }
    own = EntityTable.objects.filter(app=bundle.app)
    others = EntityTable.objects.filter(code__in=targets).exclude(app=bundle.app)
    tables = {row.code: row for row in [*own, *others]}
    if missing := targets - set(tables) - set(bundle.entities):
        raise Conflict(
            "records.link.unknown",
            "A link points to %(entity)s, of which there are no records",
            entity=", ".join(sorted(missing)),
        )
    rows = _columns_by_table(bundle.app)
    decided = tuple(
        _decide_entity(one, before, tables, rows.get(code, []))
        for code, one in bundle.entities.items()
    )
    retired = tuple(row for row in own if row.code not in bundle.entities)
    return Decisions(decided, tables, retired)


def name_columns(entity: Entity, number: int, columns: Mapping[str, str]) -> Entity:
    """The entity with the names of its table and columns. 填入物理名。"""
    fields = {key: replace(one, column=columns.get(key, "")) for key, one in entity.fields.items()}
    return replace(entity, table=f"r_{number}" if number else "", id=number, fields=fields)


def _columns_by_table(app: str) -> dict[str, list[FieldColumn]]:
    rows = FieldColumn.objects.filter(entity__app=app).exclude(state=FieldColumn.ERASED)
    found: dict[str, list[FieldColumn]] = {}
    for row in rows.select_related("entity").order_by("pk"):
        found.setdefault(row.entity.code, []).append(row)
    return found


def _decide_entity(
    entity: Entity,
    before: Bundle | None,
    tables: Mapping[str, EntityTable],
    rows: list[FieldColumn],
) -> EntityDecision:
    standing = before.entities.get(entity.code) if before else None
    live = {row.key: row for row in rows if row.state == FieldColumn.LIVE}
    held = _follow(entity, standing, live)
    spare = [row for row in rows if row.state != FieldColumn.LIVE]
    fields = tuple(
        _decide_field(one, tables.get(one.to), held.get(key), spare)
        for key, one in entity.fields.items()
    )
    kept = {row.pk for row in held.values()}
    gone = tuple(row for row in live.values() if row.pk not in kept)
    return EntityDecision(entity, tables.get(entity.code), fields, gone)


def _follow(
    entity: Entity, before: Entity | None, live: Mapping[str, FieldColumn]
) -> dict[str, FieldColumn]:
    """Whose column each field has, by its new key; several may change places. 改名对应。"""
    moved = {
        key: live[one.was]
        for key, one in entity.fields.items()
        if one.was in live and _is_renamed(one, before)
    }
    taken = {row.pk for row in moved.values()}
    stay = {
        key: live[key]
        for key in entity.fields
        if key in live and key not in moved and live[key].pk not in taken
    }
    return stay | moved


def _is_renamed(one: Field, before: Entity | None) -> bool:
    """Whether `was` speaks of this publishing: files keep it long after the field moved. 是否本次改名。"""
    if before is None or one.was not in before.fields:
        return False
    stood = before.fields.get(one.key)
    return stood is None or stood.was != one.was


def _decide_field(
    one: Field,
    target: EntityTable | None,
    held: FieldColumn | None,
    spare: Iterable[FieldColumn],
) -> FieldDecision:
    own = [row for row in spare if row.key == one.key and is_same(row, one, target)]
    if held is None:
        return _decide_new(one, own)
    was = held.key if held.key != one.key else ""
    if fits(held, one, target):
        move: Move = "keep" if is_same(held, one, target) else "adapt"
        return FieldDecision(one, move, held, was=was)
    if find_casting(shape_of(held), shape_of_field(one)) is None:
        raise Conflict(
            "records.field.retyped",
            "%(field)s cannot become %(kind)s; give the new field another name",
            field=one.key,
            kind=one.kind,
        )
    # The column it is being turned into; or that from which it came, when a version goes back.
    taken = [
        row
        for row in own
        if (row.state == FieldColumn.BUILDING and row.follows_id == held.pk)
        or (row.state == FieldColumn.HIDDEN and held.follows_id == row.pk)
    ]
    return FieldDecision(one, "retype", taken[-1] if taken else None, held, was)


def _decide_new(one: Field, own: Iterable[FieldColumn]) -> FieldDecision:
    hidden = [row for row in own if row.state == FieldColumn.HIDDEN]
    if hidden:
        last = max(hidden, key=lambda row: (row.hidden_at or row.created_at, row.pk))
        return FieldDecision(one, "show", last)
    prepared = [row for row in own if row.follows_id is None]
    return FieldDecision(one, "add", prepared[-1] if prepared else None)
