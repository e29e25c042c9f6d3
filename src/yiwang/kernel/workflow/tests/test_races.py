"""Many people at once: exactly one wins, and the others learn who. 并发办理。"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models import Max

from yiwang.kernel.base.errors import Conflict, YiwangError
from yiwang.kernel.files.models import FileRow
from yiwang.kernel.files.tests.samples import PNG, sent
from yiwang.kernel.query.rows import rows_of
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseEntry, Submission
from yiwang.kernel.workflow.services import steps, store
from yiwang.kernel.workflow.services.attachments import BESIDE

from .conftest import make_town
from .test_attachments import PAPERS

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 8


@pytest.fixture
def town(transactional_db):
    return make_town()


def all_at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Each in a thread and a connection of its own, behind one barrier; errors are answers."""
    barrier = threading.Barrier(count)

    def one(at: int) -> Any:
        try:
            barrier.wait(30)
            return work(at)
        except YiwangError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def done(case: Case) -> int:
    return CaseEntry.objects.filter(case=case, kind="task_done").count()


def act_on_stale_state(town, case: Case, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two people who both read the case before either wrote."""
    task = town.task(case)
    actors = [town["li"], town["sun"]]
    plain = steps._open
    stale = {}
    for actor in actors:
        row = Case.objects.get(pk=case.pk)
        stale[actor.id] = (row, store.load_state(row))

    def open_stale(act: Any, case: Case) -> Any:
        step = plain(act, case)
        step.case, step.old = stale[act.actor.id]
        step.draft.state = step.old
        return step

    monkeypatch.setattr(steps, "_open", open_stale)
    return all_at_once(2, lambda at: services.act_on_task(actors[at], task, "agree"))


def test_without_the_guard_two_people_do_one_task(town, monkeypatch):
    """The race is real: where nothing asks whether the case is as it was read, both succeed."""
    case = town.start("wang", days=2)

    def change(case: Case, seq: int) -> Any:
        values = {name: getattr(case, name) for name in store.COLUMNS}
        return rows_of(Case).updating(case.pk, values)

    plain = store._entries

    def number_on(act: Any, case: Case, events: Any, seq: int) -> Any:
        last = CaseEntry.objects.filter(case=case).aggregate(last=Max("seq"))["last"]
        return plain(act, case, events, last)

    monkeypatch.setattr(store, "_change", change)
    monkeypatch.setattr(store, "_entries", number_on)

    answers = act_on_stale_state(town, case, monkeypatch)

    assert answers == [None, None]
    assert done(case) == 2


def test_with_the_guard_one_of_two_stale_readers_wins(town, monkeypatch):
    case = town.start("wang", days=2)

    answers = act_on_stale_state(town, case, monkeypatch)

    refused = [one for one in answers if isinstance(one, Conflict)]
    assert [one.code for one in refused] == ["workflow.case.changed"]
    assert done(case) == 1


@pytest.mark.parametrize("turn", range(5))
def test_of_many_who_act_at_once_one_wins_and_the_others_learn_who(town, turn):
    case = town.start("wang", days=2)
    task = town.task(case)
    actors = [town["li"], town["sun"]] * (PEOPLE // 2)

    answers = all_at_once(PEOPLE, lambda at: services.act_on_task(actors[at], task, "agree"))

    winners = [actors[at].id for at, one in enumerate(answers) if one is None]
    assert len(winners) == 1
    assert done(case) == 1
    entry = CaseEntry.objects.get(case=case, kind="task_done")
    assert entry.actor == winners[0]
    for one in answers:
        assert one is None or one.code in (
            "workflow.task.done",
            "workflow.task.gone",
            "workflow.case.closed",
        )
    case.refresh_from_db()
    assert services.replay_case(case.pk) == store.load_state(case)


def test_votes_at_once_all_count(town):
    names = ["li", "sun", "zhao", "qian", "mayor"]
    case = town.start("wang", "demo.board", members=[town[one].id for one in names], text="稿")
    town.act("wang", case)
    tasks = {name: town.task(case, name) for name in names}

    answers = all_at_once(
        5, lambda at: services.act_on_task(town[names[at]], tasks[names[at]], "agree")
    )

    # Three of five decide; the others come too late, and are told so.
    assert answers.count(None) == 3
    case.refresh_from_db()
    assert case.node == "final"


def test_fifty_of_the_same_form_are_one_case_and_one_number(town):
    wang = town["wang"]

    answers = all_at_once(
        50, lambda _: services.start_case(wang, "demo.leave", {"days": 1}, key="form-7").number
    )

    assert set(answers) == {Case.objects.get().number}
    assert Submission.objects.count() == 1


def test_parts_of_one_instruction_answered_at_once_join_once(town):
    case = town.start("mayor", "demo.instruction", departments=["D01", "D02"], text="x")
    parts = list(Case.objects.filter(parent=case).order_by("id"))
    tasks = [town.task(part) for part in parts]
    actors = [town["li"], town["zhao"]]

    answers = all_at_once(
        2, lambda at: services.act_on_task(actors[at], tasks[at], "agree", data={"answer": "好"})
    )

    assert answers == [None, None]
    case.refresh_from_db()
    assert case.node == "review"
    assert CaseEntry.objects.filter(case=case, kind="entered").count() == 2


def test_a_form_with_a_file_sent_by_eight_at_once_is_one_case_with_one_attachment(town):
    """Each request brings the bytes anew; what the others brought is nobody's and is swept."""
    services.publish_case_type(town["eng"], PAPERS)
    field = services.find_newest("demo.papers")[1].fields["photos"]
    actor = town["wang"]

    def send(_at: int) -> Any:
        photo = services.keep_upload(actor, "demo.papers", field, sent("门头.png", PNG))
        return services.start_case(actor, "demo.papers", {"photos": [photo]}, key="once")

    cases = all_at_once(PEOPLE, send)

    assert len({one.pk for one in cases}) == 1
    assert FileRow.objects.filter(owner_type="workflow.case").count() == 1
    assert FileRow.objects.filter(owner_type="workflow.upload").count() == PEOPLE - 1


def test_the_same_file_attached_by_eight_windows_at_once_is_one_attachment(town):
    services.publish_case_type(town["eng"], PAPERS)
    field = services.find_newest("demo.papers")[1].fields["photos"]
    actor = town["wang"]
    photo = services.keep_upload(actor, "demo.papers", field, sent("门头.png", PNG))
    case = services.start_case(actor, "demo.papers", {"photos": [photo]})

    def send(_at: int) -> Any:
        file = services.keep_upload(actor, "demo.papers", BESIDE, sent("说明.png", PNG))
        return services.attach_files(actor, case.pk, [file["id"]])

    answers = all_at_once(PEOPLE, send)

    assert not [one for one in answers if one is not None]
    assert CaseEntry.objects.filter(case=case, kind="attached").count() == 1
    assert services.replay_case(case.pk) == store.load_state(Case.objects.get(pk=case.pk))
