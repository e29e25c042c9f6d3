"""Data elements, code sets, and what follows from them. 数据元标准服务。"""

from yiwang.kernel.standards.checks import (
    credit_check_digit,
    id_check_digit,
    luhn_check_digit,
    organization_check_digit,
)
from yiwang.kernel.standards.documents import dump_code_set

from .code_sets import check_codes, find_code, find_code_set, get_code_set, list_code_sets
from .editing import (
    edit_element,
    export_code_set,
    export_elements,
    import_code_set,
    import_elements,
    list_revisions,
    restore_element,
)
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
    "check_codes",
    "check_sql",
    "check_value",
    "credit_check_digit",
    "difference_sql",
    "dump_code_set",
    "edit_element",
    "export_code_set",
    "export_elements",
    "find_code",
    "find_code_set",
    "find_element",
    "get_code_set",
    "get_element",
    "get_elements",
    "id_check_digit",
    "import_code_set",
    "import_elements",
    "list_code_sets",
    "list_revisions",
    "luhn_check_digit",
    "mask_sql",
    "mask_value",
    "organization_check_digit",
    "read_typed",
    "read_typed_sql",
    "restore_element",
    "suggest_elements",
]
