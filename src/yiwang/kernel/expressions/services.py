"""The door to expressions and decision tables. 表达式与决策表入口。"""

from .evaluation import FUNCTIONS, Expression, compile_expression, evaluate_expression, holds
from .table_checks import Problem, check_table
from .table_types import DecisionTable
from .tables import decide, read_table

__all__ = [
    "FUNCTIONS",
    "DecisionTable",
    "Expression",
    "Problem",
    "check_table",
    "compile_expression",
    "decide",
    "evaluate_expression",
    "holds",
    "read_table",
]
