"""Why a file is refused. 拒收原因。"""

from __future__ import annotations

from typing import Any

from yiwang.kernel.base.errors import InvalidInput


class FileRefused(InvalidInput):
    """The file cannot be read as a table, with what to do about it. 文件无法读取。

    `extra` names the place: `file`, `member`, `sheet`, `row` and `line` (from 1), `column`,
    `byte` (from 0), each where it is known.
    """


class LimitPassed(FileRefused):
    """The file asks for more than one file may cost. 超出读取上限。"""


def refuse(code: str, message: str, **extra: Any) -> FileRefused:
    """A refusal under `tabular.` with its place. 构造拒收错误。"""
    return FileRefused(f"tabular.{code}", message, **extra)
