"""The door to deliveries. 报送服务。"""

from yiwang.nets.share.connect.models import Batch, Delivery, Mapping

from .deciding import land_again, land_anyway, list_affected
from .ending import give_up, give_up_preview, sweep_waiting
from .expiring import expire_previews
from .finding import (
    count_states,
    get_batch,
    get_delivery,
    list_made_from,
    list_of_resource,
    visible_deliveries,
)
from .foreground import land_here
from .landing import land_delivery, land_ready
from .local_preview import describe_look, preview_local, propose_mapping
from .looking_before import PreviewLook, look_preview
from .mapping import find_mapping, get_mapping, load_and_set, reset_mapping, set_mapping
from .mapping_files import dump_mapping, load_mapping
from .outcomes import describe_outcomes
from .previewing import (
    OPEN,
    Confirmed,
    as_proposed,
    ask_preview,
    confirm_preview,
    confirm_ready,
    gather_sheets,
    get_open,
    leave_out,
    make_preview,
)
from .receiving import PREVIEW_TASK, TASK, check_file, open_batch, receive_file, ref_of
from .revoking import purge_delivery, withdraw_delivery
from .typing_differences import label_difference

__all__ = [
    "OPEN",
    "PREVIEW_TASK",
    "TASK",
    "Batch",
    "Confirmed",
    "Delivery",
    "Mapping",
    "PreviewLook",
    "as_proposed",
    "ask_preview",
    "check_file",
    "confirm_preview",
    "confirm_ready",
    "count_states",
    "describe_look",
    "describe_outcomes",
    "dump_mapping",
    "expire_previews",
    "find_mapping",
    "gather_sheets",
    "get_batch",
    "get_delivery",
    "get_mapping",
    "get_open",
    "give_up",
    "give_up_preview",
    "label_difference",
    "land_again",
    "land_anyway",
    "land_delivery",
    "land_here",
    "land_ready",
    "leave_out",
    "list_affected",
    "list_made_from",
    "list_of_resource",
    "load_and_set",
    "load_mapping",
    "look_preview",
    "make_preview",
    "open_batch",
    "preview_local",
    "propose_mapping",
    "purge_delivery",
    "receive_file",
    "ref_of",
    "reset_mapping",
    "set_mapping",
    "sweep_waiting",
    "visible_deliveries",
    "withdraw_delivery",
]
