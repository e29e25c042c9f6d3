"""Several at once: each for itself, once, and everybody told what came of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import InvalidInput, NotFound, NotPermitted
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import BulkLine, BulkRun, Case, CaseEntry, Phrases, Task
from yiwang.kernel.workflow.services.bulk import forget_old_runs

from .conftest import PASSWORD, Town
from .test_races import all_at_once


def tasks(town: Town, *cases: Case) -> list[str]:
    return [town.task(case) for case in cases]


def codes(run: BulkRun) -> dict[str, str]:
    return dict(BulkLine.objects.filter(run=run).values_list("subject", "code"))


@pytest.fixture
def browse(town: Town):
    def open_browser(name: str) -> Client:
        client = Client()
        client.post("/sign-in/", {"name": name, "password": PASSWORD})
        return client

    return open_browser


def fields(html: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)"', html)


# Deciding.


def test_several_are_decided_with_one_opinion_each_by_its_own_act(town):
    cases = [town.start("wang", days=1) for _ in range(3)]
    chosen = tasks(town, *cases)
    before = ActRow.objects.count()
    run = services.decide_tasks(town["li"], chosen, "agree", opinion="同意。", key="k1")

    assert codes(run) == dict.fromkeys(chosen, "")
    assert set(Case.objects.values_list("outcome", flat=True)) == {"granted"}
    assert set(Task.objects.filter(pk__in=chosen).values_list("opinion", flat=True)) == {"同意。"}
    acts = CaseEntry.objects.filter(kind="task_done").values_list("act_id", flat=True)
    assert len(set(acts)) == 3
    assert ActRow.objects.count() == before + 3


def test_what_one_is_refused_holds_up_no_other_and_is_told(town):
    cases = [town.start("wang", days=1) for _ in range(4)]
    chosen = tasks(town, *cases)
    town.act("sun", cases[0])
    services.suspend(town["mayor"], cases[1].pk, reason="停")
    board = town.start("wang", "demo.board", members=[town["li"].id])
    town.act("wang", board)
    chosen += [town.task(board), "unknown"]
    chosen = [chosen[2], *chosen[:2], *chosen[3:]]
    run = services.decide_tasks(town["li"], chosen, "agree", key="k1")

    assert codes(run) == {
        chosen[0]: "", chosen[1]: "workflow.task.done", chosen[2]: "workflow.case.suspended",
        chosen[3]: "", chosen[4]: "workflow.bulk.other_step", "unknown": "workflow.task.unknown",
    }  # fmt: skip
    done = BulkLine.objects.get(subject=chosen[1])
    assert done.extra["by"] == town["sun"].id


def test_tasks_of_others_are_refused_one_by_one_and_the_attempts_are_on_record(town):
    case = town.start("wang", days=1)
    before = ActRow.objects.filter(outcome="refused").count()
    run = services.decide_tasks(town["zhao"], tasks(town, case), "agree", key="k1")

    assert set(codes(run).values()) == {"workflow.task.not_yours"}
    assert ActRow.objects.filter(outcome="refused").count() == before + 1


def test_the_same_key_again_acts_once_and_gives_the_same(town):
    case = town.start("wang", days=5)
    first = services.decide_tasks(town["li"], tasks(town, case), "agree", key="k1")
    again = services.decide_tasks(town["li"], tasks(town, case), "agree", key="k1")

    assert first.pk == again.pk
    assert CaseEntry.objects.filter(case=case, kind="task_done").count() == 1
    # The key is that person's own.
    other = services.decide_tasks(town["mayor"], tasks(town, case), "agree", key="k1")
    assert other.pk != first.pk
    with pytest.raises(NotFound):
        services.get_bulk_result(town["li"], other.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.races
def test_a_form_sent_eight_times_at_once_acts_once(transactional_db):
    from .conftest import make_town

    town = make_town()
    cases = [town.start("wang", days=5) for _ in range(3)]
    chosen, actor = tasks(town, *cases), town["li"]
    runs = all_at_once(8, lambda _: services.decide_tasks(actor, chosen, "agree", key="k1").pk)

    assert len(set(runs)) == 1
    assert BulkRun.objects.count() == 1
    assert set(codes(BulkRun.objects.get()).values()) == {""}
    assert CaseEntry.objects.filter(kind="task_done").count() == 3


@pytest.mark.parametrize("count", [0, 201])
def test_nothing_and_too_much_are_refused(town, count):
    with pytest.raises(InvalidInput) as error:
        services.decide_tasks(town["li"], [str(n) for n in range(count)], "agree", key="k")
    assert error.value.code == "workflow.bulk.count"


def test_a_form_without_its_key_is_refused(town):
    with pytest.raises(InvalidInput):
        services.decide_tasks(town["li"], ["x"], "agree", key="")
    info, _ = identity.create_account(SYSTEM, name="nobody", password=PASSWORD)
    with pytest.raises(NotPermitted):
        services.decide_tasks(identity.get_actor(info.id), ["x"], "agree", key="k")


def test_tasks_are_grouped_by_kind_and_step_and_only_ones_own(town):
    leaves = [town.start("wang", days=1) for _ in range(2)]
    parent = town.start("mayor", "demo.instruction", departments=["D01"], text="限期")
    part = Case.objects.get(parent=parent)
    foreign = town.start("qian", days=1)
    services.delegate_task(town["li"], town.task(leaves[1]), town["sun"].id)
    chosen = [*Task.objects.filter(status="open").values_list("pk", flat=True), "unknown"]
    found = {
        (group.type.code, group.aside): group for group in services.group_tasks(town["sun"], chosen)
    }

    assert set(found) == {("demo.leave", False), ("demo.leave", True), ("demo.part", False)}
    assert [one.case_id for one in found["demo.leave", False].tasks] == [leaves[0].pk]
    assert [one.key for one in found["demo.leave", False].actions] == ["agree", "refuse"]
    assert found["demo.leave", True].actions == []
    # To agree there something must be filled in.
    assert found["demo.part", False].needs
    assert found["demo.part", False].actions == []
    assert part.pk != foreign.pk


# Handing on, preparing, urging.


def test_several_are_handed_on_or_prepared_by_somebody_else(town):
    first, second = town.start("wang", days=1), town.start("wang", days=1)
    run = services.transfer_tasks(
        town["li"], tasks(town, first), town["zhao"].id, reason="归他管", key="a"
    )
    assert set(codes(run).values()) == {""}
    assert Task.objects.get(case=first, status="open").account == town["zhao"].id
    services.delegate_tasks(town["li"], tasks(town, second), town["zhao"].id, key="b")
    assert Task.objects.get(case=second, status="open").kind == "delegated"


def test_several_are_urged_and_those_urged_just_now_are_told(town):
    cases = [town.start("wang", days=1) for _ in range(3)]
    services.urge(town["wang"], cases[0].pk)
    town.act("li", cases[1])
    run = services.urge_cases(town["wang"], [one.pk for one in cases], note="急", key="k")

    assert codes(run) == {
        cases[0].pk: "workflow.urge.soon", cases[1].pk: "workflow.case.closed", cases[2].pk: "",
    }  # fmt: skip


def test_results_go_after_thirty_days(town):
    case = town.start("wang", days=5)
    services.decide_tasks(town["li"], tasks(town, case), "agree", key="k1")
    assert forget_old_runs() == 0
    with use_time(now() + timedelta(days=31)):
        assert forget_old_runs() > 0
    assert not BulkLine.objects.exists()


# Through a browser without script.


def test_choosing_deciding_and_reading_what_came_of_it(town, browse):
    cases = [town.start("wang", days=1) for _ in range(3)]
    li = browse("li")
    shown = li.get("/cases/").content.decode()
    chosen = fields(shown, "chosen")
    assert len(chosen) == 3
    assert 'form="chosen"' in shown
    page = li.post("/cases/chosen/", {"verb": "decide", "chosen": chosen}).content.decode()
    assert Task.objects.filter(status="done").count() == 0
    assert sorted(fields(page, "chosen")) == sorted(chosen)
    town.act("sun", cases[1])
    (key,) = fields(page, "key")
    told = {"key": key, "chosen": chosen, "action": "agree", "opinion": "可以"}
    first = li.post("/cases/chosen/decide/", told)
    second = li.post("/cases/chosen/decide/", told)

    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    result = li.get(first.url).content.decode()
    assert "3 件中 2 件办理成功" in result
    assert "sun 已办理" in result
    assert all(case.number in result for case in cases)
    assert browse("sun").get(first.url).status_code == 404


def test_an_opinion_that_all_of_them_need_is_asked_for_before_any_is_tried(town, browse):
    case = town.start("wang", days=1)
    told = {"key": "k", "chosen": tasks(town, case), "action": "refuse"}
    answer = browse("li").post("/cases/chosen/decide/", told)

    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()
    assert not BulkRun.objects.exists()
    assert browse("li").post("/cases/chosen/decide/", told | {"opinion": "不行"}).status_code == 302
    case.refresh_from_db()
    assert case.outcome == "refused"


def test_nothing_chosen_leads_back_with_a_word(town, browse):
    answer = browse("li").post("/cases/chosen/", {"verb": "decide"}, follow=True)
    assert answer.redirect_chain == [("/cases/", 302)]
    assert "请选择" in answer.content.decode()
    assert browse("li").post("/cases/chosen/", {"verb": "forged"}).status_code == 404
    assert browse("li").post("/cases/chosen/forged/", {}).status_code == 404
    assert browse("li").get("/cases/chosen/").status_code == 405


def test_what_waits_no_more_is_said_before_anything_is_done(town, browse):
    case = town.start("wang", days=1)
    chosen = tasks(town, case)
    town.act("sun", case)
    page = browse("li").post("/cases/chosen/", {"verb": "decide", "chosen": chosen})
    assert "可能已由他人办理" in page.content.decode()
    # Titles of cases that do not concern the reader are not told.
    other = town.start("qian", days=1)
    page = browse("li").post("/cases/chosen/", {"verb": "transfer", "chosen": tasks(town, other)})
    assert other.number not in page.content.decode()


def test_handing_on_from_the_list_names_a_person_and_a_reason(town, browse):
    case = town.start("wang", days=1)
    li, chosen = browse("li"), tasks(town, case)
    told = {"key": "k", "chosen": chosen, "to": "nobody-here", "reason": "x"}
    answer = li.post("/cases/chosen/transfer/", told)
    assert answer.status_code == 422
    assert "nobody-here" in answer.content.decode()
    assert li.post("/cases/chosen/transfer/", told | {"to": "zhao"}).status_code == 302
    assert Task.objects.get(case=case, status="open").account == town["zhao"].id


def test_urging_from_the_box_of_what_one_started(town, browse):
    case = town.start("wang", days=1)
    wang = browse("wang")
    (chosen,) = fields(wang.get("/cases/started/").content.decode(), "chosen")
    assert chosen == case.pk
    page = wang.post("/cases/chosen/", {"verb": "urge", "chosen": chosen}).content.decode()
    assert case.number in page
    answer = wang.post("/cases/chosen/urge/", {"key": "k", "chosen": chosen, "note": "急"})
    assert "1 件中 1 件" in wang.get(answer.url).content.decode()
    assert CaseEntry.objects.filter(case=case, kind="urged").exists()


# Phrases.


def test_phrases_are_ones_own_and_shipped_ones_stand_in_for_them(town, browse):
    li = browse("li")
    assert "请按规定办理。" in li.get("/cases/phrases/").content.decode()
    answer = li.post("/cases/phrases/", {"texts": "照办\n\n 照  办 \n同意，速办\n照办"})
    assert answer.status_code == 302
    assert services.list_phrases(town["li"]).texts == ("照办", "照 办", "同意，速办")
    assert services.list_phrases(town["sun"]).are_shipped

    case = town.start("wang", days=1)
    shown = li.get(f"/cases/{case.pk}/").content.decode()
    assert '<option value="同意，速办">' in shown
    assert "已阅。" not in shown
    li.post("/cases/phrases/", {"texts": ""})
    assert not Phrases.objects.exists()
    li.cookies["django_language"] = "en"
    assert (
        "Please handle it according to the rules." in li.get(f"/cases/{case.pk}/").content.decode()
    )


@pytest.mark.parametrize("text", ["\n".join(map(str, range(51))), "长" * 201])
def test_too_many_phrases_and_too_long_ones_are_refused(browse, text):
    answer = browse("li").post("/cases/phrases/", {"texts": text})
    assert answer.status_code == 422
    assert not Phrases.objects.exists()


def test_a_phrase_that_was_chosen_stands_behind_what_was_written(town, browse):
    case = town.start("wang", days=5)
    told = {
        "task": town.task(case),
        "action": "agree",
        "opinion": "看过了，",
        "opinion_phrase": "同意。",
    }
    path = f"/cases/{case.pk}/do/decide/"
    # Only what is offered is appended.
    forged = browse("li").post(path, told | {"copies": "nobody-here", "opinion_phrase": "x"})
    assert "看过了，</textarea>" in forged.content.decode()
    assert browse("li").post(path, told).status_code == 302
    assert Task.objects.get(pk=told["task"]).opinion == "看过了，同意。"
