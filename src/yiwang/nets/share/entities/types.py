"""The words of entities in the catalogue. 业务对象资源用语。"""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.nets.share.sources.types import Cycle

NEVER = "never"
CYCLES: dict[str, str] = {NEVER: Cycle.MANUAL} | {
    one.value: one.value for one in Cycle if one != Cycle.MANUAL
}
"""How often an entity may ask for snapshots, and the cycle that is. 快照周期。"""

Row = list[str | None]


@dataclass(frozen=True, slots=True)
class ColumnFrom:
    """One item of the resource and the field that it comes from. 字段血缘。

    `key` is empty for the record's own id; `column` is where the field's values lie, which is
    another one once it was given another kind.
    """

    key: str
    item: str
    column: str = ""
