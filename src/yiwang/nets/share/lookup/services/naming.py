"""ASCII names for columns, since many programs take no others. 列短名。"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.search import services as search
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.lookup.models import LONGEST, ShortName

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
RUNS = re.compile(r"[A-Za-z0-9]+|[^\W\dA-Za-z_]+")
ROOM = LONGEST - 8
"""What is left for a number behind a name that is taken. 预留长度。"""
TRIES = 5


def name_columns(resource_id: str, columns: Sequence[str]) -> Mapping[str, str]:
    """The short names of columns of a resource, given now to those that have none. 取列短名。

    The code of the confirmed element, else the column's own name where it is ASCII, else its pinyin.
    """
    for _ in range(TRIES):
        known = _read(resource_id)
        missing = [name for name in columns if name not in known]
        if not missing:
            return {name: known[name] for name in columns}
        _give(resource_id, missing, known.values())
    raise Conflict("lookup.names.busy", "Columns are being named just now; try again")


def _read(resource_id: str) -> dict[str, str]:
    return dict(ShortName.objects.filter(resource_id=resource_id).values_list("column", "name"))


def _give(resource_id: str, columns: Sequence[str], taken: Iterable[str]) -> None:
    """Of two who name at once one wins each name; the other reads it."""
    elements = {item.name: item.element for item in catalog.list_items(resource_id)}
    known = {name.casefold() for name in taken}
    made = []
    for column in columns:
        name = _distinct(spell_column(column, elements.get(column, "")), known)
        known.add(name.casefold())
        made.append(ShortName(resource_id=resource_id, column=column, name=name))
    ShortName.objects.bulk_create(made, ignore_conflicts=True)


def spell_column(column: str, element: str = "") -> str:
    """What a column would be called in ASCII, whatever else is called so. 拼写列名。"""
    if PLAIN.fullmatch(element):
        return element[:ROOM]
    if PLAIN.fullmatch(column):
        return column[:ROOM]
    parts = [part for run in RUNS.findall(column) for part in _spell(run)]
    name = "_".join(parts)[:ROOM].strip("_")
    return name if PLAIN.fullmatch(name) else f"c_{name}".strip("_")


def _spell(run: str) -> list[str]:
    return [run] if run.isascii() else [one.lower() for one in search.list_syllables(run)]


def _distinct(name: str, taken: set[str]) -> str:
    found, count = name, 1
    while found.casefold() in taken:
        count += 1
        found = f"{name}_{count}"
    return found
