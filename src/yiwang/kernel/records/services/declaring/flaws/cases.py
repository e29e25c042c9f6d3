"""Whether a block that counts cases asks what cases have. 流程统计检查。"""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.kernel.base.declared import Path
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Schema
from yiwang.kernel.records.services.plans.trees import read_filter
from yiwang.kernel.records.types import CASE_DATES, CASE_FIELDS, Block

from .words import Flaw, no_field

CASE_SCHEMA = Schema(dict.fromkeys(CASE_FIELDS, "text"))


def check_cases(block: Block) -> Iterator[Flaw]:
    """What does not fit in a block that counts cases. 流程统计块检查。"""
    for at, by in enumerate(block.by):
        if by.key not in CASE_FIELDS:
            yield ("by", at), no_field(by.key, CASE_FIELDS)
        elif (by.key in CASE_DATES) != bool(by.each):
            yield (
                ("by", at),
                InvalidInput(
                    "records.dashboard.case_each",
                    "cases are counted by month or year of opened and closed, and by nothing else so",
                ),
            )
    for at, one in enumerate(block.measures):
        if one.of in ("sum", "avg"):
            yield (
                ("measures", at, "of"),
                InvalidInput(
                    "records.dashboard.case_measure", "cases have count, share and median only"
                ),
            )
        yield from _where(("measures", at, "when"), one.when)
    yield from _where(("where",), block.where)


def _where(path: Path, text: str) -> Iterator[Flaw]:
    if not text:
        return
    try:
        query.list_fields(read_filter(text, (), CASE_SCHEMA))
    except InvalidInput as error:
        yield path, error
