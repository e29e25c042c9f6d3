"""A bureau, two departments, a register with known mistakes. 小城市与有错的登记册。"""

from __future__ import annotations

import io

import openpyxl
import pytest

from yiwang.kernel.tabular.write import write_csv
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.connect.types import Instructions
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.services import returning
from yiwang.nets.share.tests.conftest import PASSWORD, city, engineer, person, steward

from .standin import check

__all__ = ["PASSWORD", "city", "engineer", "person", "steward"]

GOOD_IDS = ["11010519491231002X", "11010519900307881X", "32010619900101001X"]
ROWS = [
    ["1", "张三", "11010519491231002X", "2"],
    ["2", "李四", "110105194912310021", "1"],  # wrong check digit
    ["3", "王五", "13050319670401001", "1"],  # 17 digits
    ["4", "赵六", "11010519491231", "8"],  # too short; no such sex
    ["5", "钱七", "11010519900307881X", "7"],  # no such sex
]
COLUMNS = ["编号", "姓名", "公民身份号码", "性别"]
ELEMENTS = {"公民身份号码": "resident_id", "性别": "sex"}


def to_csv(rows, columns=COLUMNS):
    out = io.BytesIO()
    write_csv(out, columns, rows, encoding="utf-8", defuse=False)
    return out.getvalue()


@pytest.fixture
def land(engineer):
    def put(
        rows=ROWS, *, owner="D01", name="低保名册", key=("编号",), kind="full", columns=COLUMNS
    ):
        delivery = connect.receive_file(
            engineer, io.BytesIO(to_csv(rows, columns)), file_name=f"{name}.csv", owner=owner, name=name,
            instructions=Instructions(
                kind=kind, key=tuple(key), columns=ELEMENTS, waived=("shrink",)
            ),
            queue=False,
        )  # fmt: skip
        (landed,) = connect.land_delivery(engineer, delivery.id)
        assert landed.state == "landed", landed.error
        return catalog.get_resource(engineer, landed.resource)

    return put


@pytest.fixture
def found(land, monkeypatch):
    """The register, landed and checked; a return is checked again by the stand-in."""
    monkeypatch.setattr(returning, "check_again", lambda _, resource: check(resource).id)
    resource = land()
    check(resource.id)
    return resource


@pytest.fixture
def sent(found, engineer):
    """A notice of all findings, with personal values whole."""
    notice = services.open_notice(
        engineer, owner="D01", terms=services.Terms(purpose="核对低保名册", note="电话 12345")
    )
    return services.send_notice(engineer, notice.id)


@pytest.fixture
def book(sent, engineer):
    """The workbook as downloaded, opened by another program."""
    _, stream = services.open_workbook(engineer, sent.id)
    with stream:
        return openpyxl.load_workbook(io.BytesIO(stream.read()))


def fill(book, answers, sheet="低保名册"):
    """Answers by data number (编号) and field: (answer, value, reason)."""
    page = book[sheet]
    heads = [cell.value for cell in page[1]]
    at = {name: heads.index(name) + 1 for name in heads}
    for row in range(2, page.max_row + 1):
        told = (page.cell(row, at["编号"]).value, page.cell(row, at["问题项 Column"]).value)
        if told in answers:
            for name, value in zip(
                ("答复 Answer", "更正值 Corrected value", "理由 Reason"),
                answers[told],
                strict=False,
            ):
                page.cell(row, at[name]).value = value
    return book


def to_bytes(book):
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out
