"""The door of the query language. 查询语言入口。"""

from .building import build_call, build_compare, build_in, find_field
from .evaluation import evaluate
from .functions import FUNCTIONS
from .parser import parse_expression, parse_filter, parse_key_pair, parse_key_pairs
from .sql import compile_node
from .sqlite import register_sqlite
from .types import Compiled, KeyPair, Node, Schema, children, list_fields, rename_fields
from .url import from_url, to_url
from .values import read_value
from .writing import write_name, write_text

compile = compile_node  # noqa: A001 - the contract's word; callers say query.compile

__all__ = [
    "FUNCTIONS",
    "Compiled",
    "KeyPair",
    "Node",
    "Schema",
    "build_call",
    "build_compare",
    "build_in",
    "children",
    "compile",
    "compile_node",
    "evaluate",
    "find_field",
    "from_url",
    "list_fields",
    "parse_expression",
    "parse_filter",
    "parse_key_pair",
    "parse_key_pairs",
    "read_value",
    "register_sqlite",
    "rename_fields",
    "to_url",
    "write_name",
    "write_text",
]
