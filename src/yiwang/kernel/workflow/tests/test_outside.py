"""What addresses outside hear of cases: numbers and codes, never what was filled in. 外发流程测试。"""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.kernel.base.clock import use_time
from yiwang.kernel.notify import services as notify
from yiwang.kernel.notify.models import HookMessage, Webhook
from yiwang.kernel.notify.services.hooks import telling
from yiwang.kernel.notify.services.hooks.signing import seal
from yiwang.kernel.workflow.models import Case
from yiwang.kernel.workflow.services import outside
from yiwang.kernel.workflow.services.ticking import tick_due

ALL = [outside.OPENED, outside.REACHED, outside.CLOSED, outside.OVERDUE]


@pytest.fixture(autouse=True)
def fresh():
    telling._known.read_at = float("-inf")
    yield
    telling._known.read_at = float("-inf")


def listen(town, organization="", kinds=ALL):
    hook = Webhook(
        label="x", address="https://hooks.example/", kinds=kinds, organization=organization,
        made_by=town["eng"].id, made_at="2026-11-22T00:00:00Z",
    )  # fmt: skip
    seal(hook, "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz")
    hook.save()
    telling._known.read_at = float("-inf")
    return hook


def heard(hook):
    rows = HookMessage.objects.filter(webhook=hook).order_by("id")
    return [(one.kind.rpartition(".")[2], json.loads(one.body)["data"]) for one in rows]


def test_it_hears_of_the_start_of_each_organization_reached_and_of_the_end(town):
    hook = listen(town)
    case = town.start("wang", days=5, why="家中老人住院")
    town.act("li", case, opinion="同意，速办")
    town.act("mayor", case)

    told = heard(hook)
    assert [(kind, one["organizations"]) for kind, one in told] == [
        ("opened", ["D01"]), ("reached", ["D01"]), ("closed", ["D01"]),
    ]  # fmt: skip
    assert told[-1][1] == {
        "case": case.pk, "number": case.number, "type": "demo.leave", "version": 1,
        "step": "granted", "status": "closed", "outcome": "granted", "organizations": ["D01"],
    }  # fmt: skip


def test_nothing_that_was_written_or_who_wrote_it_leaves(town):
    hook = listen(town)
    case = town.start("wang", days=5, why="家中老人住院")
    town.act("li", case, opinion="同意，速办")

    body = "".join(HookMessage.objects.filter(webhook=hook).values_list("body", flat=True))
    for text in ("住院", "速办", case.title, town["wang"].id, town["li"].id, "D02", '"days"'):
        assert text not in body


def test_it_hears_only_of_its_organization(town):
    here, there = listen(town, "D01"), listen(town, "D02")
    town.start("wang", days=2)

    assert len(heard(here)) == 2
    assert heard(there) == []


def test_it_hears_of_what_is_overdue_once(town):
    hook = listen(town, kinds=[outside.OVERDUE])
    case = town.start("wang", days=2)
    due = Case.objects.get(pk=case.pk).node_due_at

    for _ in range(2):
        with use_time(due):
            tick_due()

    assert [(kind, one["limit"]) for kind, one in heard(hook)] == [("overdue", "node")]


def test_where_nobody_listens_a_step_asks_nothing_more(town):
    case = town.start("wang", days=5)
    notify.list_ears()

    with CaptureQueriesContext(connection) as counted:
        town.act("li", case)

    assert counted.captured_queries
    assert not [one for one in counted.captured_queries if "webhook" in one["sql"].lower()]
