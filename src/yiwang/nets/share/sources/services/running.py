"""One reading, from the source to a version of the resource. 执行读取。

What is read is kept as the delivery's file before anything of it lands, in the transaction that
names it on the reading; so a reading killed before that begins anew, one killed after it goes on
with the kept bytes. The watermark moves with the version (`following`), so each row lands once.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, NotFound, TooMany, Unavailable, YiwangError
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.live.types import Wanted
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import Staged
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.connect.services import Delivery
from yiwang.nets.share.connect.types import DeliveryState, Instructions
from yiwang.nets.share.sources.models import Run, SourceTable
from yiwang.nets.share.sources.types import OPEN, Mode, RunState

from .asking import ask_run, ref_of_run
from .entering import kind_of, opened_tables
from .failing import fail_run
from .gathering import gather
from .metering import Meter
from .watching import follow_table

Check = Callable[[], None]
Tell = Callable[[int, int | None], None]


def run_here(actor: Actor, table_id: str, tell: Tell = lambda _rows, _total: None) -> Run:
    """Read a table now, while the caller waits. 立即读取。"""
    run = ask_run(actor, table_id, queue=False)
    try:
        return perform(actor, run.id, tell=tell)
    except (Unavailable, TooMany) as error:
        fail_run(run, error)
        raise


def perform(
    actor: Actor,
    run_id: str,
    *,
    check: Check = lambda: None,
    tell: Tell = lambda _rows, _total: None,
) -> Run:
    """Do a reading that was asked for; done twice it changes nothing. 执行读取。

    What may pass by itself (`Unavailable`) leaves it open for another attempt; any other failure
    ends it, and is raised.
    """
    table = _get(run_id).table
    with alone(table.id, table.name):
        run = _get(run_id)
        if run.state not in OPEN:
            return run
        try:
            return _perform(actor, run, check, tell)
        except (Unavailable, TooMany):
            raise
        except YiwangError as error:
            fail_run(run, error)
            raise


def _perform(actor: Actor, run: Run, check: Check, tell: Tell) -> Run:
    if kind_of(run.table.source).shape == "files":
        return gather(actor, run, check, tell)
    if run.delivery:
        land(actor, run, check)
    else:
        read(actor, run, check, tell)
    return run


def _get(run_id: str) -> Run:
    found = Run.objects.filter(id=run_id).select_related("table__source").first()
    if found is None:
        raise NotFound("sources.run.missing", "There is no reading %(id)s", id=run_id)
    return found


@contextmanager
def alone(key: str, name: str) -> Iterator[None]:
    """Hold the lock of what is read: it ends with the process, however that ends. 独占读取。"""
    folder = Path(settings.YIWANG_HOME) / "locks"
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder / key.replace(":", "-"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Unavailable(
            "sources.run.busy", "%(table)s is being read by another process", table=name
        ) from None
    finally:
        os.close(handle)


def read(actor: Actor, run: Run, check: Check, tell: Tell) -> None:
    """Read the rows, keep them as a delivery, land it; nothing new ends the reading. 读取并汇聚。"""
    run.state, run.started_at, run.since = RunState.READING, now(), run.table.since
    run.save(update_fields=["state", "started_at", "since"])
    with opened_tables(run.table.source) as source, source.read(wanted(run.table)) as reading:
        run.upper = reading.upper
        run.expected = reading.total if not run.since else None
        Run.objects.filter(id=run.id).update(expected=run.expected)
        meter = Meter(run.table, run, check, tell)
        staged = pool.stage_rows(reading.columns, meter.watch(reading.blocks))
    run.rows, run.bytes = meter.rows, meter.bytes
    try:
        if staged.rows or not run.since:
            keep(actor, run, dict(zip(reading.columns, staged.columns, strict=True)), staged)
            land(actor, run, check, staged)
        else:
            end_with_nothing(actor, run)
    finally:
        pool.discard(staged)


def wanted(table: SourceTable) -> Wanted:
    """What to ask the source for. 读取请求。"""
    return Wanted(
        table.name,
        tuple(one["name"] for one in table.columns),
        watermark=table.watermark,
        since=table.since,
        from_since=table.mode == Mode.UPSERT,
        overlap=table.overlap,
    )


def keep(actor: Actor, run: Run, columns: dict[str, str], staged: Staged) -> None:
    """Keep the rows as the file of a delivery, and name it on the reading. 留存为报送。"""
    table = run.table

    def name_it(act: Act, delivery: Delivery) -> None:
        held = Run.objects.select_for_update().get(id=run.id)
        if held.state not in OPEN or held.delivery:
            raise Conflict("sources.run.over", "This reading has ended meanwhile")
        act.note(source=table.source_id, table=table.name, run=run.id)
        run.delivery, run.state = delivery.id, RunState.LANDING
        run.save()

    with staged.parts[0].path.open("rb") as stream:
        connect.receive_file(
            actor,
            stream,
            file_name=f"{table.name}.parquet",
            owner=table.source.owner,
            name=table.resource_name,
            instructions=Instructions(
                kind=table.mode if run.since else Mode.FULL,
                key=tuple(columns[name] for name in table.key),
                columns={columns[one["name"]]: one["element"] for one in told(table)},
            ),
            queue=False,
            along=name_it,
        )


def told(table: SourceTable) -> list[dict[str, str]]:
    """The columns whose element somebody confirmed, for the first reading. 已确认数据元的列。

    Later the catalogue's own bindings count: nothing told once undoes what was bound since.
    """
    if catalog.find_of_owner(table.source.owner, table.resource_name) is not None:
        return []
    return [one for one in table.columns if one["element"]]


def end_with_nothing(actor: Actor, run: Run) -> None:
    """Nothing was above the watermark. 无新数据。"""
    with ledger.acting(actor, "share.source.nothing", on=ref_of_run(run)) as act:
        run.state, run.finished_at = RunState.NOTHING, act.at
        run.save()
        SourceTable.objects.filter(id=run.table_id).update(good_at=act.at, last_state=run.state)
        follow_table(act, run.table_id)


def land(actor: Actor, run: Run, check: Check, staged: Staged | None = None) -> None:
    """Land the kept rows; held and refused deliveries say so on the reading. 汇聚入池。"""
    if staged is None:
        (delivery,) = connect.land_delivery(actor, run.delivery, check)
    else:
        delivery = connect.land_ready(actor, run.delivery, staged, check)
    ends = {DeliveryState.HELD: RunState.HELD, DeliveryState.FAILED: RunState.FAILED}
    state = ends.get(DeliveryState(delivery.state))
    if state is not None:
        with ledger.acting(actor, "share.source.held", on=ref_of_run(run)) as act:
            Run.objects.filter(id=run.id).update(
                state=state, error=delivery.error, finished_at=act.at
            )
            SourceTable.objects.filter(id=run.table_id).update(last_state=state)
    run.refresh_from_db()
