"""Words in records: which rows hold them. 全文检索。"""

from __future__ import annotations

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.types import Entity

from .desk import Desk
from .plans.statements import Place
from .words import match_words


def find_words(desk: Desk, entity: Entity, text: str) -> Place:
    """SQL for the rows that hold all words of a text, with the values to bind. 检索条件。

    InvalidInput where the entity declares nothing to search, or where what is searched is masked
    for the reader: a hit would tell what the mask hides.
    """
    if not desk.searchable(entity.code):
        raise InvalidInput("records.search.closed", "These records cannot be searched by words")
    return match_words(entity, text)
