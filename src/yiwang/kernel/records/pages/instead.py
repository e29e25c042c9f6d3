"""Free slots in place of a full one, each a button that books it. 改选时段。"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from yiwang.kernel.records.types import Entity, FieldProblem

VERB = "instead:"
PARTS = 3


def list_instead(problem: FieldProblem) -> list[tuple[str, str]]:
    """What a refusal offers: the value of each button, and its words. 可改选时段。"""
    told = [tuple(one.values()) for one in problem.extra.get("offers", ())]
    return [
        (f"{VERB}{day} {begins} {ends}", f"{day} {begins}–{ends}") for day, begins, ends in told
    ]


def choose_instead(entity: Entity, answers: MutableMapping[str, Any], told: str) -> bool:
    """Put the slot that a button names among the answers; whether it named one. 改选。"""
    parts = told.removeprefix(VERB).split(" ")
    if entity.slots is None or not told.startswith(VERB) or len(parts) != PARTS:
        return False
    keys = (entity.slots.day, entity.slots.since, entity.slots.until)
    answers.update(zip(keys, parts, strict=True))
    return True
