"""No address is forgotten: each is walked, each that writes is written to, or it is said why not."""

from __future__ import annotations

import pytest
from django.urls import resolve

from .asking import Asker
from .case_asks import LEFT, list_case_routes
from .hunting import Hunt
from .routes import ask_routes, fill, list_all_routes, list_other_pages, list_routes
from .writes import ask_writes

pytestmark = pytest.mark.django_db
NEAR = ("cases/", "apps/", "dashboards/")
APPS = "of the declarations, not of records; for engineers only"
EXCUSED = {
    "apps/<slug:app>/": APPS,
    "apps/<slug:app>/back/": APPS,
    "apps/<slug:app>/export/": APPS,
    "apps/<slug:app>/file/": APPS,
    "apps/<slug:app>/sample/": APPS,
    "apps/<slug:app>/sample/remove/": APPS,
    "apps/<slug:app>/uninstall/": APPS,
}
UNWRITTEN = {
    "records/<str:code>/export/": "hands out a file and writes nothing: asked with the pages",
}
WRITING = {"POST", "PUT", "PATCH", "DELETE"}


def test_every_route_near_records_is_walked_or_excused():
    walked = {*list_routes(), *list_other_pages(), *list_case_routes(), *LEFT}
    near = {route for route in list_all_routes() if route.startswith(NEAR)}

    assert near - walked == EXCUSED.keys()
    assert LEFT.keys() <= near


def test_every_route_that_writes_is_written_to(village, clients):
    hunt = Hunt(village, "steward", clients)
    writes = [*ask_writes(hunt)]

    with hunt.standing(village.planned):
        asker = Asker(hunt.client, village.ids, hunt.people)
        written = {_route(asker.address_of(ask.address)) for ask in writes}
        taking = {
            route
            for route in list_routes()
            for address in list(fill(route, hunt))[:1]
            if _allowed(asker, address) & WRITING
        }

    assert taking - written == UNWRITTEN.keys()


def test_every_route_of_records_is_asked(village, clients):
    hunt = Hunt(village, "engineer", clients)

    asked = {_route(ask.path.replace("⟦", "").replace("⟧", "")) for ask in ask_routes(hunt)}

    assert asked == set(list_routes())


def _route(address: str) -> str:
    return resolve(address.partition("?")[0]).route


def _allowed(asker: Asker, address: str) -> set[str]:
    """The methods of an address: what it says to one that it does not know."""
    response = asker.client.generic("PROPFIND", asker.address_of(address))
    return set(response.headers.get("Allow", "").split(", "))
