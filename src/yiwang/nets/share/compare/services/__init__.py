"""The door of comparisons. 比对服务。"""

from yiwang.nets.share.compare.models import Comparison

from .asking import propose_keys, propose_pairs, read_request, try_keys
from .engine import compare_versions
from .forgetting import forget_version
from .looking import (
    Wanted,
    count_rows,
    export_comparison,
    get_difference,
    heading_of,
    list_differences_of,
    list_masked_sides,
    list_outcomes,
    may_look,
    set_outcome,
)
from .permissions import READ, RUN
from .running import (
    count_lines,
    describe_comparison,
    get_comparison,
    grade_of,
    list_classes,
    list_of_resource,
    perform,
    ref_of,
    run_comparison,
    start_comparison,
    visible_comparisons,
    visible_of_resource,
)
from .summary import group_counts

__all__ = [
    "READ",
    "RUN",
    "Comparison",
    "Wanted",
    "compare_versions",
    "count_lines",
    "count_rows",
    "describe_comparison",
    "export_comparison",
    "forget_version",
    "get_comparison",
    "get_difference",
    "grade_of",
    "group_counts",
    "heading_of",
    "list_classes",
    "list_differences_of",
    "list_masked_sides",
    "list_of_resource",
    "list_outcomes",
    "may_look",
    "perform",
    "propose_keys",
    "propose_pairs",
    "read_request",
    "ref_of",
    "run_comparison",
    "set_outcome",
    "start_comparison",
    "try_keys",
    "visible_comparisons",
    "visible_of_resource",
]
