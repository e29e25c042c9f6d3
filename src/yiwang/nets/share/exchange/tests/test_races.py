"""Many at once: no quota is used twice, nothing is asked or granted twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection

from yiwang.kernel.base.errors import Conflict, TooMany, YiwangError
from yiwang.kernel.workflow.models import Task
from yiwang.nets.share.exchange import services
from yiwang.nets.share.exchange.models import DeliveryOut, Grant, Miss, Request
from yiwang.nets.share.exchange.services import asking, checking, delivering

from .town import make_town

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
CLIENTS, QUOTA, ROWS = 8, 10, 3


@pytest.fixture
def town(transactional_db):
    return make_town()


def all_at_once(count: int, work: Callable[[int], Any], clients: int = CLIENTS) -> list[Any]:
    """Each in a connection of its own, the first ones behind one barrier; errors are answers."""
    barrier = threading.Barrier(clients)
    waiting = threading.local()

    def one(at: int) -> Any:
        try:
            if not getattr(waiting, "over", False):
                waiting.over = True
                barrier.wait(30)
            while True:
                try:
                    return work(at)
                except OperationalError as error:
                    # SQLite lets one of many who wait for its lock starve: that client comes again.
                    if "locked" not in str(error):
                        raise
                    connection.close()
        except YiwangError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(one, range(count)))


def handed_out() -> int:
    return sum(DeliveryOut.objects.values_list("rows", flat=True))


def take_rows(town) -> list[Any]:
    grant, reader = town.grant(volume=QUOTA), town.people["reader"]
    met = threading.Barrier(CLIENTS)
    plain = delivering.hand_out

    def reserve(*args: Any, **named: Any) -> DeliveryOut:
        met.wait(30)  # All have read what is left before any writes what it takes.
        return plain(*args, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivering, "hand_out", reserve)
        return all_at_once(CLIENTS, lambda _: services.look_granted(reader, grant.id))


def test_a_quota_is_not_used_twice(town):
    answers = take_rows(town)

    assert handed_out() == QUOTA // ROWS * ROWS
    refused = [one for one in answers if isinstance(one, TooMany)]
    assert len(refused) == CLIENTS - QUOTA // ROWS


def test_without_the_guard_it_would_be(town, monkeypatch):
    monkeypatch.setattr(delivering, "_hold", lambda _actor, plan, _ask: plan.left)

    take_rows(town)

    assert handed_out() > QUOTA


def ask_at_once(town) -> list[Any]:
    met = threading.Barrier(CLIENTS)
    plain = asking.is_automatic

    def judge(*args: Any) -> bool:
        met.wait(30)  # All have been looked at before any is written.
        return plain(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "is_automatic", judge)
        return all_at_once(CLIENTS, lambda _: town.ask())


def test_the_same_asked_at_once_is_one_request(town):
    answers = ask_at_once(town)

    assert Request.objects.count() == 1
    assert sum(isinstance(one, Conflict) for one in answers) == CLIENTS - 1


@pytest.mark.parametrize(
    ("count", "clients"), [(24, 8), pytest.param(1000, 64, marks=pytest.mark.deep)]
)
def test_of_many_approvals_of_one_request_one_makes_the_grant(town, count, clients):
    request = town.ask()
    town.decide("owner", request, "agree")
    task = Task.objects.get(status="open").pk

    def approve(_: int) -> Any:
        from yiwang.kernel.workflow.services import act_on_task

        return act_on_task(town.people["bureau"], task, "grant")

    answers = all_at_once(count, approve, clients)

    assert Grant.objects.count() == 1
    assert sum(isinstance(one, YiwangError) for one in answers) == count - 1


def test_tries_of_a_day_are_not_more_for_who_asks_at_once(town, settings):
    settings.YIWANG_MISSES = 5
    grant = town.grant(method="check", columns=("姓名", "身份证号"))
    met = threading.Barrier(CLIENTS)
    plain = checking.list_check_keys
    over: set[int] = set()

    def meet(*args: Any) -> tuple[str, ...]:
        if threading.get_ident() not in over:
            over.add(threading.get_ident())
            met.wait(30)  # All have a plan before any holds the grant.
        return plain(*args)

    def guess(at: int) -> Any:
        stated = {"身份证号": f"99010319850302{at:04d}", "姓名": "某"}
        return services.check_records(town.people["reader"], grant.id, [stated])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "list_check_keys", meet)
        answers = all_at_once(CLIENTS, guess)

    assert sum(Miss.objects.values_list("count", flat=True)) == 5
    assert sum(isinstance(one, TooMany) for one in answers) == CLIENTS - 5
