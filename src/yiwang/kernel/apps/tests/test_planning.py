"""What an install would change is told before; what waits for tables says so. 安装计划测试。"""

from __future__ import annotations

import io

import pytest

from yiwang.kernel.apps import services
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.records import services as records
from yiwang.kernel.records.services.tables import columns

from .test_pages import packed_of, sign_in, text_of  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
OPENED = "  opened: {label: {zh: 启用日期, en: Opened}, kind: date}\n"
STREET = "  street: {label: {zh: 街道, en: Street}}\n"


@pytest.fixture
def client(sign_in):  # noqa: F811 - the fixture of the pages
    return sign_in("engineer")


@pytest.fixture
def files(client):
    files = services.new_app("rooms", title="场所", owner="B01")
    services.install_app(identity.installer_actor(), files)
    return files


def look(client, files):
    return client.post("/apps/look/", {"archive": io.BytesIO(services.pack(files))})


def changed(files, name, old, new):
    assert old in files[name]
    return {**files, f"{name}": files[name].replace(old, new)}


def add_place(**values):
    desk = records.at_desk(identity.installer_actor())
    return records.create_record(desk, "rooms.place", {"code": "H-1", "name": "礼堂", **values})


@pytest.mark.parametrize(
    ("name", "old", "new", "where"),
    [
        ("entities/place.yaml", OPENED, OPENED + STREET, "rooms.place.street"),
        ("entities/permit.yaml", "zh: 天数", "zh: 日数", "rooms.permit.days"),
        ("forms/place.yaml", "zh: 登记场所", "zh: 登记", "rooms.place"),
        ("views/places.yaml", "order: [-opened]", "order: [opened]", "rooms.places"),
        ("permissions.yaml", "[see, create, edit, export, history]", "[see]",
         "rooms.place"),
    ],
)  # fmt: skip
def test_each_change_is_told_before_it_is_installed(client, files, name, old, new, where):
    plan = services.plan_install(identity.installer_actor(), changed(files, name, old, new))
    page = text_of(look(client, changed(files, name, old, new)))

    assert where in [one.where for one in plan.changes]
    assert where in page
    assert records.snapshot().bundles["rooms"].version == 1


def test_the_same_files_again_would_change_nothing(client, files):
    assert services.plan_install(identity.installer_actor(), files) == services.Plan([], [])
    assert "这些文件的业务对象声明与现行一致" in text_of(look(client, files))


def test_what_the_city_changed_is_part_of_the_plan(client, files):
    city = files["views/places.yaml"].replace("filters: [kind]", "filters: [kind, opened]")
    services.overlay_app(
        identity.installer_actor(), "rooms", {"views/places.yaml": city}, reason="本市筛选"
    )

    assert services.plan_install(identity.installer_actor(), files).changes == []


def test_values_that_cannot_be_taken_over_are_told_before(client, files):
    wrong = changed(files, "entities/place.yaml", "kind: date", "kind: integer")

    with pytest.raises(Conflict):
        services.plan_install(identity.installer_actor(), wrong)
    assert look(client, wrong).status_code == 422


def test_a_version_that_needs_large_tables_prepared_waits_and_says_so(client, files, monkeypatch):
    monkeypatch.setattr(columns, "SMALL", 0)
    add_place()
    after = changed(files, "views/places.yaml", "order: [-opened]", "order: [-area]")

    plan = look(client, after)
    assert "生效前的准备" in text_of(plan)
    sent = {"packed": packed_of(plan), "owner": "B01", "reason": "排序"}
    done = client.post("/apps/install/", sent, follow=True)

    assert "生效" in text_of(done)
    assert services.describe_app("rooms").pending.waits
    run_due()
    assert services.describe_app("rooms").pending is None
    assert "正在准备这一版" not in text_of(client.get("/apps/rooms/"))
