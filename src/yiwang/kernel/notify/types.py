"""What notify hands to others. 通知类型。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NoticeInfo:
    """One notice as its reader sees it. 通知。 `text` is in the language asked for."""

    id: str
    text: str
    url: str
    sent_at: datetime
    read_at: datetime | None
