"""Pages of apps: look through, install, change a file, go back, leave. 应用页面测试。"""

from __future__ import annotations

import io
import re

import pytest

from yiwang.kernel.apps import services
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Wanted
from yiwang.kernel.ui.imports import pack_rows

PASSWORD = "Rain-on-the-roof-7"
pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(client):
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")

    def enter(role):
        info, _ = identity.create_account(
            SYSTEM,
            name=role,
            password=PASSWORD,
            organization_code="B01",
            must_change_password=False,
        )
        identity.grant_role(SYSTEM, info.id, role)
        client.post("/sign-in/", {"name": role, "password": PASSWORD})
        return client

    return enter


def text_of(answer):
    return answer.content.decode()


def packed_of(answer):
    found = re.search(r'name="packed" value="([^"]+)"', text_of(answer))
    return found[1].replace("&quot;", '"') if found else ""


def test_an_engineer_installs_what_comes_with_the_platform_and_changes_a_file(sign_in):
    client = sign_in("engineer")
    assert "沿街商户" in text_of(client.get("/apps/"))

    plan = client.post("/apps/look/", {"shipped": "shops"})
    assert plan.status_code == 200
    assert "tests/long_permit.yaml" in text_of(plan)
    sent = {"packed": packed_of(plan), "owner": "B01", "reason": "试用"}
    done = client.post("/apps/install/", sent, follow=True)
    assert "shops.shop" in text_of(done)

    page = client.get("/apps/shops/file/", {"name": "views/visits.yaml"})
    assert "order: [-day]" in text_of(page)
    own = services.read_shipped("shops")["views/visits.yaml"].replace("[-day]", "[day]")
    changed = client.post(
        "/apps/shops/file/?name=views/visits.yaml",
        {"text": own, "reason": "按日期正序"},
        follow=True,
    )
    assert changed.status_code == 200
    assert services.describe_app("shops").overlaid == ("views/visits.yaml",)

    wrong = client.post(
        "/apps/shops/file/?name=views/visits.yaml",
        {"text": own.replace("day]", "dey]"), "reason": "笔误"},
    )
    assert wrong.status_code == 422
    assert "dey" in text_of(wrong)
    client.post("/apps/shops/back/", {"number": "1", "reason": "不改了"})
    assert services.describe_app("shops").overlaid == ()


def test_a_zip_with_faults_shows_them_with_file_and_line(sign_in):
    client = sign_in("engineer")
    files = services.new_app("rooms", title="场所", owner="B01")
    files["cases/permit.yaml"] = files["cases/permit.yaml"].replace("to: director}", "to: nowhere}")

    answer = client.post("/apps/look/", {"archive": io.BytesIO(services.pack(files))})

    assert answer.status_code in {200, 422}
    assert "nowhere" in text_of(answer) or "cases/permit.yaml" in text_of(answer)


def test_what_is_no_zip_is_said_so(sign_in):
    client = sign_in("engineer")

    answer = client.post("/apps/look/", {"archive": io.BytesIO(b"not a zip")})

    assert answer.status_code == 422


def test_an_app_is_exported_and_taken_out_of_use(sign_in):
    client = sign_in("engineer")
    files = services.new_app("rooms", title="场所", owner="B01")
    services.install_app(identity.installer_actor(), files)

    exported = client.get("/apps/rooms/export/")
    client.post("/apps/rooms/uninstall/", {"reason": "不用了"})

    assert exported.content == services.pack(files)
    assert not services.describe_app("rooms").installed
    assert client.get("/apps/rooms/").status_code == 200


@pytest.mark.parametrize("role", ["steward", "viewer", "sysadmin", "auditor"])
def test_nobody_else_manages_apps(sign_in, role):
    client = sign_in(role)

    assert client.get("/apps/").status_code == 403
    assert client.post("/apps/look/", {"shipped": "shops"}).status_code == 403


def test_a_box_loads_the_rows_that_an_app_brings_to_try(sign_in):
    client = sign_in("engineer")
    page = client.post("/apps/look/", {"shipped": "rooms"}).content.decode()
    assert 'name="sample"' in page
    packed = re.search(r'name="packed" value="([^"]*)"', page)[1]

    sent = {"packed": packed, "owner": "B01", "reason": "试用", "sample": "on"}
    done = client.post("/apps/install/", sent, follow=True)

    assert "行示例数据" in done.content.decode()
    desk = records.at_desk(identity.get_actor(identity.find_account("engineer").id))
    assert records.count_records(desk, "rooms.room", Wanted()).number == 4


def test_a_damaged_zip_is_refused_on_the_page(sign_in):
    client = sign_in("engineer")
    data = bytearray(services.pack(services.read_shipped("shops")))
    name = data.rindex(b"app.yaml")
    # The central directory says deflate where plain bytes stand.
    data[name - 36] = 8

    answer = client.post("/apps/look/", {"archive": io.BytesIO(data)})

    assert answer.status_code == 422
    assert not services.list_apps(identity.installer_actor())


def test_an_install_sent_twice_or_signed_for_something_else_leaves_one_app(sign_in):
    client = sign_in("engineer")
    plan = client.post("/apps/look/", {"shipped": "shops"})
    sent = {"packed": packed_of(plan), "owner": "B01", "reason": "试用"}

    for _ in range(2):
        assert client.post("/apps/install/", sent).status_code == 302
    rows = pack_rows([{"a": "1"}, {"a": "2"}])
    for forged in (rows, packed_of(plan)[:-3] + "xyz", ""):
        answer = client.post("/apps/install/", {**sent, "packed": forged})
        assert answer.status_code == 422

    (app,) = services.list_apps(identity.installer_actor())
    assert (app.app, app.installed) == ("shops", True)
