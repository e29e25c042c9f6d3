"""督查督办: the mayor's instruction goes to three departments; one asks for delay, one is urged, the report prints."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from yiwang.kernel.apps import services as apps
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity
from yiwang.kernel.notify.models import Notice
from yiwang.kernel.workflow.models import Case

from .browser import DESK, NARROWEST, PHONE, Look, Visitor, visit
from .conftest import PASSWORD

pytestmark = pytest.mark.browser
TITLE = "老旧小区消防隐患整治"
REPORT = "/records/dashboards/supervise.report/"
DEPARTMENTS = {"Z01": "示例市住建局", "Z02": "示例市消防救援支队", "Z03": "示例市文旅局"}


@pytest.fixture
def supervised(at, sessions, browser, address):
    """The app installed, a steward in each of three departments, and `on(who)` opens a page as them."""
    for code, name in DEPARTMENTS.items():
        identity.create_organization(
            SYSTEM, code=code, name=name, parent_code="", kind="department"
        )
        account, _ = identity.create_account(
            SYSTEM, name=f"of-{code.lower()}", full_name=f"{name}承办人", organization_code=code,
            password=PASSWORD, must_change_password=False,
        )  # fmt: skip
        identity.grant_role(SYSTEM, account.id, "steward")
        client = Client()
        client.post("/sign-in/", {"name": f"of-{code.lower()}", "password": PASSWORD})
        sessions[code] = client.cookies["yiwang_session"].value
    engineer = identity.get_actor(identity.find_account("li-engineer").id)
    apps.install_app(engineer, apps.read_shipped("supervise"), reason="试用")

    @contextmanager
    def on(who: str, look: Look | None = None) -> Iterator[Visitor]:
        with visit(browser, address, look or Look(), sessions[who]) as visitor:
            yield visitor
            assert faults_of(visitor) == []

    return on


def test_an_instruction_is_split_delayed_urged_and_reported(supervised) -> None:
    assign(supervised)
    parts = {one.organization: one for one in Case.objects.exclude(parent=None)}
    assert set(parts) == set(DEPARTMENTS)

    with supervised("Z01", Look(size=PHONE)) as visitor:
        open_part(visitor, parts["Z01"])
        part = offer(visitor.page, "反馈进展")
        part.get_by_label("完成比例").fill("60")
        part.get_by_label("进展情况").fill("已排查 120 个小区")
        part.get_by_role("button", name="反馈").click()
        expect(visitor.page.get_by_text("已排查 120 个小区").first).to_be_visible()
    with supervised("Z02") as visitor:
        open_part(visitor, parts["Z02"])
        part = offer(visitor.page, "申请延期")
        part.get_by_label("申请延长天数").fill("5")
        part.get_by_label("理由").fill("设备未到")
        part.get_by_role("button", name="提出申请").click()
        expect(visitor.page.get_by_text("设备未到").first).to_be_visible()

    answer_and_urge(supervised, parts)
    print_the_report(supervised)


def assign(supervised) -> None:
    """The mayor assigns it; the parts stand on the page with their departments."""
    with supervised("director", Look(size=DESK)) as visitor:
        visitor.open("/cases/start/supervise.item/")
        page = visitor.page
        page.get_by_label("标题").fill(TITLE)
        page.get_by_label("交办内容").fill("排查整治全市老旧小区消防隐患。")
        page.locator("[name=f_leads][value=Z01]").check()
        page.locator("[name=f_helpers][value=Z02]").check()
        page.locator("[name=f_helpers][value=Z03]").check()
        page.get_by_label("办理期限（工作日）").fill("10")
        assert faults_of(visitor) == []
        page.get_by_role("button", name="提交", exact=True).click()
        for name in DEPARTMENTS.values():
            expect(page.get_by_role("cell", name=name).first).to_be_visible()


def answer_and_urge(supervised, parts) -> None:
    """The mayor grants the delay, the old limit stays on record; the third department is urged."""
    before = parts["Z02"].due_at
    with supervised("director") as visitor:
        open_part(visitor, parts["Z02"])
        expect(visitor.page.get_by_text("申请延期 5 天").first).to_be_visible()
        visitor.page.locator(".mine > form").get_by_role("button", name="同意", exact=True).click()
        expect(visitor.page.get_by_text("已延期").first).to_be_visible()
        visitor.open(f"/cases/{parts['Z03'].pk}/")
        part = visitor.page.locator(
            "details.offer", has=visitor.page.locator("summary", has_text="催办")
        )
        part.locator("summary").click()
        part.get_by_role("button", name="催办").click()
        expect(visitor.page.get_by_text("催办").first).to_be_visible()
    parts["Z02"].refresh_from_db()
    assert parts["Z02"].due_at > before
    urged = identity.find_account("of-z03")
    assert Notice.objects.filter(account_id=urged.id, title__contains="urged").exists()


def print_the_report(supervised) -> None:
    """The same figures on the page, as PDF, DOCX and XLSX; on the narrowest page and in English."""
    with supervised("director", Look(size=DESK)) as visitor:
        visitor.open(REPORT)
        expect(visitor.page.get_by_role("rowheader", name=DEPARTMENTS["Z01"])).to_be_visible()
        got = {}
        for ending in ("PDF", "DOCX", "XLSX"):
            with visitor.page.expect_download() as download:
                visitor.page.get_by_role("link", name=ending, exact=True).click()
            got[ending] = download.value.path().read_bytes()
        assert got["PDF"].startswith(b"%PDF")
        assert visitor.page.pdf().startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(got["DOCX"])) as packed:
        text = packed.read("word/document.xml").decode()
    assert all(word in text for word in (*DEPARTMENTS.values(), "督查督办情况通报", TITLE))
    with supervised("director", Look(language="en", size=NARROWEST)) as visitor:
        visitor.open(REPORT)
        assert visitor.list_overflows() == []


def open_part(visitor: Visitor, case: Case) -> None:
    visitor.open(f"/cases/{case.pk}/")
    expect(visitor.page.locator(".mine")).to_be_visible()
    assert visitor.list_overflows() == []


def offer(page: Page, name: str) -> Page:
    """The folded form of a verb, opened."""
    part = page.locator(".mine details", has=page.locator("summary", has_text=name))
    part.locator("summary").first.click()
    return part  # type: ignore[return-value]


def faults_of(visitor: Visitor) -> list[str]:
    return [*visitor.list_barriers(), *visitor.complaints, *visitor.foreign]
