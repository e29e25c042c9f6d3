"""What needs doing today, asked of every module. 今日待办。

A module registers a source; the home page of each role shows what the sources answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .act import Actor
from .registry import Registry

Light = Literal["green", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class Todo:
    """One line of what needs doing: a sentence, how many, where to go. 待办。

    `title` is a message id; `count` fills `%(count)s` in it.
    """

    title: str
    count: int
    url: str
    light: Light = "green"
    due_date: date | None = None


TodoSource = Callable[[Actor], Sequence[Todo]]
TODO_SOURCES: Registry[TodoSource] = Registry("to-do source")


def list_todos(actor: Actor) -> list[Todo]:
    """All to-dos of the actor, red first; a source asks a constant number of queries. 待办清单。"""
    order = {"red": 0, "yellow": 1, "green": 2}
    found = [todo for source in TODO_SOURCES.values() for todo in source(actor) if todo.count]
    return sorted(found, key=lambda todo: order[todo.light])
