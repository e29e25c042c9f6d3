"""How the API reads what is sent. 接口读取。"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from ninja.parser import Parser
from ninja.types import DictStrAny

NUL = "\0"


class TextParser(Parser):
    """Refuses U+0000 in a JSON text, as pages refuse it in addresses and forms. 拒绝空字符。

    PostgreSQL keeps none, and no service should have to think of that.
    """

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """The JSON of a body; its texts are walked only where the escape stands in it. 请求体。"""
        found = super().parse_body(request)
        if b"\\u0000" in request.body and _holds_nul(found):
            raise BadRequest
        return found


def _holds_nul(value: Any) -> bool:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and NUL in one:
            return True
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
    return False
