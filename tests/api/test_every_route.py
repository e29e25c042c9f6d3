"""Every address, asked by everyone, with real, made-up and hostile names and values.

Nothing answers 500, nothing shows the inside of the house, and who is not let in sees no data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from urllib.parse import urlencode

import pytest

from tests.architecture.test_routes import list_pages
from yiwang.kernel.identity.types import ROLES
from yiwang.kernel.ui.access import Access
from yiwang.site.urls import api

from .conftest import SECRET, World

PLACE = re.compile(r"<(?:(\w+):)?(\w+)>|\{(?:(\w+):)?(\w+)\}")
HOSTILE = [
    "'\"><script>alert(1)</script>",
    "' OR 1=1 --",
    "%00\0",
    "\uff19" * 50,
    "-1",
    "name = 'x",
    "a" * 9000,
]
QUERIES = ["filter", "q", "after", "page", "order", "limit", "version", "text", "next", "owner", "stage",
           "kind", "state", "outcome", "name__contains", "sort", "from", "until", "column"]  # fmt: skip
LEAKS = [
    "Traceback (most recent",
    "OperationalError",
    "ProgrammingError",
    "site-packages",
    "/src/yiwang",
]
DEEP = pytest.mark.deep
FEW = ["", "engineer", "auditor"]
MORE = [role for role in ROLES if role not in FEW]
LEAVES = ("sign-out/",)
# Programs ask it by POST as they ask all; it changes nothing.
TOLD_TO_ANYBODY = ("ckan/api/action/status_show", "ckan/api/3/action/status_show")


def addresses(world: World, route: str, most: int = 4) -> Iterator[str]:
    places = list(PLACE.finditer(route))
    choices = [
        ["1", "999999999999"]
        if (place[1] or place[3]) == "int"
        else world.values(place[2] or place[4])
        for place in places
    ]
    for chosen in list(product(*choices))[:most]:
        found = iter(chosen)
        yield "/" + PLACE.sub(lambda _, found=found: next(found), route)


def pages() -> list[tuple[str, Access]]:
    return [
        (address, view.access)
        for address, view in list_pages()
        if not address.startswith(("^", "static")) and address not in LEAVES
    ]


def operations() -> list[tuple[str, str, Access]]:
    return [
        (f"api/v1{path}", method.upper(), api.accesses()[operation["operationId"]])
        for path, methods in strip(api.get_openapi_schema()["paths"]).items()
        for method, operation in methods.items()
    ]


@cache
def query_parameters() -> dict[tuple[str, str], list[tuple[str, bool]]]:
    """Of each operation: the names that it takes in its query, and whether any text will do."""
    return {
        (f"api/v1{path}", method.upper()): [
            (
                found["name"],
                found["schema"].get("type") == "string" and "enum" not in found["schema"],
            )
            for found in operation.get("parameters", [])
            if found["in"] == "query"
        ]
        for path, methods in strip(api.get_openapi_schema()["paths"]).items()
        for method, operation in methods.items()
    }


def hostile_queries(route: str, method: str, value: str) -> list[str]:
    """The value in all texts, so that the operation gets to read it; then in everything else."""
    named = query_parameters()[route, method]
    texts = [name for name, any_text in named if any_text]
    others = [name for name, any_text in named if not any_text]
    return [
        urlencode(dict.fromkeys(names, value)) for names in [texts, *([others] if others else [])]
    ]


def strip(paths: dict) -> dict:
    return {path.removeprefix("/api/v1"): methods for path, methods in paths.items()}


def check(response, what: str) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode("utf-8", "replace")
    assert response.status_code < 500, f"{what}: {response.status_code} {text[:300]}"
    assert not [leak for leak in LEAKS if leak in text], what
    if response.headers.get("Content-Type", "").startswith("text/html"):
        assert "<script>alert(1)" not in text, f"{what}: unescaped"
    return text


@pytest.mark.parametrize("role", [*FEW, *(pytest.param(role, marks=DEEP) for role in MORE)])
def test_no_page_breaks_or_leaks(world, role):
    client = world.client(role)
    seen = 0

    for route, access in pages():
        for address in addresses(world, route):
            response = client.get(address)
            text = check(response, f"{role or 'nobody'} GET {address}")
            seen += response.status_code == 200
            if role in ("", "sysadmin", "secadmin", "auditor") and not access.public:
                assert SECRET not in text, address

    assert seen >= (10 if role else 4), "the pages were hardly seen at all"


@DEEP
@pytest.mark.parametrize("role", ["", "engineer", "steward", "auditor"])
def test_hostile_values_in_addresses_break_nothing(world, role):
    client = world.client(role)

    for route, _ in pages():
        address = next(addresses(world, route))
        for value in HOSTILE:
            response = client.get(address, dict.fromkeys(QUERIES, value))
            check(response, f"{role or 'nobody'} GET {address} {value[:20]!r}")


@DEEP
@pytest.mark.parametrize("role", ["", "secadmin", "engineer", "steward", "viewer"])
def test_hostile_forms_break_nothing(world, role):
    client = world.client(role)

    for route, _ in pages():
        if route.startswith(("sign-in", "me/")):
            continue
        address = next(addresses(world, route))
        for value in ("", *HOSTILE[:3]):
            names = [
                "name",
                "code",
                "key",
                "keys",
                "values",
                "left",
                "right",
                "reason",
                "purpose",
                "kind",
                "owner",
            ]
            check(
                client.post(address, dict.fromkeys(names, value)),
                f"{role} POST {address} {value!r}",
            )


def test_a_changing_page_from_elsewhere_is_refused(world):
    client = world.client("engineer")
    client.handler.enforce_csrf_checks = True

    for route, _ in pages():
        response = client.post(next(addresses(world, route)), {})
        assert route in TOLD_TO_ANYBODY or response.status_code in (302, 401, 403, 404, 405), route


def test_nobody_gets_into_any_operation_that_is_not_public(world):
    client = world.client("")

    for route, method, access in operations():
        if not access.public:
            response = client.generic(method, next(addresses(world, route)))
            assert response.status_code == 401, route


@pytest.mark.parametrize("role", list(ROLES))
def test_operations_let_in_whom_they_say(world, role):
    client, header = world.client(""), {"Authorization": f"Bearer {world.token(role)}"}

    for route, method, access in operations():
        for address in addresses(world, route):
            response = client.generic(
                method, address, "{}", content_type="application/json", headers=header
            )
            check(response, f"{role} {method} {address}")
            if access.permission and not world.actors[role].may(access.permission):
                assert response.status_code == 403, address


@DEEP
@pytest.mark.parametrize("role", ["engineer", "steward"])
def test_hostile_parameters_of_operations_break_nothing(world, role):
    client, header = world.client(""), {"Authorization": f"Bearer {world.token(role)}"}

    for route, method, _ in operations():
        address = next(addresses(world, route))
        for value in HOSTILE:
            body = dict.fromkeys(("name", "reason", "purpose", "items", "key"), value)
            for query in hostile_queries(route, method, value):
                response = client.generic(
                    method,
                    f"{address}?{query}",
                    json.dumps(body),
                    content_type="application/json",
                    headers=header,
                )
                check(response, f"{role} {method} {address} {value[:20]!r}")
                assert "api.query.undeclared" not in response.content.decode(), route
