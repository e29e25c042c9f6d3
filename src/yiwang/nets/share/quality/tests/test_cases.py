"""Findings of a register are one case for its department. 质量整改流程。"""

import pytest

from yiwang.kernel.base.errors import NotPermitted
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.models import Case, CaseSubject
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.models import Excuse, Group, Notice, Run
from yiwang.nets.share.quality.services.casework import FINDINGS

from .conftest import ROWS
from .standin import check

FIXED = [[row[0], row[1], "11010519491231002X", "2"] for row in ROWS]


@pytest.fixture(autouse=True)
def everybody(steward, engineer):
    """The people whom the steps ask."""


def tasks(actor):
    return [one for one in workflow.list_box(actor, "todo").lines if one.code == FINDINGS]


def act(actor, action, **more):
    [task] = tasks(actor)
    workflow.act_on_task(actor, task.id, action, **more)


def cases():
    found = Case.objects.filter(code=FINDINGS).order_by("pk")
    return [one.outcome or one.node for one in found]


def send_out(engineer):
    for notice in Notice.objects.filter(state="draft"):
        services.send_notice(engineer, notice.id)


def test_many_findings_of_a_register_are_one_case_of_the_bureau(engineer, steward, found):
    assert Group.objects.filter(resource=found.id, state="open").count() > 1
    assert cases() == ["send"]
    assert len(tasks(engineer)) == 1
    assert not tasks(steward)

    check(found.id)

    assert cases() == ["send"]


def test_it_is_sent_mended_rechecked_and_closed_by_the_recheck(engineer, steward, found, land):
    act(engineer, "send")
    waiting = cases()
    send_out(engineer)
    assert (waiting, cases()) == (["sending"], ["rectify"])
    land(FIXED)

    act(steward, "mended")
    assert cases() == ["recheck"]
    assert Run.objects.filter(resource=found.id, state="queued").exists()
    check(found.id)

    assert cases() == ["closed"]
    assert Notice.objects.get().state == "closed"
    assert not tasks(steward)
    assert workflow.replay_case(Case.objects.get(code=FINDINGS).pk).outcome == "closed"


def test_what_was_not_mended_comes_back_to_the_department(engineer, steward, found):
    act(engineer, "send")
    send_out(engineer)
    act(steward, "mended")

    check(found.id)

    assert cases() == ["rectify"]
    assert tasks(steward)


def test_what_comes_back_is_a_case_again_that_names_the_one_before(engineer, found, land):
    land(FIXED)
    check(found.id)
    first = Case.objects.get(code=FINDINGS)
    land(ROWS)
    check(found.id)

    assert cases() == ["closed", "send"]
    assert Case.objects.filter(code=FINDINGS).latest("pk").data["again"] == first.number


def test_a_notice_sent_on_its_page_moves_the_case(engineer, steward, sent):
    assert cases() == ["rectify"]
    assert tasks(steward)

    services.cancel_notice(engineer, sent.id, reason="口径有误")

    assert cases() == ["send"]
    assert not tasks(steward)


def test_the_department_explains_all_and_the_bureau_accepts(engineer, steward, sent):
    act(steward, "explain", opinion="历史数据，原件如此")
    assert cases() == ["decide"]
    assert set(Excuse.objects.values_list("state", flat=True)) == {"proposed"}

    act(engineer, "accept")

    assert cases() == ["closed"]
    assert set(Excuse.objects.values_list("state", flat=True)) == {"accepted"}


def test_the_bureau_declines_and_the_department_has_it_again(engineer, steward, sent):
    act(steward, "explain", opinion="历史数据，原件如此")

    act(engineer, "decline", opinion="原件不是这样")

    assert cases() == ["rectify"]
    assert set(Excuse.objects.values_list("state", flat=True)) == {"declined"}


def test_deciding_each_on_its_page_moves_the_case_too(engineer, steward, sent):
    act(steward, "explain", opinion="历史数据，原件如此")

    for one in Excuse.objects.all():
        services.decide_excuse(engineer, one.id, accept=True)

    assert cases() == ["closed"]


def test_the_bureau_may_enter_all_as_they_may_stay(engineer, found):
    act(engineer, "excuse", opinion="试点数据，不再更正")

    assert cases() == ["closed"]
    assert set(Excuse.objects.values_list("state", flat=True)) == {"accepted"}


@pytest.mark.parametrize(("action", "more"), [("send", {}), ("excuse", {"opinion": "不必更正了"})])
def test_a_task_handed_to_somebody_gives_no_right_to_send_or_excuse(
    engineer, person, found, action, more
):
    viewer = person("viewer", "D01")
    [task] = tasks(engineer)
    workflow.transfer_task(engineer, task.id, viewer.id, reason="代办")
    [task] = tasks(viewer)

    with pytest.raises(NotPermitted):
        workflow.act_on_task(viewer, task.id, action, **more)

    assert cases() == ["send"]
    assert not Notice.objects.exists()
    assert not Excuse.objects.exists()


def test_a_department_that_holds_a_task_of_the_bureau_decides_nothing(engineer, steward, sent):
    act(steward, "explain", opinion="历史数据，原件如此")
    [task] = tasks(engineer)
    workflow.transfer_task(engineer, task.id, steward.id, reason="代办")

    with pytest.raises(NotPermitted):
        act(steward, "accept")

    assert set(Excuse.objects.values_list("state", flat=True)) == {"proposed"}


def test_findings_of_before_are_caught_up_with(engineer, sent):
    CaseSubject.objects.all().delete()
    before = Case.objects.filter(code=FINDINGS).count()

    workflow.prepare_shipped()
    workflow.prepare_shipped()

    assert Case.objects.filter(code=FINDINGS).count() == before + 1
    assert cases()[-1] == "rectify"


def test_a_check_that_fails_gives_the_task_back(engineer, steward, sent):
    from yiwang.kernel.base.errors import Unavailable
    from yiwang.nets.share.quality.services.running import fail_run

    act(steward, "mended")
    run = Run.objects.filter(state="queued").latest("id")

    fail_run(run.id, Unavailable("quality.x", "It broke"))

    assert cases() == ["rectify"]
