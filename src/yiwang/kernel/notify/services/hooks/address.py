"""Where a webhook may lead, and who may say so. 外发地址校验。

`[webhooks]` in yiwang.toml: `allow` lists hosts and networks that are not of the open internet,
`http` lets messages go without TLS, `ca` is a file of certificates that are trusted besides the
system's, `site` this platform's address in links.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from yiwang.kernel.base.errors import InvalidInput

LONGEST = 500
PLAIN = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Outside:
    """What the operator allows. 外发设置。"""

    allow: tuple[str, ...] = ()
    http: bool = False
    ca: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. 目标地址。"""

    secure: bool
    host: str
    port: int
    path: str


def get_outside() -> Outside:
    """What yiwang.toml says of webhooks; ImproperlyConfigured names the slip. 取外发设置。"""
    told: Mapping[str, Any] = settings.YIWANG_WEBHOOKS
    known = {one.name: one for one in fields(Outside)}
    if unknown := sorted(set(told) - set(known)):
        raise ImproperlyConfigured(f"yiwang.toml [webhooks]: no such setting: {', '.join(unknown)}")
    kinds: dict[str, type] = {"allow": list, "http": bool}
    for name, value in told.items():
        wanted = kinds.get(name, str)
        if not isinstance(value, wanted):
            raise ImproperlyConfigured(f"yiwang.toml [webhooks]: {name} is no {wanted.__name__}")
    return Outside(**{**told, "allow": tuple(map(str, told.get("allow", ())))})


def find_site() -> str:
    """The address of this platform for links, without the slash at its end; empty without one. 站点地址。"""
    return str(get_outside().site or settings.YIWANG_MAIL.get("site", "")).rstrip("/")


def read_address(address: str) -> Target:
    """An address taken apart; InvalidInput where nothing may be sent to it. 解析地址。"""
    try:
        parts = urlsplit(address)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise _wrong() from None
    if len(address) > LONGEST or not PLAIN.fullmatch(address) or not host or parts.fragment:
        raise _wrong()
    if "@" in parts.netloc:
        raise InvalidInput("notify.webhook.user", "An address holds neither user name nor password")
    if parts.scheme != "https" and not (parts.scheme == "http" and get_outside().http):
        raise InvalidInput(
            "notify.webhook.insecure",
            "An address begins with https://. An operator allows http:// under [webhooks] in "
            "yiwang.toml",
        )
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, port or (443 if secure else 80), path)


def _wrong() -> InvalidInput:
    return InvalidInput(
        "notify.webhook.address", "Write a whole address such as https://hooks.example.gov.cn/cases"
    )
