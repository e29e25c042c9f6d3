"""Data elements, code sets, and what follows from them. 数据元标准服务。"""

from .code_sets import find_code, get_code_set, list_code_sets
from .elements import (
    check_sql,
    check_value,
    difference_sql,
    find_element,
    get_element,
    get_elements,
    mask_sql,
    mask_value,
    read_typed,
    read_typed_sql,
    suggest_elements,
)

__all__ = [
    "check_sql",
    "check_value",
    "difference_sql",
    "find_code",
    "find_element",
    "get_code_set",
    "get_element",
    "get_elements",
    "list_code_sets",
    "mask_sql",
    "mask_value",
    "read_typed",
    "read_typed_sql",
    "suggest_elements",
]
