"""Whatever people do, the log tells it all. 随机历史重放。"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from yiwang.kernel.workflow.services.machine.evolving import replay
from yiwang.kernel.workflow.types import DONE, MAIN, OPEN, SUPPLEMENT, WAITING, CaseState

from .files import BOARD, COPIED, LEAVE, ORDER, TASKS
from .play import Play, play_at_random

FILES = {"leave": LEAVE, "board": BOARD, "tasks": TASKS, "copied": COPIED, "order": ORDER}
QUICK, ALL = 600, int(os.environ.get("YIWANG_EXAMPLES_HISTORIES", "10000"))


def run_histories(count: int) -> Counter[str]:
    told: Counter[str] = Counter()
    for seed in range(count):
        play = play_at_random(list(FILES.values())[seed % len(FILES)], seed, 12 + seed % 20)
        check(play)
        told.update(event.kind for event in play.log)
        told.update(play.refused)
    return told


def check(play: Play) -> None:
    """What must hold after any history."""
    assert replay(play.log) == play.state
    assert play.state.seq == len(play.log)
    nothing_lost(play)
    someone_is_asked(play.state, play)
    tasks_hang_together(play.state)
    nobody_decides_for_all(play)
    files_stay(play)


def files_stay(play: Play) -> None:
    """Every file that was attached is at hand or was taken away by an event that names it."""
    sent = [
        one["id"] for event in play.log if event.kind == "attached" for one in event.body["files"]
    ]
    gone = {event.body["file"] for event in play.log if event.kind in ("detached", "erased")}
    assert [one for one in sent if one not in gone] == list(play.state.attached)


def tasks_hang_together(state: CaseState) -> None:
    """A task waits for somebody beneath it, nobody is asked for nothing, a supplement is one."""
    tasks = state.tasks
    for task in tasks.values():
        beneath = [one for one in tasks.values() if one.parent == task.id]
        if task.status == WAITING:
            assert any(one.status in (OPEN, WAITING) for one in beneath), (task, state)
        if task.status in (OPEN, WAITING) and task.parent:
            assert tasks[task.parent].status == WAITING, (task, state)
    asked = [one for one in tasks.values() if one.kind == SUPPLEMENT and one.status == OPEN]
    if state.live:
        assert len(asked) == (1 if state.asked else 0), state


def nobody_decides_for_all(play: Play) -> None:
    """Where several decide together each time all are asked, save who was locked by then."""
    state = play.state
    node = play.type.nodes[state.node]
    if not node.votes or not node.who.each:
        return
    main = [task for task in state.tasks.values() if task.kind == MAIN]
    wanted = [one for one in state.data["members"] if one not in play.world.locked]
    assert len(main) >= len(wanted), (main, wanted)


def nothing_lost(play: Play) -> None:
    """Every task ever opened, and every decision on it, stands in the log, also after 退回."""
    opened = [event.body["task"] for event in play.log if event.kind == "task_opened"]
    assert len(opened) == len(set(opened))
    ended = Counter(
        event.body["task"] for event in play.log if event.kind in ("task_done", "task_cancelled")
    )
    reopened = Counter(event.body["task"] for event in play.log if event.kind == "task_reopened")
    for task in opened:
        still_asked = task in play.state.tasks and play.state.tasks[task].status in (
            "open",
            "waiting",
        )
        assert ended[task] >= (0 if still_asked else 1)
        assert ended[task] <= 1 + reopened[task]


def someone_is_asked(state: CaseState, play: Play) -> None:
    """A live case never stands where nobody can do anything; a suspended one can be resumed."""
    if not state.live:
        assert not play.open_tasks()
    if state.status not in ("running", "supplementing"):
        return
    running_children = any(child.status == "running" for child in state.children.values())
    assert play.open_tasks() or running_children, (state, play.log[-8:])


def test_hundreds_of_random_histories_replay_to_the_state_they_left() -> None:
    told = run_histories(QUICK)

    # The dice have met every kind of event, or the test shows nothing about it.
    for kind in (
        "returned", "withdrawn", "task_moved", "task_waits", "task_reopened", "suspended", "resumed",
        "supplement_asked", "supplemented", "terminated", "closed", "child_ended", "migrated",
        "clock_set", "clock_dropped", "lit", "copied", "reported", "requested", "answered", "chased",
        "child_progress",
    ):  # fmt: skip
        assert told[kind], kind
    for code in ("workflow.task.not_yours", "workflow.task.done", "workflow.case.suspended"):
        assert told[code], code


@pytest.mark.deep
def test_ten_thousand_random_histories_replay_to_the_state_they_left() -> None:
    assert run_histories(ALL)["closed"] > ALL // 10


def test_a_log_with_a_line_left_out_gives_another_state() -> None:
    """The test above can fail: a lost line shows."""
    play = play_at_random(LEAVE, 5, 20)
    done = [at for at, event in enumerate(play.log) if event.kind == "task_done"]
    assert any(task.status == DONE for task in play.state.tasks.values()) or done
    try:
        lost = replay(play.log[: done[0]] + play.log[done[0] + 1 :])
    except KeyError:
        return
    assert lost != play.state
