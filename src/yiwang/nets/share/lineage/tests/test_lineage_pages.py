"""The tab of a resource: what comes and goes, as far as the reader may know of it."""

from __future__ import annotations

import csv
import io

import pytest

from yiwang.kernel.jobs.services import run_due

pytestmark = pytest.mark.django_db


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


@pytest.fixture
def granted(town):
    grant = town.grant(columns=("姓名", "街道"), row_filter="状态 = '在业'")
    run_due()
    return grant


def test_the_owner_sees_each_column_and_the_grant_it_goes_to(town, granted):
    owner = town.client("owner")
    address = f"/lineage/resource/{town.resource.id}/"
    assert address in page(owner, f"/catalog/{town.resource.id}/")

    shown = page(owner, address)

    assert granted.request.number in shown
    assert f"/exchange/grants/{granted.id}/" in shown
    assert "状态" in shown
    one = page(owner, f"{address}?column=姓名")
    assert "column=%E5%A7%93%E5%90%8D" in one
    assert "column=%E7%8A%B6%E6%80%81" not in one


def test_who_may_not_know_of_the_grant_sees_that_something_is_there(town, granted):
    stranger = town.client("stranger")

    shown = page(stranger, f"/lineage/resource/{town.resource.id}/")

    assert granted.request.number not in shown
    assert granted.id not in shown
    assert "另有 1 处您无权查看" in shown
    file = stranger.get(f"/lineage/resource/{town.resource.id}/export/?format=csv")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert {row["name"] for row in rows} == {""}
    assert {row["hidden"] for row in rows} == {"1"}


def test_the_file_says_what_the_page_says(town, granted):
    owner = town.client("owner")

    told = owner.get(f"/lineage/resource/{town.resource.id}/export/?format=json").json()

    number = granted.request.number
    assert told["cut"] is False
    assert {
        (row["column"], row["direction"], row["name"], row["field"], row["masked"], row["values"])
        for row in told["rows"]
    } == {
        ("姓名", "impact", f"grants/{number}", "姓名", True, True),
        ("街道", "impact", f"grants/{number}", "街道", False, True),
        ("状态", "impact", f"grants/{number}", "姓名", False, False),
        ("状态", "impact", f"grants/{number}", "街道", False, False),
    }


def test_what_cannot_be_meant_says_so(town, granted):
    owner = town.client("owner")
    address = f"/lineage/resource/{town.resource.id}/"

    for asked in ("?hops=0", "?hops=99", "?hops=x", "?column=没有", "?after=-1"):
        page(owner, address + asked, 422)
    page(owner, "/lineage/resource/none/", 404)


def test_an_entry_of_which_nothing_is_known_says_that(town):
    shown = page(town.client("owner"), f"/lineage/resource/{town.resource.id}/")

    assert "还没有血缘" in shown
    assert "export" not in shown
