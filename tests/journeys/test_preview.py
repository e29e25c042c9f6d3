"""Two registers and a messy workbook: dropped, looked at, put right, landed, and landed again by itself."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from .city import City
from .test_newcomer import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.deep]
DIVISIONS = Path(os.environ.get("YIWANG_SHARED", "../shared")) / "data" / "01-divisions"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """The statistics streets, the civil-affairs townships as nested JSON, a workbook with titles."""
    streets = DIVISIONS / "china-division" / "streets.csv.gz"
    if not streets.exists():
        pytest.skip(f"no real files at {DIVISIONS}")
    found = [
        tmp_path / "统计街道预览.csv",
        tmp_path / "民政乡镇预览.json",
        tmp_path / "发放预览.xlsx",
    ]
    found[0].write_bytes(gzip.decompress(streets.read_bytes()))
    townships = DIVISIONS / "quhua" / "townships_v1.json.gz"
    found[1].write_bytes(gzip.decompress(townships.read_bytes()))
    write_messy(found[2])
    return found


def write_messy(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["南浦区发放名册"],
        ["填报单位：民政局", None, "单位：元"],
        ["姓名", "联系电话", "发放金额"],
        ["张小云", "13800001111", 600],
        ["李大山", "13900002222", "约700"],
        ["合计", None, 1300],
    ):
        sheet.append(row)
    book.save(path)


def test_files_are_looked_at_and_landed(city: City, files: list[Path]) -> None:
    with city.at("steward") as visitor:
        page = visitor.page
        drop(city, page, files)
        wait_for(page, lambda: page.get_by_text("可以汇聚").count() == 2)
        page.get_by_role("link", name="民政乡镇预览.json").click()
        row = page.locator("tr", has_text="/*/townships/*").first
        row.get_by_role("button", name="取这些").click()
        page.get_by_role("button", name="按此汇聚").first.click()
        page.get_by_role("link", name="发放预览.xlsx").click()
        page.get_by_role("button", name="第 3 行是表头").click()
        expect(page.locator("tr.part-head")).to_contain_text("姓名")
        assert "13800001111" not in page.content()
        assert visitor.list_faults() == []
        page.get_by_role("button", name="按此汇聚").first.click()
        page.get_by_role("button", name=re.compile("汇聚全部就绪的表")).click()
        wait_for(page, lambda: "3 / 3" in page.locator("#batch").inner_text())
        landed = page.locator("#batch").inner_text()
        assert all(number in landed for number in ("41,352", "38,749"))

        drop(city, page, [files[2]])
        wait_for(page, lambda: "1 / 1" in page.locator("#batch").inner_text())
        assert page.get_by_role("link", name="发放预览.xlsx").count() == 1
        assert page.locator("#batch tbody span.light").inner_text() == "已汇聚"


def drop(city: City, page: Page, files: list[Path]) -> None:
    page.goto(f"{city.base}/deliveries/send/")
    page.set_input_files("input[type=file]", [str(file) for file in files])
    page.get_by_role("button", name="下一步：预览").click()
