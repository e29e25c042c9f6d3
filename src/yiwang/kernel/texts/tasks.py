"""What reading texts does in the background. 文本归并后台任务。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.kernel.base.act import Ref
from yiwang.kernel.base.text import msg
from yiwang.kernel.events.services import subscribe
from yiwang.kernel.events.types import Event
from yiwang.kernel.jobs.services import JobContext, task
from yiwang.kernel.jobs.services.queue import put

from .services import find_texts, forget_removed, sort_texts

SORT = "texts.sort"


@task(SORT, label=msg("Put texts into groups"), lease_seconds=300)
def sort(context: JobContext, entity: str) -> dict[str, int]:
    """Group what came since the last time, forget what is gone. 归并。"""
    return {
        "sorted": sort_texts(entity, check=context.check),
        "forgotten": forget_removed(entity),
    }


def has_texts(payload: Mapping[str, Any]) -> bool:
    """Whether the entity that changed declares texts: most do not. 是否含文本。"""
    return find_texts(str(payload["entity"])) is not None


@subscribe("records.changed", name="texts.sort", when=has_texts)
def sort_changed(event: Event) -> None:
    """Records of an entity with texts came, changed or went. 记录变更即归并。"""
    entity = str(event.payload["entity"])
    put(
        SORT, {"entity": entity}, actor_id=event.actor_id, act_id=event.act_id,
        on=Ref("records.entity", entity), unique_key=f"{SORT}:{entity}",
    )  # fmt: skip
