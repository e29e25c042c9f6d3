"""Nobody learns what their grants do not give them, whatever they ask."""

from __future__ import annotations

import pytest

from .hunting import Hunt, say
from .people import BUSINESS, OUTSIDERS
from .routes import ask_operations, ask_others, ask_pages

pytestmark = pytest.mark.django_db
QUICK = ["steward", "low-viewer", "nobody"]
BRIEF = [*QUICK, "director", "anonymous"]  # asked less of than the others
DEEP = [
    pytest.param(who, marks=pytest.mark.deep) for who in (*BUSINESS, *OUTSIDERS) if who not in QUICK
]
WHO = [*QUICK, *DEEP]


@pytest.mark.parametrize("who", WHO)
def test_no_operation_tells_more_than_the_grants(village, clients, who):
    hunt = Hunt(village, who, clients)

    leaks = hunt.run(lambda: ask_operations(hunt, thorough=who not in BRIEF))

    assert not leaks, say(leaks)


@pytest.mark.parametrize("who", WHO)
def test_no_page_tells_more_than_the_grants(village, clients, who):
    hunt = Hunt(village, who, clients)

    leaks = hunt.run(lambda: ask_pages(hunt))

    assert not leaks, say(leaks)


@pytest.mark.parametrize("who", ["engineer", "auditor", "viewer"])
def test_no_other_page_tells_of_records(village, clients, who):
    hunt = Hunt(village, who, clients)

    leaks = hunt.look(lambda: ask_others(hunt))

    assert not leaks, say(leaks)
