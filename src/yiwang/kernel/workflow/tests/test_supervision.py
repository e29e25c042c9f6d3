"""Parts by weight, reports again and again, more time on request, urging up the chain. 督办机制。"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import use_time
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.identity import services as identity
from yiwang.kernel.notify.models import Notice
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseEntry
from yiwang.kernel.workflow.services.declaring import find_problems, read_case_type
from yiwang.kernel.workflow.services.machine.evolving import replay
from yiwang.kernel.workflow.services.machine.progress import weigh
from yiwang.kernel.workflow.services.places import offer_places
from yiwang.kernel.workflow.services.store import load_state
from yiwang.kernel.workflow.services.ticking import tick_due
from yiwang.kernel.workflow.types import Event

from .conftest import PASSWORD, SINCE

pytestmark = pytest.mark.usefixtures("rows_equal_their_log")

CITY = ZoneInfo("Asia/Shanghai")
MATTER = """
case: demo.matter
title: {zh: 督办事项}
prefix: DB
fields:
  leads: {label: {zh: 牵头单位}, kind: organizations, levels: [department], reach: city}
  helpers: {label: {zh: 协办单位}, kind: organizations, levels: [department], reach: city}
  unit: {label: {zh: 承办单位}, kind: organization}
  role: {label: {zh: 分工}}
  term: {label: {zh: 期限}, kind: integer}
  percent: {label: {zh: 进度}, kind: integer}
start: {roles: [director, steward], edits: [leads, helpers, term], to: begin}
oversees: [engineer]
limits:
  promised: {within: 10 working days, by: term, yellow: 2 working days}
urges: {every: 1 working day, chain: [{role: director, of: unit}, {assigner: true}]}
nodes:
  begin:
    title: {zh: 交办}
    route: [{if: case_depth == 0, to: parts}, {to: doing}]
  parts:
    title: {zh: 分办}
    requests: [delay]
    children:
      type: demo.matter
      each: leads
      into: unit
      weight: "3"
      give: {role: "'lead'", term: term}
      belongs: true
      more: [{each: helpers, weight: "1", give: {role: "'support'", term: term}}]
    then: [{if: case_depth == 0, to: done}, {to: doing}]
  doing:
    title: {zh: 办理}
    who: {role: steward, of: unit}
    progress: percent
    feedback: {every: 3 working days, edits: [percent], needs: [percent]}
    requests: [delay, cancel]
    edits: [leads, helpers]
    actions:
      finish: {label: {zh: 办结}, to: done}
      split: {label: {zh: 分解}, to: parts}
  done:
    title: {zh: 办结}
    ends: done
"""

MATTER_LEADS = read_case_type(MATTER).fields["leads"]


def at(day: str, hour: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=CITY)


@pytest.fixture
def city(town):
    """A third department with a steward of its own, and a leader of the first."""
    identity.create_organization(
        SYSTEM, code="D03", name="市文旅局", parent_code="", kind="department"
    )
    for name, role, organization in (("chen", "steward", "D03"), ("boss", "director", "D01")):
        info, _ = identity.create_account(
            SYSTEM, name=name, password=PASSWORD, must_change_password=False
        )
        identity.add_post(SYSTEM, info.id, organization_code=organization, valid_from=SINCE.date())
        identity.grant_role(SYSTEM, info.id, role)
        town.people[name] = identity.get_actor(info.id)
    services.publish_case_type(town["eng"], MATTER)
    return town


@pytest.fixture
def order(city):
    """On a Monday: the first department leads, two support, in ten working days."""
    with use_time(at("2026-03-02")):
        return city.start("mayor", "demo.matter", leads=["D01"], helpers=["D02", "D03"], term=10)


def part_of(case: Case, unit: str) -> Case:
    return Case.objects.get(parent=case, data__unit=unit)


def report(city, name, case, percent):
    services.report(city[name], city.task(case), {"percent": percent})


def progress(case: Case) -> float:
    case.refresh_from_db()
    return weigh(load_state(case).children.values())


def told(city, name) -> list[str]:
    rows = Notice.objects.filter(account_id=city[name].id).order_by("id")
    return [row.title.split(": ")[-1].split(" (")[0] for row in rows]


def kinds(case: Case) -> list[str]:
    return list(CaseEntry.objects.filter(case=case).order_by("seq").values_list("kind", flat=True))


# Parts


def test_parts_know_their_share_and_whom_they_belong_to(order):
    lead, helper = part_of(order, "D01"), part_of(order, "D02")

    assert (lead.data["role"], helper.data["role"]) == ("lead", "support")
    assert (lead.organization, helper.organization) == ("D01", "D02")
    assert lead.due_at == at("2026-03-16", "17:30")
    assert load_state(lead).assigner == order.starter
    assert load_state(lead).depth == 1


def test_progress_is_the_weighted_mean_of_what_is_reported(city, order):
    for name, unit, percent in (("li", "D01", 80), ("zhao", "D02", 20), ("chen", "D03", 0)):
        report(city, name, part_of(order, unit), percent)

    assert progress(order) == pytest.approx((3 * 0.8 + 0.2 + 0) / 5)


def test_a_part_splits_further_and_its_parts_count_through_it(city, order):
    lead = part_of(order, "D01")
    city.act("li", lead, "split", data={"leads": ["D03"], "helpers": ["D02"]})
    report(city, "chen", part_of(lead, "D03"), 100)

    assert progress(lead) == pytest.approx(0.75)
    assert progress(order) == pytest.approx(3 * 0.75 / 5)
    assert load_state(part_of(lead, "D03")).depth == 2
    assert load_state(part_of(lead, "D03")).assigner == city["li"].id


def test_who_split_a_part_off_may_look_into_it_and_a_stranger_may_not(city, order):
    lead = part_of(order, "D01")
    city.act("li", lead, "split", data={"leads": ["D03"]})

    assert services.describe_case(city["li"], part_of(lead, "D03").pk)
    with pytest.raises(NotFound):
        services.describe_case(city["qian"], part_of(lead, "D03").pk)


def test_a_steward_splits_to_any_department_where_the_field_says_so(city, order):
    lead = part_of(order, "D01")
    city.act("li", lead, "split", data={"leads": ["D03"]})

    assert part_of(lead, "D03").organization == "D03"


@pytest.mark.parametrize(
    ("reach", "named"), [("", "D03"), (", reach: city", "S01"), (", reach: city", "nowhere"), (", reach: city", "D09")]
)  # fmt: skip
def test_nobody_names_an_organization_that_the_field_does_not_mean(city, reach, named):
    identity.create_organization(SYSTEM, code="S01", name="某街道", kind="street")
    identity.create_organization(
        SYSTEM, code="D09", name="已撤销部门", kind="department", valid_from=SINCE.date()
    )
    identity.close_organization(SYSTEM, "D09", on=SINCE.date() + timedelta(days=1))
    services.publish_case_type(city["eng"], MATTER.replace(", reach: city", reach))
    order = city.start("mayor", "demo.matter", leads=["D01"], term=10)
    lead = part_of(order, "D01")

    with pytest.raises(InvalidInput) as error:
        city.act("li", lead, "split", data={"leads": [named]})

    assert error.value.code == "workflow.field.place"
    assert not Case.objects.filter(parent=lead).exists()


def test_the_form_offers_what_may_be_named_and_nothing_else(city, order):
    identity.create_organization(SYSTEM, code="S01", name="某街道", kind="street")
    offered = [code for _, pairs in offer_places(city["li"], MATTER_LEADS) for code, _ in pairs]

    assert {"D01", "D02", "D03"} <= set(offered)
    assert "S01" not in offered
    own = [
        c
        for _, pairs in offer_places(city["li"], replace(MATTER_LEADS, reach="own"))
        for c, _ in pairs
    ]
    assert own == ["D01"]


@pytest.mark.django_db(False)
class TestLeaves:
    @given(st.recursive(
        st.integers(0, 100),
        lambda parts: st.lists(st.tuples(st.integers(1, 9), parts), min_size=1, max_size=4),
        max_leaves=20,
    ))  # fmt: skip
    def test_progress_equals_the_weighted_leaves_of_any_tree(self, tree):
        assert roll_up(tree) == pytest.approx(float(sum(w * p for w, p in leaves(tree))))


def roll_up(tree) -> float:
    """Through the log of each case, as parts tell their parents."""
    if isinstance(tree, int):
        return tree / 100
    log = [
        Event(
            "opened",
            dict.fromkeys(("type", "starter", "organization"), "") | {"version": 1, "data": {}},
        )
    ]
    for number, (weight, _) in enumerate(tree):
        log.append(Event("child_opened", {"child": f"c{number}", "weight": weight}))
    for number, (_, part) in enumerate(tree):
        log.append(Event("child_progress", {"child": f"c{number}", "progress": roll_up(part)}))
    return weigh(replay(log).children.values())


def leaves(tree, share=Fraction(1)):
    """Each leaf with the share of the whole that it stands for."""
    if isinstance(tree, int):
        return [(share, Fraction(tree, 100))]
    total = sum(weight for weight, _ in tree)
    return [one for weight, part in tree for one in leaves(part, share * weight / total)]


def test_nothing_is_split_more_than_ten_levels_deep(city, order):
    case = part_of(order, "D01")
    names = {"D01": "li", "D02": "zhao"}
    for _ in range(9):
        unit = case.data["unit"]
        other = "D02" if unit == "D01" else "D01"
        city.act(names[unit], case, "split", data={"leads": [other]})
        case = part_of(case, other)
    with pytest.raises(Conflict) as error:
        city.act(names[case.data["unit"]], case, "split", data={"leads": ["D03"]})

    assert error.value.code == "workflow.children.deep"


# Reports, and what happens when they are missed


def test_a_report_keeps_the_task_and_makes_the_next_one_due(city, order):
    lead = part_of(order, "D01")
    before = load_state(lead)
    with use_time(at("2026-03-04")):
        report(city, "li", lead, 30)
    lead.refresh_from_db()
    after = load_state(lead)

    assert after.tasks == before.tasks
    assert before.clocks["feedback"]["due_at"] < after.clocks["feedback"]["due_at"]
    assert before.clocks["promised"] == after.clocks["promised"]


def test_a_report_needs_what_the_step_asks_and_only_its_holder_may_give_it(city, order):
    lead = part_of(order, "D01")
    with pytest.raises(InvalidInput):
        services.report(city["li"], city.task(lead), {})
    with pytest.raises(NotPermitted):
        services.report(city["zhao"], city.task(lead), {"percent": 99})


def test_a_missed_report_turns_red_and_urges_one_more_each_day(city, order):
    lead = part_of(order, "D01")
    for day in ("2026-03-05", "2026-03-06", "2026-03-09", "2026-03-10", "2026-03-11"):
        with use_time(at(day, "18:00")):
            tick_due()
    lead.refresh_from_db()

    chased = [
        one.body for one in CaseEntry.objects.filter(case=lead, kind="chased").order_by("seq")
    ]
    boss, mayor = city["boss"].id, city["mayor"].id
    assert [(one["rung"], one["people"]) for one in chased] == [
        (0, []), (1, [boss]), (2, [boss, mayor]),
    ]  # fmt: skip
    assert load_state(lead).told["feedback"] == "red"
    assert "it is overdue; see that it goes on" in told(city, "boss")
    assert "you are urged to act" in told(city, "li")


def test_a_report_ends_the_urging(city, order):
    lead = part_of(order, "D01")
    with use_time(at("2026-03-05", "18:00")):
        tick_due()
    with use_time(at("2026-03-06", "09:30")):
        report(city, "li", lead, 10)
    with use_time(at("2026-03-09", "18:00")):
        tick_due()

    assert kinds(lead).count("chased") == 1
    lead.refresh_from_db()
    assert "chase" not in lead.memo["clocks"]


def test_the_chase_is_no_deadline_of_the_case(city, order):
    lead = part_of(order, "D01")
    with use_time(at("2026-03-05", "18:00")):
        tick_due()
    lead.refresh_from_db()

    assert "chase" in lead.memo["clocks"]
    assert lead.next_due_at == at("2026-03-05", "17:30")


# Requests


def test_more_time_moves_the_limit_once_whoever_assigned_it_agrees(city, order):
    helper = part_of(order, "D02")
    with use_time(at("2026-03-03")):
        services.request(city["zhao"], city.task(helper), "delay", reason="人手不足", days=5)
        assert (
            load_state(Case.objects.get(pk=helper.pk)).clocks["promised"]
            == load_state(helper).clocks["promised"]
        )
        city.act("mayor", helper, "agree")

    assert helper.due_at == at("2026-03-23", "17:30")
    moved = CaseEntry.objects.filter(case=helper, kind="clock_set").order_by("seq").last()
    assert (moved.body["why"], datetime.fromisoformat(moved.body["was"])) == (
        "delay",
        at("2026-03-16", "17:30"),
    )
    assert load_state(helper).node == "doing"


@pytest.fixture
def split(city, order):
    """The part of the first department, split to the third."""
    lead = part_of(order, "D01")
    with use_time(at("2026-03-02")):
        city.act("li", lead, "split", data={"leads": ["D03"], "helpers": ["D02"]})
    return lead


def test_who_split_a_part_asks_for_more_time_and_its_parts_keep_their_clocks(city, order, split):
    before = {one.pk: load_state(one).clocks for one in Case.objects.filter(parent=split)}
    with use_time(at("2026-03-03")):
        services.request_for_parts(city["li"], split.pk, reason="汛情反复", days=5)
        city.act("mayor", split, "agree")

    assert split.due_at == at("2026-03-23", "17:30")
    assert (split.node, load_state(split).requests) == ("parts", {})
    assert len(before) == 2
    assert {one.pk: load_state(one).clocks for one in Case.objects.filter(parent=split)} == before


def test_the_parts_end_as_before_while_a_request_for_more_time_is_open(city, split):
    services.request_for_parts(city["li"], split.pk, reason="汛情反复", days=5)
    for unit, name in (("D03", "chen"), ("D02", "zhao")):
        city.act(name, part_of(split, unit), "finish")
    split.refresh_from_db()

    assert split.node == "doing"
    assert load_state(split).requests == {}


@pytest.mark.parametrize("name", ["chen", "zhao", "mayor", "boss"])
def test_nobody_else_asks_for_more_time_for_what_was_split(city, split, name):
    with pytest.raises(NotPermitted):
        services.request_for_parts(city[name], split.pk, reason="x", days=5)


def test_more_time_for_what_was_split_is_asked_once_and_only_where_the_step_offers_it(
    city, order, split
):
    services.request_for_parts(city["li"], split.pk, reason="汛情反复", days=5)
    with pytest.raises(Conflict):
        services.request_for_parts(city["li"], split.pk, reason="再问", days=5)
    with pytest.raises(NotPermitted):
        services.request_for_parts(city["zhao"], part_of(order, "D02").pk, reason="x", days=5)
    with pytest.raises(NotPermitted):
        services.request_for_parts(city["mayor"], order.pk, reason="x", days=5)


def test_the_page_of_a_split_part_offers_more_time_to_who_split_it(city, split):
    for name, offered in (("li", True), ("mayor", False)):
        browser = Client()
        browser.post("/sign-in/", {"name": name, "password": PASSWORD})
        path = f"/cases/{split.pk}/do/delay_parts/"
        assert (path in browser.get(f"/cases/{split.pk}/").content.decode()) is offered
        sent = browser.post(path, {"days": "5", "reason": "汛情反复"}, follow=True)
        assert sent.status_code == (200 if offered else 403)
    city.act("mayor", split, "refuse", opinion="按期办结")

    assert split.due_at == at("2026-03-16", "17:30")


def test_a_refusal_says_why_and_leaves_the_limit(city, order):
    helper = part_of(order, "D02")
    services.request(city["zhao"], city.task(helper), "delay", reason="人手不足", days=5)
    with pytest.raises(InvalidInput):
        city.act("mayor", helper, "refuse")
    city.act("mayor", helper, "refuse", opinion="按期办结")

    assert helper.due_at == at("2026-03-16", "17:30")
    services.request(city["zhao"], city.task(helper, ""), "delay", reason="再次申请", days=2)


def test_who_is_let_off_counts_no_more_in_the_progress(city, order):
    helper = part_of(order, "D03")
    report(city, "li", part_of(order, "D01"), 100)
    services.request(city["chen"], city.task(helper), "cancel", reason="与职责无关")
    city.act("mayor", helper, "agree")

    assert helper.status == "terminated"
    assert progress(order) == pytest.approx(3 / 4)


def test_nobody_answers_their_own_request_and_nobody_asks_twice(city, order):
    helper = part_of(order, "D02")
    services.request(city["zhao"], city.task(helper), "delay", reason="人手不足", days=5)
    asked = load_state(Case.objects.get(pk=helper.pk)).requests["delay"]["task"]

    with pytest.raises(NotPermitted):
        services.act_on_task(city["zhao"], asked, "agree")
    with pytest.raises(Conflict) as error:
        services.request(city["zhao"], city.task(helper), "delay", reason="再问", days=1)
    assert error.value.code == "workflow.request.open"


@pytest.mark.parametrize("verb", ["send_back", "delegate", "add_signers"])
def test_a_request_is_answered_and_nothing_else_is_done_with_it(city, order, verb):
    helper = part_of(order, "D02")
    services.request(city["zhao"], city.task(helper), "delay", reason="人手不足", days=5)
    asked = load_state(Case.objects.get(pk=helper.pk)).requests["delay"]["task"]
    li = city["li"].id
    calls = {
        "send_back": lambda: services.send_back(city["mayor"], asked, "doing", reason="x"),
        "delegate": lambda: services.delegate_task(city["mayor"], asked, li),
        "add_signers": lambda: services.add_signers(city["mayor"], asked, [li], mode="with"),
    }

    with pytest.raises(NotPermitted):
        calls[verb]()


def test_an_answer_is_no_vote_that_could_be_withdrawn(city, order):
    helper = part_of(order, "D02")
    services.request(city["zhao"], city.task(helper), "delay", reason="人手不足", days=5)
    city.act("mayor", helper, "agree")

    with pytest.raises(NotPermitted):
        services.withdraw(city["mayor"], helper.pk)


def test_a_step_that_offers_no_request_refuses_it(city):
    case = city.start("wang", days=2)
    with pytest.raises(NotPermitted):
        services.request(city["li"], city.task(case), "delay", reason="x", days=1)


# Files


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (('weight: "3"', 'weight: "tree"'), "expressions.text.unknown_field"),
        (("{each: helpers", "{each: percent"), "workflow.type.each"),
        (("{each: helpers", "{each: nobody"), "workflow.type.field"),
        (("progress: percent", "progress: role"), "workflow.type.number"),
        (("by: term", "by: leads"), "workflow.type.number"),
        (("needs: [percent]", "needs: [role]"), "workflow.type.needs"),
        (("edits: [percent], needs", "edits: [procent], needs"), "workflow.type.field"),
        (("  promised: {", "  legal: {"), "workflow.type.delay"),
        (("levels: [department], reach: city", "reach: city"), "workflow.type.reach"),
        (
            (
                "title: {zh: 分办}\n    requests: [delay]",
                "title: {zh: 分办}\n    requests: [cancel]",
            ),
            "workflow.type.parts",
        ),
        (("    ends: done", "    ends: done\n    requests: [cancel]"), "workflow.type.nobody"),
        (("every: 3 working days", "every: 3 moons"), None),
        (("{assigner: true}]", "{assigner: true, starter: true}]"), "workflow.type.who"),
    ],
)
def test_files_that_do_not_hang_together_are_refused(change, code):
    assert change[0] in MATTER

    problems = find_problems(MATTER.replace(*change))

    assert problems
    assert code is None or problems[0].code == code


def submit(name):
    browser = Client()
    browser.post("/sign-in/", {"name": name, "password": PASSWORD})
    return browser


def test_a_form_sent_twice_from_two_tabs_asks_once(city, split):
    tabs = [submit("li"), submit("li")]
    path, sent = f"/cases/{split.pk}/do/delay_parts/", {"days": "5", "reason": "汛情反复"}
    answers = [tab.post(path, sent).status_code for tab in tabs]

    assert answers == [302, 409]
    assert kinds(split).count("requested") == 1


def test_a_forged_choice_splits_nothing(city, order):
    identity.create_organization(SYSTEM, code="S01", name="某街道", kind="street")
    lead = part_of(order, "D01")
    sent = {
        "task": city.task(lead),
        "action": "split",
        "f_leads": ["S01"],
        "f_helpers": ["nowhere"],
    }

    assert submit("li").post(f"/cases/{lead.pk}/do/decide/", sent).status_code == 422
    assert not Case.objects.filter(parent=lead).exists()


def test_a_page_from_before_the_split_neither_splits_again_nor_reports(city, order):
    lead = part_of(order, "D01")
    stale = city.task(lead)
    city.act("li", lead, "split", data={"leads": ["D03"]})
    for verb, sent in (
        ("decide", {"action": "split", "f_leads": ["D02"]}),
        ("report", {"f_percent": "90"}),
        ("delay", {"days": "5", "reason": "x"}),
    ):
        answer = submit("li").post(f"/cases/{lead.pk}/do/{verb}/", {"task": stale, **sent})
        assert answer.status_code in (403, 409), verb

    assert Case.objects.filter(parent=lead).count() == 1
