"""What the ledger is asked for. 台账查询。"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

READ = "ledger.read"
# Network logs are kept for six months at least (Cybersecurity Law, article 21).
SHORTEST_RETENTION_DAYS = 180

ActorLabels = Callable[[Collection[str]], Mapping[str, str]]
TextMask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which rows: all that fit every given part; `until` is included. 台账筛选。

    `verb` fits from its start, so `share.` finds all acts of the net.
    """

    actor_id: str = ""
    organization: str = ""
    verb: str = ""
    outcome: str = ""
    object_type: str = ""
    object_id: str = ""
    since: date | None = None
    until: date | None = None

    def facts(self) -> dict[str, str]:
        """The parts that are given, as text. 已给条件。"""
        parts = {name: getattr(self, name) for name in self.__slots__}
        return {name: str(value) for name, value in parts.items() if value}


@dataclass(frozen=True, slots=True)
class Look:
    """One look at personal data, for the page of the thing that was looked at. 查阅。"""

    at: datetime
    actor_id: str
    organization: str
    purpose: str
    columns: tuple[str, ...]
    rows: int
    unmasked: bool
