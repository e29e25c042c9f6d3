"""Doing what a version waits for, from wherever a worker before left it. 执行在线变更。"""

from __future__ import annotations

import json
import time

from django.db import transaction

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, Unavailable, YiwangError
from yiwang.kernel.records.models import BundleVersion, RecordChange
from yiwang.kernel.records.services.declaring import build_bundle
from yiwang.kernel.records.types import Bundle, Field

from . import retyping
from .batches import Report, Superseded, hold, move, walk
from .changes import cancel_changes, list_open_changes, read_casting, read_retype
from .columns import count_up_to, make_column, name_table, register_column
from .decisions import Decisions, EntityDecision, decide
from .indexing import build_index, list_missing_before
from .loading import load_live
from .running import hold_tables

MOST_ROWS = 10**9
MOST_ROUNDS = 5
PAUSE_AT_MOST = 5.0


def prepare_version(version: BundleVersion, report: Report) -> bool:
    """Do all that a version waits for; False where another has taken its place. 准备版本。

    What cannot be done fails all of it, with a sentence: nothing has changed for anybody.
    """
    bundle = build_bundle(json.loads(version.files), version=version.version)
    while True:
        rows = list_open_changes(version.app).filter(version=version)
        change = rows.exclude(phase=RecordChange.READY).first()
        if change is None:
            return rows.exists()
        try:
            _prepare(bundle, change, report)
        except Superseded:
            return False
        except Unavailable:
            raise
        except YiwangError as error:
            with transaction.atomic():
                cancel_changes(list(rows), error)
            raise


def _prepare(bundle: Bundle, change: RecordChange, report: Report) -> None:
    if change.operation == RecordChange.INDEX:
        _build_indexes(bundle, change, report)
        return
    one = bundle.entities[change.entity.code].fields[change.key]
    if change.phase == RecordChange.WAITING:
        _begin_retype(change, one)
    _fill(change, report)
    retype = read_retype(change)
    retyping.check_values(retype.source, retype.casting, one)
    move(change, phase=RecordChange.READY)


def _begin_retype(change: RecordChange, one: Field) -> None:
    """Ask whether every value can be turned; then column and trigger in one transaction. 开始改类型。

    The question reads all rows and holds nothing; a value that slips in before the trigger stands
    is found by the one at the end.
    """
    if change.source is None:
        raise LookupError("a retype without its column")
    retyping.check_values(change.source, read_casting(change), one)
    total = count_up_to(name_table(change.entity), MOST_ROWS)
    with transaction.atomic():
        hold(change)
        if change.target is None:
            change.target = register_column(change.entity, one, None, now(), change.source)
        retyping.begin(read_retype(change))
        move(change, phase=RecordChange.FILLING, total=total)


def _fill(change: RecordChange, report: Report) -> None:
    """Round after round until a question finds no row left. 填充至无剩余。"""
    retype = read_retype(change)
    table = name_table(change.entity)
    for _ in range(MOST_ROUNDS):
        walk(change, table, lambda after, upto: retyping.fill(retype, after, upto), report)
        left = retyping.count_left(retype)
        move(change, left=left, cursor="")
        if not left:
            return
    raise Conflict(
        "records.retype.endless",
        "%(count)s values of %(field)s keep differing after they were turned",
        count=change.left,
        field=change.key,
    )


def _build_indexes(bundle: Bundle, change: RecordChange, report: Report) -> None:
    """New columns that lists walk are made first, then each index that is missing. 建索引。"""
    decisions = decide(bundle, load_live(bundle.app))
    _make_columns(next(one for one in decisions.entities if one.table == change.entity), decisions)
    decisions = decide(bundle, load_live(bundle.app))
    one = next(one for one in decisions.entities if one.table == change.entity)
    missing = list_missing_before(bundle, one, decisions.tables)
    for number, index in enumerate(missing):
        report(number, len(missing))
        began = time.monotonic()
        build_index(one.laid_out(), index)
        time.sleep(min(time.monotonic() - began, PAUSE_AT_MOST))
    report(len(missing), len(missing))
    move(change, phase=RecordChange.READY)


def _make_columns(one: EntityDecision, decisions: Decisions) -> None:
    """Columns of new fields, ahead of their version, for an index over them takes long. 预建列。"""
    wanted = [
        told.field
        for told in one.fields
        if told.move == "add"
        and told.row is None
        and f"?{told.field.key}" not in one.unmade(decisions.tables)
    ]
    if one.table is None or not wanted:
        return
    targets = {name_table(decisions.tables[field.to]) for field in wanted if field.to}
    with transaction.atomic():
        hold_tables({name_table(one.table)}, targets - {name_table(one.table)})
        for field in wanted:
            make_column(register_column(one.table, field, decisions.tables.get(field.to), now()))
