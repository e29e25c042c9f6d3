"""From two registers to an outcome: the way a person goes, and who may go it."""

from __future__ import annotations

import pytest
from django.test import Client

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.errors import InvalidInput, NotFound, NotPermitted
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.compare import services as compare

from .test_engine import land

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """The bureau's data engineer, two departments."""
    for code, name, kind in (
        ("B01", "数据局", "bureau"), ("A01", "民政局", "department"), ("A02", "统计局", "department"),
    ):  # fmt: skip
        identity.create_organization(SYSTEM, code=code, name=name, kind=kind)
    account, _ = identity.create_account(
        SYSTEM,
        name="engineer",
        organization_code="B01",
        password="Rain-on-the-roof-7",
        must_change_password=False,
    )
    identity.grant_role(SYSTEM, account.id, "engineer")
    return {"boss": identity.get_actor(account.id)}


def register(actor, owner, name, columns, rows, *, elements=None):
    version = land(columns, rows)
    resource = catalog.create_resource(actor, owner=owner, name=name)
    Resource.objects.filter(id=resource.id).update(table=pool.get_version(version).table_id)
    for place, column in enumerate(columns):
        catalog.Item.objects.create(
            resource=resource, name=column, position=place,
            element=(elements or {}).get(column, ""),
        )  # fmt: skip
    return resource


@pytest.fixture
def registers(people):
    boss = people["boss"]
    left = register(
        boss, "A01", "街道", ["code", "name"], [("01", "东湖街道"), ("02", "西湖"), ("03", "青山")]
    )
    right = register(
        boss, "A02", "乡镇", ["id", "name"], [("01", "东湖街"), ("02", "西湖"), ("09", "新建")]
    )
    return left, right


@pytest.fixture
def done(people, registers):
    left, right = registers
    return compare.run_comparison(
        people["boss"], left=left.id, right=right.code, keys=["code = id"], values=["name = name"]
    )


def test_a_comparison_answers_counts_with_formulas(done):
    document = compare.describe_comparison(done)

    counts = {line["name"]: line["value"] for line in document["counts"]}
    assert (counts["matched"], counts["left_only"], counts["right_only"]) == (2, 1, 1)
    assert counts["differing[name = name]"] == 1
    assert all(line["formula"] for line in document["counts"])


def test_differences_are_found_settled_and_kept(people, done):
    boss = people["boss"]
    page = compare.list_differences_of(boss, done.id, wanted=compare.Wanted(klass="differing"))
    row = page.rows[0]

    compare.set_outcome(boss, done.id, [row.row], code="left_wrong", note="以牌匾为准")
    compare.set_outcome(boss, done.id, [row.row], code="confirmed")

    assert row.values == [("东湖街道", "东湖街")]
    assert compare.get_difference(boss, done.id, row.row).outcome.code == "confirmed"
    assert [o.code for o in compare.list_outcomes(boss, done.id, row.row)] == [
        "confirmed", "left_wrong",
    ]  # fmt: skip
    still_open = compare.list_differences_of(boss, done.id, wanted=compare.Wanted(outcome="open"))
    assert row.row not in [one.row for one in still_open.rows]
    assert len(still_open.rows) == 2


@pytest.mark.parametrize(("rows", "code"), [([99], "confirmed"), ([], "confirmed"), ([1], "maybe")])
def test_outcomes_need_rows_and_a_known_code(people, done, rows, code):
    with pytest.raises(InvalidInput):
        compare.set_outcome(people["boss"], done.id, rows, code=code)


def test_a_job_runs_a_comparison_once(people, registers, django_capture_on_commit_callbacks):
    left, right = registers
    waiting = compare.start_comparison(
        people["boss"], left=left.id, right=right.id, keys=["code = id"]
    )

    again = [compare.perform(people["boss"], waiting.id) for _ in range(2)]

    assert again[0].rows_version == again[1].rows_version != ""
    assert jobs.find_last_job(people["boss"], compare.ref_of(waiting)) is not None


def test_personal_columns_are_masked_and_never_searched(people):
    boss = people["boss"]
    number = "360103197201050021"
    left = register(
        boss, "A01", "人甲", ["id", "n"], [(number, "张三")], elements={"id": "citizen_id"}
    )
    right = register(
        boss, "A02", "人乙", ["id", "n"], [(number, "张山")], elements={"id": "citizen_id"}
    )
    from yiwang.kernel.standards import services as standards

    if "citizen_id" not in standards.get_elements():
        element = next(
            c for c, e in standards.get_elements().items() if e.personal and "身份" in e.zh
        )
        catalog.Item.objects.filter(element="citizen_id").update(element=element)
    found = compare.run_comparison(
        boss, left=left.id, right=right.id, keys=["id = id"], values=["n = n"]
    )

    page = compare.list_differences_of(boss, found.id)
    searched = compare.list_differences_of(boss, found.id, wanted=compare.Wanted(text=number))

    assert page.rows[0].cells["key"] not in ("", None, number)
    assert searched.rows == ()


def test_others_departments_do_not_see_it(people, done):
    stranger = Actor(
        id="x", organization="A02", permissions={"share.compare.read": "own", "share.resource.look": "own"},
        organizations=frozenset({"A02"}),
    )  # fmt: skip
    with pytest.raises(NotFound):
        compare.get_comparison(stranger, done.id)
    with pytest.raises(NotPermitted):
        compare.run_comparison(stranger, left="x", right="y", keys=["a = b"])


def test_export_writes_the_differences(people, done, tmp_path):
    rows = compare.export_comparison(people["boss"], done.id, tmp_path / "d.csv")

    assert rows == 3
    assert "东湖街道" in (tmp_path / "d.csv").read_text("utf-8")


def test_pages_lead_from_the_form_to_an_outcome(people, registers, settings):
    client = Client()
    boss = people["boss"]
    client.post("/sign-in/", {"name": "engineer", "password": "Rain-on-the-roof-7"})
    left, right = registers

    tried = client.post(
        "/compare/new/", {"left": left.id, "right": right.id, "keys": "", "step": "try"}
    )
    wrong = client.post(
        "/compare/new/", {"left": left.id, "right": right.id, "keys": "nope = id", "step": "run"}
    )
    ran = client.post(
        "/compare/new/",
        {
            "left": left.id,
            "right": right.id,
            "keys": "code = id",
            "values": "name = name",
            "step": "run",
        },
    )
    waiting = client.get(ran.url)
    compare.perform(boss, ran.url.strip("/").split("/")[1])
    counts = client.get(ran.url)
    rows = client.get(f"{ran.url}rows/?class=differing")
    settled = client.post(f"{ran.url}rows/?class=differing", {"row": ["1"], "code": "confirmed"})
    one = client.get(f"{ran.url}rows/1/")
    exported = client.get(f"{ran.url}export/?format=xlsx")
    listed = client.get("/compare/")

    assert (tried.status_code, wrong.status_code, ran.status_code) == (200, 422, 302)
    assert waiting.status_code == counts.status_code == rows.status_code == one.status_code == 200
    assert "matched" in counts.content.decode()
    assert "东湖街道" in rows.content.decode()
    assert settled.status_code == 302
    assert exported.status_code == listed.status_code == 200


def test_programs_start_a_comparison_and_read_its_rows(people, registers):
    client = Client()
    client.post("/sign-in/", {"name": "engineer", "password": "Rain-on-the-roof-7"})
    left, right = registers

    started = client.post(
        "/api/v1/compare/comparisons",
        {"left": left.code, "right": right.code, "keys": ["code = id"], "values": ["name = name"]},
        content_type="application/json",
    )
    compare.perform(people["boss"], started.json()["id"])
    address = f"/api/v1/compare/comparisons/{started.json()['id']}"
    counts = {line["name"]: line["value"] for line in client.get(address).json()["counts"]}
    listed = client.get(f"{address}/rows", {"class": "differing"}).json()
    settled = client.post(
        f"{address}/outcomes",
        {"rows": [listed["rows"][0]["row"]], "code": "both_right"},
        content_type="application/json",
    )

    assert counts["differing"] == 1
    assert listed["rows"][0]["cells"]["left_1"] == "东湖街道"
    assert settled.json() == {"rows": 1}
