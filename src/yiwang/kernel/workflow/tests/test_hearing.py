"""What is decided or happens outside a case. 外部消息。"""

import pytest

from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.workflow.services.declaring import read_case_type
from yiwang.kernel.workflow.services.machine.evolving import replay

from .play import Play

LATE = """
case: demo.late
title: {zh: 逾期, en: Late}
start: {roles: [], to: late}
oversees: [director]
nodes:
  late:
    title: {zh: 催报, en: Ask for it}
    who: {role: steward, of: starter}
    actions:
      sent: {label: {zh: 已报送, en: Sent}, to: wait}
      excuse: {label: {zh: 无需报送, en: Not needed}, to: excused, opinion: required}
    hears:
      arrived: {label: {zh: 数据已到, en: The data came}, to: done}
  wait:
    title: {zh: 等待数据, en: Wait for the data}
    hears:
      arrived: {label: {zh: 数据已到, en: The data came}, to: done}
      late: {label: {zh: 仍未到, en: It did not come}, to: late}
  done: {title: {zh: 已到, en: Came}, ends: done}
  excused: {title: {zh: 无需, en: Excused}, ends: excused}
"""


@pytest.fixture
def play():
    play = Play(read_case_type(LATE))
    play.start("p1")
    return play


def holds(play):
    assert replay(play.log) == play.state


def test_news_takes_the_way_that_the_step_names_and_asks_nobody_more(play):
    play.do("p0", "hear", "arrived")

    assert (play.state.status, play.state.outcome) == ("closed", "done")
    assert not play.open_tasks()
    holds(play)


def test_what_somebody_decided_elsewhere_is_their_task_done(play):
    play.do("p1", "hear", "arrived", by="p1", opinion="已补")

    assert [(one.status, one.by, one.action) for one in play.state.tasks.values()] == []
    [done] = [one for one in play.log if one.kind == "task_done"]
    assert (done.body["by"], done.body["action"], done.body["opinion"]) == ("p1", "arrived", "已补")
    assert play.state.handled["late"].by == ("p1",)
    holds(play)


def test_an_action_can_be_said_from_outside_too(play):
    play.do("p4", "hear", "excuse", by="p4", opinion="停用")

    assert play.state.outcome == "excused"
    holds(play)


def test_a_step_that_only_listens_asks_nobody_and_waits(play):
    play.do("p1", "act", play.open_tasks()[0], "sent")
    waiting = (play.state.node, play.open_tasks())
    play.do("p0", "hear", "late")

    assert waiting == ("wait", [])
    assert play.open_tasks()
    holds(play)


def test_a_word_that_the_step_does_not_know_changes_nothing(play):
    with pytest.raises(Conflict) as refusal:
        play.do("p0", "hear", "late")

    assert refusal.value.code == "workflow.word.unknown"
    holds(play)


def test_news_closes_a_suspended_case_but_nobody_decides_it(play):
    play.do("p3", "suspend", reason="。")
    with pytest.raises(Conflict):
        play.do("p1", "hear", "excuse", by="p1", opinion="。")

    play.do("p0", "hear", "arrived")

    assert play.state.status == "closed"
    holds(play)


def test_a_closed_case_hears_nothing(play):
    play.do("p0", "hear", "arrived")

    with pytest.raises(Conflict):
        play.do("p0", "hear", "arrived")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("arrived}, to: done}\n      late", "arrived}, to: nowhere}\n      late"),
        ("  wait:\n    title: {zh: 等待数据, en: Wait for the data}\n    hears:",
         "  wait:\n    title: {zh: 等待数据, en: Wait for the data}\n    ends: x\n    hears:"),
    ],
)  # fmt: skip
def test_news_that_lead_nowhere_or_leave_an_end_are_refused(before, after):
    text = LATE.replace("The data came}, to: done}\n      late", "arrived}, to: done}\n      late")

    read_case_type(text)
    with pytest.raises(InvalidInput):
        read_case_type(text.replace(before, after))
