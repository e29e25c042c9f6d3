"""Putting rows right that something else has made wrong, a few at a time. 行数据维护。

An organization moved: the levels of its records. A formula changed: what it computed. A hidden
field is to be erased: its values, in the table and in the history. Each is a pass over all rows
that changes those which differ, repeated until none does, so it bears repetition and a killed worker.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from yiwang.kernel.base.act import Act, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.records.models import EntityTable, FieldColumn, RecordChange
from yiwang.kernel.records.services.declaring import compute
from yiwang.kernel.records.services.values import from_stored, to_stored
from yiwang.kernel.records.types import LEVELS, Entity

from .batches import Report, Superseded, move, walk
from .columns import count_up_to, name_column, name_table
from .loading import load_entity
from .running import fetch, run_changed

UPKEEP = "records.upkeep"
MOST_ROUNDS = 5
MOST_ROWS = 10**9
LEVEL_COLUMNS = tuple(f"r{level}" for level in range(1, LEVELS + 1))
Step = Callable[[str, str], int]


def begin_upkeep(
    act: Act, operation: str, table: EntityTable, column: FieldColumn | None = None
) -> RecordChange | None:
    """Begin a pass over a table, in the act; None where it has no rows. 开始维护。

    Whatever was under way for the same reason ends: it began before what happened now.
    """
    places = (name_table(table), f"{name_table(table)}_h")
    if not any(count_up_to(place, 1) for place in places):
        return None
    same = RecordChange.objects.filter(
        entity=table, operation=operation, target=column, phase__in=RecordChange.OPEN
    )
    same.update(phase=RecordChange.CANCELLED, finished_at=now(), changed_at=now())
    change = RecordChange.objects.create(
        app=table.app,
        entity=table,
        operation=operation,
        target=column,
        key=column.key if column else "",
        phase=RecordChange.FILLING,
        started_by=act.actor.id,
        created_at=now(),
        changed_at=now(),
    )
    on = Ref("records.entity", table.code, table.code)
    jobs.enqueue(act, UPKEEP, {"change": change.pk}, on=on)
    return change


def refill_levels(act: Act) -> list[RecordChange]:
    """Put the levels of all records right after organizations moved. 更新层级列。"""
    tables = EntityTable.objects.order_by("pk")
    begun = [begin_upkeep(act, RecordChange.REFILL, table) for table in tables]
    return [change for change in begun if change is not None]


def run_upkeep(change: RecordChange, report: Report) -> int:
    """Pass over the rows until none differs; how many were changed. 执行维护。"""
    if change.phase != RecordChange.FILLING:
        return 0
    table = name_table(change.entity)
    total = count_up_to(table, MOST_ROWS)
    changed = 0
    try:
        move(change, total=total)
        for place, key, step in _steps(change):
            for _ in range(MOST_ROUNDS):
                found = walk(change, place, step, report, key=key)
                changed += found
                move(change, cursor="", done=0)
                if not found:
                    break
        move(change, phase=RecordChange.DONE, finished_at=now())
    except Superseded:
        return changed
    return changed


def _steps(change: RecordChange) -> Iterable[tuple[str, str, Step]]:
    """Over which tables to go by which column, and what to do with a range. 处理步骤。"""
    table = name_table(change.entity)
    if change.operation == RecordChange.REFILL:
        yield table, "id", _refill(table)
    elif change.operation == RecordChange.RECOMPUTE:
        entity = load_entity(change.entity)
        if entity is not None:
            yield table, "id", _recompute(entity)
    elif change.target is not None:
        column = name_column(change.target)
        yield table, "id", _erase(table, column)
        yield f"{table}_h", "record", _erase_history(f"{table}_h", column)


def _refill(table: str) -> Step:
    listed = ", ".join(LEVEL_COLUMNS)

    def step(after: str, upto: str) -> int:
        rows = fetch(
            f"SELECT id, org, {listed} FROM {table} WHERE id > %s AND id <= %s", [after, upto]
        )
        chains = identity.list_chains({org for _, org, *_ in rows})
        wrong: dict[str, list[str]] = {}
        for pk, org, *levels in rows:
            if org in chains and tuple(levels) != _levels(chains[org]):
                wrong.setdefault(org, []).append(pk)
        return sum(_set_levels(table, org, chains[org], ids) for org, ids in wrong.items())

    return step


def _levels(chain: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(chain[at] if at < len(chain) else None for at in range(LEVELS))


def _set_levels(table: str, org: str, chain: Sequence[str], ids: Sequence[str]) -> int:
    listed = ", ".join(f"{column} = %s" for column in LEVEL_COLUMNS)
    marks = ", ".join(["%s"] * len(ids))
    return run_changed(
        f"UPDATE {table} SET {listed} WHERE org = %s AND id IN ({marks})",
        [*_levels(chain), org, *ids],
    )


def _recompute(entity: Entity) -> Step:
    columns = [one.column for one in entity.fields.values()]
    listed = ", ".join(columns)

    def step(after: str, upto: str) -> int:
        rows = fetch(
            f"SELECT id, rev, {listed} FROM {entity.table} WHERE id > %s AND id <= %s",
            [after, upto],
        )
        return sum(
            _set_computed(entity, pk, rev, dict(zip(columns, told, strict=True)))
            for pk, rev, *told in rows
        )

    return step


def _set_computed(entity: Entity, pk: str, rev: int, row: Mapping[str, str | int | None]) -> int:
    """Whoever changed the row since has computed it anew, or is found by the next round. 重算一行。"""
    values = {key: from_stored(one, row[one.column]) for key, one in entity.fields.items()}
    found = compute(entity, values)
    stored = {
        one.column: to_stored(one, found[key]) for key, one in entity.fields.items() if one.computed
    }
    changed = {column: value for column, value in stored.items() if row[column] != value}
    if not changed:
        return 0
    listed = ", ".join(f"{column} = %s" for column in changed)
    return run_changed(
        f"UPDATE {entity.table} SET {listed} WHERE id = %s AND rev = %s",
        [*changed.values(), pk, rev],
    )


def _erase(table: str, column: str) -> Step:
    return lambda after, upto: run_changed(
        f"UPDATE {table} SET {column} = NULL WHERE id > %s AND id <= %s AND {column} IS NOT NULL",
        [after, upto],
    )


def _erase_history(table: str, column: str) -> Step:
    """Lines of history no longer say what the column held. 抹除历史值。"""

    def step(after: str, upto: str) -> int:
        rows = fetch(
            f"SELECT record, rev, diff FROM {table}"
            " WHERE record > %s AND record <= %s AND diff LIKE %s",
            [after, upto, f'%"{column}":%'],
        )
        return sum(_erase_line(table, column, *row) for row in rows)

    return step


def _erase_line(table: str, column: str, record: str, rev: int, diff: str) -> int:
    told = json.loads(diff)
    if told.pop(column, None) is None:
        return 0
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return run_changed(
        f"UPDATE {table} SET diff = %s WHERE record = %s AND rev = %s", [text, record, rev]
    )
