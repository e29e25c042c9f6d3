"""What people might try with forms, with trees of cases, and while they are away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotPermitted
from yiwang.kernel.notify.models import Notice
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseEntry, Task
from yiwang.kernel.workflow.tasks import hand_on

from .files import LEAVE, PART, TASKS

pytestmark = pytest.mark.usefixtures("rows_equal_their_log")


def asked(case: Case) -> set[str]:
    return set(Task.objects.filter(case=case, status="open").values_list("account", flat=True))


def ids(town, *names: str) -> list[str]:
    return [town[name].id for name in names]


def board_of(town, *names: str) -> Case:
    case = town.start("wang", "demo.board", members=ids(town, *names), text="稿")
    town.act("wang", case)
    return case


class TestForms:
    @pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 20_001])
    def test_text_that_cannot_be_kept_is_refused_wherever_it_comes_in(self, town, text):
        case = town.start("wang", days=2)
        task = town.task(case)
        li, wang = town["li"], town["wang"]
        for attempt in (
            lambda: services.start_case(wang, "demo.leave", {"days": 1, "why": text}),
            lambda: services.start_case(wang, "demo.leave", {"days": 1}, title=text),
            lambda: services.start_case(wang, "demo.leave", {"days": 1}, key=text),
            lambda: services.start_case(wang, "demo.leave", {"days": 1, "why": text}, key="k"),
            lambda: services.act_on_task(li, task, "agree", opinion=text),
            lambda: services.act_on_task(li, task, "agree", data={"note": text}),
            lambda: services.transfer_task(li, task, town["zhao"].id, reason=text),
            lambda: services.add_signers(li, task, ids(town, "zhao"), mode="with", reason=text),
            lambda: services.urge(wang, case.pk, note=text),
            lambda: services.terminate(wang, case.pk, reason=text),
        ):
            with pytest.raises(InvalidInput):
                attempt()

    def test_one_key_is_not_a_form_of_another_type(self, town):
        first = services.start_case(town["mayor"], "demo.instruction", {"text": "x"}, key="k")
        services.publish_case_type(town["eng"], PART.replace("[director, engineer]", "[director]"))
        with pytest.raises(Conflict, match=first.number):
            services.start_case(town["mayor"], "demo.part", {"text": "x"}, key="k")

    def test_a_day_that_there_is_not(self, town):
        file = LEAVE.replace("label: {zh: 事由, en: Why}", "label: {zh: 事由, en: Why}, kind: date")
        services.publish_case_type(town["eng"], file)
        with pytest.raises(InvalidInput):
            services.start_case(town["wang"], "demo.leave", {"days": 1, "why": "2026-02-31"})
        services.start_case(town["wang"], "demo.leave", {"days": 1, "why": "2028-02-29"})

    def test_a_key_is_not_cut_short(self, town):
        with pytest.raises(InvalidInput):
            services.start_case(town["wang"], "demo.leave", {"days": 1}, key="k" * 81)

    def test_a_signature_after_mine_does_not_pass_what_i_have_to_fill_in(self, town):
        case = town.start("mayor", "demo.part", department="D01", text="x")
        with pytest.raises(InvalidInput) as told:
            services.add_signers(town["li"], town.task(case), ids(town, "zhao"), mode="after")
        assert told.value.code == "workflow.field.missing"


class TestTrees:
    def test_a_type_that_opens_itself_is_stopped(self, town):
        again = TASKS.replace("type: demo.part", "type: demo.instruction").replace(
            "into: department", "into: text"
        ).replace("data: {text: text}", "data: {departments: departments}")  # fmt: skip
        services.publish_case_type(town["eng"], again)
        with pytest.raises(Conflict) as told:
            town.start("mayor", "demo.instruction", departments=["D01"], text="x")
        assert told.value.code == "workflow.children.deep"
        assert not Case.objects.exists()

    def test_steps_that_open_nothing_in_a_circle_are_stopped(self, town):
        circle = TASKS.replace(
            "then: [{to: review}]", "then: [{if: text == 'y', to: review}, {to: split}]"
        )
        services.publish_case_type(town["eng"], circle)
        with pytest.raises(Conflict, match="circle"):
            town.start("mayor", "demo.instruction", departments=[], text="x")

    def test_children_that_end_at_once_in_a_circle_are_stopped(self, town):
        circle = TASKS.replace(
            "then: [{to: review}]", "then: [{if: text == 'y', to: review}, {to: split}]"
        )
        services.publish_case_type(town["eng"], circle)
        services.publish_case_type(town["eng"], PART.replace("to: handle", "to: gate").replace(
            "nodes:\n", "nodes:\n  gate: {title: {zh: 分流}, route: [{if: text == 'z', to: handle},"
            " {to: done}]}\n"
        ))  # fmt: skip
        with pytest.raises(Conflict, match="circle"):
            town.start("mayor", "demo.instruction", departments=["D01"], text="x")

    def test_moving_a_parent_to_another_version_leaves_no_orphans(self, town):
        case = town.start("mayor", "demo.instruction", departments=["D01", "D02"], text="x")
        services.publish_case_type(town["eng"], TASKS + "# 2\n")
        services.migrate_case(town["mayor"], case.pk, 2, "split", reason="新规")

        assert Case.objects.filter(parent=case, closed_at=None).count() == 2
        services.migrate_case(town["mayor"], case.pk, 1, "review", reason="改回")
        assert not Case.objects.filter(parent=case, closed_at=None).exists()

    def test_the_starter_cannot_end_what_departments_have_answered(self, town):
        services.publish_case_type(town["eng"], TASKS.replace("[director, engineer]", "[viewer]"))
        case = town.start("wang", "demo.instruction", departments=["D01", "D02"], text="x")
        first = Case.objects.filter(parent=case).order_by("id")[0]
        town.act("li", first, data={"answer": "已排查"})

        with pytest.raises(NotPermitted):
            services.terminate(town["wang"], case.pk, reason="不要了")

    def test_a_part_that_ends_late_does_not_tell_the_end_twice(self, town):
        file = TASKS.replace("join: {rule: all}", "join: {rule: any}")
        services.publish_case_type(town["eng"], file)
        case = town.start("eng", "demo.instruction", departments=["D01", "D02"], text="x")
        first, second = Case.objects.filter(parent=case).order_by("id")
        town.act("li", first, data={"answer": "好"})
        services.act_on_task(town["eng"], town.task(case), "agree")
        second.refresh_from_db()
        assert second.status == "terminated"

        told = Notice.objects.filter(account_id=town["eng"].id, params__number=case.number)
        assert not told.filter(title__contains="is done").exists()


class TestBeingAway:
    def period(self, days: int = 3):
        return {"from_date": today(), "until_date": today() + timedelta(days=days)}

    def test_the_name_of_the_first_absent_stays(self, town):
        li, sun, zhao = (town[name] for name in ("li", "sun", "zhao"))
        services.set_absence(li, account=li.id, agent=sun.id, **self.period())
        case = board_of(town, "li")
        services.set_absence(sun, account=sun.id, agent=zhao.id, **self.period())

        task = Task.objects.get(case=case, status="open")
        assert (task.account, task.on_behalf_of) == (zhao.id, li.id)

    def test_nothing_is_moved_to_who_holds_it(self, town):
        li, sun = town["li"], town["sun"]
        services.set_absence(li, account=li.id, agent=sun.id, **self.period())
        services.set_absence(sun, account=sun.id, agent=li.id, **self.period())
        case = board_of(town, "li")
        before = CaseEntry.objects.filter(case=case).count()
        hand_on(None)
        assert CaseEntry.objects.filter(case=case).count() == before

    def test_one_whose_tasks_cannot_be_moved_holds_up_nobody(self, town, monkeypatch):
        from yiwang.kernel.workflow.services import absences

        case = board_of(town, "sun")
        for name in ("li", "sun"):
            absences.Absence.objects.create(
                account=town[name].id, agent=town["zhao"].id, set_by=town["mayor"].id,
                **self.period(),
            )  # fmt: skip
        plain = absences.move_tasks

        def fail_for_li(act, account):
            if account == town["li"].id:
                raise RuntimeError("broken")
            return plain(act, account)

        monkeypatch.setattr(absences, "move_tasks", fail_for_li)
        hand_on(None)
        assert asked(case) == {town["zhao"].id}
