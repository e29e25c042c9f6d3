"""What a reader may see is there: the rows, the fields, the stars and the verbs of their grants.

Without this the hunt could find nothing because nothing is shown.
"""

from __future__ import annotations

import pytest

from .asking import Ask, Asker
from .hunting import Hunt
from .people import BUSINESS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", BUSINESS)
def test_a_reader_sees_exactly_what_the_grants_give(village, clients, who):
    hunt = Hunt(village, who, clients)
    seen = unseen = 0

    with hunt.standing(village.planned):
        asker = Asker(hunt.client, village.ids, hunt.people)
        for code in hunt.model.entities:
            told = told_of(hunt, code)
            found = list_all(asker, code)
            assert found == told, code
            seen += len(told)
            unseen += sum(row.entity == code for row in village.planned) - len(told)
            exported = {label for label, (_, _, verbs) in told.items() if "export" in verbs}
            assert list_exported(asker, code) == exported, code

    assert seen > 5
    assert unseen > 5 or who == "engineer"


def told_of(hunt, code):
    """By label: fields, masked ones, verbs, as the model says."""
    found = {}
    for row in hunt.city.planned:
        sight = hunt.model.sight(hunt.actor, row)
        if row.entity == code and sight is not None and not row.is_removed:
            found[row.label] = (sight.fields, sight.fields - sight.clear, sight.verbs)
    return found


def list_all(asker, code):
    """By label: fields, masked ones, verbs, as the operations say."""
    answer = asker.ask(Ask(f"/api/v1/records/{code}/", (("limit", "500"),)))
    if answer.status == 404:
        return {}
    return {
        asker.label_of(one["_id"]): (
            frozenset(key for key in one if not key.startswith("_")),
            frozenset(one["_masked"]),
            frozenset(one["_verbs"]),
        )
        for one in answer.json()["records"]
    }


def list_exported(asker, code):
    answer = asker.ask(Ask(f"/api/v1/records/{code}/export", (("purpose", "to test"),)))
    lines = answer.lines() if answer.status == 200 else []
    return {asker.label_of(one["_id"]) for one in lines}
