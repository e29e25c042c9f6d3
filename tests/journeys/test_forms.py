"""Forms of records in the browser: every look, the script's comforts, the keyboard alone, no script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from yiwang.kernel.files.tests.samples import PNG
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services
from yiwang.kernel.records.tests.intake import INTAKE
from yiwang.kernel.records.tests.tabled import drop_tables

from .browser import DESK, NARROWEST, PHONE, Look, Visitor
from .test_keyboard import tab_to

pytestmark = pytest.mark.browser
LOOKS = [
    Look(size=PHONE),
    Look(language="en", size=DESK),
    Look(language="en", size=NARROWEST, elder=True),
    Look(size=DESK, high_contrast=True),
]
VISIT = "/records/intake.visit/"
NEW, STEPS = f"{VISIT}new/", f"{VISIT}new/?form=intake.walk"
CELLS = 40


@pytest.fixture
def record(sessions, transactional_db) -> Iterator[str]:
    """The app is published, there are many grid cells and one visit; its address."""
    drop_tables()
    engineer = identity.find_account("li-engineer")
    assert engineer
    services.publish_bundle(identity.get_actor(engineer.id), INTAKE)
    desk = services.at_desk(identity.get_actor(engineer.id))
    for at in range(CELLS):
        services.create_record(desk, "intake.place", {"name": f"东街第{at + 1}网格"})
    told = {"name": "老王面馆", "kind": "food", "area": "30", "members": [{"name": "李四"}]}
    yield f"{VISIT}{services.create_record(desk, 'intake.visit', told).id}/"
    drop_tables()


def send(visitor: Visitor, status: int = 200) -> None:
    """Press the first button below the form, and wait for what comes."""
    visitor.expect_status = status
    with visitor.page.expect_navigation():
        visitor.page.click("form.filling > .actions .primary")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_form_is_accessible_and_fits_also_with_everything_wrong(at, record, look) -> None:
    faults = []
    with at("engineer", look) as visitor:
        for path in (NEW, STEPS, f"{record}edit/", "/records/drafts/"):
            visitor.open(path)
            faults += [f"{path}, {look}: {one}" for one in visitor.list_faults()]
        visitor.open(NEW)
        visitor.page.check("[name=a-kind][value=food]")
        visitor.page.fill("#a-members-0-phone", "1")
        visitor.page.set_input_files(
            "#a-photos", [{"name": "说明.html", "mimeType": "text/html", "buffer": b"<html>"}]
        )
        send(visitor, 422)
        faults += [f"refused, {look}: {one}" for one in visitor.list_faults()]
    assert "\n".join(faults) == ""


def test_questions_rows_and_finds_follow_what_one_does(at, record) -> None:
    with at("engineer", Look(size=PHONE)) as visitor:
        page: Page = visitor.page
        visitor.open(NEW)
        expect(page.get_by_text("显示根据填写内容需要补充的项目")).to_be_hidden()
        page.check("[name=a-kind][value=food]")
        page.fill("#a-area", "12")
        page.check("[name=a-kind][value=shop]")
        expect(page.locator("#a-area")).to_have_count(0)
        page.check("[name=a-kind][value=food]")
        expect(page.locator("#a-area")).to_have_value("12")

        page.fill("#a-members-0-name", "甲")
        page.click("[data-add]")
        expect(page.locator("#a-members-1-name")).to_be_focused()
        page.click("[data-add]")
        expect(page.locator("[data-add]")).to_be_hidden()
        page.fill("#a-members-2-name", "丙")
        page.locator("[data-remove]").nth(1).click()
        expect(page.locator("[data-row] > legend")).to_have_text(["从业人员 1", "从业人员 2"])

        page.fill("#a-cell-q", "东街第17")
        page.get_by_label("东街第17网格").check()
        page.fill("#a-visitor", "li-v")
        expect(page.locator("#colleagues option")).to_have_count(1)
        page.fill("#a-visitor", "li-viewer")
        page.set_input_files(
            "#a-photos", [{"name": "门头.png", "mimeType": "image/png", "buffer": PNG}]
        )
        send(visitor, 422)
        page.fill("#a-name", "大众餐厅")
        send(visitor)

        main = page.locator("main")
        for told in ("大众餐厅", "12.00", "甲", "丙", "东街第17网格", "门头.png"):
            expect(main).to_contain_text(told)
        assert visitor.complaints == []


def test_nothing_typed_is_lost_without_network_or_session(at, record) -> None:
    with at("engineer", Look(size=PHONE)) as visitor:
        page = visitor.page
        visitor.open(NEW)
        page.fill("#a-name", "断网店")
        page.check("[name=a-kind][value=shop]")
        button = page.locator("form.filling > .actions .primary")

        page.context.set_offline(True)
        button.click()
        expect(page.get_by_role("alert")).to_contain_text("无法连接服务器")
        page.context.set_offline(False)
        cookies = page.context.cookies()
        page.context.clear_cookies(name="yiwang_session")
        button.click()
        expect(page.get_by_role("alert")).to_contain_text("登录已失效")
        assert visitor.list_barriers() == []

        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        send(visitor)
        expect(page.locator("main")).to_contain_text("断网店")


def test_steps_are_open_to_the_keyboard_alone(at, record) -> None:
    with at("engineer", Look()) as visitor:
        page = visitor.page
        visitor.open(STEPS)
        tab_to(page, "[name=a-name]")
        page.keyboard.type("键盘店")
        tab_to(page, "[name=a-kind]")
        page.keyboard.press("ArrowDown")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if page.locator("[name=a-area]").count():
            tab_to(page, "[name=a-area]")
            page.keyboard.type("5")
            with page.expect_navigation():
                page.keyboard.press("Enter")
        tab_to(page, "[name=a-note]")
        page.keyboard.type("备注")
        tab_to(page, "form.filling > .actions .primary")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        tab_to(page, "main .primary")
        with page.expect_navigation():
            page.keyboard.press("Enter")

        expect(page.locator("main")).to_contain_text("键盘店")
        assert visitor.complaints == []


def test_a_form_is_filled_in_without_script(at, record) -> None:
    with at("engineer", Look(size=PHONE, scripts=False)) as visitor:
        page = visitor.page
        visitor.open(NEW)
        page.fill("#a-name", "无脚本店")
        page.check("[name=a-kind][value=food]")
        page.click("button[value=refresh]")
        page.fill("#a-area", "5")
        page.fill("#a-members-0-name", "甲")
        page.click("button[value='add:members']")
        page.fill("#a-members-1-name", "乙")
        page.fill("#a-cell-q", "东街第3网格")
        page.click("button[value='find:a-cell']")
        page.get_by_label("东街第3网格").check()
        page.click("form.filling > .actions .primary")

        for told in ("无脚本店", "甲", "乙", "东街第3网格"):
            expect(page.locator("main")).to_contain_text(told)
