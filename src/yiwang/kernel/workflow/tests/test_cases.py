"""Cases as people work on them, through the services."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.events.models import EventRow
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.notify.models import Notice
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseEntry, Task

from .files import LEAVE

pytestmark = pytest.mark.usefixtures("rows_equal_their_log")


def kinds(case: Case) -> list[str]:
    """What happened, clocks aside."""
    entries = CaseEntry.objects.filter(case=case).exclude(kind__startswith="clock_")
    return list(entries.order_by("seq").values_list("kind", flat=True))


def test_a_short_leave_is_granted_by_the_department(town):
    case = town.start("wang", days=2, why="探亲")
    assert (case.number[:3], case.status, case.node) == ("QJ-", "running", "leader")

    town.act("li", case, opinion="同意")

    assert (case.status, case.outcome) == ("closed", "granted")
    assert kinds(case) == [
        "opened", "entered", "task_opened", "task_done", "entered", "entered", "closed",
    ]  # fmt: skip


def test_a_long_leave_goes_on_to_the_director(town):
    case = town.start("wang", days=5)
    town.act("li", case)
    assert case.node == "director"

    town.act("mayor", case)

    assert case.outcome == "granted"


def test_each_step_is_one_act_with_ledger_row_event_and_log(town):
    case = town.start("wang", days=2)
    town.act("li", case)

    entry = CaseEntry.objects.filter(case=case, kind="task_done").get()
    act = ActRow.objects.get(pk=entry.act_id)
    event = EventRow.objects.filter(act_id=entry.act_id, type="workflow.case.changed").get()
    assert (act.verb, act.object_id, act.actor_id) == (
        "workflow.task.act", case.pk, town["li"].id,
    )  # fmt: skip
    assert {"closed", "entered", "task_done"} <= set(event.payload["kinds"])
    assert "days" not in str(act.details) + str(event.payload)


def test_who_is_not_asked_may_not_decide(town):
    case = town.start("wang", days=2)

    with pytest.raises(NotPermitted, match="not yours"):
        services.act_on_task(town["zhao"], town.task(case), "agree")

    assert ActRow.objects.filter(outcome="refused", verb="workflow.task.act").count() == 1
    assert kinds(case) == ["opened", "entered", "task_opened"]


def test_the_second_to_act_learns_who_was_first(town):
    case = town.start("wang", "demo.board", members=[town["li"].id, town["sun"].id], text="稿")
    town.act("wang", case)
    task = town.task(case, "li")
    services.act_on_task(town["li"], task, "agree")

    with pytest.raises(Conflict) as told:
        services.act_on_task(town["li"], task, "agree")

    assert told.value.code == "workflow.task.done"
    assert told.value.extra["by"] == town["li"].id


def test_an_action_that_asks_an_opinion_gets_one(town):
    case = town.start("wang", days=2)

    with pytest.raises(InvalidInput, match="opinion"):
        town.act("li", case, "refuse", opinion=" ")

    town.act("li", case, "refuse", opinion="人手不足")
    assert case.outcome == "refused"
    assert Task.objects.get(case=case).opinion == "人手不足"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, "workflow.field.missing"),
        ({"days": "two"}, "workflow.field.wrong"),
        ({"days": True}, "workflow.field.wrong"),
        ({"days": 2, "note": "x"}, "workflow.field.locked"),
        ({"days": 2, "why": "x" * 501}, "workflow.field.wrong"),
        ({"days": 2, "nothing": 1}, "workflow.field.locked"),
    ],
)
def test_what_is_filled_in_is_checked_here_whatever_the_browser_did(town, data, code):
    with pytest.raises(InvalidInput) as told:
        services.start_case(town["wang"], "demo.leave", data)

    assert told.value.code == code
    assert not Case.objects.exists()


def test_a_form_sent_twice_is_one_case(town):
    first = services.start_case(town["wang"], "demo.leave", {"days": 1}, key="form-1")
    again = services.start_case(town["wang"], "demo.leave", {"days": 1}, key="form-1")
    assert again.pk == first.pk
    with pytest.raises(Conflict, match=first.number):
        services.start_case(town["wang"], "demo.leave", {"days": 9}, key="form-1")
    assert Case.objects.count() == 1


def test_nobody_decides_about_what_they_asked_for_where_the_type_says_so(town):
    text = LEAVE.replace(
        "{role: steward, of: starter}", "{role: steward, of: starter, not_starter: true}"
    )
    services.publish_case_type(town["eng"], text)
    case = town.start("li", days=2)
    assert services.list_box(town["li"], "todo").lines == []
    with pytest.raises(NotPermitted):
        services.act_on_task(town["li"], town.task(case), "agree")
    with pytest.raises(InvalidInput, match="asked for"):
        services.transfer_task(town["sun"], town.task(case), town["li"].id, reason="代批")
    town.act("sun", case)
    assert case.outcome == "granted"

    # Of D02 only zhao holds the role: alone, they are nobody, and who oversees is asked.
    other = town.start("zhao", days=2)
    assert [one.case_id for one in services.list_box(town["mayor"], "todo").lines] == [other.pk]


def test_only_roles_that_the_type_names_may_start_it(town):
    with pytest.raises(NotPermitted):
        services.start_case(town["wang"], "demo.instruction", {"text": "x"})


class TestSendingBack:
    def test_to_the_first_step_and_every_step_again(self, town):
        case = town.start("wang", days=5)
        town.act("li", case)
        services.send_back(town["mayor"], town.task(case), "leader", reason="请补充交接安排")
        case.refresh_from_db()
        assert (case.node, case.visit) == ("leader", 4)
        # It goes back to the one who decided, not to everybody of the role.
        assert Task.objects.get(case=case, status="open").account == town["li"].id

        town.act("li", case)
        assert case.node == "director"

    def test_straight_comes_directly_back_to_who_sent_it(self, town):
        case = town.start("wang", "demo.board", members=[town["li"].id], text="稿")
        town.act("wang", case)
        town.act("li", case)
        assert case.node == "final"
        services.send_back(town["wang"], town.task(case), "draft", reason="改错字", straight=True)
        town.act("wang", case, data={"text": "改"})

        case.refresh_from_db()
        assert (case.node, case.data["text"]) == ("final", "改")
        assert Task.objects.get(case=case, status="open").account == town["wang"].id

    def test_nothing_of_what_was_decided_is_lost(self, town):
        case = town.start("wang", days=5)
        town.act("li", case, opinion="第一次")
        services.send_back(town["mayor"], town.task(case), "leader", reason="再议")

        told = [entry.body.get("opinion") for entry in CaseEntry.objects.filter(case=case)]
        assert "第一次" in told
        assert "再议" in told

    @pytest.mark.parametrize("to", ["granted", "director", "long"])
    def test_only_to_steps_decided_before(self, town, to):
        case = town.start("wang", days=5)
        town.act("li", case)
        with pytest.raises(Conflict):
            services.send_back(town["mayor"], town.task(case), to, reason="x")

    def test_needs_a_reason_and_a_step_that_exists(self, town):
        case = town.start("wang", days=5)
        town.act("li", case)
        with pytest.raises(InvalidInput):
            services.send_back(town["mayor"], town.task(case), "leader", reason=" ")
        with pytest.raises(NotFound):
            services.send_back(town["mayor"], town.task(case), "nowhere", reason="x")


class TestTakingBack:
    def test_a_decision_nobody_has_acted_on(self, town):
        case = town.start("wang", days=5)
        town.act("li", case)

        services.withdraw(town["li"], case.pk)

        case.refresh_from_db()
        assert case.node == "leader"
        assert Task.objects.get(case=case, status="open").account == town["li"].id

    def test_not_by_others(self, town):
        case = town.start("wang", days=5)
        town.act("li", case)
        with pytest.raises(NotPermitted):
            services.withdraw(town["sun"], case.pk)

    def test_not_once_somebody_acted(self, town):
        members = [town["li"].id, town["sun"].id]
        case = town.start("wang", "demo.board", members=members, text="稿")
        town.act("wang", case)
        town.act("sun", case)
        with pytest.raises(Conflict, match="too late"):
            services.withdraw(town["wang"], case.pk)

    def test_a_vote_while_others_still_vote(self, town):
        members = [town[one].id for one in ("li", "sun", "zhao")]
        case = town.start("wang", "demo.board", members=members, text="稿")
        town.act("wang", case)
        town.act("li", case, "refuse")
        services.withdraw(town["li"], case.pk)
        town.act("li", case)
        town.act("sun", case)
        assert case.node == "final"


class TestVoting:
    @pytest.mark.parametrize(
        ("votes", "node"),
        [
            (["agree", "agree", "agree"], "final"),  # 3 of 5 are 60 %
            (["refuse", "refuse", "refuse"], "draft"),  # 60 % is out of reach
            (["refuse", "agree", "refuse", "agree", "agree"], "final"),
            (["refuse", "agree", "refuse"], "board"),
        ],
    )
    def test_a_share_of_those_asked_decides(self, town, votes, node):
        names = ["li", "sun", "zhao", "qian", "mayor"]
        case = town.start("wang", "demo.board", members=[town[one].id for one in names], text="稿")
        town.act("wang", case)
        for name, vote in zip(names, votes, strict=False):
            town.act(name, case, vote)

        assert case.node == node
        if node == "final":
            still_asked = Task.objects.filter(case=case, node="board", status="open")
            assert not still_asked.exists()


class TestHandingOn:
    def test_a_transfer_makes_it_anothers(self, town):
        case = town.start("wang", days=2)
        services.transfer_task(town["li"], town.task(case), town["zhao"].id, reason="出差")
        with pytest.raises(NotPermitted):
            services.act_on_task(town["li"], town.task(case), "agree")
        town.act("zhao", case)
        assert case.outcome == "granted"

    def test_who_oversees_may_move_what_lies_with_others(self, town):
        case = town.start("wang", days=2)
        with pytest.raises(NotPermitted):
            services.transfer_task(town["qian"], town.task(case), town["zhao"].id, reason="x")
        services.transfer_task(town["mayor"], town.task(case), town["zhao"].id, reason="改派")
        assert Notice.objects.filter(account_id=town["zhao"].id).exists()

    def test_a_delegated_task_comes_back_to_be_decided(self, town):
        case = town.start("wang", days=2)
        first = town.task(case)
        services.delegate_task(town["li"], first, town["qian"].id, reason="请核实")
        with pytest.raises(Conflict, match="waits"):
            services.act_on_task(town["li"], first, "agree")

        services.act_on_task(town["qian"], town.task(case, "qian"), "agree", opinion="属实")

        assert case.status == "running"
        assert Task.objects.get(pk=first).status == "open"
        services.act_on_task(town["li"], first, "agree")
        case.refresh_from_db()
        assert case.outcome == "granted"

    @pytest.mark.parametrize("mode", ["before", "with", "after"])
    def test_added_signers_sign_before_with_or_after(self, town, mode):
        case = town.start("wang", days=2)
        first = town.task(case)
        services.add_signers(town["li"], first, [town["zhao"].id], mode=mode, reason="会商")
        if mode == "with":
            services.act_on_task(town["li"], first, "agree")
        case.refresh_from_db()
        assert case.node == "leader"

        services.act_on_task(town["zhao"], town.task(case, "zhao"), "agree")
        if mode == "before":
            services.act_on_task(town["li"], first, "agree")

        case.refresh_from_db()
        assert case.outcome == "granted"

    def test_an_added_signer_has_a_veto(self, town):
        case = town.start("wang", days=2)
        services.add_signers(town["li"], town.task(case), [town["zhao"].id], mode="after")
        services.act_on_task(town["zhao"], town.task(case, "zhao"), "refuse", opinion="否")
        case.refresh_from_db()
        assert case.outcome == "refused"

    def test_an_added_signer_can_be_removed_and_the_last_one_cannot(self, town):
        case = town.start("wang", days=2)
        first = town.task(case)
        services.add_signers(town["li"], first, [town["zhao"].id], mode="with")
        services.remove_signer(town["li"], town.task(case, "zhao"), reason="不需要")
        with pytest.raises(Conflict, match="last"):
            services.remove_signer(town["mayor"], first, reason="x")
        services.act_on_task(town["li"], first, "agree")
        case.refresh_from_db()
        assert case.outcome == "granted"

    def test_the_same_person_need_not_decide_twice(self, town):
        case = town.start("wang", days=5)
        services.transfer_task(town["mayor"], town.task(case), town["mayor"].id, reason="亲自")
        town.act("mayor", case)
        assert case.outcome == "granted"
        skipped = CaseEntry.objects.filter(case=case, kind="task_done").last()
        assert skipped.body["skipped"] is True


def test_who_has_nothing_to_do_with_a_case_does_not_learn_that_it_exists(town):
    case = town.start("wang", days=2)
    for name in ("wang", "li", "mayor"):
        assert services.describe_case(town[name], case.pk).case.pk == case.pk
    for name in ("zhao", "qian"):
        with pytest.raises(NotFound):
            services.describe_case(town[name], case.pk)


def test_the_inbox_holds_what_is_mine_and_what_is_my_roles(town):
    case = town.start("wang", days=2)
    assert [one.case_id for one in services.list_box(town["li"], "todo").lines] == [case.pk]
    assert [one.case_id for one in services.list_box(town["sun"], "todo").lines] == [case.pk]
    assert services.list_box(town["zhao"], "todo").lines == []
    town.act("li", case)
    assert services.list_box(town["sun"], "todo").lines == []
    assert [one.case_id for one in services.list_box(town["li"], "done").lines] == [case.pk]
    assert [one.id for one in services.list_box(town["wang"], "started").lines] == [case.pk]
