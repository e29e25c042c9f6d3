"""What a net registers to hear of entities, and who counts cases. 接口。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.registry import Registry

from .dashboards import Block, By
from .definition import Bundle, Entity


@dataclass(frozen=True, slots=True)
class Published:
    """A bundle as it is published, beside what stood before. 发布内容。

    `retired` are entities that the new version no longer has; their rows stay.
    """

    bundle: Bundle
    before: Bundle | None
    retired: Sequence[Entity] = ()


class EntitySink(Protocol):
    """Called within the transaction that publishes; it may refuse by raising. 业务对象接收方。"""

    def __call__(self, act: Act, published: Published) -> None:
        """Take the entities in: the catalogue makes each a resource. 接收。"""


ENTITY_SINKS: Registry[EntitySink] = Registry("sink of entities")


@dataclass(frozen=True, slots=True)
class CaseGroup:
    """Some cases: what they have in common, in words, and a number per measure. 流程分组。"""

    words: tuple[str, ...]
    numbers: tuple[Any, ...]
    keys: tuple[Any, ...] = ()


class CaseCounter(Protocol):
    """Counts those cases that its reader may see. 流程统计接口。"""

    def opens(self, actor: Actor) -> bool:
        """Whether somebody may see cases at all. 可否查看流程。"""

    def count(
        self, actor: Actor, block: Block, by: Sequence[By], facts: tuple[tuple[str, str], ...]
    ) -> tuple[list[CaseGroup], bool]:
        """The groups of a block, and whether there are more. 分组统计流程。"""

    def address(self, dashboard: str, at: int, told: str) -> str:
        """The list of what one number of a block counts. 下钻地址。"""


CASE_COUNTERS: Registry[CaseCounter] = Registry("counter of cases")
