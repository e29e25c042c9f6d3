"""A survey over five levels: the bureau sends, a grid worker answers on a phone, everybody watches."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from yiwang.kernel.apps import services as apps
from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.notify.models import Notice
from yiwang.kernel.records import services as records
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.models import Push, PushTarget

from .browser import PHONE, Look
from .conftest import PASSWORD, Visit

pytestmark = pytest.mark.browser
LOOKS = [Look(), Look(language="en"), Look(size=PHONE), Look(language="en", size=PHONE, elder=True)]
PLACES = (
    ("Q1", "东湖区", "", "district"), ("J1", "清河街道", "Q1", "street"),
    ("S1", "东风社区", "J1", "community"), ("S2", "向阳社区", "J1", "community"),
    ("W1", "东风社区第1网格", "S1", "grid"), ("W2", "东风社区第2网格", "S1", "grid"),
)  # fmt: skip


def engage(name: str, role: str, place: str) -> Actor:
    info, _ = identity.create_account(
        SYSTEM, name=name, full_name=name, organization_code=place, password=PASSWORD,
        must_change_password=False,
    )  # fmt: skip
    identity.grant_role(SYSTEM, info.id, role)
    return identity.get_actor(info.id)


@pytest.fixture
def town(at: Visit, drop_survey: None) -> Visit:
    """Two communities of a street; a house on the register of the first grid."""
    for code, name, parent, kind in PLACES:
        identity.create_organization(SYSTEM, code=code, name=name, parent_code=parent, kind=kind)
    bureau = identity.get_actor(identity.find_account("li-engineer").id)
    apps.install_for(bureau, apps.read_shipped("survey"), owner="B01", reason="示例")
    east = engage("east", "steward", "S1")
    engage("west", "steward", "S2")
    engage("grid", "viewer", "W1")
    engage("grid2", "viewer", "W2")
    house = {
        "code": "ZJF-1", "address": "东风路 8 号", "owner": "王小明", "floors": 3, "area": "88.5",
        "use": "home",
    }  # fmt: skip
    records.create_record(records.at_desk(east), "survey.house", house, organization="W1")
    return at


@pytest.fixture
def drop_survey(transactional_db):
    from yiwang.kernel.records.tests.tabled import drop_tables

    yield
    drop_tables()


def sign_in(page: Page, base: str, name: str) -> None:
    page.goto(f"{base}/sign-in/")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def test_a_survey_goes_down_to_the_grid_and_comes_back_while_the_bureau_watches(
    town: Visit,
) -> None:
    with town("engineer") as bureau:
        page = bureau.page
        bureau.open("/cases/start/survey.ask/")
        page.get_by_label("标题").fill("自建房安全排查")
        page.get_by_label("下发到").select_option("community")
        page.get_by_label("清河街道").check()
        page.get_by_label("截止日期").fill(f"{now() + timedelta(days=9):%Y-%m-%d}")
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(re.compile(r"/cases/[^/]+/$"))
        assert bureau.list_faults() == []
        run_due()
        page.get_by_role("link", name="查看完成情况").click()
        expect(page.get_by_role("row", name=re.compile("东湖区.*2"))).to_be_visible()
        watched = page.url
        assert bureau.list_faults() == []

        with town("", Look(size=PHONE)) as east:
            sign_in(east.page, east.base, "east")
            east.open("/cases/")
            east.page.get_by_role("link", name="自建房安全排查").first.click()
            east.page.get_by_role("button", name="分派网格").click()
            east.page.wait_for_load_state()
            assert east.list_faults() == []
        run_due()
        with town("", Look(size=PHONE)) as grid:
            answer_at_the_door(grid.page, grid.base)
            assert grid.list_faults() == []

        # Nobody touched the bureau's page: it has moved by itself, to three asked and one answered.
        expect(page.locator("#answers")).to_contain_text("33%", timeout=15_000)
        page.goto(f"{watched}?under=S1")
        expect(page.get_by_role("row", name=re.compile("第1网格.*已上报"))).to_be_visible()
        page.get_by_role("button", name="催办全部未报单位").click()
        expect(page.get_by_role("status").first).to_contain_text("正在催办 1 个单位")
        run_due()
        assert Notice.objects.filter(kind="workflow.urged").count() == 1


def answer_at_the_door(page: Page, base: str) -> None:
    """On the phone: the house as the register has it, one storey put right; then the grid is done."""
    sign_in(page, base, "grid")
    page.goto(f"{base}/records/survey.house/")
    page.get_by_role("link", name="东风路 8 号").click()
    page.get_by_role("link", name="记一次排查").click()
    expect(page.get_by_label("层数")).to_have_value("3")
    expect(page.get_by_label("户主")).to_have_value("王小明")
    expect(page.get_by_text("已知：自建房底册").first).to_be_visible()
    page.get_by_label("层数").fill("4")
    page.get_by_label("一般隐患").check()
    page.get_by_label("发现的问题").fill("顶层加建")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_role("row", name=re.compile("层数.*3.*已更正"))).to_be_visible()
    page.goto(f"{base}/cases/")
    page.get_by_role("link", name="自建房安全排查").first.click()
    page.get_by_label("已排查户数").fill("1")
    page.get_by_label("有隐患户数").fill("1")
    page.get_by_role("button", name="完成").click()
    page.wait_for_load_state()


def test_every_page_of_a_survey_is_sound_in_every_look(town: Visit) -> None:
    bureau = identity.get_actor(identity.find_account("li-engineer").id)
    workflow.start_case(
        bureau, "survey.ask",
        {"level": "community", "areas": ["Q1"], "until": "2026-01-31"},
        title="自建房安全排查",
    )  # fmt: skip
    run_due()
    push = Push.objects.get()
    answered = PushTarget.objects.get(organization="S2")
    PushTarget.objects.filter(pk=answered.pk).update(state="done", done_at=now())
    pages = [
        "/cases/sent/", f"/cases/sent/{push.pk}/", f"/cases/sent/{push.pk}/?under=J1",
        f"/cases/sent/{push.pk}/list/", f"/cases/sent/{push.pk}/list/?state=late",
    ]  # fmt: skip
    for look in LOOKS:
        with town("engineer", look) as visitor:
            for path in pages:
                visitor.open(path)
                assert visitor.list_faults() == [], f"{look} {path}"
    with town("engineer", Look(scripts=False)) as visitor:
        visitor.open(f"/cases/sent/{push.pk}/")
        expect(visitor.page.locator("#answers")).to_contain_text("50%")
