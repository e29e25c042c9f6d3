"""The door to deliveries. 报送服务。"""

from yiwang.nets.share.connect.models import Batch, Delivery

from .deciding import land_again, land_anyway
from .finding import (
    count_states,
    get_batch,
    get_delivery,
    list_of_resource,
    name_senders_files,
    visible_deliveries,
)
from .landing import land_delivery
from .outcomes import describe_outcomes
from .receiving import TASK, open_batch, receive_file, ref_of
from .revoking import purge_delivery, withdraw_delivery
from .typing_differences import label_difference

__all__ = [
    "TASK",
    "Batch",
    "Delivery",
    "count_states",
    "describe_outcomes",
    "get_batch",
    "get_delivery",
    "label_difference",
    "land_again",
    "land_anyway",
    "land_delivery",
    "list_of_resource",
    "name_senders_files",
    "open_batch",
    "purge_delivery",
    "receive_file",
    "ref_of",
    "visible_deliveries",
    "withdraw_delivery",
]
