"""Cases that stand still, wait for who is away, have children, or outlive their type."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction

from yiwang.kernel.base.clock import now, today, use_time
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted, TooMany
from yiwang.kernel.notify.models import Notice
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseEntry, CaseTypeVersion, Task
from yiwang.kernel.workflow.services.store import load_state

from .files import LEAVE, TASKS

pytestmark = pytest.mark.usefixtures("rows_equal_their_log")


def refreshed(case: Case) -> Case:
    case.refresh_from_db()
    return case


class TestStandingStill:
    def test_nothing_happens_in_a_suspended_case(self, town):
        case = town.start("wang", days=2)
        with pytest.raises(NotPermitted):
            services.suspend(town["li"], case.pk, reason="x")
        services.suspend(town["mayor"], case.pk, reason="核查")
        with pytest.raises(Conflict, match="suspended"):
            town.act("li", case)
        services.resume(town["mayor"], case.pk)
        town.act("li", case)
        assert case.outcome == "granted"

    def test_a_supplement_is_asked_once_and_only_for_what_is_named(self, town):
        case = town.start("wang", days=2)
        services.ask_supplement(town["li"], town.task(case), ["why"], note="请写明事由")
        with pytest.raises(Conflict):
            services.act_on_task(town["li"], Task.objects.get(case=case, kind="main").pk, "agree")
        supplement = town.task(case, "wang")
        with pytest.raises(InvalidInput):
            services.supply(town["wang"], supplement, {"days": 1})
        with pytest.raises(InvalidInput, match="filled in"):
            services.supply(town["wang"], supplement, {"why": ""})

        services.supply(town["wang"], supplement, {"why": "探亲"})

        town.act("li", case)
        assert (case.outcome, case.data["why"]) == ("granted", "探亲")

    def test_ended_is_ended(self, town):
        case = town.start("wang", days=2)
        services.terminate(town["wang"], case.pk, reason="不请了")
        with pytest.raises(Conflict, match="terminated"):
            services.suspend(town["mayor"], case.pk, reason="x")
        assert not Task.objects.filter(status="open").exists()

    def test_the_starter_cannot_end_what_others_have_decided(self, town):
        case = town.start("wang", days=5)
        town.act("li", case)
        with pytest.raises(NotPermitted):
            services.terminate(town["wang"], case.pk, reason="x")

    def test_urging_tells_who_is_asked_once_an_hour(self, town):
        case = town.start("wang", days=2)
        services.urge(town["wang"], case.pk, note="急")
        told = Notice.objects.filter(title__contains="urged").values_list("account_id", flat=True)
        assert set(told) == {town["li"].id, town["sun"].id}
        with pytest.raises(TooMany):
            services.urge(town["wang"], case.pk)
        with use_time(now() + timedelta(minutes=61)):
            services.urge(town["wang"], case.pk)


class TestAbsence:
    def test_open_and_new_tasks_go_to_who_stands_in_and_both_names_are_kept(self, town):
        case = town.start("wang", "demo.board", members=[town["li"].id], text="稿")
        town.act("wang", case)
        services.set_absence(
            town["li"], account=town["li"].id, agent=town["zhao"].id,
            from_date=today(), until_date=today() + timedelta(days=3),
        )  # fmt: skip

        task = Task.objects.get(case=case, status="open")
        assert (task.account, task.on_behalf_of) == (town["zhao"].id, town["li"].id)
        town.act("zhao", case)
        entry = CaseEntry.objects.filter(case=case, kind="task_done").last()
        assert (entry.actor, entry.on_behalf_of) == (town["zhao"].id, town["li"].id)

    def test_two_who_stand_in_for_each_other_end_nowhere(self, town):
        period = {"from_date": today(), "until_date": today() + timedelta(days=3)}
        services.set_absence(town["li"], account=town["li"].id, agent=town["sun"].id, **period)
        services.set_absence(town["sun"], account=town["sun"].id, agent=town["li"].id, **period)
        case = town.start("wang", "demo.board", members=[town["li"].id], text="稿")
        town.act("wang", case)
        assert Task.objects.get(case=case, status="open").account == town["li"].id

    def test_for_others_only_by_who_oversees(self, town):
        period = {"from_date": today(), "until_date": today() + timedelta(days=3)}
        with pytest.raises(NotPermitted):
            services.set_absence(town["li"], account=town["sun"].id, agent=town["li"].id, **period)
        services.set_absence(town["mayor"], account=town["sun"].id, agent=town["li"].id, **period)


class TestChildren:
    def test_an_instruction_is_split_and_joined(self, town):
        case = town.start(
            "mayor", "demo.instruction", departments=["D01", "D02"], text="排查消防隐患"
        )
        first, second = Case.objects.filter(parent=case).order_by("id")
        assert (first.data["department"], first.data["text"]) == ("D01", "排查消防隐患")

        town.act("li", first, data={"answer": "已排查"})
        case.refresh_from_db()
        assert case.node == "split"
        town.act("zhao", second, data={"answer": "已排查"})

        case.refresh_from_db()
        assert case.node == "review"
        town.act("mayor", case)
        assert case.status == "closed"

    def test_ending_the_parent_ends_the_children(self, town):
        case = town.start("mayor", "demo.instruction", departments=["D01", "D02"], text="x")
        services.terminate(town["mayor"], case.pk, reason="撤销")
        assert {one.status for one in Case.objects.all()} == {"terminated"}

    def test_a_child_that_is_terminated_counts_as_ended(self, town):
        case = town.start("mayor", "demo.instruction", departments=["D01"], text="x")
        child = Case.objects.get(parent=case)
        services.terminate(town["mayor"], child.pk, reason="重复")
        case.refresh_from_db()
        assert case.node == "review"

    def test_progress_rolls_up_from_child_to_parent(self, town):
        case = town.start("mayor", "demo.instruction", departments=["D01", "D02"], text="x")
        progress = [one.progress for one in load_state(refreshed(case)).children.values()]
        assert progress == [0.5, 0.5]
        town.act("li", Case.objects.filter(parent=case).order_by("id")[0], data={"answer": "好"})
        progress = [one.progress for one in load_state(refreshed(case)).children.values()]
        assert progress == [1.0, 0.5]

    def test_where_any_answer_is_enough_the_others_are_ended(self, town):
        services.publish_case_type(town["eng"], TASKS.replace("{rule: all}", "{rule: any}"))
        case = town.start("mayor", "demo.instruction", departments=["D01", "D02"], text="x")
        first, second = Case.objects.filter(parent=case).order_by("id")
        town.act("li", first, data={"answer": "好"})
        assert refreshed(case).node == "review"
        assert refreshed(second).status == "terminated"

    def test_a_type_whose_children_are_not_published_is_refused(self, town):
        with pytest.raises(NotFound, match=r"demo\.other"):
            services.publish_case_type(town["eng"], TASKS.replace("demo.part", "demo.other"))

    def test_nobody_to_hand_it_to_goes_straight_on(self, town):
        case = town.start("mayor", "demo.instruction", departments=[], text="x")
        assert case.node == "review"


class TestVersions:
    def test_a_case_ends_under_the_version_it_began_with(self, town):
        case = town.start("wang", days=5)
        shorter = LEAVE.replace("天数 > 3", "天数 > 30")
        services.publish_case_type(town["eng"], shorter)

        town.act("li", case)
        assert (case.version, case.node) == (1, "director")
        other = town.start("wang", days=5)
        town.act("li", other)
        assert (other.version, other.outcome) == (2, "granted")

    def test_the_same_file_again_is_no_new_version(self, town):
        assert services.publish_case_type(town["eng"], LEAVE).version == 1
        assert CaseTypeVersion.objects.filter(code="demo.leave").count() == 1

    def test_migration_is_an_act_with_a_reason(self, town):
        case = town.start("wang", days=5)
        services.publish_case_type(town["eng"], LEAVE.replace("天数 > 3", "天数 > 30"))
        with pytest.raises(NotPermitted):
            services.migrate_case(town["li"], case.pk, 2, "leader", reason="新规")
        services.migrate_case(town["mayor"], case.pk, 2, "leader", reason="新规")
        town.act("li", case)
        assert (case.version, case.outcome) == (2, "granted")

    def test_only_engineers_publish(self, town):
        with pytest.raises(NotPermitted):
            services.publish_case_type(town["li"], LEAVE)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE workflow_caseentry SET kind = 'x'",
            "DELETE FROM workflow_caseentry",
            "UPDATE workflow_casetypeversion SET version = 9",
            "DELETE FROM workflow_casetypeversion",
        ],
    )
    def test_log_and_published_versions_cannot_be_changed_by_anybody(self, town, statement):
        town.start("wang", days=5)
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
