"""The door to live sources. 数据源服务。"""

from yiwang.nets.share.sources.models import Run, SeenFile, Source, SourceTable

from .answering import count_answers
from .asking import TASK, ask_run, ref_of_run, run_due, sweep_runs
from .choosing import (
    Plan,
    add_table,
    change_table,
    pause_table,
    plan_of,
    propose_elements,
    read_anew,
    remove_table,
)
from .entering import (
    add_source,
    change_source,
    check_source,
    describe_table,
    discover_tables,
    kind_of,
    list_files,
    pause_source,
    remove_source,
)
from .failing import give_up
from .finding import (
    get_run,
    get_source,
    get_table,
    visible_runs,
    visible_sources,
    visible_tables,
)
from .following import follow_delivery
from .permissions import MANAGE, SEE
from .planning import is_late, is_overdue, next_of_cycle, next_time
from .running import alone, perform, run_here
from .watching import list_cases, watch_tables

__all__ = [
    "MANAGE",
    "SEE",
    "TASK",
    "Plan",
    "Run",
    "SeenFile",
    "Source",
    "SourceTable",
    "add_source",
    "add_table",
    "alone",
    "ask_run",
    "change_source",
    "change_table",
    "check_source",
    "count_answers",
    "describe_table",
    "discover_tables",
    "follow_delivery",
    "get_run",
    "get_source",
    "get_table",
    "give_up",
    "is_late",
    "is_overdue",
    "kind_of",
    "list_cases",
    "list_files",
    "next_of_cycle",
    "next_time",
    "pause_source",
    "pause_table",
    "perform",
    "plan_of",
    "propose_elements",
    "read_anew",
    "ref_of_run",
    "remove_source",
    "remove_table",
    "run_due",
    "run_here",
    "sweep_runs",
    "visible_runs",
    "visible_sources",
    "visible_tables",
    "watch_tables",
]
