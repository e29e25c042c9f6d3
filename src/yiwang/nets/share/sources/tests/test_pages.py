"""The way through the pages, and who may. 页面与权限。"""

from __future__ import annotations

import pytest
from django.test import Client

from yiwang.kernel.jobs.services import run_due
from yiwang.nets.share.sources import services
from yiwang.nets.share.sources.models import Run, Source, SourceTable
from yiwang.nets.share.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def browse(name):
    client = Client()
    client.post("/sign-in/", {"name": name, "password": PASSWORD})
    return client


@pytest.fixture
def table(postgres):
    postgres.run("CREATE TABLE 人口 (id int PRIMARY KEY, xm text, changed date)")
    postgres.run("COMMENT ON COLUMN 人口.xm IS '姓名'")
    postgres.run("INSERT INTO 人口 VALUES (1, '张三', '2026-01-01'), (2, '李四', '2026-01-02')")
    return postgres


def test_from_a_kind_to_rows(engineer, table):
    client = browse("engineer-B01")
    assert "PostgreSQL" in client.get("/sources/new/").content.decode()
    form = {f"setting_{name}": value for name, value in table.settings.items()}
    form |= {"setting_ssl": "prefer", "setting_encoding": "utf-8", "owner": "D01", "name": "人口库"}

    answer = client.post("/sources/new/?kind=postgres", form, follow=True)

    assert "public.人口" in answer.content.decode()
    source = Source.objects.get()
    assert "unused" not in client.get(f"/sources/{source.id}/edit/").content.decode()
    take = f"/sources/{source.id}/take/?table=public.人口"
    page = client.get(take).content.decode()
    assert 'value="ren_ming"' in page or "xm" in page
    chosen = {"column": ["id", "xm", "changed"], "resource": "人口", "mode": "upsert"}
    chosen |= {"watermark": "changed", "key": "id", "cycle": "daily", "overlap": "1"}
    answer = client.post(take, chosen, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    made = SourceTable.objects.get()
    answer = client.post(f"/sources/tables/{made.id}/run/", follow=True)
    run_due()
    run = Run.objects.get()
    assert run.state == "done"
    for path in (
        f"/sources/runs/{run.id}/",
        f"/sources/{source.id}/",
        f"/sources/tables/{made.id}/",
        f"/sources/tables/{made.id}/plan/",
        "/sources/",
        "/sources/tables/?late=1",
    ):
        assert client.get(path).status_code == 200, path
    partial = client.get(f"/sources/runs/{run.id}/", headers={"HX-Request": "true"})
    assert partial.headers["HX-Refresh"] == "true"


PAGES = {
    "/sources/": {"engineer", "director", "steward"},
    "/sources/tables/": {"engineer", "director", "steward"},
    "/sources/new/": {"engineer"},
    "/sources/{source}/": {"engineer", "director", "steward"},
    "/sources/{source}/edit/": {"engineer"},
    "/sources/{source}/discover/": {"engineer"},
    "/sources/{source}/take/?table=public.people": {"engineer"},
    "/sources/tables/{table}/": {"engineer", "director", "steward"},
    "/sources/tables/{table}/plan/": {"engineer"},
    "/sources/runs/{run}/": {"engineer", "director", "steward"},
}
WRITES = [
    "/sources/{source}/check/",
    "/sources/{source}/pause/",
    "/sources/{source}/remove/",
    "/sources/tables/{table}/run/",
    "/sources/tables/{table}/state/",
    "/sources/tables/{table}/remove/",
]
ROLES = ("engineer", "director", "steward", "viewer", "sysadmin", "secadmin", "auditor")


@pytest.fixture
def things(engineer, table):
    table.run("CREATE TABLE people (id int)")
    source = services.add_source(
        engineer, owner="D01", name="人口库", kind="postgres", settings=table.settings
    )
    made = services.add_table(engineer, source.id, name="public.people", resource="人口")
    run = services.ask_run(engineer, made.id)
    return {"source": source.id, "table": made.id, "run": run.id}


def test_who_may_see_and_who_may_change(things, person):
    for role in ROLES:
        if role != "engineer":
            person(role, "D01")
        client = browse("engineer-B01" if role == "engineer" else f"{role}-D01")
        for path, may in PAGES.items():
            answer = client.get(path.format(**things))
            assert (role, path, answer.status_code) == (role, path, 200 if role in may else 403)
        if role == "engineer":
            continue
        for path in WRITES:
            assert client.post(path.format(**things)).status_code == 403, (role, path)


def test_a_steward_of_another_department_knows_nothing_of_it(things, person):
    person("steward", "D02")
    client = browse("steward-D02")

    assert client.get("/sources/{source}/".format(**things)).status_code == 404
    assert client.get("/sources/runs/{run}/".format(**things)).status_code == 404


def test_a_connection_that_does_not_work_is_told_in_words(engineer, table):
    settings = table.settings | {"database": "nobody_here"}
    source = services.add_source(
        engineer, owner="D01", name="错", kind="postgres", settings=settings
    )

    answer = browse("engineer-B01").get(f"/sources/{source.id}/discover/")

    assert answer.status_code == 503
    assert "服务器上没有这个数据库" in answer.content.decode()
