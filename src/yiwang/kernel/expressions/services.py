"""The door to expressions and decision tables. 表达式与决策表入口。"""

from .evaluation import FUNCTIONS, Expression, compile_expression, evaluate_expression, holds
from .holding import Answers, can_hold
from .table_checks import Problem, check_table
from .table_types import DecisionTable
from .tables import decide, read_table

__all__ = [
    "FUNCTIONS",
    "Answers",
    "DecisionTable",
    "Expression",
    "Problem",
    "can_hold",
    "check_table",
    "compile_expression",
    "decide",
    "evaluate_expression",
    "holds",
    "read_table",
]
