"""Where the records of an app lie: a table for each entity, a column for each field. 物理布局。

A column is given once. Renaming a field renames its row among the metadata; a field that goes
leaves its column hidden and takes it again when it comes back; one that changes its kind is
switched to a second column, see `retyping`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from yiwang.kernel.base.act import Act, Ref
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.records.models import EntityTable, FieldColumn, RecordChange
from yiwang.kernel.records.types import Bundle, Entity

from . import retyping
from .columns import (
    describe,
    hide_column,
    is_small,
    make_column,
    name_column,
    name_table,
    read_indexes,
    register_column,
    show_column,
)
from .decisions import Decisions, EntityDecision, FieldDecision, decide, name_columns
from .indexes import Index, list_indexes
from .indexing import refuse_duplicates
from .kinds import shape_of, shape_of_field
from .retyping import Retype
from .running import hold_tables, run
from .statements import create_index, create_table, drop_index
from .upkeep import begin_upkeep

SETTLE = "records.settle"
SETTLE_AFTER = timedelta(minutes=10)
"""How long programs that began before a switch may still write the old column. 切换宽限。"""


def lay_out(act: Act, bundle: Bundle, before: Bundle | None) -> Bundle:
    """Give every entity its table and every field its column, within the act; the bundle with them. 布局。

    What takes long on large tables was done before, see `begin_changes`; else Conflict.
    """
    layout = begin_layout(act, bundle, before)
    layout.make_tables()
    return layout.bundle


def begin_layout(act: Act, bundle: Bundle, before: Bundle | None) -> Layout:
    """The first half of `lay_out`: all names are given, nothing is made of it yet. 布局登记。

    On PostgreSQL nobody reads a table from `make_tables` on until the transaction ends, so that
    comes after everything else that a publishing does.
    """
    layout = Layout(act, decide(bundle, before), bundle)
    for one in layout.decisions.entities:
        if one.table is not None and computes_anew(one, before):
            begin_upkeep(act, RecordChange.RECOMPUTE, one.table)
    return layout


def computes_anew(one: EntityDecision, before: Bundle | None) -> bool:
    """Whether fields that stand computed in the rows would come out otherwise now. 是否需重算。"""
    stood = before.entities.get(one.entity.code) if before else None
    known = stood.fields if stood else {}
    computed = [told.field for told in one.fields if told.field.computed]
    return any(
        field.key not in known
        or (field.computed, field.kind, field.decimals)
        != (known[field.key].computed, known[field.key].kind, known[field.key].decimals)
        for field in computed
    ) or bool(computed and any(told.source for told in one.fields))


@dataclass
class Layout:
    """One publishing: what it finds to be made, and the making of it. 一次布局。

    `bundle` has all names; `made` are new tables and `columns` new columns by the code of their entity, `small` retypes
    that are done at once.
    """

    act: Act
    decisions: Decisions
    bundle: Bundle
    made: dict[str, EntityTable] = field(default_factory=dict)
    columns: dict[str, list[FieldColumn]] = field(default_factory=dict)
    small: list[tuple[FieldDecision, Retype]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._keep_tables()
        entities = {one.entity.code: self._keep_columns(one) for one in self.decisions.entities}
        self.bundle = replace(self.bundle, entities=entities)

    def make_tables(self) -> None:
        """Create and alter the tables themselves, and index them. 建表、加列、建索引。"""
        standing = [one for code, one in self.bundle.entities.items() if code not in self.made]
        indexes = [self._index_changes(one) for one in self.bundle.entities.values()]
        self._hold(indexes)
        self._create_tables()
        self._add_columns()
        for one, retype in self.small:
            retyping.begin(retype)
            retyping.check_values(retype.source, retype.casting, one.field)
            retyping.fill_all(retype)
        for entity in standing:
            refuse_duplicates(self.bundle, entity)
        for change in indexes:
            change.carry_out()

    def _keep_tables(self) -> None:
        for one in self.decisions.entities:
            if one.table is None:
                self.made[one.entity.code] = EntityTable.objects.create(
                    code=one.entity.code, app=self.bundle.app, created_at=self.act.at
                )
        back = [one.table.pk for one in self.decisions.entities if one.table]
        EntityTable.objects.filter(pk__in=back).update(retired_at=None)
        gone = [one.pk for one in self.decisions.retired]
        EntityTable.objects.filter(pk__in=gone, retired_at=None).update(retired_at=self.act.at)

    def _table(self, code: str) -> EntityTable:
        return self.made.get(code) or self.decisions.tables[code]

    def _keep_columns(self, one: EntityDecision) -> Entity:
        for row in one.gone:
            hide_column(row, self.act.at)
        # Fields may change places, so each lets go of its key before any takes another's.
        moved = [told.source or told.row for told in one.fields if told.was]
        for held in filter(None, moved):
            held.key = f"~{held.pk}"
            held.save(update_fields=["key"])
        table = self._table(one.entity.code)
        columns = {told.field.key: self._keep_column(table, told) for told in one.fields}
        return name_columns(one.entity, table.pk, columns)

    def _keep_column(self, table: EntityTable, one: FieldDecision) -> str:
        row = one.row
        if row is None:
            target = self._table(one.field.to) if one.field.to else None
            row = register_column(table, one.field, target, self.act.at, one.source)
            # A retyped column is made with its trigger.
            if one.move == "add":
                self.columns.setdefault(table.code, []).append(row)
        if one.source is not None:
            self._switch(one, one.source, row)
        if one.move != "keep" or one.was:
            show_column(row, one.field.key, shape_of_field(one.field))
        return name_column(row)

    def _switch(self, one: FieldDecision, source: FieldColumn, target: FieldColumn) -> None:
        """Leave the old column; the new one was filled before, or is now. 切换列。"""
        changes = RecordChange.objects.filter(
            source=source, target=target, phase__in=RecordChange.OPEN
        )
        if not changes.filter(phase=RecordChange.READY).exists():
            self._take_small(one, source, target)
        changes.update(phase=RecordChange.DONE, finished_at=self.act.at, changed_at=self.act.at)
        source.key = one.field.key
        source.save(update_fields=["key"])
        hide_column(source, self.act.at)
        target.follows = source
        settle = {"table": name_table(source.entity), "column": name_column(target)}
        on = Ref("records.entity", source.entity.code, one.field.key)
        jobs.enqueue(self.act, SETTLE, settle, on=on, run_at=self.act.at + SETTLE_AFTER)

    def _take_small(self, one: FieldDecision, source: FieldColumn, target: FieldColumn) -> None:
        if not is_small(name_table(source.entity)):
            raise Conflict(
                "records.field.unready",
                "%(field)s has to be turned into %(kind)s first, which takes a while",
                field=one.field.key,
                kind=one.field.kind,
            )
        retype = Retype(
            source,
            target,
            shape_of(source),
            shape_of_field(one.field),
            returns=target.state == FieldColumn.HIDDEN,
        )
        self.small.append((one, retype))

    def _index_changes(self, entity: Entity) -> _IndexChange:
        wanted = {index.name: index for index in list_indexes(self.bundle, entity)}
        standing = set() if entity.code in self.made else read_indexes(entity.table)
        missing = [index for name, index in wanted.items() if name not in standing]
        gone = sorted(name for name in standing - set(wanted) if name.startswith("u_"))
        return _IndexChange(entity.table, missing, gone)

    def _hold(self, indexes: list[_IndexChange]) -> None:
        """What stood before is held: from all where it changes, from writers where it is looked at. 锁表。"""
        new = {name_table(row) for row in self.made.values()}
        changing = {name_table(self._table(code)) for code in self.columns}
        changing |= {retype.table for _, retype in self.small}
        changing |= {change.table for change in indexes if change.gone}
        touched = {change.table for change in indexes if change.missing}
        touched |= {describe(row).target for rows in self.columns.values() for row in rows} - {""}
        hold_tables(changing - new, touched - changing - new)

    def _create_tables(self) -> None:
        for code, table in self.made.items():
            plain = [describe(row) for row in self.columns.get(code, []) if row.target_id is None]
            for statement in create_table(name_table(table), plain):
                run(statement)

    def _add_columns(self) -> None:
        """Links come when all tables stand: they may run in circles. 加列。"""
        for code, rows in self.columns.items():
            for row in rows:
                if row.target_id is not None or code not in self.made:
                    make_column(row)


@dataclass(frozen=True, slots=True)
class _IndexChange:
    """The indexes to be made on a table, and the unique ones that no longer hold. 索引变更。"""

    table: str
    missing: list[Index]
    gone: list[str]

    def carry_out(self) -> None:
        for name in self.gone:
            run(drop_index(name))
        for index in self.missing:
            run(create_index(index))
