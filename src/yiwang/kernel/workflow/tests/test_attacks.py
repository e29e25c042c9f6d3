"""People who try what nobody should be able to, and corners where a case could stand for ever. 攻防。"""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotPermitted, YiwangError
from yiwang.kernel.identity import services as identity
from yiwang.kernel.notify.models import Notice
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, Task

from .conftest import PASSWORD
from .files import BOARD, LEAVE

pytestmark = pytest.mark.usefixtures("rows_equal_their_log")

EVERYBODY_SIGNS = BOARD.replace("{rule: ratio, amount: 0.6}", "{rule: all}")


def asked(case: Case) -> set[str]:
    return set(Task.objects.filter(case=case, status="open").values_list("account", flat=True))


def ids(town, *names: str) -> list[str]:
    return [town[name].id for name in names]


def board_of(town, *names: str) -> Case:
    case = town.start("wang", "demo.board", members=ids(town, *names), text="稿")
    town.act("wang", case)
    return case


class TestOneVoteStaysOneVote:
    """Of several who sign together, nobody can make the decision theirs alone."""

    @pytest.fixture(autouse=True)
    def everybody_signs(self, town):
        services.publish_case_type(town["eng"], EVERYBODY_SIGNS)

    def test_by_taking_a_refusal_back(self, town):
        case = board_of(town, "li", "sun", "zhao")
        town.act("li", case, "refuse")
        assert case.node == "draft"

        services.withdraw(town["li"], case.pk)
        assert asked(case) == set(ids(town, "li", "sun", "zhao"))
        town.act("li", case)

        assert case.node == "board"

    def test_by_a_straight_return(self, town):
        case = board_of(town, "li", "sun", "zhao")
        services.send_back(town["li"], town.task(case, "li"), "draft", reason="改", straight=True)
        town.act("wang", case)

        assert asked(case) == set(ids(town, "li", "sun", "zhao"))
        town.act("li", case)
        assert case.node == "board"

    def test_by_a_return_after_a_vote_that_not_all_needed_to_give(self, town):
        services.publish_case_type(town["eng"], BOARD)
        case = board_of(town, "li", "sun", "zhao", "qian", "mayor")
        for name in ("li", "sun", "zhao"):
            town.act(name, case)
        services.send_back(town["wang"], town.task(case), "board", reason="重议")

        assert len(asked(case)) == 5

    def test_by_having_a_second_vote_handed_over(self, town):
        case = board_of(town, "li", "sun", "zhao")
        with pytest.raises(InvalidInput) as told:
            services.transfer_task(
                town["li"], town.task(case, "li"), town["sun"].id, reason="请代签"
            )
        assert told.value.code == "workflow.signers.twice"

    def test_where_the_step_lets_nobody_take_back(self, town):
        file = EVERYBODY_SIGNS.replace(
            "    who: {each: members}\n", "    who: {each: members}\n    verbs: [return]\n"
        )
        services.publish_case_type(town["eng"], file)
        case = board_of(town, "li", "sun")
        town.act("li", case, "agree")

        with pytest.raises(NotPermitted, match="not possible"):
            services.withdraw(town["li"], case.pk)


def test_an_added_signer_cannot_become_the_decider_by_taking_back(town):
    case = town.start("wang", days=5)
    services.add_signers(town["li"], town.task(case), ids(town, "zhao"), mode="after")
    town.act("zhao", case)
    assert case.node == "director"

    with pytest.raises(NotPermitted):
        services.withdraw(town["zhao"], case.pk)


def test_who_removes_the_last_added_signer_has_decided_nothing(town):
    case = town.start("wang", days=5)
    services.add_signers(town["li"], town.task(case), ids(town, "zhao"), mode="after")
    services.remove_signer(town["mayor"], town.task(case, "zhao"), reason="不必")
    case.refresh_from_db()
    assert case.node == "director"

    with pytest.raises(NotPermitted):
        services.withdraw(town["mayor"], case.pk)


class TestSupplements:
    def test_only_who_asked_ends_it(self, town):
        """Ended beneath another's task, the one who asked would wait for ever."""
        case = board_of(town, "li", "sun", "zhao")
        services.delegate_task(town["sun"], town.task(case, "sun"), town["qian"].id)
        mine, other = town.task(case, "li"), Task.objects.get(case=case, status="waiting").pk
        services.ask_supplement(town["li"], mine, ["text"], note="补充")

        with pytest.raises(Conflict):
            services.cancel_supplement(town["sun"], other, reason="不必")

        services.supply(town["wang"], town.task(case, "wang"), {"text": "全文"})
        assert Task.objects.get(pk=mine).status == "open"

    def test_a_forged_answer_is_a_refusal_that_the_ledger_keeps(self, town):
        case = town.start("wang", days=2)
        services.ask_supplement(town["li"], town.task(case), ["why"], note="补充")
        with pytest.raises(NotPermitted):
            services.supply(town["zhao"], town.task(case, "wang"), {"why": "x"})

    def test_who_asked_hears_that_it_came(self, town):
        case = town.start("wang", days=2)
        services.ask_supplement(town["li"], town.task(case), ["why"], note="补充")
        before = Notice.objects.filter(account_id=town["sun"].id).count()
        services.supply(town["wang"], town.task(case, "wang"), {"why": "探亲"})
        assert Notice.objects.filter(account_id=town["sun"].id).count() == before + 1


def test_nobody_stays_asked_beneath_a_task_that_is_asked_for_no_more(town):
    case = town.start("wang", days=2)
    first = town.task(case)
    services.add_signers(town["li"], first, ids(town, "zhao"), mode="before")
    services.delegate_task(town["zhao"], town.task(case, "zhao"), town["qian"].id)

    removed = Task.objects.get(case=case, status="waiting", kind="before").pk
    services.remove_signer(town["mayor"], removed, reason="不必")

    assert asked(case) == {""}
    assert Task.objects.get(pk=first).status == "open"


def test_handing_to_and_fro_ends(town):
    case = town.start("wang", days=2)
    names = ["zhao", "qian"]
    services.delegate_task(town["li"], town.task(case), town["zhao"].id)
    with pytest.raises(InvalidInput) as told:
        for turn in range(250):
            here, there = names[turn % 2], names[(turn + 1) % 2]
            services.delegate_task(town[here], town.task(case, here), town[there].id)
    assert told.value.code == "workflow.signers.count"


class TestNobodyDecidesTheirOwn:
    def test_where_nobody_holds_the_role_those_who_oversee_are_asked(self, town):
        for name in ("li", "sun"):
            identity.lock_account(SYSTEM, town[name].id, reason="x")
        case = town.start("wang", days=2)

        task = Task.objects.get(case=case, status="open")
        assert (task.account, task.role) == ("", "director")
        with pytest.raises(NotPermitted):
            services.act_on_task(town["wang"], task.pk, "agree")

    def test_who_has_no_post_is_not_everybodys_subordinate(self, town):
        info, _ = identity.create_account(
            SYSTEM, name="wu", password=PASSWORD, must_change_password=False
        )
        identity.grant_role(SYSTEM, info.id, "viewer")
        case = services.start_case(identity.get_actor(info.id), "demo.leave", {"days": 2})

        with pytest.raises(NotPermitted):
            town.act("zhao", case)
        assert Task.objects.get(case=case, status="open").role == "director"

    def test_a_locked_account_is_not_asked(self, town):
        case = town.start("wang", "demo.board", members=ids(town, "li", "sun"), text="稿")
        identity.lock_account(SYSTEM, town["li"].id, reason="x")
        town.act("wang", case)
        assert asked(case) == set(ids(town, "sun"))

    def test_nor_is_a_locked_account_that_decided_before(self, town):
        case = town.start("wang", days=5)
        town.act("li", case)
        identity.lock_account(SYSTEM, town["li"].id, reason="x")
        services.send_back(town["mayor"], town.task(case), "leader", reason="再议")
        town.act("sun", case)
        assert case.node == "director"

    def test_nor_one_who_stands_in(self, town):
        services.set_absence(
            town["li"], account=town["li"].id, agent=town["sun"].id,
            from_date=today(), until_date=today() + timedelta(days=3),
        )  # fmt: skip
        identity.lock_account(SYSTEM, town["sun"].id, reason="x")
        case = board_of(town, "li")
        assert asked(case) == set(ids(town, "li"))

    def test_who_may_not_use_cases_cannot_be_handed_one(self, town):
        info, _ = identity.create_account(
            SYSTEM, name="wu", organization_code="D01", password=PASSWORD,
            must_change_password=False,
        )  # fmt: skip
        case = town.start("wang", days=2)
        with pytest.raises(YiwangError, match="cannot be asked"):
            services.transfer_task(town["li"], town.task(case), info.id, reason="x")


class TestSkippingTheSamePerson:
    def test_not_after_a_refusal(self, town):
        file = LEAVE.replace("label: {zh: 不同意, en: Refuse}, to: refused, opinion: required",
                             "label: {zh: 不同意, en: Refuse}, to: director", 1)  # fmt: skip
        services.publish_case_type(town["eng"], file)
        case = town.start("wang", days=5)
        services.transfer_task(town["mayor"], town.task(case), town["mayor"].id, reason="亲自")

        town.act("mayor", case, "refuse")

        assert (case.status, case.node) == ("running", "director")

    def test_not_past_what_has_to_be_filled_in(self, town):
        file = LEAVE.replace(
            "    skip_same: true\n", "    skip_same: true\n    edits: [note]\n    needs: [note]\n"
        )
        services.publish_case_type(town["eng"], file)
        case = town.start("wang", days=5)
        services.transfer_task(town["mayor"], town.task(case), town["mayor"].id, reason="亲自")

        town.act("mayor", case)

        assert (case.status, case.node) == ("running", "director")


def test_who_oversees_in_one_department_does_not_in_another(town):
    services.publish_case_type(
        town["eng"], LEAVE.replace("oversees: [director]", "oversees: [steward]")
    )
    case = town.start("wang", days=2)
    services.suspend(town["li"], case.pk, reason="核查")
    services.resume(town["li"], case.pk)
    with pytest.raises(NotPermitted):
        services.suspend(town["zhao"], case.pk, reason="x")


def test_who_comes_second_to_a_pool_learns_who_was_first_though_the_case_moved_on(town):
    case = town.start("wang", days=5)
    task = town.task(case)
    services.act_on_task(town["li"], task, "agree")

    with pytest.raises(Conflict) as told:
        services.act_on_task(town["sun"], task, "agree")

    assert (told.value.code, told.value.extra["by"]) == ("workflow.task.done", town["li"].id)


def test_who_gave_a_task_aside_hears_that_it_came_back(town):
    case = board_of(town, "li")
    services.delegate_task(town["li"], town.task(case, "li"), town["qian"].id)
    before = Notice.objects.filter(account_id=town["li"].id).count()
    services.act_on_task(town["qian"], town.task(case, "qian"), "agree")
    assert Notice.objects.filter(account_id=town["li"].id).count() == before + 1


def test_who_holds_two_posts_acts_in_both(town):
    """Else a task of the second post, where they alone hold the role, could be done by nobody."""
    identity.add_post(SYSTEM, town["li"].id, organization_code="D02")
    identity.lock_account(SYSTEM, town["zhao"].id, reason="x")
    case = town.start("mayor", "demo.instruction", departments=["D02"], text="x")
    part = Case.objects.get(parent=case)
    town.act("li", part, data={"answer": "好"})
    assert part.status == "closed"


def test_a_task_for_each_of_many_costs_the_same_few_reads(town, django_assert_max_num_queries):
    from yiwang.kernel.base.clock import now
    from yiwang.kernel.workflow.services.world import City
    from yiwang.kernel.workflow.types import CaseState, Who

    codes = ["D01", "D02", *(f"X{at}" for at in range(400))]
    with django_assert_max_num_queries(1):
        found = City(now(), "").find_holders(
            Who(role="steward", each="d"), CaseState(data={"d": codes})
        )
    assert [one.organization for one in found] == ["D01", "D02"]
