"""The door to events. 事件服务。"""

from yiwang.kernel.events.types import Event

from .announcing import announce, subscribe

__all__ = ["Event", "announce", "subscribe"]
