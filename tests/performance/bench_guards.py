"""Guards and decision tables worked out in a second, on one thread. 条件与决策表基准。

`python -m tests.performance.bench_guards`. Prints the median of five runs, and for scale the same
condition written in Python: the ratio is what an interpreted condition costs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from statistics import median

from yiwang.kernel.expressions.evaluation import compile_expression, holds
from yiwang.kernel.expressions.reading import read_text
from yiwang.kernel.expressions.tables import check_table, decide, read_table

LABELS = {"金额": "amount", "事项": "item"}
CASE = {"amount": Decimal("1250.50"), "item": "施工许可", "parts": ["扩建"], "code": "450100"}
GUARDS = {
    "one comparison": "金额 > 1000",
    "three tests": "金额 > 1000 and 事项 in ('施工许可', '规划许可') and '扩建' in parts",
    "arithmetic": "round(金额 * 0.03, 2) <= 50 and startswith(code, '45')",
}
ROWS = [
    {
        "when": {"amount": f"{100 * row}..{100 * row + 99}", "item": "施工许可"},
        "then": {"step": row},
    }
    for row in range(20)
]
TABLE = {
    "hit": "unique", "inputs": ["amount", "item"], "outputs": ["step"], "rows": ROWS,
    "default": {"step": -1},
}  # fmt: skip


def rate(work: Callable[[], object], times: int) -> float:
    """How often a second, the median of five runs."""
    found = []
    for _ in range(5):
        begin = time.perf_counter()
        for _ in range(times):
            work()
        found.append(times / (time.perf_counter() - begin))
    return median(found)


def by_hand() -> bool:
    return (
        CASE["amount"] > 1000
        and CASE["item"] in ("施工许可", "规划许可")
        and "扩建" in CASE["parts"]
    )


def read_anew(text: str) -> None:
    read_text.cache_clear()
    compile_expression(text, labels=LABELS)


def main() -> None:
    for name, text in GUARDS.items():
        expression = compile_expression(text, labels=LABELS)
        speed = rate(partial(holds, expression, CASE), 5_000)
        print(f"{name:20} {speed:>12,.0f} a second")
    print(f"{'the same in Python':20} {rate(by_hand, 50_000):>12,.0f} a second (three tests)")
    text = GUARDS["three tests"]
    print(f"{'read anew':20} {rate(lambda: read_anew(text), 500):>12,.0f} a second (three tests)")
    table = read_table(TABLE)
    print(f"{'table of 20 rows':20} {rate(lambda: decide(table, CASE), 2_000):>12,.0f} a second")
    print(f"{'table checked':20} {rate(lambda: check_table(table), 20):>12,.0f} a second")


if __name__ == "__main__":
    main()
