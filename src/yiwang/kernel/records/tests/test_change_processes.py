"""Tables change while other processes read and write, and while the worker is killed. 多进程变更测试。"""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest
from django.db import connection
from tests.samples.processes import start_process, wait_until

from yiwang.kernel.base.clock import now
from yiwang.kernel.jobs.models import Job, State
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.jobs.services.queue import expire_leases
from yiwang.kernel.records import services
from yiwang.kernel.records.models import RecordChange
from yiwang.kernel.records.services import tables
from yiwang.kernel.records.services.tables import columns

from .changed import (
    NUMBER,
    TEXT,
    fill_many,
    get_shop,
    live_version,
    read_all,
    shop_files,
)
from .shops import make_town

pytestmark = pytest.mark.races

# What every process of a test begins with; each loop ends when the file `stop` appears.
HEAD = """
import json, os, time
from pathlib import Path
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services
from yiwang.kernel.records.types import Wanted
folder = Path(os.environ["FOLDER"])
actor = identity.get_actor(os.environ["ACTOR"])
def going(): return not (folder / "stop").exists()
"""
READER = """
waits, versions, count = [], set(), 0
(folder / "reading").touch()
while going():
    began = time.monotonic()
    desk = services.at_desk(actor)
    page = services.list_records(desk, "demo.shop", Wanted(limit=20))
    for one in page.records[:2]:
        found = services.get_record(desk, "demo.shop", one.id)
        assert set(found.values) == set(desk.entity("demo.shop").fields)
    versions.add(desk.bundle("demo").version)
    waits.append(time.monotonic() - began)
    time.sleep(0.002)
told = {"reads": len(waits), "longest": max(waits), "versions": len(versions)}
(folder / "read.json").write_text(json.dumps(told))
"""
WRITER = """
from yiwang.kernel.base.errors import Stale
page = services.list_records(services.at_desk(actor), "demo.shop", Wanted(limit=40))
ids, written, count = [one.id for one in page.records], {}, 0
(folder / "writing").touch()
while going():
    count += 1
    pk = ids[count % len(ids)]
    desk = services.at_desk(actor)
    seen = services.get_record(desk, "demo.shop", pk)
    services.update_record(desk, "demo.shop", pk, {"size": str(count)}, rev=seen.rev)
    written[pk] = count
    time.sleep(0.005)
(folder / "written.json").write_text(json.dumps(written))
"""
WORKER = """
from yiwang.kernel.records.services.tables import batches, columns
from yiwang.kernel.jobs.services import run_due
columns.SMALL = 100
batches.LEAST = batches.MOST = 20
batches.PAUSE_AT_LEAST = 0.01
run_due()
"""
REPORT = """
from django.db import connection, transaction
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute(f"SELECT count(*) FROM {services.snapshot().entities['demo.shop'].table}")
    (folder / "reporting").touch()
    cursor.execute("SELECT pg_sleep(3)")
"""


@pytest.fixture
def town(drop_entities):
    return make_town(shop_files(TEXT))


@pytest.fixture
def processes(town, tmp_path):
    """Start one of the above; at the end all must have ended well."""
    started = []

    def start(code, name=""):
        process = start_process(HEAD + code, FOLDER=str(tmp_path), ACTOR=town.people["eng"].id)
        started.append(process)
        if name:
            wait_until((tmp_path / name).exists)
        return process

    yield start
    (tmp_path / "stop").touch()
    for one in started:
        if one.poll() is None:
            one.kill()
        one.wait()


def stop(folder: Path, *started) -> list[int]:
    (folder / "stop").touch()
    return [one.wait(timeout=60) for one in started]


class TestKilledWorkers:
    def test_a_worker_killed_at_any_moment_changes_nothing_of_the_end(
        self, town, processes, monkeypatch
    ):
        monkeypatch.setattr(columns, "SMALL", 100)
        fill_many(get_shop(), 1500, name="'甲'", size="CAST(n AS text) || '.5'")
        services.publish_bundle(town.people["eng"], shop_files(NUMBER, view="order: [-size]\n"))
        draw = random.Random(7)

        for aim in sorted(draw.randrange(1400) for _ in range(4)):
            worker = processes(WORKER)
            wait_until(lambda aim=aim, worker=worker: has_come(aim) or worker.poll() is not None)
            time.sleep(draw.random() / 20)
            worker.kill()
            worker.wait()
            Job.objects.filter(state=State.RUNNING).update(lease_until=now())
            expire_leases()
            Job.objects.filter(state=State.QUEUED).update(run_at=now())
        run_due()

        assert live_version() == 2
        assert read_all(get_shop(), "size") == [at * 100 + 50 for at in range(1, 1501)]
        assert set(RecordChange.objects.values_list("phase", flat=True)) == {"done"}
        bundle = services.snapshot().bundles["demo"]
        wanted = {one.name for one in tables.list_indexes(bundle, get_shop())}
        assert wanted <= columns.read_indexes(get_shop().table)


def has_come(aim: int) -> bool:
    """Whether so many rows have been dealt with, or the filling is over."""
    change = RecordChange.objects.filter(operation="retype").first()
    return change is not None and (change.done >= aim or change.phase not in RecordChange.OPEN[:2])


class TestReadersAndWriters:
    def test_everybody_works_on_while_a_field_changes_its_kind(self, town, processes, tmp_path):
        fill_many(get_shop(), 50_000, name="'甲'", size="CAST(n AS text)")
        reader, writer = processes(READER, "reading"), processes(WRITER, "writing")

        services.publish_bundle(town.people["eng"], shop_files(NUMBER))
        run_due()
        time.sleep(0.5)

        assert stop(tmp_path, reader, writer) == [0, 0]
        assert live_version() == 2
        written = json.loads((tmp_path / "written.json").read_text())
        found = dict(zip(read_ids(), read_all(get_shop(), "size"), strict=True))
        assert {pk: found[pk] for pk in written} == {pk: at * 100 for pk, at in written.items()}
        others = [value for pk, value in found.items() if pk not in written]
        assert others == [int(pk[-26:]) * 100 for pk in found if pk not in written]
        assert json.loads((tmp_path / "read.json").read_text())["versions"] == 2

    def test_forty_changes_disturb_nobody(self, town, processes, tmp_path):
        fill_many(get_shop(), 200, name="'甲'", size="CAST(n AS text)")
        reader = processes(READER, "reading")

        for number in range(20):
            more = {**TEXT, f"more{number}": "{label: {zh: 更多}}"}
            services.publish_bundle(town.people["eng"], shop_files(more))
            services.publish_bundle(town.people["eng"], shop_files(TEXT))

        assert stop(tmp_path, reader) == [0]
        told = json.loads((tmp_path / "read.json").read_text())
        assert told["versions"] > 5
        assert live_version() == 41


@pytest.mark.on_postgresql  # Only there a reader can wait for a reader.
def test_no_reader_waits_behind_a_change_that_waits_for_a_long_report(town, processes, tmp_path):
    fill_many(get_shop(), 200, name="'甲'", size="CAST(n AS text)")
    reader = processes(READER, "reading")
    report = processes(REPORT, "reporting")
    began = time.monotonic()

    services.publish_bundle(town.people["eng"], shop_files({**TEXT, "late": "{label: {zh: 后来}}"}))

    took = time.monotonic() - began
    assert stop(tmp_path, report, reader) == [0, 0]
    # Who queues for the table without a limit holds every reader up until the report ends.
    assert took > 1.0
    assert json.loads((tmp_path / "read.json").read_text())["longest"] < min(took / 2, 1.0)


def read_ids() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {get_shop().table} ORDER BY id")
        return [pk for (pk,) in cursor.fetchall()]
