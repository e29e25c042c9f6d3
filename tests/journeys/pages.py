"""Every page of the node, found in its routes: nobody keeps a list that grows old."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from yiwang.kernel.base.permissions import PERMISSIONS
from yiwang.kernel.ui.access import Access


@dataclass(frozen=True)
class PlainPage:
    """An address without places to fill, and a role that may open it ("" is nobody)."""

    path: str
    role: str


def list_plain_pages() -> list[PlainPage]:
    """Every such address that declares who may."""
    found = []
    for path, pattern in walk(get_resolver().url_patterns):
        access = getattr(pattern.callback, "access", None)
        if isinstance(access, Access) and is_plain_page(path):
            found.append(PlainPage(path, role_for(access)))
    return found


def is_plain_page(path: str) -> bool:
    """Whether an address needs nothing filled in and answers a page, not a file."""
    return "<" not in path and not path.startswith("/api/") and "/export/" not in path


def role_for(access: Access) -> str:
    if access.public:
        return ""
    if not access.permission:
        return "steward"
    roles = PERMISSIONS.get(access.permission).roles
    return next((role for role in ("steward", "engineer") if role in roles), next(iter(roles)))


def walk(
    patterns: list[URLPattern | URLResolver], prefix: str = "/"
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, path)
        else:
            yield path, pattern
