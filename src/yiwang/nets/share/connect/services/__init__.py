"""The door to deliveries. 报送服务。"""

from yiwang.nets.share.connect.models import Batch, Delivery

from .deciding import land_again, land_anyway
from .ending import give_up, sweep_waiting
from .finding import (
    count_states,
    get_batch,
    get_delivery,
    list_of_resource,
    visible_deliveries,
)
from .foreground import land_here
from .landing import land_delivery
from .outcomes import describe_outcomes
from .receiving import TASK, check_file, open_batch, receive_file, ref_of
from .revoking import purge_delivery, withdraw_delivery
from .typing_differences import label_difference

__all__ = [
    "TASK",
    "Batch",
    "Delivery",
    "check_file",
    "count_states",
    "describe_outcomes",
    "get_batch",
    "get_delivery",
    "give_up",
    "label_difference",
    "land_again",
    "land_anyway",
    "land_delivery",
    "land_here",
    "list_of_resource",
    "open_batch",
    "purge_delivery",
    "receive_file",
    "ref_of",
    "sweep_waiting",
    "visible_deliveries",
    "withdraw_delivery",
]
