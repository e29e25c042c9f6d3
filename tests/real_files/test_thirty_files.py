"""Thirty real files of six departments, most of them ugly: from a folder to scores and closed notices.

What `docs/tutorial/thirty-files.md` tells, done through the services as its reader does it.
"""

from __future__ import annotations

import io

import openpyxl
import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs import services as jobs
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.connect.types import Instructions
from yiwang.nets.share.quality import services as quality

from . import find_shared

DATA = find_shared()
HORROR = "10-data-quality/messytables-horror"
DEPARTMENTS = {
    "民政局": [
        "01-divisions/quhua/divisions_v1.json.gz", "01-divisions/quhua/townships_v1.json.gz",
        "11-lists/ngender/charfreq.csv.gz", f"{HORROR}/unicode_sheet_name.xls",
    ],
    "统计局": [
        "01-divisions/china-division/areas.csv", "01-divisions/china-division/cities.csv",
        "01-divisions/china-division/streets.csv.gz", "01-divisions/china-region/region.csv.gz",
        f"{HORROR}/211.csv",
    ],
    "信访局": [
        "04-requests/tipdm2020/附件1-分类体系.xlsx", "04-requests/tipdm2020/附件4-留言与答复.xlsx",
        "04-requests/nyc311/311_Service_Requests.csv.gz",
        "04-requests/tipdm2020/word_fre1-7-gb18030.csv",
    ],
    "生态环境局": [
        "05-sensors/prsa/PRSA_Data_Dongsi_20130301-20170228.csv.gz",
        "05-sensors/prsa/PRSA_Data_Wanliu_20130301-20170228.csv.gz",
        "05-sensors/river/water-flow.csv",
        "05-sensors/nab/realKnownCause/ambient_temperature_system_failure.csv.gz",
    ],
    "交通局": [
        "13-mobility/szt/page1x100.json", "13-mobility/szt/szmc.net-metro.csv",
        "05-sensors/shenzhen-traffic/sz_speed.csv.gz", "05-sensors/shenzhen-traffic/sz_adj.csv",
        "05-sensors/nab/realTraffic/speed_6005.csv.gz",
    ],
    "财政局": [
        f"{HORROR}/{name}"
        for name in (
            "begrotingsanalyse-2011.csv", "spanish_chars.csv", "weird_head_padding.csv",
            "encrypted_no_password.xls", "span_rich.xls", "rowcolspan.html", "excel_pasting.csv",
            "ods_formats.ods",
        )
    ],
}  # fmt: skip
RECORDS = {
    "townships_v1.json.gz": "/*/townships/* code={value} name={1} county_code={0} county=../../county",
    "divisions_v1.json.gz": "/provinces/*/cities/*/counties/*",
}
HEADINGS = {"begrotingsanalyse-2011.csv": 6}
NONE = 0
"""A file without a row of headings: its columns are numbered."""

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


@pytest.fixture
def engineer(db):
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")
    for name in DEPARTMENTS:
        identity.create_organization(SYSTEM, code=name_code(name), name=name)
    made, _ = identity.create_account(SYSTEM, name="engineer", organization_code="B01")
    identity.grant_role(SYSTEM, made.id, "engineer")
    return identity.get_actor(made.id)


def name_code(department: str) -> str:
    return f"D{list(DEPARTMENTS).index(department):02}"


def send_folder(actor, department: str):
    """All files of one department at once, looked at by the worker."""
    batch = connect.open_batch(actor, owner=name_code(department))
    for path in DEPARTMENTS[department]:
        with (DATA / path).open("rb") as stream:
            connect.receive_file(
                actor, stream, file_name=path.rpartition("/")[2], owner=name_code(department),
                batch=batch, instructions=Instructions(kind=""), look=True,
            )  # fmt: skip
    jobs.run_due(50)
    return batch


def land_folder(actor, batch) -> tuple[int, int]:
    """What is ready with one press, the others each with its choice; how many each way."""
    ready = connect.confirm_ready(actor, batch.id)
    left = connect.Delivery.objects.filter(batch=batch, state="preview", preview__state="choice")
    chosen = 0
    for one in left:
        told = Instructions(
            records=RECORDS.get(one.file_name, ""),
            header_row=None if one.file_name in RECORDS else HEADINGS.get(one.file_name, NONE),
        )
        connect.confirm_preview(actor, one.id, connect.Confirmed(told))
        chosen += 1
    jobs.run_due(200)
    return ready, chosen


def confirm_elements(actor) -> None:
    """Take what is proposed for every register; the checks follow by themselves."""
    for resource in catalog.with_proposals(catalog.Resource.objects.all()):
        proposed = {
            one.name: one.suggested
            for one in catalog.list_items(resource.id)
            if one.suggested and not one.element
        }
        catalog.bind_elements(actor, resource.id, proposed)
    jobs.run_due(500)


def send_notices(actor):
    found = []
    for owner in quality.count_open_by_owner(actor):
        notice = quality.open_notice(actor, owner=owner)
        found.append(quality.send_notice(actor, notice.id))
    return found


def answer(actor, notice):
    """The department says of every value that it is right, and why."""
    _, stream = quality.open_workbook(actor, notice.id)
    with stream:
        book = openpyxl.load_workbook(io.BytesIO(stream.read()))
    for sheet in book.worksheets:
        heads = [cell.value for cell in sheet[1]]
        if "答复 Answer" in heads:
            said, why = heads.index("答复 Answer") + 1, heads.index("理由 Reason") + 1
            for row in range(2, sheet.max_row + 1):
                sheet.cell(row, said).value, sheet.cell(row, why).value = (
                    "原值正确",
                    "已与业务科室核实",
                )
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return quality.return_here(actor, out, file_name="回执.xlsx")


@pytest.mark.skipif(DATA is None, reason="the folder of real inputs is not here")
def test_a_folder_of_thirty_files_becomes_scores_and_closed_notices(engineer):
    batches = {name: send_folder(engineer, name) for name in DEPARTMENTS}
    landed = [land_folder(engineer, batch) for batch in batches.values()]

    states = list(connect.Delivery.objects.values_list("state", flat=True))
    assert (len(states), states.count("landed"), states.count("failed")) == (30, 29, 1)
    assert sum(chosen for _, chosen in landed) <= 10
    refused = connect.Delivery.objects.get(state="failed")
    assert refused.file_name == "encrypted_no_password.xls"

    confirm_elements(engineer)
    lines = quality.list_departments(engineer)
    assert {line.name for line in lines} == set(DEPARTMENTS)
    measured = [line for line in lines if line.value is not None]
    assert len(measured) >= 5

    notices = send_notices(engineer)
    assert len(notices) >= 4
    smallest = sorted(notices, key=lambda one: one.rows)[:3]
    for notice in smallest:
        made = answer(engineer, notice)
        assert (made.state, set(made.counts)) == ("done", {"excused"}), made.error
        notice.refresh_from_db()
        assert notice.state == "closed"
    print([(line.name, line.value, line.open_rows) for line in lines], [n.rows for n in notices])
