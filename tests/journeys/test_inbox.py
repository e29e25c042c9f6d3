"""The inbox at a desk and on a phone: narrowing, choosing, deciding together, copies, watching."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.models import Post
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case
from yiwang.kernel.workflow.tests.files import BOARD, COPIED, LEAVE

from .browser import Look, Visitor
from .conftest import Visit
from .test_keyboard import tab_to

pytestmark = pytest.mark.browser
PHONE = (390, 844)
LOOKS = [
    Look(), Look(language="en"), Look(size=PHONE), Look(language="en", size=PHONE, elder=True),
    Look(size=PHONE, scripts=False),
]  # fmt: skip


def actor(role: str) -> Actor:
    return identity.get_actor(identity.find_account(f"li-{role}").id)


@pytest.fixture
def desk(at: Visit) -> Visit:
    """Sixty leaves wait for a steward, some overdue; one was copied to the viewer, who watches it."""
    # They hold their posts since long before what was asked then.
    Post.objects.update(valid_from=now().date() - timedelta(days=30))
    for text in (LEAVE, BOARD, COPIED):
        services.publish_case_type(actor("engineer"), text)
    for days in range(58):
        with use_time(now() - timedelta(days=days % 7, minutes=days)):
            start("viewer", days=1 + days % 5, title=f"外出培训第 {days + 1} 批次人员请假")
    told = start("steward", days=6, title="赴省厅挂职")
    services.start_case(actor("viewer"), "demo.board", {"members": [actor("steward").id]})
    task = services.list_box(actor("steward"), "todo").lines
    own = next(str(one.id) for one in task if one.case_id == told.pk)
    services.act_on_task(
        actor("steward"), own, "agree", opinion="同意，请领导审定。", copies=[actor("viewer").id]
    )
    services.watch_case(actor("viewer"), told.pk)
    return at


def start(role: str, *, days: int, title: str) -> Case:
    return services.start_case(
        actor(role), "demo.leave", {"days": days, "why": "培训"}, title=title
    )


def faults_of(visitor: Visitor) -> list[str]:
    return visitor.list_faults()


def test_every_page_of_the_inbox_is_sound_in_every_look(desk: Visit) -> None:
    case = Case.objects.get(title="赴省厅挂职")
    pages = [
        ("steward", "/cases/"), ("steward", "/cases/?light=red"), ("steward", "/cases/done/"),
        ("viewer", "/cases/started/?due_from=2026-01-01"), ("viewer", "/cases/copied/"),
        ("viewer", "/cases/watched/"), ("viewer", "/cases/phrases/"), ("steward", "/cases/?q=none"),
        ("director", f"/cases/{case.pk}/"), ("viewer", f"/cases/{case.pk}/"),
    ]  # fmt: skip
    for look in LOOKS:
        for role, path in pages:
            with desk(role, look) as visitor:
                visitor.open(path)
                assert not look.scripts or faults_of(visitor) == [], f"{look} {path}"
                assert visitor.list_overflows() == [], f"{look} {path}"


def test_many_are_narrowed_chosen_and_decided_together(desk: Visit) -> None:
    with desk("steward") as visitor:
        page = visitor.page
        visitor.open("/cases/")
        assert page.get_by_label("环节").locator("option").count() == 1
        page.get_by_label("流程种类").select_option("demo.leave")
        # The steps follow the kind that is chosen, without a reload.
        expect(page.get_by_label("环节").locator("option")).to_have_count(3)
        page.get_by_label("环节").select_option("leader")
        page.wait_for_url("**step=leader**")
        expect(page.locator("tbody tr")).to_have_count(50)
        page.get_by_role("link", name="加载更多").click()
        expect(page.locator("tbody tr")).to_have_count(58)
        page.get_by_label("全选").check()
        expect(page.locator("input[name=chosen]:checked")).to_have_count(58)
        page.locator("input[name=chosen]").first.uncheck()
        assert page.get_by_label("全选").evaluate("(one) => one.indeterminate")
        page.get_by_role("button", name="批量办理", exact=True).click()
        expect(page.locator(".chosen-list li")).to_have_count(57)
        assert faults_of(visitor) == []
        page.get_by_role("textbox", name="意见").fill("看过，")
        page.get_by_role("button", name="请按规定办理。").click()
        assert page.get_by_role("textbox", name="意见").input_value() == "看过，请按规定办理。"
        page.get_by_role("button", name="同意", exact=True).click()
        expect(page.get_by_text("57 件中 57 件办理成功")).to_be_visible()
        assert faults_of(visitor) == []
    assert Case.objects.filter(tasks_done()).count() == 57


def tasks_done():
    from django.db.models import Q

    from yiwang.kernel.workflow.models import Task

    rows = Task.objects.filter(opinion="看过，请按规定办理。").values("case_id")
    return Q(pk__in=rows)


def test_the_phone_without_scripts_urges_from_what_one_started(desk: Visit) -> None:
    with desk("viewer", Look(size=PHONE, scripts=False, language="en")) as visitor:
        page = visitor.page
        visitor.open("/cases/started/")
        page.locator("input[name=chosen]").nth(1).check()
        page.get_by_role("button", name="Urge together", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Urge together")
        page.get_by_label("Remark").fill("please")
        page.get_by_role("button", name="Urge", exact=True).click()
        expect(page.get_by_text("1 of 1 went through.")).to_be_visible()
        assert visitor.list_overflows() == []


def test_the_phone_without_scripts_adds_a_phrase_and_copies(desk: Visit) -> None:
    with desk("steward", Look(size=PHONE, scripts=False)) as visitor:
        page = visitor.page
        visitor.open("/cases/?kind=demo.leave")
        page.locator("tbody th a").first.click()
        page.get_by_role("textbox", name="意见").fill("")
        page.get_by_label("常用意见", exact=True).select_option("同意。")
        page.get_by_label("抄送").fill("li-viewer，li-director")
        page.get_by_role("button", name="同意", exact=True).click()
        expect(page.get_by_text("抄送 李明、李明")).to_be_visible()
        expect(page.locator("q", has_text="同意。").first).to_be_visible()


def test_the_keyboard_alone_chooses_and_decides(desk: Visit) -> None:
    with desk("steward") as visitor:
        page = visitor.page
        visitor.open("/cases/?kind=demo.leave&sort=due")
        tab_to(page, "input[name=chosen]")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.locator("input[name=chosen]").last.focus()
        tab_to(page, "button[name=verb][value=decide]")
        page.keyboard.press("Enter")
        expect(page.locator(".chosen-list li")).to_have_count(2)
        tab_to(page, "button[value=agree]")
        page.keyboard.press("Enter")
        expect(page.get_by_text("2 件中 2 件办理成功")).to_be_visible()


def test_watching_from_the_page_of_a_case(desk: Visit) -> None:
    case = Case.objects.filter(code="demo.leave").latest("id")
    with desk("steward", Look(size=PHONE)) as visitor:
        visitor.open(f"/cases/{case.pk}/")
        visitor.page.get_by_role("button", name="关注", exact=True).click()
        expect(visitor.page.get_by_role("button", name="已关注：取消")).to_be_visible()
        assert faults_of(visitor) == []
        watch_box(visitor.page, visitor.base, case.number)


def watch_box(page: Page, base: str, number: str) -> None:
    page.goto(f"{base}/cases/watched/")
    expect(page.get_by_text(number)).to_be_visible()
