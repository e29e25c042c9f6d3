"""The shipped apps tell and take no more than their grants: lists, views, dashboards, forms, imports."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from yiwang.kernel.apps import services as apps
from yiwang.kernel.apps.services.reading import records_of

from .asking import Ask
from .conftest import City, settled
from .hunting import Hunt, say
from .routes import ask_dashboards, ask_some
from .watching import hunt_writes
from .writes import ask_forms, ask_sheets

pytestmark = pytest.mark.django_db
WHO = [pytest.param("steward", marks=pytest.mark.deep), "low-viewer"]
QUICK = ("hotline", "supervise")  # one with records, one with cases
SHIPPED = [one if one in QUICK else pytest.param(one, marks=pytest.mark.deep)
           for one in sorted(apps.list_shipped())]  # fmt: skip


@pytest.fixture(scope="module", params=SHIPPED)
def town(request, django_db_setup, django_db_blocker) -> Iterator[City]:
    """A city with one app of those that come with the platform, its cases and all."""
    files = apps.read_shipped(request.param)
    with django_db_blocker.unblock(), transaction.atomic():
        yield settled(records_of(files), lambda actor, marked: apps.install_app(
            actor, {**files, **marked}, untested=True, reason="to be tested"
        ))  # fmt: skip
        transaction.set_rollback(True)


def ask_everywhere(hunt: Hunt) -> Iterator[Ask]:
    """A part of each kind of question."""
    yield from ask_some(hunt)
    yield from ask_dashboards(hunt)
    yield from ask_forms(hunt)
    yield from ask_sheets(hunt)


@pytest.mark.parametrize("who", WHO)
def test_a_shipped_app_tells_and_takes_no_more_than_its_grants(town, clients, who):
    hunt = Hunt(town, who, clients)

    leaks, watcher = hunt_writes(hunt, ask_everywhere)

    assert not watcher.wrong, "\n".join(watcher.wrong[:10])
    assert not leaks, say(leaks)
