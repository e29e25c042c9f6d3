"""What apps declare about records, and whether values keep to it. 业务对象的声明与校验。"""

from .asking import asked_of
from .checking import check_values, list_defaults
from .computing import compute
from .defaults import default_form, default_view
from .reading import build_bundle, find_problems, read_bundle
from .shapes import schema_of

__all__ = [
    "asked_of",
    "build_bundle",
    "check_values",
    "compute",
    "default_form",
    "default_view",
    "find_problems",
    "list_defaults",
    "read_bundle",
    "schema_of",
]
