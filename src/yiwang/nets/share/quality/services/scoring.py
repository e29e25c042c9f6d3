"""Scores from results: a numerator, a denominator, a formula. 质量评分。

Everything here follows from what a run has stored and from one numbered set of weights, so that an
old rating can be worked out again and comes out the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.catalog.types import UpdateCycle
from yiwang.nets.share.quality.models import Weights
from yiwang.nets.share.quality.types import Dimension, RuleResult, Score, Severity

from .permissions import WEIGH

SHIPPED: Mapping[str, Any] = {
    "weights": {
        Dimension.CONFORMITY.value: 20,
        Dimension.COMPLETENESS.value: 20,
        Dimension.ACCURACY.value: 25,
        Dimension.CONSISTENCY.value: 15,
        Dimension.TIMELINESS.value: 10,
        Dimension.ACCESSIBILITY.value: 10,
    },
    "levels": [95, 90, 80, 60],
}
"""Number 1. The least total of levels 1 to 4; below the last it is level 5."""

CYCLE_DAYS = {
    UpdateCycle.DAILY: 1,
    UpdateCycle.WEEKLY: 7,
    UpdateCycle.MONTHLY: 31,
    UpdateCycle.QUARTERLY: 92,
    UpdateCycle.YEARLY: 366,
}
CYCLES_LOOKED_AT = 12
ANSWER_DAYS = 90
"""How far back the readings of a live source are looked at. 应答统计天数。"""


@dataclass(frozen=True, slots=True)
class Kept:
    """In how many of the last update cycles something came. 更新情况。"""

    kept: int
    cycles: int
    days: int

    def as_json(self) -> dict[str, int]:
        """As stored. 入库形式。"""
        return {"kept": self.kept, "cycles": self.cycles, "days": self.days}


@dataclass(frozen=True, slots=True)
class Answered:
    """How many of the readings that were asked for the source answered. 数据源应答情况。"""

    answered: int
    asked: int
    days: int

    def as_json(self) -> dict[str, int]:
        """As stored. 入库形式。"""
        return {"answered": self.answered, "asked": self.asked, "days": self.days}


@dataclass(frozen=True, slots=True)
class Beside:
    """What is measured of a register beside its rows. 数据之外的度量。"""

    kept: Kept | None = None
    answered: Answered | None = None

    def counts(self) -> dict[Dimension, tuple[int, int]]:
        """Numerator and denominator of the dimensions that are measured so. 分子与分母。"""
        found = {}
        if self.kept:
            found[Dimension.TIMELINESS] = (self.kept.kept, self.kept.cycles)
        if self.answered:
            found[Dimension.ACCESSIBILITY] = (self.answered.answered, self.answered.asked)
        return found

    def details(self) -> dict[str, dict[str, int]]:
        """As stored with the score of each dimension. 入库形式。"""
        told = {Dimension.TIMELINESS: self.kept, Dimension.ACCESSIBILITY: self.answered}
        return {str(name): one.as_json() for name, one in told.items() if one}


def read_beside(details: Mapping[str, Mapping[str, int]]) -> Beside:
    """What was stored beside a run's scores. 读取入库形式。"""
    kept, answered = details.get(Dimension.TIMELINESS), details.get(Dimension.ACCESSIBILITY)
    return Beside(Kept(**kept) if kept else None, Answered(**answered) if answered else None)


def current_weights() -> tuple[int, Mapping[str, Any]]:
    """The newest weights with their number. 当前权重。"""
    row = Weights.objects.order_by("-number").first()
    return (row.number, row.content) if row else (1, SHIPPED)


def get_weights(number: int) -> Mapping[str, Any]:
    """The weights of that number. 取权重。"""
    if number == 1:
        return SHIPPED
    row = Weights.objects.filter(number=number).first()
    if row is None:
        raise NotFound(
            "quality.weights.missing", "There are no weights number %(number)s", number=number
        )
    content: Mapping[str, Any] = row.content
    return content


def set_weights(
    actor: Actor, *, weights: Mapping[str, float], levels: Sequence[float], reason: str
) -> int:
    """Lay down new weights; runs from now on use them, earlier ratings stay. 设定权重。

    Holders of `share.quality.weigh`. Gives the new number.
    """
    actor.require(WEIGH)
    content = _check_weights(weights, levels)
    if not reason.strip():
        raise InvalidInput("quality.weights.reason", "Say why the weights change")
    with ledger.acting(
        actor, "share.quality.weigh", on=Ref("share.weights", ""), reason=reason
    ) as act:
        number = current_weights()[0] + 1
        Weights.objects.create(
            number=number,
            content=content,
            reason=reason[:500],
            changed_by=actor.id,
            changed_at=act.at,
        )
        act.on = Ref("share.weights", str(number))
        act.note(**content)
    return number


def _check_weights(weights: Mapping[str, float], levels: Sequence[float]) -> dict[str, Any]:
    known = {one.value for one in Dimension}
    fair = set(weights) <= known and all(0 <= one <= 1000 for one in weights.values())
    if not fair or sum(weights.values()) <= 0:
        raise InvalidInput("quality.weights.wrong", "Weights are numbers from 0 for each dimension")
    falling = sorted(levels, reverse=True)
    if len(levels) != 4 or list(levels) != falling or not all(0 <= one <= 100 for one in levels):
        raise InvalidInput(
            "quality.weights.levels", "Levels are four falling numbers from 100 to 0"
        )
    return {"weights": dict(weights), "levels": list(levels)}


def count_kept(cycle: str, arrivals: Iterable[datetime], at: datetime | None = None) -> Kept | None:
    """How the promised update cycle was kept, None where none can be measured. 更新周期履约。

    The last cycles are counted back from now, twelve at most and none from before the first
    arrival; one is kept when something came in it.
    """
    days = CYCLE_DAYS.get(UpdateCycle(cycle)) if cycle else None
    came = sorted(arrivals)
    if days is None or not came:
        return None
    length, moment = timedelta(days=days), at or now()
    cycles = min(CYCLES_LOOKED_AT, max(1, int((moment - came[0]) / length) + 1))
    met = {int((moment - one) / length) for one in came if one <= moment}
    return Kept(len([place for place in range(cycles) if place in met]), cycles, days)


def score(results: Iterable[RuleResult], beside: Beside, content: Mapping[str, Any]) -> list[Score]:
    """The score of each dimension, and the total last. 评分。

    Warnings do not count. What is measured `beside` the rows counts where no rule of its dimension
    looked at any. A dimension without either has no value and is left out of the total.
    """
    sums: dict[Dimension, tuple[int, int]] = dict.fromkeys(Dimension, (0, 0))
    for result in results:
        if result.spec.severity == Severity.ERROR:
            passed, checked = sums[result.spec.dimension]
            sums[result.spec.dimension] = passed + result.passed, checked + result.checked
    for dimension, counted in beside.counts().items():
        if not sums[dimension][1]:
            sums[dimension] = counted
    levels = content["levels"]
    scores = [_score(one.value, *sums[one], levels) for one in Dimension]
    return [*scores, _total(scores, content)]


def _score(dimension: str, numerator: int, denominator: int, levels: Sequence[float]) -> Score:
    value = _percent(numerator, denominator) if denominator else None
    return Score(dimension, numerator, denominator, value, level_of(value, levels))


def _percent(numerator: int, denominator: int) -> float:
    """From 0 to 100; what is not all is never 100."""
    value = round(100 * numerator / denominator, 6)
    return value if numerator == denominator else min(value, 99.999999)


def _total(scores: Sequence[Score], content: Mapping[str, Any]) -> Score:
    measured = [
        (one.value, float(content["weights"].get(one.dimension, 0)))
        for one in scores
        if one.value is not None
    ]
    weight = sum(weight for _, weight in measured)
    value = round(sum(v * w for v, w in measured) / weight, 6) if weight else None
    return Score(
        "",
        sum(one.numerator for one in scores),
        sum(one.denominator for one in scores),
        value,
        level_of(value, content["levels"]),
    )


def level_of(value: float | None, levels: Sequence[float]) -> int | None:
    """The level from 1 (best) to 5. 等级。"""
    if value is None:
        return None
    return next((place for place, least in enumerate(levels, 1) if value >= least), 5)
