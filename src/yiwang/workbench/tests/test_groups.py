"""The pages of repeats and hot topics: looked at, mended, answered once for all."""

from __future__ import annotations

import re

import pytest

from yiwang.kernel.apps import services as apps
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.texts import services as texts
from yiwang.kernel.ui.tests.counting import assert_constant_queries
from yiwang.kernel.workflow import services as workflow

PASSWORD = "Rain-on-the-roof-7"
BODY = "东湖路从邮局到学校的路灯坏了一周，晚上行人看不清路，请尽快维修。"
pytestmark = pytest.mark.django_db


@pytest.fixture
def people(client):
    for code, kind in (("B01", "bureau"), ("H1", "department"), ("R1", "department")):
        identity.create_organization(SYSTEM, code=code, name=code, kind=kind)
    engineer = identity.installer_actor()
    apps.install_app(engineer, apps.read_shipped("hotline"), untested=True)
    duty = {"category": "城乡建设", "department": "R1"}
    records.create_record(records.at_desk(engineer), "hotline.duty", duty)
    found = {"eng": engineer}
    for name, role, place in (("li", "steward", "H1"), ("zhou", "steward", "R1")):
        account, _ = identity.create_account(
            SYSTEM,
            name=name,
            organization_code=place,
            password=PASSWORD,
            must_change_password=False,
        )
        identity.grant_role(SYSTEM, account.id, role)
        found[name] = identity.get_actor(account.id)
    return found


def start(actor, title):
    told = {"title": title, "body": BODY, "kind": "help", "place": "东湖路"}
    return workflow.start_case(actor, "hotline.request", told, title=title)


def send_on(actor, case):
    task = workflow.list_open_tasks(actor, [case.pk])[0]
    data = {"category": "城乡建设/市政管理/路灯照明"}
    workflow.act_on_task(actor, task, "sent", data=data)


def enter(client, name):
    client.post("/sign-in/", {"name": name, "password": PASSWORD})
    return client


def text_of(answer):
    return answer.content.decode()


def test_repeats_are_answered_once_for_all(client, people):
    cases = [start(people["li"], title) for title in ("东湖路路灯不亮", "东湖路路灯不亮！")]
    for one in cases:
        send_on(people["li"], one)
    texts.sort_texts("hotline.letter")

    enter(client, "zhou")
    front = client.get("/workbench/groups/")
    page = client.get(front.url)
    group = re.search(r"/workbench/groups/([^/]+:[^/\"]+)/", text_of(page))[0]
    shown = client.get(group)
    key = re.search(r'name="key" value="([^"]+)"', text_of(shown))[1]
    part = re.search(r'name="part" value="([^"]+)"', text_of(shown))[1]

    bare = client.post(f"{group}answer/", {"key": key, "part": part, "action": "answered"})
    assert bare.status_code == 422
    told = {"key": key, "part": part, "action": "answered", "f_reply": "已更换五盏灯"}
    done = client.post(f"{group}answer/", told)
    assert done.status_code == 302
    assert [workflow.replay_case(one.pk).data["reply"] for one in cases] == ["已更换五盏灯"] * 2
    # The same form sent twice answers once.
    assert client.post(f"{group}answer/", told).status_code == 302


def test_who_may_not_see_the_letters_sees_no_group(client, people):
    start(people["li"], "东湖路路灯不亮"), start(people["li"], "东湖路路灯不亮！")
    texts.sort_texts("hotline.letter")
    enter(client, "li")
    page = text_of(client.get(client.get("/workbench/groups/").url))
    group = re.search(r"/workbench/groups/([^/]+:[^/\"]+)/", page)[0]
    client.post("/sign-out/")
    account, _ = identity.create_account(
        SYSTEM, name="sys", organization_code="B01", password=PASSWORD, must_change_password=False
    )
    identity.grant_role(SYSTEM, account.id, "sysadmin")

    enter(client, "sys")

    assert client.get("/workbench/groups/of/hotline.letter/").status_code in {403, 404}
    assert client.get(group).status_code in {403, 404}
    for verb in ("answer", "join", "leave"):
        assert client.post(f"{group}{verb}/", {"key": "x"}).status_code in {403, 404}


def test_a_letter_is_taken_out_and_put_back_by_hand(client, people):
    cases = [start(people["li"], title) for title in ("东湖路路灯不亮", "东湖路路灯不亮！")]
    texts.sort_texts("hotline.letter")
    enter(client, "li")
    page = client.get("/workbench/groups/of/hotline.letter/?days=7")
    group = re.search(r"/workbench/groups/([^/]+:[^/\"]+)/", text_of(page))[0]
    seen = {one.case_id: one for one in texts.get_group(people["li"], group.split("/")[3]).members
            for one in [one.record]}  # fmt: skip
    record = seen[cases[1].pk].id

    client.post(f"{group}leave/", {"record": record})
    assert "No two letters" in text_of(client.get("/workbench/groups/of/hotline.letter/")) or (
        "没有" in text_of(client.get("/workbench/groups/of/hotline.letter/"))
    )
    assert client.post(f"{group}join/", {"record": "x:nothing"}).status_code == 422
    client.post(f"{group}join/", {"record": record})
    assert record in text_of(client.get(group))
    assert client.get("/workbench/groups/of/hotline.duty/").status_code == 404
    assert client.get("/workbench/groups/x:nothing/").status_code == 404


def test_the_list_asks_the_database_the_same_number_of_times(client, people):
    enter(client, "li")

    def add(at):
        start(people["li"], f"路灯{at}不亮")
        texts.sort_texts("hotline.letter")

    add(0)
    add(1)
    assert_constant_queries(
        "workbench:groups_of",
        lambda: client.get("/workbench/groups/of/hotline.letter/"),
        lambda: [add(at) for at in (2, 3)],
    )
