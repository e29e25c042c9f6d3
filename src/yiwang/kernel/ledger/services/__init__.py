"""The door to the ledger. 台账服务。"""

from yiwang.kernel.ledger.types import LedgerFilter, Look

from .guards import check_guards, guard_table, require_guards
from .reading import (
    find_newest_at,
    get_act,
    get_actor_labels,
    list_acts,
    list_looks,
    list_reads,
    mask_written,
    set_actor_labels,
    set_text_mask,
)
from .retention import check_retention
from .writing import acting, current_act, record_read, record_refusal

__all__ = [
    "LedgerFilter",
    "Look",
    "acting",
    "check_guards",
    "check_retention",
    "current_act",
    "find_newest_at",
    "get_act",
    "get_actor_labels",
    "guard_table",
    "list_acts",
    "list_looks",
    "list_reads",
    "mask_written",
    "record_read",
    "record_refusal",
    "require_guards",
    "set_actor_labels",
    "set_text_mask",
]
