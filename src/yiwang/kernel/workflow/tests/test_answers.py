"""How far those are who were asked: counted by level, looked at by whom it concerns, urged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import Conflict, NotFound, NotPermitted
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.notify.models import Notice
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, Push, PushTarget, Task
from yiwang.kernel.workflow.services.pushing import counting, reminding

from .conftest import PASSWORD, Town
from .surveys import make_city, make_person, publish


@pytest.fixture
def city(town: Town) -> Town:
    make_city()
    publish(town["eng"])
    make_person("she", "steward", "Q1-0-0")
    make_person("xuan", "steward", "Q1-0-1")
    return town


@pytest.fixture
def sent(city: Town) -> Push:
    """Asked of all twelve communities until the end of 2099-12-31."""
    services.start_case(
        city["eng"], "demo.ask",
        {"areas": ["Q1", "Q2"], "topic": "自建房", "until": "2099-12-31"}, title="自建房摸排",
    )  # fmt: skip
    run_due()
    return Push.objects.get()


def answer(name: str, organization: str) -> None:
    task = Task.objects.get(case__organization=organization, case__code="demo.reply")
    services.act_on_task(person(name), task.pk, "agree", data={"count": 1})


def person(name: str):
    return identity.get_actor(identity.find_account(name).id)


def browse(name: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"name": name, "password": PASSWORD})
    return client


def shown(found: counting.Completion) -> dict[str, tuple[int, int]]:
    return {row.code: (row.tally.done, row.tally.total) for row in found.rows}


def test_completion_is_counted_level_by_level(city, sent):
    answer("she", "Q1-0-0")

    def look(under: str = "") -> counting.Completion:
        return counting.describe_completion(city["eng"], sent.pk, under)

    assert shown(look()) == {"Q1": (1, 6), "Q2": (0, 6)}
    assert shown(look("Q1")) == {"Q1-0": (1, 3), "Q1-1": (0, 3)}
    assert shown(look("Q1-0")) == {"Q1-0-0": (1, 1), "Q1-0-1": (0, 1), "Q1-0-2": (0, 1)}
    assert look("Q1-0").rows[0].state == "done"
    assert look().tally.percent == 8
    assert [code for code, _ in look("Q1-0").path] == ["Q1", "Q1-0"]


def test_opened_is_told_from_not_begun(city, sent):
    case = Case.objects.get(organization="Q1-0-0")

    browse("eng").get(f"/cases/{case.pk}/")
    assert PushTarget.objects.get(case=case.pk).state == "sent"
    assert browse("she").get(f"/cases/{case.pk}/").status_code == 200

    tally = counting.describe_completion(city["eng"], sent.pk).tally
    assert (tally.seen, tally.unbegun, tally.done) == (1, 11, 0)


def test_what_is_late_is_counted_as_late_and_what_was_answered_is_not(city, sent):
    answer("she", "Q1-0-0")

    with use_time(sent.due_at + timedelta(seconds=1)):
        tally = counting.describe_completion(city["eng"], sent.pk).tally

    assert (tally.late, tally.done, tally.total) == (11, 1, 12)


def test_a_street_sees_its_own_communities_and_no_others(city, sent):
    street = make_person("jie", "steward", "Q1-0")

    found = counting.describe_completion(street, sent.pk)

    assert not found.whole
    assert shown(found) == {"Q1-0-0": (0, 1), "Q1-0-1": (0, 1), "Q1-0-2": (0, 1)}
    assert [code for code, _ in found.path] == ["Q1-0"]
    for other in ("Q1", "Q1-1", "Q2-0-0", "nowhere"):
        with pytest.raises(NotFound):
            counting.describe_completion(street, sent.pk, other)
        with pytest.raises(NotFound):
            counting.targets_of(street, sent.pk, other)


def test_who_is_not_concerned_sees_nothing_of_it(city, sent):
    with pytest.raises(NotFound):
        counting.describe_completion(city["zhao"], sent.pk)
    assert counting.list_pushes(city["zhao"]) == []
    assert browse("zhao").get(f"/cases/sent/{sent.pk}/").status_code == 404
    assert browse("zhao").get(f"/cases/sent/{sent.pk}/rows/").status_code == 404
    assert browse("zhao").get(f"/cases/sent/{sent.pk}/list/").status_code == 404


def test_each_level_finds_what_was_sent_to_it(city, sent):
    for name, place in (("qu", "Q1"), ("jie", "Q1-0")):
        assert counting.list_pushes(make_person(name, "steward", place)) == [sent]
    assert counting.list_pushes(person("she")) == [sent]
    assert counting.list_pushes(city["eng"]) == [sent]


def test_the_late_are_urged_in_one_act_and_not_twice_within_the_hour(city, sent):
    she = person("she")
    answer("she", "Q1-0-0")
    Notice.objects.all().delete()
    found = counting.describe_completion(city["eng"], sent.pk)
    with pytest.raises(Conflict):
        reminding.remind_late(city["eng"], found)

    with use_time(sent.due_at + timedelta(hours=1)):
        assert reminding.remind_late(city["eng"], found) == 11
        run_due()
        with pytest.raises(Conflict):
            reminding.remind_late(city["eng"], found)

    assert PushTarget.objects.exclude(urged_at=None).count() == 11
    urged = Notice.objects.filter(kind="workflow.urged")
    assert urged.filter(account_id=person("xuan").id).count() == 1
    assert not urged.filter(account_id=she.id).exists()


def test_a_street_urges_its_own_communities_only(city, sent):
    street = make_person("jie", "steward", "Q1-0")
    found = counting.describe_completion(street, sent.pk)

    assert reminding.remind_late(street, found, everybody=True) == 3
    run_due()

    urged = PushTarget.objects.exclude(urged_at=None).values_list("organization", flat=True)
    assert sorted(urged) == ["Q1-0-0", "Q1-0-1", "Q1-0-2"]
    looker = make_person("kan", "viewer", "Q1-0")
    with pytest.raises(NotPermitted):
        reminding.remind_late(looker, counting.describe_completion(looker, sent.pk))


def test_a_page_that_stands_open_is_answered_without_counting_while_nothing_changes(city, sent):
    client = browse("eng")
    PushTarget.objects.update(changed_at=now() - timedelta(minutes=5))
    since = counting.describe_completion(city["eng"], sent.pk).since

    assert client.get(f"/cases/sent/{sent.pk}/rows/", {"since": since}).status_code == 204
    answer("she", "Q1-0-0")

    page = client.get(f"/cases/sent/{sent.pk}/rows/", {"since": since})
    assert page.status_code == 200
    assert "8%" in page.content.decode()


def test_the_page_takes_the_same_queries_however_many_are_asked(city, sent):
    client = browse("eng")

    def count(under: str) -> int:
        client.get(f"/cases/sent/{sent.pk}/", {"under": under})
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/cases/sent/{sent.pk}/", {"under": under}).status_code == 200
        return len(found)

    few = count("Q1-0")
    PushTarget.objects.bulk_create(
        PushTarget(
            push=sent, root=sent.pk, organization=f"x{at}", r1="Q1", r2="Q1-0", r3=f"x{at}",
            changed_at=now(),
        )
        for at in range(200)
    )  # fmt: skip
    assert count("Q1-0") == few
    assert count("Q1") <= few


def test_the_list_narrows_to_who_is_missing_and_is_taken_away_as_a_sheet(city, sent):
    answer("she", "Q1-0-0")
    client = browse("eng")

    page = client.get(f"/cases/sent/{sent.pk}/list/", {"state": "open", "under": "Q1-0"})
    text = page.content.decode()
    sheet = client.get(f"/cases/sent/{sent.pk}/list/", {"under": "Q1", "format": "csv"})
    lines = b"".join(sheet.streaming_content).decode().strip().splitlines()

    assert "机构Q1-0-1" in text
    assert "机构Q1-0-0" not in text
    assert len(lines) == 7
    assert "机构Q1 / 机构Q1-0" in lines[1]


def test_own_report_counts_instead_of_those_it_was_handed_on_to(city, sent):
    task = Task.objects.get(case__organization="Q1-0-0", case__code="demo.reply")
    services.act_on_task(person("she"), task.pk, "spread")
    run_due()

    def look(under: str) -> counting.Completion:
        return counting.describe_completion(city["eng"], sent.pk, under)

    assert shown(look("Q1-0"))["Q1-0-0"] == (0, 2)
    assert set(shown(look("Q1-0-0"))) == {"Q1-0-0-a", "Q1-0-0-b"}

    task = Task.objects.get(case__organization="Q1-0-0", case__code="demo.reply", status="open")
    services.act_on_task(person("she"), task.pk, "agree")
    run_due()

    assert shown(look("Q1-0"))["Q1-0-0"] == (1, 1)
