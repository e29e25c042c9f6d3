"""A question goes to every community of some streets, once each, and on to their grids."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, Push, PushTarget, Task
from yiwang.kernel.workflow.services.pushing import spreading

from .conftest import Town
from .surveys import make_city, make_person, publish


@pytest.fixture
def city(town: Town) -> Town:
    make_city()
    publish(town["eng"])
    return town


def ask(town: Town, *areas: str, **data: object) -> Case:
    return services.start_case(
        town["eng"], "demo.ask", {"areas": list(areas), "topic": "独居老人", **data}
    )


def states(case: Case) -> dict[str, str]:
    rows = PushTarget.objects.filter(push__case=case)
    return dict(rows.values_list("organization", "state"))


def quiet(done: int, total: int) -> None:
    del done, total


def test_all_of_a_level_below_some_places_are_found_without_typing_them(city):
    found = identity.list_organizations_under("community", ["Q1-0", "Q2"])

    assert [one.code for one in found] == [
        "Q1-0-0", "Q1-0-1", "Q1-0-2",
        "Q2-0-0", "Q2-0-1", "Q2-0-2", "Q2-1-0", "Q2-1-1", "Q2-1-2",
    ]  # fmt: skip
    assert len(identity.list_organizations_under("grid")) == 24
    assert identity.list_organizations_under("grid", [""]) == []


def test_an_organization_that_is_no_more_is_not_asked(city):
    identity.close_organization(SYSTEM, "Q1-0-1")

    case = ask(city, "Q1-0")

    assert set(states(case)) == {"Q1-0-0", "Q1-0-2"}


def test_each_community_of_a_street_gets_one_case_of_its_own(city):
    case = ask(city, "Q1-0", until="2099-12-31")
    assert set(states(case).values()) == {"waiting"}

    run_due()

    assert states(case) == {"Q1-0-0": "sent", "Q1-0-1": "sent", "Q1-0-2": "sent"}
    sent = Case.objects.filter(code="demo.reply").order_by("organization")
    assert [one.organization for one in sent] == ["Q1-0-0", "Q1-0-1", "Q1-0-2"]
    assert {one.data["topic"] for one in sent} == {"独居老人"}
    assert [one.data["place"] for one in sent] == [one.organization for one in sent]
    push = Push.objects.get(case=case)
    assert push.total == 3
    assert push.spread_at
    assert push.due_at.isoformat() == "2099-12-31T16:00:00+00:00"


def test_a_worker_that_dies_in_between_asks_nobody_twice_and_forgets_nobody(city, monkeypatch):
    monkeypatch.setattr(spreading, "BATCH", 2)
    case = ask(city, "Q1", "Q2")
    push = Push.objects.get(case=case)

    class Killed(BaseException):
        pass

    def die(done: int, total: int) -> None:
        raise Killed

    for _ in range(3):
        with pytest.raises(Killed):
            spreading.spread_push(push.pk, die)
    # Dead in the middle of a batch: nothing of it stays.
    real = spreading.open_case
    monkeypatch.setattr(spreading, "open_case", _dies_at_second(real, Killed))
    with pytest.raises(Killed):
        spreading.spread_push(push.pk, quiet)
    monkeypatch.setattr(spreading, "open_case", real)
    assert Case.objects.filter(code="demo.reply").count() == 6
    spreading.spread_push(push.pk, quiet)
    spreading.spread_push(push.pk, quiet)

    asked = list(Case.objects.filter(code="demo.reply").values_list("organization", flat=True))
    assert len(asked) == 12
    assert len(set(asked)) == 12


def _dies_at_second(real, killed):
    calls = []

    def open_case(*given, **named):
        calls.append(1)
        if len(calls) == 2:
            raise killed
        return real(*given, **named)

    return open_case


def test_an_answer_is_told_in_the_transaction_of_the_answer(city):
    make_person("she", "steward", "Q1-0-0")
    case = ask(city, "Q1-0")
    run_due()

    answer(city, "Q1-0-0", count=4)

    assert states(case)["Q1-0-0"] == "done"
    assert states(case)["Q1-0-1"] == "sent"


def answer(town: Town, organization: str, action: str = "agree", **data: object) -> None:
    actor = identity.get_actor(identity.find_account("she").id)
    task = Task.objects.get(case__organization=organization, case__code="demo.reply", status="open")
    services.act_on_task(actor, task.pk, action, data=data)


def test_a_community_hands_it_to_its_grids_and_they_are_counted_instead(city):
    make_person("she", "steward", "Q1-0-0")
    case = ask(city, "Q1-0")
    run_due()

    answer(city, "Q1-0-0", "spread")
    run_due()

    root = Push.objects.get(case=case)
    rows = PushTarget.objects.filter(root=root.pk)
    assert rows.get(organization="Q1-0-0").passed
    assert rows.get(organization="Q1-0-0-a").r4 == "Q1-0-0-a"
    counted = rows.filter(passed=False).values_list("organization", flat=True)
    assert sorted(counted) == ["Q1-0-0-a", "Q1-0-0-b", "Q1-0-1", "Q1-0-2"]


def test_when_it_is_over_what_nobody_answered_is_taken_back_to_the_last_grid(city):
    make_person("she", "steward", "Q1-0-0")
    case = ask(city, "Q1-0")
    run_due()
    answer(city, "Q1-0-0", "spread")
    run_due()

    city.act("eng", case)
    run_due()
    run_due()

    assert set(PushTarget.objects.values_list("state", flat=True)) == {"dropped"}
    assert not Case.objects.filter(code="demo.reply", closed_at=None).exists()


def test_an_answer_given_in_time_stays_when_the_rest_is_taken_back(city):
    make_person("she", "steward", "Q1-0-0")
    case = ask(city, "Q1-0")
    run_due()
    answer(city, "Q1-0-0", count=1)

    city.act("eng", case)
    run_due()

    assert states(case) == {"Q1-0-0": "done", "Q1-0-1": "dropped", "Q1-0-2": "dropped"}


def test_nobody_to_ask_is_said_at_once_and_nothing_is_left_behind(city):
    with pytest.raises(Conflict) as error:
        ask(city, "B01")

    assert error.value.code == "workflow.push.nobody"
    assert not Case.objects.filter(code="demo.ask").exists()
