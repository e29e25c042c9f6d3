"""A file is looked at on the command line, and its mapping lands it."""

from __future__ import annotations

from pathlib import Path

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.identity import services as identity
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect.models import Delivery
from yiwang.site.cli import share
from yiwang.site.cli.frame import Session

pytestmark = pytest.mark.django_db
TITLED = (
    "低保名册,,\n姓名,身份证号码,备注\n张小云,110101199003074514,\n李大山,110101198503075511,迁出\n"
)


@pytest.fixture
def session() -> Session:
    identity.create_organization(SYSTEM, code="D01", name="市民政局", kind="department")
    found = Session()
    found.__dict__["actor"] = identity.installer_actor()
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "低保.csv"
    path.write_text(TITLED, "utf-8")
    return path


def look(session: Session, file: Path, **said: object):
    told = {"sheet": "", "records": "", "encoding": "", "header_row": None, "mapping": None}
    return run(share.preview, session, file=file, out=None, **(told | said))


def run(command: object, session: Session, **said: object):
    body = command.callback.__closure__  # the function behind the command
    function = next(
        cell.cell_contents
        for cell in body
        if getattr(cell.cell_contents, "__name__", "") in ("preview", "land")
    )
    return function(session, **said)


def test_a_look_proposes_and_keeps_nothing(session, file):
    document = look(session, file).document
    [table] = document["tables"]

    assert (table["header_row"], [one["heading"] for one in table["columns"]]) == (
        2,
        ["姓名", "身份证号码", "备注"],
    )
    assert table["columns"][1]["element"] == "resident_id"
    assert "110101199003074514" not in str(document)
    assert not Delivery.objects.exists()


def test_the_mapping_written_by_a_look_lands_the_file(session, file, tmp_path):
    mapping = tmp_path / "低保.yaml"
    run(
        share.preview, session, file=file, sheet="", records="", encoding="", header_row=None,
        mapping=None, out=mapping,
    )  # fmt: skip
    text = mapping.read_text("utf-8").replace("备注: remark", "备注: {left_out: true}")
    mapping.write_text(text, "utf-8")
    answer = run(
        share.land, session, files=[file], owner="D01", name="", kind="", key=(), sheet="",
        records="", encoding="", header_row=None, mapping=mapping,
    )  # fmt: skip

    [landed] = answer.document["files"]
    assert (landed["state"], landed["rows"]) == ("landed", 2)
    items = catalog.list_items(landed["resource"])
    assert [(one.name, one.element) for one in items] == [
        ("姓名", "person_name"),
        ("身份证号码", "resident_id"),
    ]


def test_a_mapping_that_cannot_be_meant_names_the_place(session, file, tmp_path):
    mapping = tmp_path / "错.yaml"
    mapping.write_text("columns:\n  姓名: no_such\n", "utf-8")

    with pytest.raises(InvalidInput, match=r"错\.yaml, line 2"):
        look(session, file, mapping=mapping)
