"""Records from a sheet: what it would change, and the deed, all of it or nothing. 导入。

A row means the record whose id stands in the column 编号 ID, else the one with its key. A cell that
says what an export would say there changes nothing, so an export taken in again does nothing, what
is masked included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yiwang.kernel.base.act import Ref
from yiwang.kernel.base.blocks import in_blocks
from yiwang.kernel.base.errors import InvalidInput, Stale
from yiwang.kernel.base.text import defuse_formula, msg
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.records.types import Entity, Field, InvalidValues, Record
from yiwang.kernel.tabular.lines import FIRST_ROW, ROW, Line, RowChange, RowProblem

from .cells import Unreadable, read_cell
from .declaring import check_values
from .desk import Desk
from .exporting import name_all, write_row
from .headings import ID, list_headings, match_headings
from .reading import note_look
from .resolving import RESOLVED, SEARCHED, Resolver, columns_to_resolve
from .slots import Taking
from .standing import Standing, find_standing
from .work import CHANGED, Work, stamp
from .writing import add_records

LONGEST_CELL = 100_000
"""Characters of one cell: what the longest text of a record may have. 单元格上限。"""
SheetRows = Sequence[Mapping[str, str | None]]
NO_RECORD = msg("There is no such record, or none that you may see")
TWICE = msg("This record stands in a row before")
THERE = msg("A record with this key is there already")
NOT_YOURS = msg("You may not change this record")
CLOSED = msg("This cannot be filled in here")


@dataclass(slots=True)
class SheetPlan:
    """What a sheet would change, and why it cannot where it cannot. 导入预览。

    `ignored` are columns that mean no field, `computed` those whose values are worked out. `made` are
    the ids of new records, once they are taken in.
    """

    changes: list[RowChange] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    computed: list[str] = field(default_factory=list)
    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[Record, dict[str, Any]]] = field(default_factory=list)
    made: list[str] = field(default_factory=list)

    def count(self, action: str) -> int:
        """How many rows do that. 计数。"""
        return sum(change.action == action for change in self.changes)


def plan_import(desk: Desk, code: str, rows: SheetRows, *, update: bool) -> SheetPlan:
    """What a sheet would add, and with `update` change. 预览导入。

    Holders of the verb import; each record that is changed needs the verb edit too. InvalidInput
    `records.import.headings` where no column means a field.
    """
    entity = desk.require(code, "import")
    return _Planner(desk, entity, update=update).plan(rows)


def import_rows(
    desk: Desk, code: str, rows: SheetRows, *, update: bool = False, reason: str = ""
) -> SheetPlan:
    """Take a sheet in, all of it in one act. 导入。

    As `plan_import`, and InvalidInput `records.import.wrong` with the first problem where there is
    any: then nothing is taken in.
    """
    entity = desk.require(code, "import")
    with acting(
        desk.actor,
        "records.import.sheet",
        on=Ref("records.entity", code, entity.title["zh"]),
        reason=reason,
    ) as act:
        plan = plan_import(desk, code, rows, update=update)
        _refuse_problems(plan)
        taking = Taking(desk, entity)
        if plan.added:
            add_records(desk, code, plan.added, reason=reason, taking=taking, made=plan.made)
        if plan.changed:
            work = Work(desk, entity, act, "edit", reason, shared=taking)
            work.look_up(values for _, values in plan.changed)
            for record, values in plan.changed:
                _change(work, record, values)
            work.announce([])
        taking.settle()
        act.note(added=len(plan.added), changed=len(plan.changed))
    return plan


def _change(work: Work, record: Record, values: Mapping[str, Any]) -> None:
    row = work.lock(record.id)
    if row["rev"] != record.rev:
        raise Stale(*CHANGED)
    changed = work.changes(row, work.check(values, record.id, row))
    after = {**row, **changed, "rev": record.rev + 1, "updated_at": stamp(work.act.at)}
    work.require(after, scope_only=True)
    work.update(row, after)


def _refuse_problems(plan: SheetPlan) -> None:
    if plan.problems:
        first = plan.problems[0]
        raise InvalidInput(
            "records.import.wrong",
            "Nothing was taken in: %(count)s cells are wrong, first row %(row)s, column %(column)s",
            count=len(plan.problems),
            row=first.row,
            column=first.column,
        )


class _Planner:
    """One sheet against the records as they stand. 预览过程。"""

    def __init__(self, desk: Desk, entity: Entity, *, update: bool) -> None:
        self.desk, self.entity, self.update = desk, entity, update
        self.fields = importable(desk, entity)
        self.headings = list_headings(self.fields)
        self.resolver = Resolver(desk)
        self.found = SheetPlan()
        self.adds = frozenset(desk.writable(entity.code, "import"))
        self.edits = frozenset(desk.writable(entity.code, "edit"))

    def plan(self, rows: SheetRows) -> SheetPlan:
        """What the rows would do. 预览。"""
        lines = self._read_lines(rows)
        told: list[tuple[Line, tuple[Any, ...]]] = [(line, ()) for line in lines]
        if self._tells_key(lines):
            self._prepare_key(lines)
            told = [(line, self._read_key(line)) for line in lines]
        standing = find_standing(
            self.desk, self.entity,
            ids={line.values.get(ID, "") for line, _ in told} - {""},
            keys=[key for line, key in told if key and not line.values.get(ID)],
        )  # fmt: skip
        note_look(self.desk, self.entity, list(standing.records.values()), "import")
        self._refuse_repeats(told, standing)
        for block in in_blocks(told, 500):
            self._plan_block(block, standing)
        return self.found

    def _read_lines(self, rows: SheetRows) -> list[Line]:
        columns = [name for name in rows[0] if name != ROW] if rows else []
        matched, ignored, twice = match_headings(self.fields, columns)
        if not set(matched.values()) - {ID}:
            raise InvalidInput(
                "records.import.headings",
                "No column of this sheet means a field; its first row should hold some of: %(known)s",
                known=", ".join(list(self.headings.values())[:20]),
            )
        self.found.ignored = ignored
        self.found.computed = [
            name for name, key in matched.items() if key != ID and self.fields[key].computed
        ]
        repeated = msg("Two columns mean the same field")
        self.found.problems += [RowProblem(1, name, name, repeated) for name in twice]
        told = {key: name for name, key in matched.items() if name not in self.found.computed}
        lines = [self._line(row, number, told) for number, row in enumerate(rows, FIRST_ROW)]
        return [line for line in lines if any(line.values.values())]

    def _line(self, row: Mapping[str, str | None], number: int, columns: Mapping[str, str]) -> Line:
        values = {key: (row.get(name) or "").strip() for key, name in columns.items()}
        return Line(int(row.get(ROW) or number), values, dict(columns))

    def _tells_key(self, lines: Sequence[Line]) -> bool:
        """Whether the sheet has the key whole and the reader sees it whole."""
        told = lines[0].values.keys() if lines else set()
        keys = set(self.entity.key)
        return bool(keys) and keys <= told & self.desk.plain(self.entity.code)

    def _prepare_key(self, lines: Sequence[Line]) -> None:
        """What rows name in their keys is looked up together, in parts that are searched whole."""
        for key in columns_to_resolve({key: self.fields[key] for key in self.entity.key}):
            for part in in_blocks({line.values[key] for line in lines}, SEARCHED):
                self.resolver.prepare(self.fields[key], set(part))

    def _read_key(self, line: Line) -> tuple[Any, ...]:
        try:
            values = tuple(self._read(key, line.values[key]) for key in self.entity.key)
        except Unreadable:
            return ()
        return values if all(value is not None for value in values) else ()

    def _read(self, key: str, text: str) -> Any:
        one = self.fields[key]
        value = read_cell(one, text)
        if value is None or one.kind not in RESOLVED:
            return value
        return self.resolver.resolve(one, value)

    def _refuse_repeats(self, told: Sequence[tuple[Line, Any]], standing: Standing) -> None:
        seen: set[Any] = set()
        for line, key in told:
            record = standing.find(line.values.get(ID, ""), key)
            what = record.id if record else key
            if what and what in seen:
                at = ID if line.values.get(ID) else self.entity.key[0]
                self.found.problems.append(line.problem(at, TWICE))
            seen.add(what)

    def _plan_block(self, block: Sequence[tuple[Line, Any]], standing: Standing) -> None:
        """Some rows: the names they mention are looked up together."""
        pairs = [(line, standing.find(line.values.get(ID, ""), key)) for line, key in block]
        names = name_all(self.desk, self.entity, [one for _, one in pairs if one])
        shown = {one.id: write_row(self.fields, one, names) for _, one in pairs if one}
        for key in columns_to_resolve(self.fields):
            texts = {
                line.values.get(key, "")
                for line, one in pairs
                if not one or not same(line.values.get(key, ""), shown[one.id].get(key))
            }
            self.resolver.prepare(self.fields[key], texts)
        for line, record in pairs:
            if record:
                self._plan_change(line, record, shown[record.id], standing.values[record.id])
            elif line.values.get(ID):
                self.found.problems.append(line.problem(ID, NO_RECORD))
            else:
                self._plan_new(line)

    def _plan_new(self, line: Line) -> None:
        values = self._values(line, [key for key, text in line.values.items() if text], self.adds)
        if values is None or not self._check(line, values, None):
            return
        self.found.added.append(values)
        told = {
            self.headings[key]: ("", line.values[key]) for key in values if key in self.headings
        }
        self.found.changes.append(
            RowChange(line.row, self._key_text(line), self._title(line), "create", told)
        )

    def _plan_change(
        self, line: Line, record: Record, shown: Mapping[str, str | None], standing: dict[str, Any]
    ) -> None:
        keys = [
            key for key, text in line.values.items() if key != ID and not same(text, shown.get(key))
        ]
        if not self.update:
            at = ID if line.values.get(ID) else self.entity.key[0]
            self.found.problems.append(line.problem(at, THERE))
            return
        if keys and "edit" not in record.verbs:
            self.found.problems.append(line.problem(keys[0], NOT_YOURS))
            return
        values = self._values(line, keys, self.edits - record.masked)
        if values is None:
            return
        # Another word for the same value is no change.
        values = {key: value for key, value in values.items() if value != standing.get(key)}
        if values and not self._check(line, values, standing):
            return
        told = {self.headings[key]: (shown.get(key) or "", line.values[key]) for key in values}
        if values:
            self.found.changed.append((record, values))
        action = "change" if values else "keep"
        change = RowChange(line.row, self._key_text(line), record.title, action, told)  # type: ignore[arg-type]
        self.found.changes.append(change)

    def _values(
        self, line: Line, keys: Iterable[str], allowed: frozenset[str]
    ) -> dict[str, Any] | None:
        """The values of some cells, or None once what is wrong with them is noted."""
        before = len(self.found.problems)
        values: dict[str, Any] = {}
        for key in keys:
            if key not in allowed:
                self.found.problems.append(line.problem(key, CLOSED))
                continue
            try:
                values[key] = self._read(key, line.values[key])
            except Unreadable as error:
                self.found.problems.append(line.problem(key, error.message, **error.extra))
        return values if len(self.found.problems) == before else None

    def _check(
        self, line: Line, values: Mapping[str, Any], standing: Mapping[str, Any] | None
    ) -> bool:
        try:
            check_values(self.entity, values, standing=standing)
        except InvalidValues as error:
            self.found.problems += [
                line.problem(one.path.partition(".")[0], one.message, **one.extra)
                for one in error.problems
            ]
            return False
        return True

    def _key_text(self, line: Line) -> str:
        return " ".join(line.values.get(key, "") for key in self.entity.key)

    def _title(self, line: Line) -> str:
        return line.values.get(self.entity.titled_by, "")


def importable(desk: Desk, entity: Entity) -> dict[str, Field]:
    """The fields that a sheet may hold: those seen, and those one may fill in. 可导入字段。"""
    known = {*desk.visible(entity.code), *desk.writable(entity.code, "import")}
    return {key: one for key, one in entity.fields.items() if key in known}


def same(text: str, shown: str | None) -> bool:
    """Whether a cell says what an export would say there. 是否与导出一致。"""
    told = shown or ""
    return text in (told.strip(), defuse_formula(told).strip())


def score_headings(desk: Desk, code: str) -> Any:
    """How many columns of a table mean a field of this entity. 表头匹配度。"""
    fields = importable(desk, desk.entity(code))
    return lambda columns: len(match_headings(fields, columns)[0])
