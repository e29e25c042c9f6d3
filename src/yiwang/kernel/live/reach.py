"""How far a live source may reach: which hosts, which folders. 可达范围。

Whoever may enter a source makes this node open connections, so an operator says where to. A name
is resolved once and the connection goes to the address that was looked at, so that a name which
changes its mind leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path

from django.conf import settings

from yiwang.kernel.base.errors import InvalidInput, Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def resolve_host(host: str, port: int) -> str:
    """The address to connect to. 解析并校验主机。

    `YIWANG_SOURCE_HOSTS` lists host names, addresses and networks that may be read from. Where it
    is empty, all may but this machine itself and addresses that lead to no ordinary host
    (link-local, multicast, unspecified).
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(
            "live.host.unknown", "The name %(host)s leads to no machine", host=host[:200]
        ) from error
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    for address in addresses:
        if not _may_reach(host, address):
            raise InvalidInput(
                "live.host.not_allowed",
                "This node may not connect to %(host)s. An operator allows it with source_hosts in "
                "yiwang.toml",
                host=host[:200],
            )
    return str(addresses[0])


def _may_reach(host: str, address: Address) -> bool:
    allowed: list[str] = settings.YIWANG_SOURCE_HOSTS
    plain = getattr(address, "ipv4_mapped", None) or address
    if allowed:
        return any(_fits(entry, host, plain) for entry in allowed)
    return not (
        plain.is_loopback or plain.is_link_local or plain.is_multicast or plain.is_unspecified
    )


def _fits(entry: str, host: str, address: Address) -> bool:
    if entry.lower() == host.lower():
        return True
    try:
        return address in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False


def resolve_path(text: str) -> Path:
    """A folder or file of this machine below one of the allowed folders. 校验本机路径。

    `YIWANG_SOURCE_FOLDERS` lists them, the node's own inbox first. Links are followed before the
    place is looked at.
    """
    path = Path(text)
    found = path.resolve()
    roots = [Path(root).resolve() for root in settings.YIWANG_SOURCE_FOLDERS]
    if not path.is_absolute() or not any(found.is_relative_to(root) for root in roots):
        raise InvalidInput(
            "live.path.not_allowed",
            "This node may not read %(path)s. An operator allows folders with source_folders in "
            "yiwang.toml",
            path=text[:300],
        )
    return found
