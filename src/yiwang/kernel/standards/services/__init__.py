"""Data elements, code sets, and what follows from them. 数据元标准服务。"""

from yiwang.kernel.standards.checks import (
    credit_check_digit,
    id_check_digit,
    luhn_check_digit,
    organization_check_digit,
)

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
    "credit_check_digit",
    "difference_sql",
    "find_code",
    "find_element",
    "get_code_set",
    "get_element",
    "get_elements",
    "id_check_digit",
    "list_code_sets",
    "luhn_check_digit",
    "mask_sql",
    "mask_value",
    "organization_check_digit",
    "read_typed",
    "read_typed_sql",
    "suggest_elements",
]
