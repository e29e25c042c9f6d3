"""Nobody learns from a case what its type does not give them, wherever the case shows."""

from __future__ import annotations

import re

import pytest
from django.urls import resolve

from .asking import LABEL
from .canaries import tokens_of
from .case_asks import (
    ask_others,
    ask_reads,
    ask_records,
    ask_searches,
    ask_unmasking,
    ask_verbs,
    list_case_routes,
)
from .case_hunting import CaseHunt, standing
from .hunting import say
from .model import Model
from .people import BUSINESS, OUTSIDERS
from .pleas import plan_pleas

pytestmark = pytest.mark.django_db
WRITES = re.compile(r"/(do|watch|unmask|chosen|remind)/|/start/<")
QUICK = ["low-steward", "nobody"]
BRIEF = [*QUICK, "director", "viewer"]  # asked less of than the others
WHO = [*QUICK, *(pytest.param(who, marks=pytest.mark.deep)
                 for who in (*BUSINESS, *OUTSIDERS) if who not in QUICK)]  # fmt: skip


def hunt_of(court, who, clients) -> CaseHunt:
    return CaseHunt(court.actors, Model.of(court.bundles), who, clients)


def ask_everything(ids, *, thorough=False):
    yield from ask_reads(ids)
    yield from ask_searches(thorough=thorough)
    yield from ask_records()
    yield from ask_verbs(ids, thorough=thorough)
    yield from ask_others(ids)
    yield from ask_unmasking(ids, thorough=thorough)


@pytest.mark.parametrize("who", WHO)
def test_no_case_tells_more_than_its_type_gives(court, clients, who):
    hunt = hunt_of(court, who, clients)

    leaks = hunt.run(lambda ids: ask_everything(ids, thorough=who not in BRIEF))

    assert not leaks, say(leaks)


def test_every_route_of_cases_is_asked_and_those_that_write_are_written_to(court):
    with standing(court.actors, 0) as ids:
        places = {label: one for label, one in ids.items() if label != "kept#0"}
        asks = [*ask_everything(places)]
        routes = [(ask.writes, route_of(ask, ids)) for ask in asks]

    read, written = (
        {route for writes, route in routes if writes is told} for told in (False, True)
    )
    assert set(list_case_routes()) <= read | written
    assert written >= {one for one in list_case_routes() if WRITES.search(one)}


def route_of(ask, ids):
    return resolve(LABEL.sub(lambda found: ids[found[1]], ask.path)).route


@pytest.mark.parametrize("who", BUSINESS)
def test_a_reader_sees_of_a_case_what_its_type_gives(court, clients, who):
    """Without this the hunt could find nothing because nothing is shown."""
    hunt = hunt_of(court, who, clients)

    found = hunt.walk(0, ask_reads)
    told = {ask.path: answer for ask, (answer, _) in found.items()}
    for plea in plan_pleas(0):
        page = told[f"/cases/⟦{plea.label}⟧/"]
        assert (page.status == 200) is plea.reads(who), plea.label
        for part, value in plea.clear(who).items():
            if not value:
                continue
            place = f"files/⟦{plea.label}.{part}⟧/" if part in ("scan", "beside") else ""
            assert tokens_of(value) <= told[f"/cases/⟦{plea.label}⟧/{place}"].tokens, part
