"""The door to entities in the catalogue. 业务对象资源服务。"""

from yiwang.nets.share.entities.models import EntityResource, SnapshotRun

from .asking import TASK, ask_snapshot, run_due, sweep_runs
from .failing import fail_run, give_up
from .finding import (
    entities_to_keep,
    find_of_resource,
    get_entity,
    get_run,
    is_late,
    list_columns,
    list_late,
    visible_entities,
    visible_runs,
)
from .following import follow_delivery
from .permissions import LAY, SEE
from .running import perform, snapshot_here
from .taking import take_entities

__all__ = [
    "LAY",
    "SEE",
    "TASK",
    "EntityResource",
    "SnapshotRun",
    "ask_snapshot",
    "entities_to_keep",
    "fail_run",
    "find_of_resource",
    "follow_delivery",
    "get_entity",
    "get_run",
    "give_up",
    "is_late",
    "list_columns",
    "list_late",
    "perform",
    "run_due",
    "snapshot_here",
    "sweep_runs",
    "take_entities",
    "visible_entities",
    "visible_runs",
]
