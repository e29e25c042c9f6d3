"""Where in a document the records stand, and what each column takes. 记录路径。

`/*/townships/*  county_code={0} name={1} code=value county=../../county` means: every member of
`townships` in every member of the document is a record; `county_code` is the key that the first
`*` stood for, `name` that of the second, `code` the record itself, and `county` the member
`county` two levels above it.

- The path is made of keys and `*` (any member or element); `~1` stands for `/` in a key, `~0`
  for `~`, as in RFC 6901. `/` alone means that the document is one record.
- A column is `name=what`; a name with spaces stands in quotation marks (`"地址 全称"=address`).
  `what` is `{n}`, `value` (or `{value}`), a path down into the record (`owner/name`), or one that first climbs
  with `..`.
- `*` among the columns adds all members of the record. Without any column that is what is taken,
  together with the keys that `*` stood for.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

from yiwang.kernel.base.text import msg
from yiwang.kernel.tabular.errors import FileRefused

ANY = "*"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a captured key (`key`), or steps up and then down from the record. 列。"""

    name: str
    key: int | None = None
    up: int = 0
    down: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordsPath:
    """The way to the records and the columns asked for. 记录路径。"""

    text: str
    steps: tuple[str, ...]
    columns: tuple[Column, ...] = field(default=())
    everything: bool = True

    @property
    def wildcards(self) -> int:
        """How many `*` the way has. 通配数。"""
        return self.steps.count(ANY)


def parse_path(text: str) -> RecordsPath:
    """Read a records path; raises FileRefused `tabular.records.path`. 解析记录路径。"""
    try:
        way, *rest = shlex.split(text)
    except ValueError as error:
        raise _bad(text, str(error)) from error
    if not way.startswith("/"):
        raise _bad(text, "it must begin with /")
    steps = tuple(_unescape(step) for step in way[1:].split("/")) if way != "/" else ()
    if "" in steps:
        raise _bad(text, "a step is empty")
    columns = tuple(_column(text, one, steps) for one in rest if one != ANY)
    names = [column.name for column in columns]
    if len(set(names)) < len(names):
        raise _bad(text, "a column is named twice")
    return RecordsPath(text, steps, columns, everything=not columns or ANY in rest)


def _bad(path: str, why: str) -> Exception:
    return FileRefused(
        "tabular.records.path",
        msg("The records path %(path)s cannot be read (%(why)s). Example: /data/*"),
        path=path,
        why=why,
    )


def _unescape(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _column(path: str, text: str, steps: tuple[str, ...]) -> Column:
    name, sign, what = text.partition("=")
    if not sign or not name or not what:
        raise _bad(path, text)
    key = re.fullmatch(r"\{(\d{1,2})\}", what)
    if key:
        if int(key[1]) >= steps.count(ANY):
            raise _bad(path, what)
        return Column(name, key=int(key[1]))
    if what in ("value", "{value}"):
        return Column(name)
    if what.startswith("{"):
        raise _bad(path, what)
    parts = what.split("/")
    up = next((at for at, part in enumerate(parts) if part != ".."), len(parts))
    if up > len(steps):
        raise _bad(path, what)
    return Column(name, up=up, down=tuple(_unescape(part) for part in parts[up:]))
