"""The door to checks and to what is told about one person or firm. 核验与一站式查询服务。"""

from yiwang.nets.share.exchange.services import (
    LONGEST,
    RECORDS,
    ROWS_ABOUT,
    USE,
    Told,
    ask_about,
    check_records,
    list_check_keys,
    list_places,
    make_use_plan,
)

__all__ = [
    "LONGEST",
    "RECORDS",
    "ROWS_ABOUT",
    "USE",
    "Told",
    "ask_about",
    "check_records",
    "list_check_keys",
    "list_places",
    "make_use_plan",
]
