"""从检索到笔记本: a real register is found, asked for, granted, read by pandas, proved offline, and cut off."""

from __future__ import annotations

import csv
import gzip
import io
import json
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

from tests.conformance.environments import run_client
from tests.real_files import find_shared
from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.clock import today
from yiwang.kernel.evidence import services as evidence
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.exchange.models import Grant, Request

from .browser import DESK, PHONE, Look
from .test_exchange import add_asker, faults_of

pytestmark = pytest.mark.browser
NAME = "村级区划"


@pytest.fixture
def villages(sessions) -> tuple[Resource, list[list[str]]]:
    """The real register of villages as the resource of a department, and its rows as a CSV reader has them."""
    add_asker(sessions)
    data = find_shared()
    if data is None:
        pytest.skip("no folder of real inputs is at hand")
    packed = data / "01-divisions/china-division/villages.csv.gz"
    with gzip.open(packed, "rt", encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    with acting(SYSTEM, "test.land", on=Ref("test", "1")) as act:
        table = pool.create_table(act, name="villages")
        version = pool.commit(act, table, pool.stage_rows(head, [rows], profile=False))
    engineer = identity.get_actor(identity.find_account("li-engineer").id)
    resource = catalog.create_resource(engineer, owner="D01", name=NAME)
    Resource.objects.filter(id=resource.id).update(
        table=version.table_id, publish_date=today(), sharing_type="conditional", grade=2,
        sharing_basis="依申请", abstract="村居代码与名称",
    )  # fmt: skip
    for place, column in enumerate(head):
        catalog.Item.objects.create(resource=resource, name=column, position=place)
    resource.refresh_from_db()
    run_due()
    return resource, rows


def test_from_search_to_a_notebook_and_the_end(at, address, villages, tmp_path) -> None:
    resource, rows = villages
    find_and_ask(at, resource)
    for role, action in (("steward", "同意共享"), ("engineer", "授权")):
        with at(role, Look(size=PHONE)) as visitor:
            visitor.open("/cases/")
            visitor.page.get_by_role("link", name=resource.name).first.click()
            mine = visitor.page.locator(".mine > form")
            mine.get_by_role("button", name=action, exact=True).click()
            expect(visitor.page.locator("main").get_by_text(action).first).to_be_visible()
            assert faults_of(visitor) == []
    assert Request.objects.get().state == "granted"
    grant = Grant.objects.get()

    profile = take_profile(at, grant, tmp_path)
    seen = read_in_notebook(profile)
    wanted = [row for row in rows if row[3] != "31"]
    assert seen["rows"] == len(wanted)
    assert seen["names"] == sorted(row[1] for row in wanted)[:50]
    assert seen["columns"] == ["code", "name", "provinceCode"]
    assert seen["tokens"] == len({row[0] for row in wanted})
    assert not seen["codes"] & {row[0] for row in wanted}

    evidence.sequence()
    prove_offline(at, grant, tmp_path)
    url, size = ask_for_file(address, profile, grant)
    wire, first = start_slowly(url)
    revoke(at, grant)
    time.sleep(1)
    assert len(first) + drain(wire) < size
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask_for_file(address, profile, grant)
    assert refused.value.code == 403


def find_and_ask(at, resource) -> None:
    """Found by its name, asked for with a token instead of the code."""
    with at("asker", Look(size=DESK)) as visitor:
        page = visitor.page
        visitor.open("/catalog/?q=" + quote(NAME))
        page.get_by_role("link", name=resource.name).first.click()
        page.get_by_role("link", name="申请此数据").click()
        page.locator("[name=purpose_kind]").select_option("other")
        page.locator("[name=purpose]").fill("核对村居名录")
        page.locator("[name=duty]").fill("《统计法》第二十五条")
        for name in ("code", "name", "provinceCode"):
            page.locator(f"[name=columns][value={name}]").check()
        page.get_by_label("code 的呈现方式", exact=True).select_option("token")
        page.locator("[name=row_filter]").fill("provinceCode <> '31'")
        page.locator("[name=volume]").fill("5000000")
        page.locator("[name=until]").fill(str(today() + timedelta(days=30)))
        assert faults_of(visitor) == []
        page.get_by_role("button", name="提交申请").click()
        expect(page.get_by_role("heading", level=1, name="GX-")).to_be_visible()


def take_profile(at, grant: Grant, folder):
    """The profile file, from the page of the grant on a phone."""
    with at("asker", Look(language="en", size=PHONE)) as visitor:
        visitor.open(f"/exchange/grants/{grant.id}/")
        assert faults_of(visitor) == []
        with visitor.page.expect_download() as download:
            visitor.page.get_by_role("button", name="For older tools").click()
        profile = folder / "yiwang.share"
        download.value.save_as(profile)
    return profile


def read_in_notebook(profile) -> dict:
    """What the unmodified client gives to pandas."""
    found = json.loads(run_client("delta_sharing", "count.py", profile).splitlines()[-1])
    return found | {"codes": set(found["codes"])}


def prove_offline(at, grant: Grant, folder) -> None:
    """The auditor takes the evidence away and checks it without the node."""
    with at("auditor", Look(size=DESK)) as visitor:
        visitor.open("/evidence/")
        assert faults_of(visitor) == []
        with visitor.page.expect_download() as download:
            visitor.page.get_by_role("link", name=f"share.grant/{grant.id}").first.click()
        bundle = folder / "bundle.zip"
        download.value.save_as(bundle)
    with zipfile.ZipFile(bundle) as packed:
        script = folder / "verify.py"
        script.write_bytes(packed.read("verify.py"))
    done = subprocess.run(
        [sys.executable, "-I", script, bundle], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "share.grant.made" in done.stdout
    assert done.stdout.count("ok ") >= 2  # the grant, and what was handed out

    spoiled = folder / "spoiled.zip"
    spoil(bundle, spoiled)
    done = subprocess.run(
        [sys.executable, "-I", script, spoiled], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0


def spoil(bundle, target) -> None:
    """One digit of one record is another."""
    with zipfile.ZipFile(bundle) as packed, zipfile.ZipFile(target, "w") as other:
        done = False
        for name in packed.namelist():
            data = packed.read(name)
            if name.startswith("entries/") and name.endswith(".json") and not done:
                data, done = data.replace(b"2", b"3", 1), True
            other.writestr(name, data)
        assert done


def ask_for_file(address: str, profile, grant: Grant) -> tuple[str, int]:
    """The signed address of the file behind the table, and its size."""
    said = json.loads(profile.read_text())
    path = f"shares/{grant.request.number}/schemas/default/tables/{quote(NAME)}/query"
    ask = urllib.request.Request(
        f"{said['endpoint']}/{path}", b"{}",
        {"Authorization": f"Bearer {said['bearerToken']}", "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(ask) as answer:
        lines = [json.loads(line) for line in io.TextIOWrapper(answer)]
    return lines[2]["file"]["url"], lines[2]["file"]["size"]


def start_slowly(url: str):
    """A connection on which a file comes, and its first bytes."""
    parts = urlsplit(url)
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.connect((parts.hostname, parts.port))
    wire.sendall(f"GET {parts.path}?{parts.query} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    return wire, wire.recv(2048)


def drain(wire) -> int:
    taken = 0
    while block := wire.recv(1 << 16):
        taken += len(block)
    return taken


def revoke(at, grant: Grant) -> None:
    with at("steward", Look(size=DESK)) as owner:
        owner.open(f"/exchange/grants/{grant.id}/")
        owner.page.locator("summary", has_text="撤销").click()
        owner.page.get_by_label("理由").last.fill("用途已变")
        owner.page.get_by_role("button", name="撤销", exact=True).click()
        expect(owner.page.get_by_text("用途已变").first).to_be_visible()
