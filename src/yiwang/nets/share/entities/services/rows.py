"""Where the rows of an entity come from. 业务对象数据行。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import islice

from yiwang.kernel.base.errors import NotFound, Unavailable
from yiwang.kernel.records import services as records
from yiwang.nets.share.entities.models import EntityResource
from yiwang.nets.share.entities.types import Row

BLOCK = 5_000


def mark_of(entity: EntityResource) -> str:
    """What the rows would be laid down from now: newest change and columns. 数据标记。"""
    return f"{records.find_newest_change(entity.code)} {_digest(entity)}"


def is_of_today(entity: EntityResource, mark: str) -> bool:
    """Whether rows of that mark have the columns that the entity has now. 列是否仍一致。"""
    return mark.endswith(f" {_digest(entity)}")


def _digest(entity: EntityResource) -> str:
    columns = json.dumps(entity.columns, ensure_ascii=False).encode()
    return hashlib.sha256(columns).hexdigest()[:16]


def is_unchanged(entity: EntityResource) -> bool:
    """Whether the newest version says what the entity says. 是否无变化。"""
    return bool(entity.mark) and entity.mark == mark_of(entity)


def read_blocks(entity: EntityResource) -> Iterator[list[Row]]:
    """Some thousands of rows at a time. 分块读取。

    Raises Unavailable where the entity has lost a field meanwhile: the next attempt knows it.
    """
    keys = [key for key, _, _ in entity.columns if key]
    rows = records.stream_all(entity.code, keys)
    try:
        while block := list(islice(rows, BLOCK)):
            yield block
    except NotFound as error:
        raise Unavailable(
            "entities.run.changed", "%(entity)s was published anew meanwhile", entity=entity.code
        ) from error
