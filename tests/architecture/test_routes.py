"""Every route says who may: pages with a decorator, operations of the API with a mark."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from ninja import NinjaAPI, Router

from yiwang.kernel.base.permissions import PERMISSIONS
from yiwang.kernel.identity.types import ROLES
from yiwang.kernel.ui.access import Access
from yiwang.kernel.ui.frame import ACCOUNT_MENU
from yiwang.kernel.ui.menu import MENU
from yiwang.kernel.ui.welcome import FIRST_STEPS
from yiwang.site.api.build import access_of
from yiwang.site.urls import api


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield address, pattern.callback
        else:
            yield from walk(pattern, address)


def list_pages() -> list[tuple[str, Any]]:
    return [
        (address, view)
        for address, view in walk(get_resolver())
        if not address.startswith("api/v1/") or address == "^api/v1/"
    ]


def test_every_page_says_who_may() -> None:
    silent = [
        address
        for address, view in list_pages()
        if not isinstance(getattr(view, "access", None), Access)
    ]

    assert silent == []


def test_menus_first_steps_and_tabs_lead_to_pages_that_their_readers_may_open() -> None:
    entries = [
        *((entry.route, entry.permission) for entry in MENU.values()),
        *((step.route, step.permission) for step in FIRST_STEPS.values()),
        *((entry.route, "") for entry in ACCOUNT_MENU.values()),
    ]

    closed = []
    for route, permission in entries:
        access = resolve(reverse(route)).func.access
        asked = access.permission
        readers = PERMISSIONS.get(permission).roles if permission else set(ROLES)
        if asked and not set(readers) <= set(PERMISSIONS.get(asked).roles):
            closed.append(f"{route}: shown to {sorted(readers)}, opened with {asked}")
    assert closed == []
    assert len(entries) > 15


def test_every_operation_says_who_may() -> None:
    for operation in api.operations():
        assert isinstance(access_of(operation), Access)
        assert operation.auth_callbacks[0].access == access_of(operation)


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    named = [
        operation.operation_id or api.get_openapi_operation_id(operation)
        for operation in api.operations()
    ]

    assert len(named) == len(set(named))
    assert [op.view_func.__name__ for op in api.operations() if not op.description] == []


def test_permissions_that_routes_name_are_declared() -> None:
    named = {view.access.permission for _, view in list_pages()}
    named |= {access_of(operation).permission for operation in api.operations()}

    assert sorted(named - {""} - set(PERMISSIONS)) == []


def test_an_operation_that_does_not_say_keeps_the_node_from_starting() -> None:
    router = Router()

    @router.get("/silent")
    def silent(request: Any) -> dict[str, str]:
        return {}

    made = NinjaAPI(urls_namespace="test-silent")
    made.add_router("/", router)
    operation = next(
        operation
        for bound in made._get_bound_routers()
        for view in bound.path_operations.values()
        for operation in view.operations
    )

    with pytest.raises(ImproperlyConfigured, match="silent does not say who may call it"):
        access_of(operation)
