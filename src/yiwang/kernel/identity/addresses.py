"""Where a request comes from. 客户端地址。

Anybody can write `X-Forwarded-For`. It is believed only from the proxies that the operator names,
read from the right: each proxy adds whom it heard, so the first that is no proxy is the client.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def client_address(request: HttpRequest) -> str:
    """The client's address; "" where only this machine or a proxy is known. 客户端地址。"""
    heard = _parse(request.META.get("REMOTE_ADDR", ""))
    chain = request.headers.get("X-Forwarded-For", "").split(",")
    while heard is not None and _is_proxy(heard) and chain:
        heard = _parse(chain.pop())
    if heard is None or heard.is_loopback or _is_proxy(heard):
        return ""
    return str(heard)


def _parse(text: str) -> Address | None:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_proxy(address: Address) -> bool:
    try:
        networks = [ip_network(one, strict=False) for one in settings.YIWANG_PROXIES]
    except ValueError as error:
        raise ImproperlyConfigured(f"yiwang.toml proxies: {error}") from error
    return any(address in network for network in networks)
