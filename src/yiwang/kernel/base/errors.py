"""Expected failures, one family. 可预期的错误。

A failure that a person can act on subclasses `YiwangError` beside the code that raises it.
Pages, the API (RFC 9457), the command line and tasks translate the same exception in their
own way; `except Exception` stands only at those outer edges.
"""

from __future__ import annotations

from typing import Any


class YiwangError(Exception):
    """A failure with a stable code and a sentence for people. 平台错误。

    `code` is stable and documented (`net.thing.what`), `message` an English message id with
    `%(name)s` places filled from `extra`; the edges translate it with gettext.
    """

    status = 500
    exit_code = 1

    def __init__(self, code: str, message: str, **extra: Any) -> None:
        self.code = code
        self.message = message
        self.extra = extra
        super().__init__(self.detail)

    @property
    def detail(self) -> str:
        """The sentence in English, places filled. 英文说明。"""
        return fill(self.message, self.extra)


def fill(message: str, extra: dict[str, Any]) -> str:
    """Fill `%(name)s` places, lists as words; a message without places stays as it is. 填充消息。"""
    if not extra or "%(" not in message:
        return message
    lists = {name: ", ".join(map(str, one)) for name, one in extra.items() if isinstance(one, list)}
    return message % (extra | lists)


class InvalidInput(YiwangError):
    """What was sent cannot be taken as it is. 输入无效。"""

    status = 422
    exit_code = 2


class NotAuthenticated(YiwangError):
    """Nobody is signed in. 未登录。"""

    status = 401
    exit_code = 4


class NotPermitted(YiwangError):
    """The actor may not do this. 无权限。 `recorded` says whether the ledger knows of the attempt."""

    recorded = False
    status = 403
    exit_code = 4


class NotFound(YiwangError):
    """There is no such thing, or the actor may not know of it. 未找到。"""

    status = 404
    exit_code = 3


class Conflict(YiwangError):
    """The state of things forbids it. 状态冲突。"""

    status = 409
    exit_code = 2


class Stale(YiwangError):
    """Somebody changed it meanwhile. 内容已被他人修改。"""

    status = 412
    exit_code = 2


class BelowThreshold(YiwangError):
    """A threshold that the caller asked for was not reached. 低于要求的阈值。"""

    status = 422
    exit_code = 5


class TooMany(YiwangError):
    """A quota or a rate is used up. 请求过多。"""

    status = 429


class Unavailable(YiwangError):
    """Something needed does not answer now; trying again may help. 暂不可用。"""

    status = 503
