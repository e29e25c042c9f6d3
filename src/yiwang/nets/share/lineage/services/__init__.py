"""The door to lineage. 数据血缘服务。"""

from .depending import list_granted
from .forgetting import KEPT, forget_old
from .handing import sweep_handed
from .keeping import (
    follow_comparison,
    follow_grant,
    follow_resource,
    keep_comparison,
    keep_grant,
    keep_grants_of,
    keep_resource,
    rebuild,
)
from .looking import ColumnLineage, End, ResourceLineage, list_rows, look_lineage
from .permissions import REBUILD, SEE, TELL
from .receiving import LARGEST, Received, receive_event
from .seeing import Seen, see_datasets
from .telling import list_events, tell_flow, write_event
from .tracing import MOST_EDGES, MOST_HOPS, Reached, Trace, find_dataset, trace

__all__ = [
    "KEPT",
    "LARGEST",
    "MOST_EDGES",
    "MOST_HOPS",
    "REBUILD",
    "SEE",
    "TELL",
    "ColumnLineage",
    "End",
    "Reached",
    "Received",
    "ResourceLineage",
    "Seen",
    "Trace",
    "find_dataset",
    "follow_comparison",
    "follow_grant",
    "follow_resource",
    "forget_old",
    "keep_comparison",
    "keep_grant",
    "keep_grants_of",
    "keep_resource",
    "list_events",
    "list_granted",
    "list_rows",
    "look_lineage",
    "rebuild",
    "receive_event",
    "see_datasets",
    "sweep_handed",
    "tell_flow",
    "trace",
    "write_event",
]
