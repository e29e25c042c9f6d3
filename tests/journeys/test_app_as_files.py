"""An engineer writes an app with the how-to open; colleagues use it; it moves to an empty node.

The commands and files are those of `docs/howto/write-an-app.md`, read from it: three kinds of
records, an approval of two levels, installed while the city runs.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.operations.conftest import Node

from .browser import DESK, NARROWEST, PHONE, Look, Visitor, wait_for
from .city import City
from .test_case import agree

pytestmark = pytest.mark.browser
HOWTO = Path(__file__).parents[2] / "docs/howto/write-an-app.md"
OWNER = "YZ-MZJ"


def read_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", HOWTO.read_text("utf-8"), re.DOTALL)


def follow(node: Node, folder: Path) -> None:
    """Type what the how-to says, in its order; the file that it shows is written where it says."""
    first, install = read_blocks("sh")[0], read_blocks("sh")[-1]
    check = read_blocks("sh")[1]
    for line in (first + check).splitlines():
        run(node, folder, line.replace("B01", OWNER))
    (booking,) = read_blocks("yaml")
    (folder / "venues/entities/booking.yaml").write_text(booking)
    for line in (check + install).splitlines():
        run(node, folder, line)


def run(node: Node, folder: Path, line: str) -> str:
    program, *arguments = shlex.split(line)
    assert program == "yiwang"
    return node.run(*arguments, cwd=folder)


def test_an_app_is_written_used_shared_and_carried_elsewhere(city: City, tmp_path: Path) -> None:
    follow(city.node, tmp_path)
    register_a_place(city)
    number = apply(city)
    agree(city, "steward", number)
    agree(city, "director", number)
    with city.at("viewer", Look(language="en", size=NARROWEST)) as visitor:
        visitor.open("/records/venues.permit/")
        expect(visitor.page.get_by_text("迎新春书画展").first).to_be_visible()
        check(visitor, "app-4-permit-on-a-phone")
    find_in_catalogue(city)
    carry_elsewhere(city.node, tmp_path)


def register_a_place(city: City) -> None:
    """The steward on a phone, without scripts."""
    with city.at("steward", Look(size=PHONE, scripts=False)) as visitor:
        visitor.open("/records/")
        visitor.page.locator(
            "main .card", has=visitor.page.get_by_role("heading", name="场所")
        ).click()
        visitor.page.get_by_role("link", name="新增").first.click()
        visitor.page.get_by_label("编号").fill("H-1")
        visitor.page.get_by_label("名称").fill("文化馆一号厅")
        visitor.page.get_by_label("室内").check()
        visitor.page.get_by_label("地址").fill("云州市东湖路1号")
        visitor.page.get_by_role("button", name="显示根据填写内容需要补充的项目").click()
        visitor.page.get_by_label("面积").fill("120.5")
        visitor.record("app-1-form-on-a-phone")
        visitor.page.get_by_role("button", name="保存", exact=True).click()
        expect(visitor.page.get_by_text("文化馆一号厅").first).to_be_visible()


def apply(city: City) -> str:
    """Whoever wants the hall asks for it on a phone; gives the case's number."""
    with city.at("viewer", Look(size=PHONE)) as visitor:
        page = visitor.page
        visitor.open("/cases/start/")
        page.get_by_role("link", name="使用申请").click()
        page.get_by_label("场所编号").fill("H-1")
        page.get_by_label("用途").fill("迎新春书画展")
        page.get_by_label("天数").fill("5")
        check(visitor, "app-2-apply-on-a-phone")
        page.get_by_role("button", name="提交", exact=True).click()
        found = re.search(r"SQ-\d{4}-\d{6}", page.locator("main").inner_text())
        assert found
        check(visitor, "app-3-case-on-a-phone")
        return found[0]


def find_in_catalogue(city: City) -> None:
    """The engineer finds the kind of record as a resource, lays its rows down and sees its score."""
    with city.at("engineer", Look(size=DESK)) as visitor:
        page = visitor.page
        visitor.open("/entities/?q=venues.place")
        page.get_by_role("link", name="场所", exact=True).first.click()
        check(visitor, "app-5-in-the-catalogue")
        page.get_by_role("button", name="立即快照").click()
        wait_for(page, lambda: page.get_by_text("已生成版本").count() > 0)
        expect(page.get_by_text("已生成版本").first).to_be_visible()
        check(visitor, "app-6-version")
        visitor.open("/quality/")
        row = page.locator("tr", has=page.get_by_role("link", name="场所", exact=True))
        expect(row.get_by_text("100.0")).to_be_visible()
        check(visitor, "app-7-quality")


def carry_elsewhere(node: Node, folder: Path) -> None:
    """Exported, tested and installed in an empty node, exported again: the same bytes."""
    node.run("app", "export", "venues", folder / "venues.zip")
    other = Node(folder / "other")
    other.run("init")
    other.python(
        "from yiwang.kernel.base.act import SYSTEM\n"
        "from yiwang.kernel.identity import services as identity\n"
        f"identity.create_organization(SYSTEM, code='{OWNER}', name='民政局', kind='department')\n"
    )
    assert "holds" in other.run("app", "test", folder / "venues.zip")
    other.run("app", "install", folder / "venues.zip", "--reason", "试用")
    other.run("app", "export", "venues", folder / "again.zip")
    assert (folder / "again.zip").read_bytes() == (folder / "venues.zip").read_bytes()


def check(visitor: Visitor, name: str) -> None:
    visitor.record(name)
    assert visitor.list_faults() == []
