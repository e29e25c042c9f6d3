"""Records of an app in the browser: every view in every look, and a card moved without script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services
from yiwang.kernel.records.tests.shops import full_shop
from yiwang.kernel.records.tests.tabled import drop_tables
from yiwang.kernel.records.tests.towns import VIEWED

from .browser import DESK, NARROWEST, PHONE, Look

pytestmark = pytest.mark.browser
LOOKS = [
    Look(size=PHONE, scripts=True),
    Look(language="en", size=DESK),
    Look(language="en", size=NARROWEST, elder=True),
    Look(size=DESK, high_contrast=True),
]
NAMES = ["老王面馆", "东风书店", "和平茶馆", "大众餐厅", "新华超市", "四季水果"]
SHOP = "/records/demo.shop/"


@pytest.fixture
def shops(sessions, transactional_db) -> Iterator[dict[str, str]]:
    """Some shops of two communities, and the addresses of what there is."""
    drop_tables()
    engineer = identity.find_account("li-engineer")
    assert engineer
    services.publish_bundle(identity.get_actor(engineer.id), VIEWED)
    desk = services.at_desk(identity.get_actor(engineer.id))
    places = [
        services.create_record(desk, "demo.community", {"code": f"C0{at}", "name": name}).id
        for at, name in enumerate(["东风社区", "和平里第一社区"])
    ]
    made = [add_shop(desk, at, places[at % 2]) for at in range(len(NAMES))]
    services.update_record(desk, "demo.shop", made[0], {"name": "老王大面馆"}, rev=1, reason="更名")
    yield {"shop": made[0], "community": places[0]}
    drop_tables()


def add_shop(desk: services.Desk, at: int, community: str) -> str:
    told = full_shop() if at == 0 else {"kind": ["food", "shop"][at % 2], "area": Decimal(20 + at)}
    place = f"{116.39 + at / 100:.4f},{39.90 - at / 300:.4f}"
    opened = today().replace(day=1) + timedelta(days=3 * at)
    told |= {"name": NAMES[at], "community": community, "place": place, "opened": opened}
    return services.create_record(desk, "demo.shop", told).id


def list_paths(found: dict[str, str]) -> list[str]:
    """Every page of records."""
    record = f"{SHOP}{found['shop']}/"
    return [
        "/records/", SHOP, f"{SHOP}?view=demo.stages",
        f"{SHOP}?view=demo.months", f"{SHOP}?view=demo.lines", f"{SHOP}?view=demo.points",
        f"{SHOP}?kind=none", record, f"{record}history/", f"{record}remove/",
        f"/records/demo.community/{found['community']}/", f"{SHOP}import/", f"{SHOP}export/",
    ]  # fmt: skip


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_of_records_is_accessible_and_fits(at, shops, look) -> None:
    faults = []
    with at("engineer", look) as visitor:
        for path in list_paths(shops):
            visitor.open(path)
            faults += [f"{path}, {look}: {one}" for one in visitor.list_faults()]
            visitor.complaints.clear()
    assert "\n".join(faults) == ""


def test_a_card_is_moved_and_a_masked_value_shown_without_script(at, shops) -> None:
    with at("engineer", Look(language="en", size=PHONE, scripts=False)) as visitor:
        page = visitor.page
        visitor.open(f"{SHOP}?view=demo.stages")
        card = page.locator(".lane .card").filter(has_text="和平茶馆")
        card.get_by_role("button", name="Move").click()
        expect(page.get_by_text("The card is moved.")).to_be_visible()
        lane = page.locator(".lane").filter(has=page.get_by_role("heading", name="Shop"))
        expect(lane.get_by_text("和平茶馆", exact=True)).to_be_visible()

        visitor.open(f"{SHOP}{shops['shop']}/")
        shown = page.locator("dd").filter(has_text="138****5678")
        shown.locator("summary").click()
        shown.get_by_label("Why you need to see it").fill("核实投诉电话")
        shown.get_by_role("button", name="Show the value").click()
        expect(page.get_by_text("13812345678")).to_be_visible()


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[2]], ids=str)
def test_what_is_looked_through_before_it_is_done_is_accessible(at, shops, look, tmp_path) -> None:
    good, wrong = tmp_path / "good.csv", tmp_path / "wrong.csv"
    good.write_text(f"编号 ID,名称,类别\n{shops['shop']},老王面馆,餐饮\n,新店,餐饮\n")
    wrong.write_text("名称,类别,面积,心情\n新店,餐饮,很大,好\n")
    with at("engineer", look) as visitor:
        faults = [
            *look_through(visitor, f"{SHOP}import/", "file", good, "新店"),
            *look_through(visitor, f"{SHOP}import/", "file", wrong, "很大"),
        ]
    assert "\n".join(faults) == ""


def look_through(visitor, path, field, file, expected) -> list[str]:
    """Send a file and look at what the page says would happen."""
    visitor.open(path)
    visitor.expect_status = 422
    page = visitor.page
    page.set_input_files(f"[name={field}]", str(file))
    if page.locator("[name=reason]").count():
        page.fill("[name=reason]", "登记")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text(expected).first).to_be_visible()
    return [f"{path} {file.name}: {one}" for one in visitor.list_faults()]


def test_a_month_is_an_agenda_on_a_phone(at, shops) -> None:
    first = today().replace(day=1)
    with at("engineer", Look(size=PHONE)) as visitor:
        visitor.open(f"{SHOP}?view=demo.months")
        expect(visitor.page.get_by_text(f"{first.isoformat()} 星期", exact=False)).to_be_visible()
        empty = date(first.year, first.month, 28)
        expect(visitor.page.get_by_text(empty.isoformat())).to_be_hidden()
