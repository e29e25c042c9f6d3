"""One word after a redirect: what was just done. 操作结果提示。

Kept in the session until a page shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from yiwang.kernel.base.errors import fill

KEY = "flashes"


@dataclass(frozen=True, slots=True)
class Flash:
    """A sentence and its colour, as a page shows it. 提示。"""

    text: str
    tags: str

    def __str__(self) -> str:
        return self.text


def flash(request: HttpRequest, message: str, color: str = "green", **extra: Any) -> None:
    """Show a message (a message id) on the next page this reader opens. 添加提示。"""
    waiting = request.session.get(KEY, [])
    request.session[KEY] = [*waiting, [message, color, extra]]


def take_flashes(request: HttpRequest) -> list[Flash]:
    """What waits to be shown; it is shown once. 取出提示。"""
    session = getattr(request, "session", None)
    if session is None or KEY not in session:
        return []
    return [Flash(fill(gettext(text), extra), color) for text, color, extra in session.pop(KEY)]
