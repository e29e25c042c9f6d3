"""The tables of declared entities: the only place, beside plans, that names them. 业务对象的表。"""

from .changes import (
    begin_changes,
    cancel_changes,
    describe_changes,
    list_open_changes,
    settle_retype,
)
from .expired import Expired, find_expired, release_links, remove_expired
from .former import carry_former
from .indexes import Index, indexed_fields, list_indexes
from .indexing import drop_unwanted, refresh_statistics
from .layout import begin_layout, lay_out
from .loading import load_entity, load_layout
from .preparing import prepare_version
from .steps import plan_steps
from .upkeep import begin_upkeep, refill_levels, run_upkeep
from .violations import explain_violation, find_taken

__all__ = [
    "Expired",
    "Index",
    "begin_changes",
    "begin_layout",
    "begin_upkeep",
    "cancel_changes",
    "carry_former",
    "describe_changes",
    "drop_unwanted",
    "explain_violation",
    "find_expired",
    "find_taken",
    "indexed_fields",
    "lay_out",
    "list_indexes",
    "list_open_changes",
    "load_entity",
    "load_layout",
    "plan_steps",
    "prepare_version",
    "refill_levels",
    "refresh_statistics",
    "release_links",
    "remove_expired",
    "run_upkeep",
    "settle_retype",
]
