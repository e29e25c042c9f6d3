"""Records as services hand them out, and what is asked of a list. 记录类型。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.query.types import Node

Value = Any
"""A value as people and programs hold it: str, int, Decimal, bool, date, datetime, list. 值。"""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the reader may see it. 记录。

    `values` holds the fields that exist for the reader, masked ones as text with stars;
    `masked` names those. `verbs` is what the reader may do with this record. `rev` counts its
    changes from 1; a change names the one it saw.
    """

    id: str
    entity: str
    rev: int
    title: str
    values: Mapping[str, Value]
    masked: frozenset[str]
    organization: str
    owner: str
    created_at: datetime
    updated_at: datetime
    verbs: frozenset[str] = frozenset()
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records, in which order, from where on. 列表请求。

    `filter` is a tree over the fields of the entity; `search` words to be found; `order` names
    fields, `-` in front for descending; `after` the values of the last record seen. `fixed` is the
    filter of a declared view, whose fields need no index.
    """

    filter: Node | None = None
    search: str = ""
    order: tuple[str, ...] = ()
    after: Sequence[Any] | None = None
    limit: int = 50
    ids: tuple[str, ...] | None = None
    fixed: Node | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, and where the next ones begin. 一页记录。"""

    records: tuple[Record, ...]
    after: list[Any] | None = None


@dataclass(frozen=True, slots=True)
class Capped:
    """A count that stops at a limit: `1,000+`. 有界计数。"""

    number: int
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a record's history, as the reader may see it. 变更历史。

    `before` and `after` hold the fields that changed; `verb` is create, edit, remove or restore.
    """

    rev: int
    verb: str
    actor: str
    at: datetime
    reason: str
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    masked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one answer. 字段问题。 `path` names the field, in a group with row: `members.2.phone`."""

    path: str
    code: str
    message: str
    extra: Mapping[str, Any] = field(default_factory=dict)


class InvalidValues(InvalidInput):
    """Some answers cannot be taken; `problems` names all of them. 填报有误。"""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "records.values.invalid",
            "Some answers cannot be taken: %(fields)s",
            fields=", ".join(one.path for one in self.problems[:20]),
        )
