"""Where a resource comes from, on pages, for programs, in the to-do list. 页面与接口。"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from yiwang.kernel.base.clock import use_time
from yiwang.kernel.base.todo import list_todos
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import run_due as run_jobs
from yiwang.nets.share.entities import services
from yiwang.nets.share.entities.models import EntityResource
from yiwang.nets.share.tests.conftest import PASSWORD

from .conftest import make_bundle

SHOP = "demo.shop"
BUNDLE = make_bundle()


@pytest.fixture
def shop(publish, kept):
    publish(BUNDLE)
    kept.put(SHOP, {"id": "n1:01A", "name": "甲", "phone": "13812345678"})
    return EntityResource.objects.select_related("resource").get(code=SHOP)


def browse(name) -> Client:
    client = Client()
    client.post("/sign-in/", {"name": name, "password": PASSWORD})
    return client


def read(client, address, **told) -> str:
    answer = client.get(address, **told)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_the_resource_says_who_keeps_it_and_lays_it_down_at_a_press(engineer, shop):
    page, first = browse("engineer-B01"), reverse("catalog:detail", args=[shop.resource_id])
    text = read(page, first)
    assert "由应用 商户管理 的业务对象 商户 维护" in text
    assert "尚无快照" in text
    assert reverse("connect:send") + '"' not in text.partition("<main")[2]

    answer = page.post(reverse("entities:snapshot", args=[SHOP]), follow=True)
    assert 'hx-trigger="every 2s"' in answer.content.decode()
    assert "立即快照" not in answer.content.decode()
    run_jobs()

    text = read(page, first)
    assert "1 行" in text
    assert "已生成版本" in text
    assert page.get(reverse("entities:state", args=[SHOP])).headers["HX-Refresh"] == "true"


def test_its_own_page_tells_the_field_behind_each_item_in_both_languages(engineer, shop):
    page, address = browse("engineer-B01"), reverse("entities:of_resource", args=[shop.resource_id])

    text = read(page, address)
    assert f"<code>{SHOP}.phone</code>" in text
    assert "移动电话号码" in text
    assert f"{SHOP}.photos" not in text
    assert "Kept by app Shops, entity Shop" in read(
        page, address, headers={"accept-language": "en"}
    )


def test_a_resource_of_files_has_no_such_page(engineer, send):
    (delivery,) = send(engineer, "编号\n1\n")
    page = browse("engineer-B01")

    assert page.get(reverse("entities:of_resource", args=[delivery.resource])).status_code == 404
    assert (
        "业务对象"
        not in read(page, reverse("catalog:detail", args=[delivery.resource])).partition("<main")[2]
    )


def test_why_a_snapshot_failed_stands_on_the_page(engineer, shop):
    run = services.ask_snapshot(engineer, SHOP)
    services.fail_run(
        run, {"code": "x.y", "message": "This snapshot has ended meanwhile", "extra": {}}
    )

    page = browse("engineer-B01")
    assert "该快照已结束" in read(page, reverse("catalog:detail", args=[shop.resource_id]))
    assert "商户" in read(page, "/entities/?state=failed")


def test_viewers_see_and_do_not_ask(person, shop):
    person("viewer", "D01")
    page = browse("viewer-D01")

    text = read(page, reverse("entities:of_resource", args=[shop.resource_id]))
    assert "立即快照" not in text
    assert page.post(reverse("entities:snapshot", args=[SHOP])).status_code == 403


def test_others_know_nothing_of_drafts(person, shop):
    person("steward", "D02")
    page = browse("steward-D02")

    assert "商户" not in read(page, "/entities/").partition("<main")[2]
    assert page.get(reverse("entities:of_resource", args=[shop.resource_id])).status_code == 404


def test_a_late_snapshot_is_red_on_the_home_page_and_in_the_list(engineer, person, shop):
    def late(actor):
        return [todo for todo in list_todos(actor) if "late by their own" in todo.title]

    with use_time(shop.created_at + timedelta(hours=20)):
        assert late(engineer) == []
    with use_time(shop.created_at + timedelta(hours=26)):
        (todo,) = [one for one in late(engineer) if one.url == "/entities/?late=1"]
        assert (todo.light, todo.count) == ("red", 1)
        assert late(person("steward", "D02")) == []
        text = read(browse("engineer-B01"), todo.url)
    assert "商户" in text
    assert '"tag light red">迟到' in text


def test_programs_ask_and_look_the_same_way(engineer, shop):
    _, secret = identity.issue_token(engineer, name="script")
    told = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    client = Client()

    asked = client.post(f"/api/v1/entities/{SHOP}/snapshots", **told)
    assert asked.status_code == 202
    run_jobs()

    done = client.get(f"/api/v1/entities/snapshots/{asked.json()['id']}", **told).json()
    assert (done["state"], done["rows"], done["version"]) == ("done", 1, 1)
    (listed,) = client.get("/api/v1/entities/", **told).json()["entities"]
    assert client.get(f"/api/v1/entities/{listed['resource']}", **told).json() == listed
    assert {"key": "phone", "item": "联系电话"} in listed["columns"]
    assert (listed["code"], listed["late"], listed["rows"]) == (SHOP, False, 1)
