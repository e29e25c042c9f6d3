"""Telling people what happened to what is theirs."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from yiwang.kernel.base.act import SYSTEM, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.notify import services
from yiwang.kernel.notify.models import Notice

PASSWORD = "Rain-on-the-roof-7"


@pytest.fixture
def people(db):
    names = ("zhang.san", "li.si")
    made = [
        identity.create_account(SYSTEM, name=name, password=PASSWORD, must_change_password=False)[0]
        for name in names
    ]
    return [identity.get_actor(one.id) for one in made]


def tell(people, title="Sign in", url="/home/", by: Actor = SYSTEM, **params) -> int:
    with acting(by, "test.tell", on=Ref("test", "1")) as act:
        return services.notify(act, [one.id for one in people], title, url, **params)


@pytest.fixture
def client(people):
    client = Client()
    client.post("/sign-in/", {"name": "zhang.san", "password": PASSWORD})
    return client


def test_each_account_is_told_once(people):
    assert tell([*people, *people]) == 2
    assert [services.count_unread(one) for one in people] == [1, 1]


def test_who_acts_is_not_told(people):
    assert tell(people, by=people[0]) == 1
    assert services.count_unread(people[0]) == 0


def test_unknown_and_locked_accounts_are_passed_over(people):
    identity.lock_account(SYSTEM, people[1].id, reason="离职")

    assert tell([*people, Actor(id="nobody")]) == 1


def test_a_notice_that_fails_with_its_act_never_was(people):
    with pytest.raises(RuntimeError), acting(SYSTEM, "test.tell", on=Ref("test", "1")) as act:
        services.notify(act, [people[0].id], "Sign in")
        raise RuntimeError

    assert services.count_unread(people[0]) == 0


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "javascript:x", "/\\e"])
def test_a_notice_leads_to_this_site_only(people, url):
    with pytest.raises(InvalidInput):
        tell(people, url=url)


def test_the_database_refuses_a_foreign_address_too(people):
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(
            account_id=people[0].id, title="x", url="//e", act_id="1", sent_at=now()
        )


def test_places_are_filled(people):
    tell(people, "%(count)s rows came", count=3)

    with translation.override("en"):
        assert services.list_notices(people[0])[0].text == "3 rows came"


def test_anothers_notice_is_not_found(people):
    tell([people[0]])
    (notice,) = services.list_notices(people[0])

    with pytest.raises(NotFound):
        services.read_notice(people[1], notice.id)


def test_opening_a_notice_reads_it_and_leads_on(client, people):
    tell(people, url="/me/")
    (notice,) = services.list_notices(people[0])

    answer = client.get(f"/notify/{notice.id}/")

    assert answer.url == "/me/"
    assert services.count_unread(people[0]) == 0


def test_the_list_pages_by_key_and_marks_all_read(client, people):
    for _ in range(60):
        tell(people)

    first = client.get("/notify/")
    second = client.get(first.context["list"].next_url)
    client.post("/notify/read-all/")

    assert (len(first.context["list"].rows), len(second.context["list"].rows)) == (50, 10)
    assert services.count_unread(people[0]) == 0
    assert services.count_unread(people[1]) == 60


def test_the_bell_counts(client, people):
    tell(people)

    assert '<span class="count">1</span>' in client.get("/me/").content.decode()


def test_a_reset_is_told_to_its_owner_and_to_the_auditors(people):
    auditor, owner = people
    identity.grant_role(SYSTEM, auditor.id, "auditor")

    identity.reset_password(SYSTEM, owner.id)
    run_due()

    assert services.count_unread(owner) == 1
    assert "li.si" in services.list_notices(auditor)[0].text
