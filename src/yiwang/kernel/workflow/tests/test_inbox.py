"""The boxes: what stands in them, what narrows them, and what reading them costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import today, use_time
from yiwang.kernel.base.errors import NotPermitted
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseTypeVersion, Task
from yiwang.kernel.workflow.types import NEVER
from yiwang.kernel.workflow.types.boxes import Wanted

from .conftest import Town
from .crowd import Crowd, Kind, explain

MONDAY = datetime(2026, 9, 7, 2, tzinfo=UTC)  # ten o'clock in the city


def numbers(town: Town, name: str, box: str = "todo", **wanted: object) -> list[str]:
    page = services.list_box(town[name], box, Wanted(**wanted))  # type: ignore[arg-type]
    return [line.number for line in page.lines]


def ask(town: Town, at: datetime, title: str, *, by: str = "wang", days: float = 2) -> str:
    """A leave asked for at that moment; its first step is due two working days later."""
    with use_time(at):
        case = services.start_case(town[by], "demo.leave", {"days": days}, title=title)
    return case.number


def test_the_newest_comes_first_or_what_is_due_first(town):
    late = ask(town, MONDAY + timedelta(days=1), "二")
    early = ask(town, MONDAY, "一")

    assert numbers(town, "li") == [late, early]
    assert numbers(town, "li", order="since") == [early, late]
    assert numbers(town, "li", order="due") == [early, late]
    assert numbers(town, "wang", "started", order="due") == [early, late]


def test_lights_tell_what_is_short_of_time(town):
    number = ask(town, MONDAY, "一")
    other = ask(town, MONDAY + timedelta(days=7), "二")
    seen = {}
    for hours in (1, 44, 51, 56):
        with use_time(MONDAY + timedelta(hours=hours)):
            seen[hours] = [
                light for light in ("yellow", "today", "red")
                if number in numbers(town, "li", light=light, order="due")
            ]  # fmt: skip
            assert other not in numbers(town, "li", light="red")

    # Due at half past five on Wednesday, yellow from noon of that day on: half a working day.
    assert seen == {1: [], 44: ["today"], 51: ["yellow", "today"], 56: ["red"]}


def test_a_case_that_stands_still_is_not_due_and_is_due_again_afterwards(town):
    with use_time(MONDAY):
        case = town.start("wang", days=2)
        due = Task.objects.get(case=case).due_at
        services.suspend(town["mayor"], case.pk, reason="停")
        assert Task.objects.get(case=case).due_at == NEVER
        assert numbers(town, "li", due_from=today()) == [case.number]
        services.resume(town["mayor"], case.pk)
    assert due < NEVER
    assert Task.objects.get(case=case).due_at == due
    case.refresh_from_db()
    assert case.next_due_at == due


def test_what_was_overdue_before_it_stood_still_stays_overdue(town):
    with use_time(MONDAY):
        case = town.start("wang", days=2)
    with use_time(MONDAY + timedelta(days=9)):
        services.suspend(town["mayor"], case.pk, reason="停")
        assert numbers(town, "li", light="red") == [case.number]


def test_every_box_is_narrowed_by_kind_and_step(town):
    leave = town.start("wang", days=5)
    board = town.start("wang", "demo.board", members=[town["li"].id], text="议题")
    town.act("li", leave)
    town.act("wang", board)

    assert numbers(town, "li", kind="demo.board") == [board.number]
    assert numbers(town, "li", kind="demo.board", step="draft") == []
    assert numbers(town, "li", "done", kind="demo.leave") == [leave.number]
    assert numbers(town, "li", "done", kind="demo.leave", step="director") == []
    assert numbers(town, "wang", "started", step="director") == [leave.number]
    kinds = services.list_kinds(town["li"], "todo")
    assert [one.code for one in kinds] == ["demo.board"]
    assert {one.code for one in services.list_kinds(town["wang"], "started")} == {
        "demo.leave", "demo.board",
    }  # fmt: skip
    found = services.list_kinds(town["li"], "done", beside="demo.part")
    assert {one.code for one in found} == {"demo.leave", "demo.part"}


def test_who_started_it_is_found_by_name_or_organization(town):
    identity.update_account(SYSTEM, town["wang"].id, full_name="王小明")
    case = town.start("wang", days=1)

    assert numbers(town, "li", starter="小明") == [case.number]
    assert numbers(town, "li", starter="wang") == [case.number]
    assert numbers(town, "li", starter="zhao") == []
    assert numbers(town, "li", organization="民政") == [case.number]
    assert numbers(town, "li", organization="D02") == []
    assert numbers(town, "li", organization="no such place") == []


def test_days_are_those_of_the_city_both_ends_included(town):
    # Half past seven in the evening of Sunday in UTC is Monday in the city.
    number = ask(town, datetime(2026, 9, 6, 19, 30, tzinfo=UTC), "一")
    day = datetime(2026, 9, 7).date()

    assert numbers(town, "li", since_from=day, since_until=day) == [number]
    assert numbers(town, "li", since_until=day - timedelta(days=1)) == []
    due = day + timedelta(days=2)
    assert numbers(town, "li", due_from=due, due_until=due) == [number]
    assert numbers(town, "li", due_from=due + timedelta(days=1)) == []


@pytest.mark.parametrize("box", ["todo", "started"])
def test_titles_and_numbers_are_found(town, box):
    number = ask(town, MONDAY, "采购 50% 的台式机_甲")
    ask(town, MONDAY, "采购 500 台")
    who = "li" if box == "todo" else "wang"

    for text in ("台式机", "50% 的", "机_甲", number, number.lower(), number.replace("-0", "", 1)):
        assert numbers(town, who, box, search=text) == [number], text
    assert len(numbers(town, who, box, search="采购")) == 2
    for text in ("50%%", "____", "\\", "QJ-2026-999999", "'"):
        assert numbers(town, who, box, search=text) == []
    # A number of somebody else's case is not told.
    assert numbers(town, "zhao", box, search=number) == []


@pytest.mark.parametrize("order", ["-since", "since", "due", "-due"])
def test_pages_follow_each_other_without_gap_or_repeat(town, order):
    with use_time(MONDAY):
        # Many at one moment: the key decides then.
        for at in range(7):
            town.start("wang", days=at + 1)
            services.start_case(town["wang"], "demo.board", {"members": [town["li"].id]})
    for box, who in (("todo", "li"), ("started", "wang"), ("todo", "wang")):
        whole = numbers(town, who, box, order=order)
        pages, after = [], None
        while True:
            wanted = Wanted(order=order, after=after, limit=3)
            page = services.list_box(town[who], box, wanted)
            pages += [line.number for line in page.lines]
            after = page.after
            if after is None:
                break
        assert pages == whole
        assert len(set(pages)) == len(pages) >= 7


def test_counts_tell_what_the_boxes_hold_and_stop_at_a_thousand(town, monkeypatch):
    with use_time(MONDAY):
        for _ in range(3):
            town.start("wang", days=2)
        town.act("li", town.start("wang", days=1))
    with use_time(MONDAY + timedelta(days=5)):
        found = services.count_boxes(town["li"])
        shown = {name: one.number for name, one in found.items()}
        assert shown == {
            "todo": 3, "today": 0, "red": 3, "done": 1, "started": 0, "unread": 0, "watched": 0,
        }  # fmt: skip
        assert not found["todo"].is_more
        monkeypatch.setattr(services.inbox.counting, "COUNT_AT_MOST", 2)
        found = services.count_boxes(town["li"])
        assert (found["todo"].number, found["todo"].is_more) == (2, True)
        with CaptureQueriesContext(connection) as asked:
            services.count_boxes(town["li"])
        assert len([one for one in asked if "workflow_" in one["sql"]]) == 1


def test_a_box_is_one_statement_however_many_posts_somebody_holds(town):
    identity.create_organization(SYSTEM, code="D03", name="市财政局", kind="department")
    identity.add_post(SYSTEM, town["li"].id, organization_code="D03")
    identity.grant_role(SYSTEM, town["li"].id, "viewer")
    case = town.start("wang", days=2)
    actor = town["li"]
    with CaptureQueriesContext(connection) as asked:
        page = services.list_box(actor, "todo")

    assert [line.number for line in page.lines] == [case.number]
    assert len([one for one in asked if "workflow_task" in one["sql"]]) == 1


def test_nobody_without_the_permission_reads_a_box(town):
    info, _ = identity.create_account(SYSTEM, name="nobody", password="Rain-on-the-roof-7")
    with pytest.raises(NotPermitted):
        services.list_box(identity.get_actor(info.id), "todo")


def test_cases_that_were_there_are_filled_in_as_new_ones_are_written(town):
    from importlib import import_module

    from django.apps import apps

    running, still = town.start("wang", days=2), town.start("wang", days=2)
    services.suspend(town["mayor"], still.pk, reason="停")
    town.act("li", town.start("wang", days=1))
    fields = ("code", "due_at", "yellow_at")
    open_ones = Task.objects.filter(status="open").order_by("id")
    before = (
        list(open_ones.values(*fields)),
        list(Case.objects.order_by("id").values("next_due_at", "yellow_at")),
    )
    Task.objects.update(code="", due_at=NEVER, yellow_at=NEVER)
    Case.objects.update(next_due_at=NEVER, yellow_at=NEVER)
    import_module("yiwang.kernel.workflow.migrations.0002_inbox").fill(apps, None)

    assert before == (
        list(open_ones.values(*fields)),
        list(Case.objects.order_by("id").values("next_due_at", "yellow_at")),
    )
    assert before[0][0]["due_at"] < NEVER == before[0][1]["due_at"]
    assert running.pk != still.pk


EVERYTHING = {
    "newest": Wanted(),
    "due": Wanted(order="due"),
    "red": Wanted(light="red", order="due"),
    "today": Wanted(light="today", order="due"),
    "kind": Wanted(kind="demo.board"),
    "no such kind": Wanted(kind="demo.none"),
    "step": Wanted(kind="demo.board", step="board"),
    "days": Wanted(since_from=today() - timedelta(days=9), since_until=today()),
    "due days": Wanted(due_from=today(), due_until=today() + timedelta(days=1), order="due"),
    "number": Wanted(search="QJ-2026-000020"),
    "after": Wanted(after=(datetime(2026, 9, 1, tzinfo=UTC), "x")),
}
ROWS = 120_000


@pytest.mark.deep
def test_boxes_walk_their_indexes_in_a_city_of_very_many_tasks(town):
    """What one index holds is read, and no more of it than the page needs."""
    steps = {"demo.leave": "leader", "demo.board": "board", "demo.part": "handle"}
    kinds = [
        Kind(one.pk, one.code, steps[one.code])
        for one in CaseTypeVersion.objects.filter(code__in=steps)
    ]
    people = [one.id for one in town.people.values()] + [f"p{n}" for n in range(3000)]
    posts = [("D01", "steward"), ("D02", "steward"), ("B01", "director")]
    Crowd(ROWS, town["li"].id, people, posts, kinds).make()
    actor = town["li"]
    with CaptureQueriesContext(connection) as asked:
        for wanted in EVERYTHING.values():
            services.list_box(actor, "todo", wanted)
        for box in ("done", "started", "copied"):
            services.list_box(actor, box)
            services.list_kinds(actor, box)
        services.list_box(actor, "started", Wanted(order="due"))
        services.list_kinds(actor, "todo")
        services.count_boxes(actor)
    texts = [
        one["sql"]
        for one in asked
        if "workflow_task" in one["sql"] or "workflow_case " in one["sql"]
    ]

    assert len(texts) >= len(EVERYTHING) + 9
    for text in texts:
        plan = explain(text)
        assert list_faults(plan) == [], f"{text}\n{plan}"


def list_faults(plan: str) -> list[str]:
    """What a plan reads without an index, or reads far more of than it gives."""
    faults = []
    for line in plan.splitlines():
        told = line.strip().lstrip("-> ")
        if connection.vendor == "postgresql":
            tables = ("workflow_task", "workflow_case ", "workflow_casecopy")
            if told.startswith("Seq Scan") and any(table in told for table in tables):
                faults.append(line)
            if told.startswith("Rows Removed by") and int(told.rpartition(" ")[2]) > 5000:
                faults.append(line)
        elif told.startswith("SCAN ") and told.split()[1] in ("r", "c", "t", "n"):
            faults.append(line)
    return faults
