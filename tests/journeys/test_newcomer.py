"""A newcomer's first half hour: two ugly files, a look, a comparison to show the director."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from .browser import PHONE, Look, Visitor, wait_for
from .city import City

pytestmark = pytest.mark.browser

STREETS = [(f"9901020{number:02}", f"新街{number}街道") for number in range(1, 31)]


@pytest.fixture
def ugly_files(tmp_path: Path) -> list[Path]:
    """GB18030 with a title row, semicolons and blanks; and tabs, long codes and full-width digits."""
    left, right = tmp_path / "街道台账.csv", tmp_path / "乡镇名册.txt"
    lines = ["街道编码;街道名称;备注"]
    lines += [f"{code};{name};" for code, name in STREETS]
    lines += ["无;待定街道;编码未下发", ";;"]
    left.write_bytes("\r\n".join(lines).encode("gb18030"))
    text = io.StringIO()
    text.write("\ufeff区划代码\t名称\n")
    for code, name in STREETS[3:]:
        text.write(f"{code}000\t{name.replace('街道', '街') if code.endswith('9') else name}\n")
    text.write("990102099000\t另一街道\n")
    right.write_text(text.getvalue(), "utf-8")
    return [left, right]


def test_a_newcomer_comes_from_two_files_to_an_outcome(city: City, ugly_files: list[Path]) -> None:
    with city.at("steward") as visitor:
        go_the_whole_way(city, visitor, ugly_files)

        assert visitor.complaints == []
        assert visitor.foreign == []


def test_the_way_is_open_without_scripts(city: City, ugly_files: list[Path]) -> None:
    with city.at("steward", Look(scripts=False, size=PHONE)) as visitor:
        go_the_whole_way(city, visitor, ugly_files)


def go_the_whole_way(city: City, visitor: Visitor, files: list[Path]) -> None:
    """Send in, look, confirm, compare, read, settle, take away."""
    page = visitor.page
    send_in(city, page, files)
    confirm_columns(page)
    compare_with(page, "乡镇名册")
    read_counts(page)
    settle_differences(page)
    take_away(page)


def send_in(city: City, page: Page, files: list[Path]) -> None:
    """From the first step of the home page to two landed registers; opens the first of them."""
    page.goto(f"{city.base}/home/")
    page.get_by_role("link", name="报送两个文件").click()
    page.set_input_files("input[type=file]", [str(file) for file in files])
    page.get_by_role("button", name="下一步：预览").click()
    ready = page.get_by_role("button", name=re.compile(f"汇聚全部就绪的表（{len(files)} 张）"))
    landed = page.get_by_text("已汇聚", exact=True)
    # Who sends the same files once more sees no preview: the mapping lands them.
    wait_for(page, lambda: ready.count() > 0 or landed.count() >= len(files))
    if ready.count():
        ready.click()
    wait_for(page, lambda: page.get_by_text("已汇聚", exact=True).count() >= len(files))
    page.get_by_role("link", name="街道台账.csv").first.click()
    expect(page.get_by_text("编码未下发")).to_have_count(0)
    page.get_by_role("link", name="打开资源").click()


def confirm_columns(page: Page) -> None:
    """The profile names blanks and columns; then what each column is gets confirmed."""
    page.get_by_role("link", name="数据概况", exact=True).click()
    expect(page.locator(".anchors")).to_contain_text("街道编码")
    page.get_by_role("link", name="确认每一列是什么").click()
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("街道台账")


def compare_with(page: Page, other: str) -> None:
    """From the register's own tab through both steps to the counts."""
    page.locator(".tabs").get_by_role("link", name="数据比对").click()
    page.get_by_role("link", name="与另一份数据比对").click()
    newest = page.locator("#right option", has_text=other).first.get_attribute("value")
    page.select_option("#right", newest)
    page.get_by_role("button", name="下一步").click()
    page.fill("#keys", "街道编码 = left(区划代码, 9)")
    page.fill("#values", "街道名称 = 名称")
    page.get_by_role("button", name="试算").click()
    expect(page.locator("#trial")).to_contain_text("27")
    page.get_by_role("button", name="比对", exact=True).click()
    wait_for(page, lambda: page.locator("table.counts").count() > 0)


def read_counts(page: Page) -> None:
    """The planted truths come out, each beside its words."""
    counts = {
        row.locator("th .code").last.inner_text(): row.locator("td.number").inner_text().strip()
        for row in page.locator("table.counts tbody tr").all()
    }
    assert {name: counts[name] for name in ("matched", "left_only", "right_only")} == {
        "matched": "27", "left_only": "3", "right_only": "1",
    }  # fmt: skip
    assert int(counts["left_blank_keys"]) >= 1
    assert int(counts["differing"]) == 3


def settle_differences(page: Page) -> None:
    """Rows, one of them side by side, and an outcome on record."""
    page.locator("table.counts a").filter(has_text="3").last.click()
    page.locator("tbody a.code").first.click()
    expect(page.locator(".difference").first).to_contain_text("新街")
    page.select_option("#code", label="左侧错")
    page.fill("#note", "以牌匾为准")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("main")).to_contain_text("以牌匾为准")


def take_away(page: Page) -> None:
    """The differences as a file, with the names the department knows."""
    page.get_by_role("link", name="返回差异列表").click()
    expect(page.get_by_role("link", name=re.compile("导出 CSV"))).to_be_visible()
    answer = page.request.get(page.url.split("/rows/")[0] + "/export/?format=csv")
    assert answer.status == 200
    assert "新街" in answer.text()
    assert quote("街道台账") in answer.headers["content-disposition"]
