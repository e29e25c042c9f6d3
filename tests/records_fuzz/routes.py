"""Every address of records, found in the resolver, with every place in it filled.

A place that nobody knows how to fill is an error: a new route is walked, or named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from itertools import product
from typing import TYPE_CHECKING

from django.urls import URLPattern, URLResolver, get_resolver

from yiwang.kernel.records.types import Entity

from .asking import Ask
from .planning import Row
from .spelling import Query, as_text, ask_lists, ask_rows, guesses, narrowing, risky
from .world import DRAFT

if TYPE_CHECKING:
    from .hunting import Hunt

PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
OURS = ("records/", "api/v1/records/")
ROW_PLACES = ("record_id", "id")
FIELD_PLACES = ("key", "place", "field")
LINK = re.compile(r'(?:href|hx-get|action|src)="([^"#]+)')


class UnknownPlace(LookupError):
    """A place in an address that the fuzzer cannot fill."""


def list_all_routes() -> set[str]:
    """Every route there is."""
    return set(_walk(get_resolver()))


def list_routes() -> list[str]:
    """Every route of records, pages and operations."""
    return sorted({route for route in list_all_routes() if route.startswith(OURS)})


def list_other_pages() -> list[str]:
    """Pages of other modules that have no places: lists, inboxes, ledgers, notices."""
    return sorted(
        route
        for route in list_all_routes()
        if not route.startswith((*OURS, "api/v1/", "^", "static"))
        and not PLACE.search(route)
        and not route.startswith("sign-out")
    )


def _walk(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _walk(pattern, route)


def fill(route: str, hunt: Hunt) -> Iterator[str]:
    """The addresses of a route: rows stand below their entities, fields below theirs."""
    places, shared = PLACE.findall(route), shared_values(hunt)
    if "code" not in places:
        yield from _put(route, [values_of(place, shared, route) for place in places])
        return
    rows = chosen_rows(hunt)
    for code, entity in hunt.model.entities.items():
        known = shared | {"code": [code]}
        known |= _below(hunt, entity, [row for row in rows if row.entity == code], places)
        yield from _put(route, [values_of(place, known, route) for place in places])
    strange = {place: ["x"] for place in (*ROW_PLACES, *FIELD_PLACES)} | {"code": ["nosuch"]}
    yield from _put(route, [values_of(place, shared | strange, route)[:1] for place in places])


def _below(
    hunt: Hunt, entity: Entity, rows: Sequence[Row], places: Sequence[str]
) -> dict[str, Sequence[str]]:
    """What stands below an entity; where rows and fields meet, the fields that hide something."""
    labels = [f"⟦{row.label}⟧" for row in rows]
    keys = list(entity.fields)
    if set(places) & set(ROW_PLACES) and set(places) & set(FIELD_PLACES):
        labels, keys = labels[:3], [*risky(hunt.model, hunt.actor, entity)[:4], keys[0]]
    if "file_id" in places:
        return _files_below(entity, rows, keys)
    return dict.fromkeys(ROW_PLACES, labels) | dict.fromkeys(FIELD_PLACES, keys)


def _files_below(
    entity: Entity, rows: Sequence[Row], keys: Sequence[str]
) -> dict[str, Sequence[str]]:
    """Files of rows, asked for below their own field, a field beside it, and other rows."""
    own = [key for key, one in entity.fields.items() if one.kind == "files"]
    rows = [row for row in rows if any(row.values.get(key) for key in own)][: 4 if own else 1]
    files = [f"⟦{row.label}.{key}⟧" for row in rows for key in own]
    return (
        dict.fromkeys(ROW_PLACES, [f"⟦{row.label}⟧" for row in rows] or ["x"])
        | {key: [*own, keys[0]] for key in FIELD_PLACES}
        | {"file_id": files or ["x"]}
    )


def values_of(place: str, values: Mapping[str, Sequence[str]], route: str) -> Sequence[str]:
    """What may stand in a place."""
    if place not in values:
        raise UnknownPlace(f"{route}: say in records_fuzz/routes.py what stands in <{place}>")
    return values[place]


def _put(route: str, choices: Sequence[Sequence[str]]) -> Iterator[str]:
    for chosen in product(*choices):
        found = iter(chosen)
        yield "/" + PLACE.sub(lambda _, found=found: next(found), route)


def shared_values(hunt: Hunt) -> dict[str, Sequence[str]]:
    """What stands in places that belong to no entity."""
    keys = [key for one in hunt.model.entities.values() for key in one.fields]
    return {
        "app": [*(bundle.app for bundle in hunt.city.bundles), "nosuch"],
        "version": ["1", "2"],
        "number": ["0", "1", "2"],
        "draft": [f"⟦{DRAFT}⟧", "x"],
        "field": keys[:3],
        "file_id": ["x"],
        "dashboard": [*(code for one in hunt.city.bundles for code in one.dashboards), "nosuch"],
        "ending": ["xlsx", "docx"],
        "at": ["0", "1", "2", "3"],
        # What a number counts: everything, the group without a value, two of them, no such thing.
        "told": ["WzBd", "WzAsbnVsbF0", "WzAsbnVsbCxudWxsXQ", "x"],
    }


def chosen_rows(hunt: Hunt) -> list[Row]:
    """One row of each way in which the reader sees rows of an entity; one removed, one unseen."""
    found: dict[object, Row] = {}
    for row in hunt.city.planned:
        sight = hunt.model.sight(hunt.actor, row)
        if not hunt.model.sees_entity(hunt.actor, row.entity) and row.is_removed:
            continue
        found.setdefault((row.entity, row.is_removed, sight), row)
    return list(found.values())


def ask_operations(hunt: Hunt, *, thorough: bool = False) -> Iterator[Ask]:
    """All that the API answers."""
    yield Ask("/api/v1/records/", kind="entities")
    for entity in hunt.model.entities.values():
        yield from ask_lists(hunt.model, hunt.actor, entity, hunt.city.planned, thorough=thorough)
        yield from ask_rows(entity, hunt.city.planned)


def ask_pages(hunt: Hunt) -> Iterator[Ask]:
    """All that pages answer."""
    yield from ask_routes(hunt)
    yield from ask_views(hunt)
    yield from ask_files(hunt)
    yield from ask_offers(hunt)


def ask_routes(hunt: Hunt) -> Iterator[Ask]:
    """Every route, filled."""
    for route in list_routes():
        for address in fill(route, hunt):
            yield Ask(address, kind=f"route {route}")


def ask_views(hunt: Hunt) -> Iterator[Ask]:
    """Every view of every entity, and every question that can be put to it in its address."""
    for bundle in hunt.city.bundles:
        for entity in bundle.entities.values():
            views = [one.code for one in bundle.views.values() if one.entity == entity.code]
            sees = hunt.model.sees_entity(hunt.actor, entity.code)
            for view in ["all", "", *views] if sees else ["all", *views[:1]]:
                yield from _ask_view(hunt, entity, view, full=sees)


def _ask_view(hunt: Hunt, entity: Entity, view: str, *, full: bool) -> Iterator[Ask]:
    path = f"/records/{entity.code}/"
    rows = [row for row in hunt.city.planned if row.entity == entity.code]
    base: Query = (("view", view),) if view else ()
    yield Ask(path, base, kind=f"view {view}")
    if not full:
        return
    for extra in _spans(entity, rows):
        yield Ask(path, (*base, *extra), kind=f"view {view}")
    hidden = risky(hunt.model, hunt.actor, entity)
    # Pages hand filters to what the API asks of: there every field is asked in every spelling.
    for key in hidden[:3] if view == "all" else ():
        values = guesses(entity.fields[key], rows)
        for query in narrowing(key, values[:1], ("", "gte", "name")):
            yield Ask(path, (*base, *query), kind=f"page filter {key}")
        for name in ("order", "q", "search"):
            value = key if name == "order" else values[0]
            yield Ask(path, (*base, (name, value)), kind=f"page {name} {key}")
        yield Ask(path, (*base, ("filter", f"{key} = '{values[0]}'")), kind=f"page text {key}")


def _spans(entity: Entity, rows: Sequence[Row]) -> Iterator[Query]:
    """Months and stretches in which something may lie."""
    for key, field in entity.fields.items():
        if field.kind in ("date", "datetime"):
            days = sorted({as_text(row.values[key])[:7] for row in rows if row.values.get(key)})
            for month in days[len(days) // 2 :][:1]:
                yield (("month", month),)
                yield (("from", f"{month}-01"), ("scale", "months"))


def ask_offers(hunt: Hunt) -> Iterator[Ask]:
    """Records that forms offer to link to, by words that stand in rows out of sight."""
    for code, entity in hunt.model.entities.items():
        for key, field in entity.fields.items():
            target = hunt.model.entities.get(field.to)
            if field.kind != "link" or target is None:
                continue
            rows = [row for row in hunt.city.planned if row.entity == field.to]
            for row in rows[:6]:
                words = as_text(row.values.get(target.titled_by) or "x")
                for text in (words, words[:2], f"⟦{row.label}⟧"):
                    yield Ask(f"/records/{code}/offers/{key}/", (("name", key), (f"{key}-q", text)),
                              kind="offers")  # fmt: skip


def ask_files(hunt: Hunt) -> Iterator[Ask]:
    """Files that pages hand out: exports in each format."""
    seen = [
        one for one in hunt.model.entities.values() if hunt.model.sees_entity(hunt.actor, one.code)
    ]
    for entity in seen:
        for ending in ("csv", "xlsx", "parquet"):
            form = {"ending": ending, "format": ending, "purpose": "to be tested"}
            path = f"/records/{entity.code}/export/"
            yield Ask(path, method="POST", form=form, kind=f"file {ending}")
            yield Ask(path, (("view", "all"), ("order", next(iter(entity.fields)))), method="POST",
                      form=form, kind=f"file {ending}")  # fmt: skip


def ask_some(hunt: Hunt) -> Iterator[Ask]:
    """A small part of all there is to ask, with every kind of question in it."""
    for entity in hunt.model.entities.values():
        if not hunt.model.sees_entity(hunt.actor, entity.code):
            continue
        base = f"/api/v1/records/{entity.code}"
        yield Ask(f"{base}/", kind="list")
        yield Ask(f"{base}/schema", kind="schema")
        yield Ask(f"{base}/export", (("purpose", "to test"),), kind="export")
        for key in risky(hunt.model, hunt.actor, entity):
            value = guesses(
                entity.fields[key], [r for r in hunt.city.planned if r.entity == entity.code]
            )[0]
            yield Ask(f"{base}/count", ((key, value),), kind="filter")
            yield Ask(f"{base}/", (("order", key),), kind="order")
            yield Ask(f"{base}/count", (("search", value),), kind="search")
        yield from ask_rows(
            entity, [row for row in hunt.city.planned if row.entity == entity.code][:6]
        )
        yield Ask(f"/records/{entity.code}/", (("view", "all"),), kind="view")
    yield from (ask for ask in ask_views(hunt) if ask.kind.startswith("view"))


def ask_dashboards(hunt: Hunt) -> Iterator[Ask]:
    """Every dashboard, as a page and as files."""
    for code in (code for bundle in hunt.city.bundles for code in bundle.dashboards):
        yield Ask(f"/records/dashboards/{code}/", kind="dashboard")
        for ending in ("xlsx", "docx"):
            yield Ask(f"/records/dashboards/{code}/file/{ending}/", kind="dashboard file")


def ask_others(hunt: Hunt) -> Iterator[Ask]:
    """Pages of other modules, where a word about records might stand."""
    for route in list_other_pages():
        yield Ask(f"/{route}", kind=f"other {route}")


def links_in(text: str) -> Iterator[str]:
    """Addresses of records that a page leads to."""
    for found in LINK.findall(text):
        address = unescape(found)
        if address.startswith(("/records/", "/api/v1/records/")):
            yield address
