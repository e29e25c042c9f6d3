"""A published village, once for all tests of this folder, and gone afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client

from yiwang.kernel.base.act import Actor
from yiwang.kernel.records import services
from yiwang.kernel.records.types import Bundle
from yiwang.kernel.workflow import services as workflow

from .bundles import VILLAGE, Files, mark_labels
from .people import BUSINESS, settle
from .planning import Row, plan_rows
from .pleas import TYPES
from .world import DRAFT, name_files, number_labels


@dataclass
class City:
    """Apps that were published, the people, and the rows that are to be."""

    bundles: list[Bundle]
    actors: dict[str, Actor]
    planned: list[Row]
    ids: dict[str, str]


def settled(files: Files, publish: Callable[[Actor, Files], object]) -> City:
    """People, an app whose labels are canaries, and the rows that are to be."""
    actors = settle()
    publish(actors["engineer"], mark_labels(files))
    bundles = list(services.at_desk(actors["engineer"]).snapshot.bundles.values())
    planned = plan_rows(bundles, [actors[name].id for name in BUSINESS])
    labels = [DRAFT, *(row.label for row in planned), *name_files(planned)]
    return City(bundles, actors, planned, number_labels(labels))


@pytest.fixture(scope="module")
def village(django_db_setup, django_db_blocker) -> Iterator[City]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield settled(VILLAGE, services.publish_bundle)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def court(village: City, django_db_blocker) -> Iterator[City]:
    """The village with types of cases that keep its records."""
    with django_db_blocker.unblock():
        for text in TYPES:
            workflow.publish_case_type(village.actors["engineer"], text)
        yield village


@pytest.fixture
def clients(client_of: Callable[[Actor], Client]) -> Callable[[Actor], Client]:
    """A browser that keeps going when the node answers 500."""

    def of(actor: Actor) -> Client:
        client = client_of(actor)
        client.raise_request_exception = False
        return client

    return of
