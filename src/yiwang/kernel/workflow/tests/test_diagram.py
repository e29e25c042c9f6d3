"""The drawing of a case: where it stands, which way it came, what is still ahead."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.kernel.ui.diagrams import Diagram
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseTypeVersion
from yiwang.kernel.workflow.pages.diagram import START, draw_case, draw_type
from yiwang.kernel.workflow.services.declaring import read_case_type
from yiwang.kernel.workflow.types import CaseType

from .conftest import PASSWORD, Town
from .files import BOARD, LEAVE, PART, TASKS


def draw(town: Town, name: str, case: Case) -> Diagram:
    drawn = draw_case(services.describe_case(town[name], case.pk))
    assert drawn is not None
    return drawn


def states(drawn: Diagram) -> dict[str, str]:
    return {one.step.key: one.step.state for one in drawn.steps}


def ways(drawn: Diagram, state: str) -> set[tuple[str, str]]:
    return {(one.way.tail, one.way.head) for one in drawn.ways if one.way.state == state}


def list_branches(case_type: CaseType) -> set[tuple[str, str]]:
    """Read off the declaration anew, not by the code that draws."""
    found = {(START, case_type.first)}
    for node in case_type.nodes.values():
        groups = [*(one.branches for one in node.actions.values()), node.route, node.then]
        found |= {(node.key, branch.to) for branches in groups for branch in branches}
    return found


@pytest.mark.parametrize("text", [LEAVE, BOARD, TASKS, PART])
def test_every_step_and_way_of_a_type_is_drawn(text):
    case_type = read_case_type(text)
    drawn = draw_type(case_type)

    assert drawn
    assert [one.step.key for one in drawn.steps] == [START, *case_type.nodes]
    assert {(one.way.tail, one.way.head) for one in drawn.ways} == list_branches(case_type)
    assert {one.step.state for one in drawn.steps} == {""}


def test_a_drawing_says_where_a_case_stands_how_it_came_and_what_is_ahead(town):
    case = town.start("wang", days=5)
    town.act("li", case)

    drawn = draw(town, "mayor", case)

    assert states(drawn) == {
        START: "passed", "leader": "passed", "long": "passed", "director": "now",
        "granted": "ahead", "refused": "ahead",
    }  # fmt: skip
    assert ways(drawn, "came") == {(START, "leader"), ("leader", "long"), ("long", "director")}
    assert ways(drawn, "off") == {("leader", "refused"), ("long", "granted")}


def test_once_closed_nothing_is_ahead(town):
    case = town.start("wang", days=1)
    town.act("li", case)

    found = states(draw(town, "wang", case))

    assert (found["granted"], found["director"], found["refused"]) == ("passed", "off", "off")


def test_a_terminated_case_shows_where_it_was_stopped(town):
    case = town.start("wang", days=1)
    services.terminate(town["wang"], case.pk, reason="不去了")

    assert states(draw(town, "wang", case))["leader"] == "stopped"


def test_after_a_straight_return_the_jump_is_a_line_of_its_own(town):
    case = town.start("wang", days=5)
    town.act("li", case)
    services.send_back(town["mayor"], town.task(case), "leader", reason="再核", straight=True)
    assert states(draw(town, "wang", case))["director"] == "ahead"
    town.act("li", case)

    drawn = draw(town, "mayor", case)

    assert states(drawn)["director"] == "now"
    assert ways(drawn, "jump") == {("leader", "director")}


def test_parts_are_shown_with_how_far_they_are(town):
    case = town.start("mayor", "demo.instruction", departments=["D01", "D02"], text="核查")
    part = Case.objects.filter(parent=case).order_by("id")[0]
    town.act("li", part, data={"answer": "已办"})

    (split,) = [one for one in draw(town, "mayor", case).steps if one.step.shape == "parts"]

    assert split.step.share == 0.75
    assert "1" in split.step.note
    assert split.bar
    assert split.bar[3] == round(split.bar[2] * 0.75)


def test_case_and_type_show_the_drawing_and_the_same_in_words(town):
    case = town.start("wang", days=5)
    version = CaseTypeVersion.objects.get(code="demo.leave")
    for name, path in (("wang", f"/cases/{case.pk}/"), ("eng", f"/cases/types/{version.pk}/")):
        client = Client()
        client.post("/sign-in/", {"name": name, "password": PASSWORD})

        text = client.get(path).content.decode()

        assert text.count("<svg role=") == 1
        assert '<g class="step end' in text
        assert '<ol class="way">' in text
        assert "领导审批</span>" in text


HOSTILE = "</text><script>alert(1)</script>\" onload='alert(2)"


def test_labels_of_a_type_never_become_markup(town):
    text = LEAVE.replace("en: Department", f"en: {json.dumps(HOSTILE)}").replace(
        "zh: 同意, en: Agree", f"zh: {json.dumps(HOSTILE)}"
    )
    services.publish_case_type(town["eng"], text)
    case = town.start("wang", days=5)
    client = Client(headers={"Accept-Language": "en"})
    client.post("/sign-in/", {"name": "wang", "password": PASSWORD})

    shown = client.get(f"/cases/{case.pk}/").content.decode()

    assert "alert(1)" in shown
    assert "<script>alert" not in shown
    assert "onload='" not in shown


def test_a_type_with_too_many_ways_is_told_in_words_only(town):
    many = "\n".join(
        f"  s{at}: {{title: {{zh: 步骤{at}}}, who: {{starter: true}}, actions: {{"
        f"agree: {{label: {{zh: 同意}}, route: [{', '.join(f'{{if: days > {to}, to: s{to}}}' for to in range(117, -1, -3))}, {{to: s{at + 1}}}]}}}}}}"
        for at in range(120)
    )
    text = f"case: demo.huge\ntitle: {{zh: 很大}}\nfields: {{days: {{label: {{zh: 天数}}, kind: number}}}}\nstart: {{roles: [viewer], edits: [days], to: s0}}\nnodes:\n{many}\n  s120: {{title: {{zh: 完}}, ends: done}}\n"
    services.publish_case_type(town["eng"], text)
    version = CaseTypeVersion.objects.get(code="demo.huge")
    client = Client()
    client.post("/sign-in/", {"name": "eng", "password": PASSWORD})

    shown = client.get(f"/cases/types/{version.pk}/").content.decode()

    assert '<svg role="img"' not in shown
    assert '<details class="in-words" open>' in shown


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.lists(st.sampled_from(["agree", "refuse", "back"]), max_size=8))
def test_whatever_happened_one_step_is_where_the_case_stands(choices, town):
    case = town.start("wang", days=5)
    for choice in choices:
        view = services.describe_case(town["mayor"], case.pk)
        if not view.state.live:
            break
        name = "mayor" if view.state.node == "director" else "li"
        if choice == "back":
            earlier = view.state.earlier()
            if earlier:
                services.send_back(town[name], town.task(case), earlier[0], reason="再核")
        else:
            town.act(name, case, choice, opinion="x")
        case.refresh_from_db()

    drawn = draw(town, "mayor", case)

    found = states(drawn)
    assert found[case.node] == ("passed" if case.status == "closed" else "now")
    assert list(found.values()).count("now") == (case.status != "closed")
    came = ways(drawn, "came") | ways(drawn, "jump")
    assert {head for _, head in came} >= {case.node}
