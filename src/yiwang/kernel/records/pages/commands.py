"""What a button on a form does beside sending it: a row more, a file less. 表单内操作。

Each is a named button, so it works without script: the page comes back with its answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yiwang.kernel.records.types import FieldKind

from .fields_rows import MOST
from .filling import Filling


def obey(filling: Filling, told: str) -> bool:
    """Do what a button says; whether the page is to be drawn again. 执行表单内操作。"""
    verb, _, rest = told.partition(":")
    command = COMMANDS.get(verb)
    if command is None:
        return False
    filling.problems = {}
    command(filling, rest)
    return True


def _add_row(filling: Filling, key: str) -> None:
    if not _is(filling, key, "group"):
        return
    rows = list(filling.answers.get(key) or ())
    if len(rows) < (filling.entity.fields[key].most or MOST):
        filling.answers[key] = [*rows, {}]
        filling.focus = f"{key}.{len(rows)}"


def _remove_row(filling: Filling, told: str) -> None:
    key, _, row = told.partition(":")
    rows = list(filling.answers.get(key) or ()) if _is(filling, key, "group") else []
    if row.isdecimal() and int(row) < len(rows):
        del rows[int(row)]
        filling.answers[key] = rows or None
        filling.focus = key


def _drop_file(filling: Filling, told: str) -> None:
    key, _, file = told.partition(":")
    if _is(filling, key, "files"):
        kept = [one for one in filling.answers.get(key) or () if one["id"] != file]
        filling.answers[key] = kept or None
        filling.focus = key


def _is(filling: Filling, key: str, kind: FieldKind) -> bool:
    return key in filling.keys and filling.entity.fields[key].kind == kind


def _look_for(filling: Filling, name: str) -> None:
    filling.focus = name.partition("-")[2]


def _refresh(filling: Filling, _told: str) -> None:
    filling.focus = ""


def _know(filling: Filling, _told: str) -> None:
    """What is known fills what was left empty, once the page is drawn."""
    filling.forget_empty()


COMMANDS: Mapping[str, Callable[[Filling, str], None]] = {
    "add": _add_row,
    "remove": _remove_row,
    "drop": _drop_file,
    "find": _look_for,
    "refresh": _refresh,
    "known": _know,
}
