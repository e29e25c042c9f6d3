"""The door to Delta Sharing. 批量共享服务。"""

from yiwang.nets.share.exchange.services import USE

from .addresses import Ticket, make_ticket, open_ticket
from .copying import (
    copies_folder,
    ensure_copy,
    path_of,
    pick_changes,
    pick_copy,
    pick_since,
    remove_ended,
)
from .profiles import make_profile
from .tables import describe_table, find_table, is_live, list_tables

__all__ = [
    "USE",
    "Ticket",
    "copies_folder",
    "describe_table",
    "ensure_copy",
    "find_table",
    "is_live",
    "list_tables",
    "make_profile",
    "make_ticket",
    "open_ticket",
    "path_of",
    "pick_changes",
    "pick_copy",
    "pick_since",
    "remove_ended",
]
