"""Events and those who listen. 事件与订阅。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from yiwang.kernel.base.registry import Registry


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as a subscriber hears of it. 事件。 `type` is `net.thing.happened`."""

    id: str
    type: str
    at: datetime
    actor_id: str
    act_id: str
    payload: Mapping[str, Any]


Handler = Callable[[Event], None]
When = Callable[[Mapping[str, Any]], bool]
"""Whether an event with this payload is wanted, asked as it is announced. 订阅条件。"""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who wants to hear of which events; `pattern` may hold `*`. 订阅者。"""

    name: str
    pattern: str
    handler: Handler
    when: When | None = None

    def wants(self, event_type: str, payload: Mapping[str, Any]) -> bool:
        """Whether such an event is for it. 是否订阅。"""
        return _fits(event_type, self.pattern) and (self.when is None or self.when(payload))


@lru_cache(maxsize=4096)
def _fits(event_type: str, pattern: str) -> bool:
    """Asked of every subscriber for every event; there are few types of events."""
    return fnmatchcase(event_type, pattern)


SUBSCRIBERS: Registry[Subscriber] = Registry("subscriber")
