"""What others may hold of the evidence log. 存证用语。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.kernel.base.errors import Conflict

READ = "evidence.read"
"""See how the log stands. 查看存证。"""
MANAGE = "evidence.manage"
"""Open a new epoch of the log. 管理存证。"""


class Held(Conflict):
    """Somebody else sequences: nothing is wrong, and nothing to do. 定序占用。"""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one run of the sequencer did. 定序结果。"""

    entered: int
    size: int


@dataclass(frozen=True, slots=True)
class LogState:
    """How the log stands. 存证状态。

    `waiting` entries have no place yet; `size` of the tree, `signed` and `shown` are how many
    entries the newest signed and the newest evidenced checkpoint cover.
    """

    epoch: int
    origin: str
    size: int
    signed: int
    signed_at: datetime | None
    shown: int
    shown_at: datetime | None
    checkpoint: str
    waiting: int
    oldest_at: datetime | None
    keys: tuple[str, ...]
    trouble: str


@dataclass(frozen=True, slots=True)
class WitnessInfo:
    """How a witness of the settings stands to the newest signed checkpoint. 见证方状态。"""

    name: str
    url: str
    signed: bool
    size: int | None
    at: datetime | None
    failure: str
