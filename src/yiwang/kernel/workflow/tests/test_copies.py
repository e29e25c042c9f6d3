"""抄送 and 关注: who is told without being asked, and who follows a case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.identity import services as identity
from yiwang.kernel.notify.models import Notice
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseCopy, CaseEntry, CaseWatch, Task
from yiwang.kernel.workflow.services import watching
from yiwang.kernel.workflow.services.declaring import find_problems
from yiwang.kernel.workflow.services.machine import copying
from yiwang.kernel.workflow.services.ticking import tick_due

from .conftest import PASSWORD, Town
from .files import COPIED


@pytest.fixture
def notice(town: Town) -> None:
    services.publish_case_type(town["eng"], COPIED)


def copied(town: Town, name: str) -> list[str]:
    return [line.number for line in services.list_box(town[name], "copied").lines]


def told(town: Town, name: str, case: Case) -> list[str]:
    rows = Notice.objects.filter(account_id=town[name].id, params__number=case.number)
    return list(rows.order_by("id").values_list("title", flat=True))


def fold(case: Case) -> dict[str, tuple[str, object]]:
    """The newest copy of each person, as the log tells."""
    entries = CaseEntry.objects.filter(case=case, kind="copied").order_by("seq")
    return {who: (one.actor, one.at) for one in entries for who in one.body["people"]}


def test_a_type_a_step_and_an_action_say_who_is_told(town, notice):
    members = [town["qian"].id, town["wang"].id]
    case = services.start_case(town["wang"], "demo.notice", {"members": members, "text": "文"})
    assert copied(town, "qian") == [case.number]
    # Who acts knows.
    assert copied(town, "wang") == []
    assert copied(town, "mayor") == []

    town.act("li", case)
    assert case.status == "closed"
    # The action: directors; its own decider no; the end: stewards of D02; the type: the starter.
    for name, expected in {"mayor": 1, "zhao": 1, "wang": 1, "li": 0, "sun": 0}.items():
        assert len(copied(town, name)) == expected, name
    rows = {row.account: (row.by, row.at) for row in CaseCopy.objects.filter(case=case)}
    assert rows == fold(case)


def test_being_copied_lets_one_read_that_case_and_no_other(town, notice):
    case, other = (services.start_case(town["wang"], "demo.notice", {}) for _ in range(2))
    with pytest.raises(NotFound):
        services.describe_case(town["qian"], case.pk)
    town.act("li", case, copies=[town["qian"].id])

    assert services.describe_case(town["qian"], case.pk).own is None
    with pytest.raises(NotFound):
        services.describe_case(town["qian"], other.pk)


def test_who_decides_copies_by_hand_and_the_copy_is_in_the_log(town):
    case = town.start("wang", days=5)
    town.act("li", case, copies=[town["qian"].id, town["qian"].id, town["li"].id])
    (entry,) = CaseEntry.objects.filter(case=case, kind="copied")

    assert (entry.actor, entry.body) == (town["li"].id, {"people": [town["qian"].id]})
    assert told(town, "qian", case) == ["%(number)s %(case)s: copied to you"]
    assert services.replay_case(case.pk).seq == case.seq


def test_only_people_who_can_open_a_case_are_copied(town, monkeypatch):
    case = town.start("wang", days=5)
    nobody, _ = identity.create_account(SYSTEM, name="nobody", password=PASSWORD)
    for wrong, refusal in ((nobody.id, InvalidInput), ("unknown", NotFound)):
        with pytest.raises(refusal):
            town.act("li", case, copies=[wrong])
    monkeypatch.setattr(copying, "COPIES_AT_MOST", 1)
    with pytest.raises(InvalidInput) as error:
        town.act("li", case, copies=[town["qian"].id, town["zhao"].id])
    assert error.value.code == "workflow.copies.count"
    assert not CaseCopy.objects.exists()


def test_a_copy_is_unread_until_it_is_opened_and_unread_again_when_copied_anew(town):
    case = town.start("wang", days=5)
    qian = town["qian"]
    town.act("li", case, copies=[qian.id])
    assert services.count_boxes(qian)["unread"].number == 1
    assert services.list_box(qian, "copied").lines[0].is_unread

    browser = Client()
    browser.post("/sign-in/", {"name": "qian", "password": PASSWORD})
    assert "未读" in browser.get("/cases/copied/").content.decode()
    assert browser.get(f"/cases/{case.pk}/").status_code == 200
    assert services.count_boxes(qian)["unread"].number == 0
    assert not services.list_box(qian, "copied").lines[0].is_unread

    town.act("mayor", case, copies=[qian.id])
    assert services.count_boxes(qian)["unread"].number == 1
    assert len(copied(town, "qian")) == 1
    assert CaseCopy.objects.get(account=qian.id).by == town["mayor"].id


@pytest.mark.parametrize(
    ("wrong", "code"),
    [("cc: [{field: nothing}]", "workflow.type.field"),
     ("cc: [{starter: true, role: viewer}]", "workflow.type.who"),
     ("cc: [{handled: nowhere}]", "workflow.type.node"), ("cc: []", "declared."),
     ("cc: {starter: true}", "declared.")],
)  # fmt: skip
def test_rules_of_who_is_told_are_checked_before_publishing(wrong, code):
    for place in (
        "cc: [{starter: true}]",
        "cc: [{field: members}]",
        "cc: [{role: director}, {handled: check}]",
    ):
        (problem,) = find_problems(COPIED.replace(place, wrong))
        assert code in problem.code
        assert "cc" in str(problem.extra) or problem.extra["line"] > 1


# Watching.


def test_who_watches_hears_of_returns_and_ends(town):
    case = town.start("wang", days=5)
    services.watch_case(town["sun"], case.pk)
    services.watch_case(town["sun"], case.pk)
    assert CaseWatch.objects.count() == 1
    town.act("li", case)
    task = Task.objects.get(case=case, status="open").pk
    services.send_back(town["mayor"], task, "leader", reason="再议")
    assert "%(number)s %(case)s was sent back" in told(town, "sun", case)
    town.act("li", case, "refuse", opinion="不行")

    assert told(town, "sun", case)[-1] == "%(number)s %(case)s is done: %(outcome)s"
    assert [line.number for line in services.list_box(town["sun"], "watched").lines] == [
        case.number
    ]
    services.unwatch_case(town["sun"], case.pk)
    assert services.list_box(town["sun"], "watched").lines == []


def test_who_watches_hears_that_it_is_overdue(town):
    case = town.start("wang", days=2)
    CaseCopy.objects.create(case=case, account=town["qian"].id, by=town["li"].id, at=now())
    services.watch_case(town["qian"], case.pk)
    with use_time(now() + timedelta(days=30)):
        assert tick_due()

    assert "%(number)s %(case)s: this step is overdue since %(due)s" in told(town, "qian", case)


def test_only_what_one_may_read_is_watched_and_only_as_long(town):
    case = town.start("wang", days=5)
    with pytest.raises(NotFound):
        services.watch_case(town["qian"], case.pk)
    with pytest.raises(NotFound):
        services.watch_case(town["qian"], "unknown")
    town.act("li", case, copies=[town["qian"].id])
    services.watch_case(town["qian"], case.pk)
    CaseCopy.objects.all().delete()
    town.act("mayor", case)

    assert services.list_box(town["qian"], "watched").lines == []
    assert all("done" not in one for one in told(town, "qian", case))


def test_who_watches_too_much_is_asked_to_stop_some(town, monkeypatch):
    monkeypatch.setattr(watching, "WATCHES_AT_MOST", 1)
    first, second = town.start("wang", days=1), town.start("wang", days=1)
    services.watch_case(town["wang"], first.pk)
    services.watch_case(town["wang"], first.pk)
    with pytest.raises(Conflict) as error:
        services.watch_case(town["wang"], second.pk)
    assert error.value.code == "workflow.watch.many"


def test_watching_is_one_press_on_the_page_and_moves_nothing_in_the_case(town):
    case = town.start("wang", days=5)
    browser = Client()
    browser.post("/sign-in/", {"name": "sun", "password": PASSWORD})
    answer = browser.post(f"/cases/{case.pk}/watch/", {"on": "1"}, follow=True)
    assert "已关注：取消" in answer.content.decode()
    case.refresh_from_db()
    assert CaseEntry.objects.filter(case=case).count() == case.seq
    assert case.number in browser.get("/cases/watched/").content.decode()
    browser.post(f"/cases/{case.pk}/watch/")
    assert not CaseWatch.objects.exists()
    assert browser.post("/cases/unknown/watch/", {"on": "1"}).status_code == 404
    assert browser.get(f"/cases/{case.pk}/watch/").status_code == 405


def test_copies_are_named_on_the_form_of_a_decision(town):
    case = town.start("wang", days=5)
    browser = Client()
    browser.post("/sign-in/", {"name": "li", "password": PASSWORD})
    told = {"task": town.task(case), "action": "agree"}
    path = f"/cases/{case.pk}/do/decide/"
    answer = browser.post(path, told | {"copies": "qian，nobody"})
    assert answer.status_code == 422
    assert "nobody" in answer.content.decode()
    assert browser.post(path, told | {"copies": "qian，zhao"}).status_code == 302

    accounts = set(CaseCopy.objects.values_list("account", flat=True))
    assert accounts == {town["qian"].id, town["zhao"].id}
    assert "抄送 qian" in browser.get(f"/cases/{case.pk}/").content.decode()
