"""What a comparison asks for and answers. 比对的类型。"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from yiwang.kernel.base.text import msg
from yiwang.kernel.pool.types import Staged
from yiwang.kernel.query.types import KeyPair

LEFT_ONLY, RIGHT_ONLY, DIFFERING = "left_only", "right_only", "differing"
MOVED, OTHER_KEY = "moved", "other_key"
LEFT_DUPLICATE, RIGHT_DUPLICATE = "left_duplicate", "right_duplicate"
LEFT_BLANK, RIGHT_BLANK = "left_blank", "right_blank"
CLASSES = {
    DIFFERING: msg("Same key, values differ"),
    LEFT_ONLY: msg("Only on the left"),
    RIGHT_ONLY: msg("Only on the right"),
    MOVED: msg("Key handed on to another thing"),
    OTHER_KEY: msg("Same thing under another key"),
    LEFT_DUPLICATE: msg("Repeated key on the left"),
    RIGHT_DUPLICATE: msg("Repeated key on the right"),
    LEFT_BLANK: msg("Blank key on the left"),
    RIGHT_BLANK: msg("Blank key on the right"),
}


class State(TextChoices):
    """Where a comparison stands. 比对状态。"""

    QUEUED = "queued", _("Waiting")
    DONE = "done", _("Done")


class OutcomeCode(TextChoices):
    """What checking a difference came to. 核实结论。"""

    CONFIRMED = "confirmed", _("Difference confirmed")
    LEFT_WRONG = "left_wrong", _("Left is wrong")
    RIGHT_WRONG = "right_wrong", _("Right is wrong")
    BOTH_RIGHT = "both_right", _("Both are right")
    NOT_NEEDED = "not_needed", _("Nothing to do")


@dataclass(frozen=True, slots=True)
class Request:
    """What to compare by. 比对方案。

    `keys` together are one key, `values` are compared for matched keys, `alternate` together are
    one other way to know the same thing again.
    """

    keys: tuple[KeyPair, ...]
    values: tuple[KeyPair, ...] = ()
    alternate: tuple[KeyPair, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of a comparison; `FORMULAS` says what each is. 比对计数。

    Without an alternate key the last four are None. `unlisted_pairs` are pairs counted but not
    listed, because one alternate key stands in very many rows.
    """

    left_rows: int
    right_rows: int
    left_blank_keys: int
    right_blank_keys: int
    left_duplicate_keys: int
    right_duplicate_keys: int
    matched: int
    left_only: int
    right_only: int
    differing: int
    differing_by_value: tuple[int, ...] = ()
    alternate_pairs: int | None = None
    other_key_same_thing: int | None = None
    moved: int | None = None
    unlisted_pairs: int | None = None

    @property
    def same_key_pairs(self) -> int | None:
        """Pairs of rows equal in the alternate key that also have the same key. 同键对数。"""
        if self.alternate_pairs is None or self.other_key_same_thing is None:
            return None
        return self.alternate_pairs - self.other_key_same_thing

    def as_json(self) -> dict[str, Any]:
        """As stored and answered. 入库形式。"""
        return {**asdict(self), "differing_by_value": list(self.differing_by_value)}


def counts_from_json(stored: dict[str, Any]) -> Counts:
    """As stored, read back. 出库。"""
    return Counts(**{**stored, "differing_by_value": tuple(stored["differing_by_value"])})


@dataclass(frozen=True, slots=True)
class Compared:
    """The answer of the engine: counts, and the rows behind them where asked for. 比对结果。"""

    counts: Counts
    rows: Staged | None = field(default=None)


FORMULAS = {
    "left_rows": msg("Rows of the left register"),
    "right_rows": msg("Rows of the right register"),
    "left_blank_keys": msg("Left rows whose key is blank or a placeholder (无, /, 0, 空, 111…)"),
    "right_blank_keys": msg("Right rows whose key is blank or a placeholder (无, /, 0, 空, 111…)"),
    "left_duplicate_keys": msg("Distinct keys that stand in more than one left row"),
    "right_duplicate_keys": msg("Distinct keys that stand in more than one right row"),
    "matched": msg("Distinct keys that stand on both sides"),
    "left_only": msg("Distinct keys that stand on the left and not on the right"),
    "right_only": msg("Distinct keys that stand on the right and not on the left"),
    "differing": msg(
        "Matched keys where any compared value differs between a left and a right row"
    ),
    "alternate_pairs": msg("Pairs of a left and a right row with the same alternate key"),
    "same_key_pairs": msg("Of these pairs, those that also have the same key"),
    "other_key_same_thing": msg("Of these pairs, those that stand under different keys"),
    "moved": msg(
        "Matched keys whose alternate key differs, while the left or the right alternate key "
        "stands on the other side under another key"
    ),
}


COUNT_NAMES = {
    "left_rows": msg("Rows on the left"),
    "right_rows": msg("Rows on the right"),
    "left_blank_keys": msg("Blank keys on the left"),
    "right_blank_keys": msg("Blank keys on the right"),
    "left_duplicate_keys": msg("Repeated keys on the left"),
    "right_duplicate_keys": msg("Repeated keys on the right"),
    "matched": msg("On both sides"),
    "left_only": msg("Only on the left"),
    "right_only": msg("Only on the right"),
    "differing": msg("Same key, values differ"),
    "alternate_pairs": msg("Pairs with the same alternate key"),
    "same_key_pairs": msg("Of them, under the same key"),
    "other_key_same_thing": msg("Same thing under another key"),
    "moved": msg("Key handed on to another thing"),
}
GROUPS = {
    msg("What matches"): ("matched", "left_only", "right_only"),
    msg("What disagrees"): ("differing",),
    msg("Known again by the alternate key"): (
        "alternate_pairs",
        "same_key_pairs",
        "other_key_same_thing",
        "moved",
    ),
    msg("How good the keys are"): (
        "left_blank_keys",
        "right_blank_keys",
        "left_duplicate_keys",
        "right_duplicate_keys",
    ),
    msg("How much was compared"): ("left_rows", "right_rows"),
}


@dataclass(frozen=True, slots=True)
class CountLine:
    """One count with its formula. 计数行。

    `klass` is the class of rows behind it, if any; `of` and `place` (from 1) the compared value that
    it counts.
    """

    name: str
    value: int
    formula: str
    klass: str = ""
    of: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class NamedCount:
    """A count under the name that people read, and its share of a whole. 指标。

    `share` is from 0 to 1, None where there is no whole to take a share of; `whole` its name.
    """

    line: CountLine
    name: str
    share: float | None = None
    whole: str = ""

    @property
    def percent(self) -> str:
        """The share in words; what is not nothing never reads as nothing. 占比。"""
        if self.share is None:
            return ""
        if 0 < self.share < 0.001:
            return "<0.1%"
        if 0.999 < self.share < 1:
            return ">99.9%"
        return f"{self.share:.1%}"

    @property
    def width(self) -> int:
        """Width of its bar in thousandths. 条形宽度。"""
        return max(4, round(1000 * self.share)) if self.share else 0


@dataclass(frozen=True, slots=True)
class CountGroup:
    """Counts that are read together. 指标分组。"""

    title: str
    counts: tuple[NamedCount, ...]


@dataclass(frozen=True, slots=True)
class OutcomeInfo:
    """An outcome with who and when. 核实记录。"""

    code: str
    note: str
    account: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One difference as the actor may see it. 差异行。

    `cells` by column of the listing, personal ones masked; `differs` the numbers (from 1) of the
    compared values that differ.
    """

    row: int
    klass: str
    cells: dict[str, str | None]
    differs: tuple[int, ...]
    outcome: OutcomeInfo | None = None

    @property
    def values(self) -> list[tuple[str | None, str | None]]:
        """Left and right of each compared value. 比对内容。"""
        count = sum(name.startswith("left_") and name[5:].isdigit() for name in self.cells)
        return [
            (self.cells[f"left_{place}"], self.cells[f"right_{place}"])
            for place in range(1, count + 1)
        ]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a key expression gives before anything is run. 试算。

    `rate` is the share of `tried` left keys that stand on the right too.
    """

    left: tuple[str | None, ...]
    right: tuple[str | None, ...]
    tried: int
    met: int

    @property
    def rate(self) -> float:
        """Share of the tried keys that were met. 匹配率。"""
        return self.met / self.tried if self.tried else 0.0

    @property
    def percent(self) -> str:
        """The rate in words. 匹配率。"""
        return f"{self.rate:.0%}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A key worth trying, and what it gave on the first rows. 推荐键。

    `distinct` is how far its values tell rows apart on the poorer side, from 0 to 1.
    """

    text: str
    trial: Trial
    distinct: float

    @property
    def worth(self) -> float:
        """What meets many and tells rows apart comes first. 推荐度。"""
        return self.trial.rate * self.distinct
