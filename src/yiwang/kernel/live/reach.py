"""How far this node may reach: which hosts, which folders. 可达范围。

Whoever may enter a source or an address for messages makes this node open connections, so an
operator says where to. A name
is resolved once and the connection goes to the address that was looked at, so that a name which
changes its mind leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from yiwang.kernel.base.errors import InvalidInput, Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def resolve_host(host: str, port: int) -> str:
    """The address to connect to. 解析并校验主机。

    `YIWANG_SOURCE_HOSTS` lists host names, addresses and networks that may be read from. Where it
    is empty, all may but this machine itself and addresses that lead to no ordinary host
    (link-local, multicast, unspecified).
    """
    addresses = _look_up(host, port)
    for address in addresses:
        if not _may_reach(host, address):
            raise InvalidInput(
                "live.host.not_allowed",
                "This node may not connect to %(host)s. An operator allows it with source_hosts in "
                "yiwang.toml",
                host=host[:200],
            )
    return str(addresses[0])


def resolve_public(host: str, port: int, allowed: Sequence[str] = ()) -> str:
    """The address to connect to, where it is one of the open internet or listed. 解析公网主机。

    No name that leads also to this machine, to a private network or to no ordinary host is
    followed, unless `allowed` lists the name, the address or its network.
    """
    addresses = _look_up(host, port)
    for address in addresses:
        listed = any(_fits(entry, host, _plain(address)) for entry in allowed)
        if not listed and not _is_public(address):
            raise InvalidInput(
                "live.host.not_public",
                "%(host)s lies within a private network or on this machine. An operator allows it "
                "with allow under [webhooks] in yiwang.toml",
                host=host[:200],
            )
    return str(addresses[0])


def _look_up(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(
            "live.host.unknown", "The name %(host)s leads to no machine", host=host[:200]
        ) from error
    return [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]


def _plain(address: Address) -> Address:
    return getattr(address, "ipv4_mapped", None) or address


def _is_public(address: Address) -> bool:
    """Also what an IPv6 address carries inside: a gateway would lead there."""
    plain = _plain(address)
    inner = [getattr(plain, "sixtofour", None), *(getattr(plain, "teredo", None) or ())]
    if plain.version == 6 and plain in NAT64:
        inner.append(ipaddress.IPv4Address(int(plain) & 0xFFFFFFFF))
    seen = [plain, *(one for one in inner if one is not None)]
    return all(one.is_global and not one.is_multicast for one in seen)


def _may_reach(host: str, address: Address) -> bool:
    allowed: list[str] = settings.YIWANG_SOURCE_HOSTS
    plain = _plain(address)
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
