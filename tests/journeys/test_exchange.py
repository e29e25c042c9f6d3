"""共享申请到授权: one department asks, the owner and the bureau agree, rows come masked, the owner revokes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import expect

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.nets.share.exchange.models import Grant, Request
from yiwang.nets.share.exchange.tests.town import NUMBERS, register

from .browser import DESK, NARROWEST, PHONE, Look, Visitor
from .conftest import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def resource(sessions):
    """A register of the department of the steward, and a steward of another one."""
    add_asker(sessions)
    return register(identity.get_actor(identity.find_account("li-engineer").id), "conditional")


def add_asker(sessions) -> None:
    """A steward of another department, who may ask."""
    account, _ = identity.create_account(
        SYSTEM, name="qian-steward", full_name="钱进", organization_code="D02", password=PASSWORD,
        must_change_password=False,
    )  # fmt: skip
    identity.grant_role(SYSTEM, account.id, "steward")
    client = Client()
    client.post("/sign-in/", {"name": "qian-steward", "password": PASSWORD})
    sessions["asker"] = client.cookies["yiwang_session"].value


def test_three_people_walk_from_the_catalogue_to_a_grant_and_its_end(at, resource) -> None:
    ask(at, resource)
    request = Request.objects.get()
    for role, action in (("steward", "同意共享"), ("engineer", "授权")):
        with at(role, Look(size=PHONE)) as visitor:
            visitor.open("/cases/")
            visitor.page.get_by_role("link", name=resource.name).first.click()
            expect(visitor.page.get_by_text("走访困难家庭").first).to_be_visible()
            mine = visitor.page.locator(".mine > form")
            mine.get_by_role("button", name=action, exact=True).click()
            expect(visitor.page.locator("main").get_by_text(action).first).to_be_visible()
            assert faults_of(visitor) == []
    request.refresh_from_db()
    assert request.state == "granted"
    fetch_and_revoke(at, Grant.objects.get())


def ask(at, resource) -> None:
    """From the entry to the request, with a mistake on the way."""
    with at("asker", Look(size=DESK)) as visitor:
        page = visitor.page
        visitor.open(f"/catalog/{resource.id}/")
        page.get_by_role("link", name="申请此数据").click()
        page.locator("[name=purpose_kind]").select_option("contact")
        page.locator("[name=purpose]").fill("走访困难家庭")
        page.get_by_role("button", name="提交申请").click()
        expect(page.locator(".errorlist").first).to_be_visible()
        assert [one for one in faults_of(visitor) if "422" not in one] == []
        visitor.complaints.clear()
        page.locator("[name=duty]").fill("《社会救助暂行办法》第十条")
        page.locator("[name=columns][value=姓名]").check()
        page.locator("[name=columns][value=街道]").check()
        page.locator("[name=until]").fill(str(today() + timedelta(days=30)))
        page.get_by_role("button", name="提交申请").click()
        expect(page.get_by_role("heading", level=1, name="GX-")).to_be_visible()
        assert faults_of(visitor) == []


def fetch_and_revoke(at, grant: Grant) -> None:
    """The rows masked, a file; then the owner revokes, and the next request is refused."""
    with at("asker", Look(language="en", size=NARROWEST)) as visitor:
        visitor.open(f"/exchange/grants/{grant.id}/")
        assert faults_of(visitor) == []
        visitor.page.get_by_role("link", name="See the rows").click()
        expect(visitor.page.get_by_text("东湖").first).to_be_visible()
        shown = visitor.page.content()
        assert "赵钱孙" not in shown
        assert not any(number in shown for number in NUMBERS)
        assert faults_of(visitor) == []
        with visitor.page.expect_download() as download:
            visitor.page.get_by_role("link", name="Download CSV").click()
        assert "赵钱孙" not in download.value.path().read_text("utf-8-sig")
        with at("steward", Look(size=DESK)) as owner:
            owner.open(f"/exchange/grants/{grant.id}/")
            owner.page.locator("summary", has_text="撤销").click()
            owner.page.get_by_label("理由").last.fill("用途已变")
            assert faults_of(owner) == []
            owner.page.get_by_role("button", name="撤销", exact=True).click()
            expect(owner.page.get_by_text("用途已变").first).to_be_visible()
        answer = visitor.page.request.get(f"{visitor.base}/exchange/grants/{grant.id}/rows/")
        assert answer.status == 403
        assert "用途已变" in answer.text()


def faults_of(visitor: Visitor) -> list[str]:
    return [
        *visitor.list_barriers(), *visitor.complaints, *visitor.foreign, *visitor.list_overflows(),
    ]  # fmt: skip
