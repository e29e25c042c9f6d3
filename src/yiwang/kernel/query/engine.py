"""What an engine's SQL is made of. SQL 组件。"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .types import Compiled, Literal, Operator, Type, Value

_PLACE = re.compile("«([0-9])»")

Function = str | Callable[[Sequence[Compiled]], Compiled]


@dataclass(frozen=True, slots=True)
class Engine:
    """How one engine writes each part. 引擎方言。

    Templates hold `«0»`, `«1»` where arguments go, as often as needed. `bind_once` turns a
    template that names its argument more than once into one that computes it once.
    """

    functions: Mapping[str, Function]
    places: Mapping[Type, str]
    tests: Mapping[Operator, str]
    bind: Callable[[Literal], Value]
    collation: str
    false: str
    quote: Callable[[str], str]
    bind_once: Callable[[str], str] | None = None


def weave(template: str, *fragments: Compiled) -> Compiled:
    """The template with fragments in its places, bound values following their places. 编织。"""
    pieces = _PLACE.split(template)
    params: list[Value] = []
    for index in range(1, len(pieces), 2):
        fragment = fragments[int(pieces[index])]
        pieces[index] = fragment.sql
        params += fragment.params
    return Compiled("".join(pieces), params)


def join(between: str, fragments: Sequence[Compiled]) -> Compiled:
    """Fragments one after the other. 连接。"""
    params = [value for fragment in fragments for value in fragment.params]
    return Compiled(between.join(fragment.sql for fragment in fragments), params)


def quote_name(name: str) -> str:
    """A column or table name as SQL takes it, quotes inside doubled. 标识符加引号。"""
    return '"' + name.replace('"', '""') + '"'


def quote_constant(text: str) -> str:
    """A constant of this package as SQL text; never for what somebody sent. 内部常量。"""
    return "'" + text.replace("'", "''") + "'"


def concatenate(arguments: Sequence[Compiled]) -> Compiled:
    """Texts one after the other, absent when one is. 拼接。"""
    return weave("(«0»)", join(" || ", arguments))


def coalesce(arguments: Sequence[Compiled]) -> Compiled:
    """The first that is there. 首个非空。"""
    if len(arguments) == 1:  # SQLite wants two
        return arguments[0]
    return weave("COALESCE(«0»)", join(", ", arguments))
