"""What a delivery comes to, the reading behind it comes to as well. 与报送联动。

Called in the delivery's own transaction: the watermark moves exactly when the version appears and
goes back exactly when the version is withdrawn.
"""

from __future__ import annotations

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.errors import Conflict
from yiwang.nets.share.connect.services import Delivery
from yiwang.nets.share.connect.types import Turn
from yiwang.nets.share.sources.models import Run, SourceTable
from yiwang.nets.share.sources.types import RunState

from .watching import follow_table


def follow_delivery(act: Act, delivery_id: str, turn: Turn) -> None:
    """Move the reading of a delivery, and its table's watermark, along. 联动。"""
    run = Run.objects.select_for_update().filter(delivery=delivery_id).first()
    if run is None:
        return
    table = SourceTable.objects.select_for_update().get(id=run.table_id)
    if turn == "landed":
        _land(act, run, table)
    else:
        _take_back(run, table)


def _land(act: Act, run: Run, table: SourceTable) -> None:
    if run.since != table.since:
        raise Conflict(
            "sources.watermark.moved",
            "Since this was read, %(table)s was read again; these rows are in already or begin "
            "elsewhere",
            table=table.name,
        )
    run.state, run.finished_at, run.error = RunState.DONE, act.at, None
    run.version = Delivery.objects.values_list("version", flat=True).get(id=run.delivery)
    run.save(update_fields=["state", "finished_at", "error", "version"])
    if table.watermark and run.upper:
        table.since = run.upper
    table.good_at, table.last_state = act.at, run.state
    table.save(update_fields=["since", "good_at", "last_state"])
    follow_table(act, table.id)


def _take_back(run: Run, table: SourceTable) -> None:
    """The watermark goes back to where this reading began, if it still stands where it ended."""
    if run.state == RunState.DONE and table.watermark and table.since == run.upper:
        table.since = run.since
    if run.state != RunState.TAKEN_BACK:
        run.state = RunState.TAKEN_BACK
        run.save(update_fields=["state"])
        table.last_state = run.state
        table.save(update_fields=["since", "last_state"])
