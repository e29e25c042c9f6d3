"""What a list declares. 列表声明。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from django.db.models import QuerySet
from django.http import HttpRequest

from yiwang.kernel.base.text import msg

Kind = Literal["text", "code", "number", "date", "datetime", "light"]
FilterKind = Literal["choice", "text", "date", "number", "flag"]
Color = Literal["", "red", "yellow", "green", "blue"]
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Light:
    """A state as a word and a colour, never a colour alone. 状态灯。 `text` is a message id."""

    text: str
    color: Color = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. 列。

    `value` is an attribute path (`organization.name`) or a function of the row; left out, it is
    `name`. `link` gives the row's address, `sort` names the database field that orders by this
    column. The first column heads the card that a row becomes on a phone. `note` stands below the
    heading: what one should know of the column.
    """

    name: str
    label: str
    value: str | Callable[[Any], Any] = ""
    link: Callable[[Any], str] | None = None
    kind: Kind = "text"
    sort: str = ""
    export: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter above a list. 筛选项。

    `lookup` is the QuerySet lookup, left out it is `name`; `apply` does what a lookup cannot.
    A `flag` filter passes "1". Choices are value and message id, or a function of the request;
    `follows` names the filter on which they depend. A `folded` filter is asked for seldom.
    """

    name: str
    label: str
    kind: FilterKind = "choice"
    choices: Choices | Callable[[HttpRequest], Choices] = ()
    lookup: str = ""
    folded: bool = False
    follows: str = ""
    apply: Callable[[QuerySet[Any], Any], QuerySet[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says, and what those who may can do about it. 空列表提示。"""

    title: str = msg("Nothing here yet")
    text: str = ""
    action: str = ""
    url: str = ""
    permission: str = ""


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A list: what it shows, how it is narrowed, ordered, and taken away. 列表声明。

    `search` is a sequence of lookups any of which may hold the text, or a function of rows and
    text. `order` must not depend on what users cannot see; the primary key is added to make it
    total. `export` is the file name of the CSV without its ending; left out, there is none.
    `choice` gives what a box before each line stands for, and `choice_name` what it is called: the
    page has a form with the id `chosen`, to which the boxes belong.
    """

    name: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    search: Sequence[str] | Callable[[QuerySet[Any], str], QuerySet[Any]] = ()
    search_label: str = msg("Search")
    order: Sequence[str] = ()
    page_size: int = 50
    export: str = ""
    empty: Empty = field(default_factory=Empty)
    choice: Callable[[Any], str] | None = None
    choice_name: Callable[[Any], str] | None = None


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a provider is asked for. 列表查询。 `after` is the last key it answered before."""

    filters: Mapping[str, Any]
    search: str
    order: tuple[str, ...]
    after: list[Any] | None
    limit: int


@dataclass(frozen=True, slots=True)
class ListSlice:
    """What a provider answers: rows, and the key to go on after, None at the end. 列表片段。"""

    rows: Sequence[Any]
    after: list[Any] | None = None


class Provider(Protocol):
    """Rows that are no QuerySet: pool tables, search hits. 行提供者。"""

    def __call__(self, query: ListQuery) -> ListSlice: ...
