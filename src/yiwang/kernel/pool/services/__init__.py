"""The pool's one door. 数据池服务。

Callers stage rows, plan and commit them as a version, and read versions back as SQL. Who may do
what is asked by the services that call: the pool knows tables, not departments.
"""

from yiwang.kernel.pool.types import ROW

from .checking import check_parts
from .compaction import compact, count_parts, list_fragmented, sweep_orphans, verify_parts
from .engine import Connection, engine, pool_folder, try_query
from .exporting import (
    export_rows,
    read_staged,
    staged_relation,
    stream_arrow,
    write_difference,
)
from .matching import match_rows
from .planning import compare_columns, describe_drift, plan_commit
from .profiling import SHOWN, describe_pattern, profile_relation
from .reading import (
    count_since,
    list_arrivals,
    list_kinds,
    relation,
    relation_picked,
    relation_replaced,
    relation_since,
    stands_on,
)
from .rows import (
    count_matching,
    count_values,
    find_matches,
    find_row,
    list_rows,
    list_spans,
    origin_of,
    profile,
)
from .sql import make_distinct, name_list, quote_name, quote_text
from .staging import (
    discard,
    stage_batches,
    stage_delimited,
    stage_query,
    stage_rows,
    write_parquet,
)
from .versions import (
    commit,
    create_table,
    find_latest,
    get_delivery_profile,
    get_version,
    get_versions,
    latest_of,
    list_versions,
    purge,
    withdraw,
)

__all__ = [
    "ROW",
    "SHOWN",
    "Connection",
    "check_parts",
    "commit",
    "compact",
    "compare_columns",
    "count_matching",
    "count_parts",
    "count_since",
    "count_values",
    "create_table",
    "describe_drift",
    "describe_pattern",
    "discard",
    "engine",
    "export_rows",
    "find_latest",
    "find_matches",
    "find_row",
    "get_delivery_profile",
    "get_version",
    "get_versions",
    "latest_of",
    "list_arrivals",
    "list_fragmented",
    "list_kinds",
    "list_rows",
    "list_spans",
    "list_versions",
    "make_distinct",
    "match_rows",
    "name_list",
    "origin_of",
    "plan_commit",
    "pool_folder",
    "profile",
    "profile_relation",
    "purge",
    "quote_name",
    "quote_text",
    "read_staged",
    "relation",
    "relation_picked",
    "relation_replaced",
    "relation_since",
    "stage_batches",
    "stage_delimited",
    "stage_query",
    "stage_rows",
    "staged_relation",
    "stands_on",
    "stream_arrow",
    "sweep_orphans",
    "try_query",
    "verify_parts",
    "withdraw",
    "write_difference",
    "write_parquet",
]
