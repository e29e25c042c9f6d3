"""What a comparison asks for and answers. 比对的类型。"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

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
