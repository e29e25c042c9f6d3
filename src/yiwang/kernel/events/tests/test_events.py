from datetime import timedelta

import pytest

from yiwang.kernel.base.act import SYSTEM, Actor, Ref
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.events.models import EventDelivery, EventRow
from yiwang.kernel.events.services import announce, subscribe
from yiwang.kernel.events.services.cleaning import clean_events
from yiwang.kernel.events.services.delivering import deliver
from yiwang.kernel.events.types import SUBSCRIBERS
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services import list_own_jobs, replay_job, run_due
from yiwang.kernel.ledger.services import acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch):
    monkeypatch.setattr(SUBSCRIBERS, "_items", {})
    found = []
    subscribe("share.*", name="test.ear")(found.append)
    subscribe("sense.*", name="test.other")(found.append)
    return found


def say():
    with acting(SYSTEM, "test.done", on=Ref("test", "1")) as act:
        announce(act, "share.resource.published", {"id": "r1"})
    return act


def test_an_event_reaches_those_who_want_it_after_the_act(heard):
    act = say()

    assert heard == []
    run_due()
    (event,) = heard
    assert (event.type, event.payload, event.act_id) == (
        "share.resource.published",
        {"id": "r1"},
        act.id,
    )


def test_what_a_subscriber_does_not_want_leaves_no_delivery(heard):
    subscribe("share.*", name="test.when", when=lambda told: told["id"] == "r2")(heard.append)

    say()

    names = EventDelivery.objects.values_list("subscriber", flat=True)
    assert list(names) == ["test.ear"]


def test_an_act_that_fails_announces_nothing(heard):
    with pytest.raises(Conflict), acting(SYSTEM, "test.done", on=Ref("test", "1")) as act:
        announce(act, "share.resource.published", {})
        raise Conflict("x.y", "no")

    assert not EventRow.objects.exists()
    assert not Job.objects.exists()


def test_a_delivery_that_is_repeated_reaches_the_subscriber_once(heard):
    say()
    run_due()

    deliver(EventDelivery.objects.get().id)

    assert len(heard) == 1


def test_a_failing_subscriber_hurts_neither_the_act_nor_the_others(heard):
    @subscribe("share.*", name="test.broken")
    def broken(event):
        raise ZeroDivisionError

    say()
    run_due()

    assert len(heard) == 1
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "queued"]


def test_a_dead_delivery_arrives_once_it_is_replayed(heard):
    trouble = [ZeroDivisionError()]

    @subscribe("share.*", name="test.repaired")
    def repaired(event):
        if trouble:
            raise trouble[0]
        heard.append("repaired")

    say()
    for _ in range(8):
        run_due()
        Job.objects.filter(state="queued").update(run_at=now())
    dead = Job.objects.get(state="dead")
    trouble.clear()

    replay_job(Actor(id="admin", permissions={"jobs.manage": "all"}), dead.id)
    run_due()

    assert "repaired" in heard
    assert not EventDelivery.objects.filter(delivered_at=None).exists()


def test_a_subscriber_that_is_gone_stays_visible_as_failure(heard):
    say()
    SUBSCRIBERS._items.clear()

    (job,) = run_due()

    assert (job.state, job.error_code) == ("failed", "events.subscriber.missing")


def test_old_events_go_once_everybody_has_them(heard):
    say()
    run_due()
    say()

    with use_time(now() + timedelta(days=91)):
        assert clean_events() == 1

    assert EventDelivery.objects.get().delivered_at is None


def test_deliveries_are_not_among_the_work_that_people_asked_for(heard):
    say()

    assert Job.objects.exists()
    assert not list_own_jobs(SYSTEM).exists()
