"""Watched folders, on this machine and over SFTP. 监看目录。"""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import threading
import time

import pytest

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.live import services as live
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.sources import services
from yiwang.nets.share.sources.models import SeenFile
from yiwang.nets.share.sources.services import Plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path, settings):
    settings.YIWANG_SOURCE_FOLDERS = [str(tmp_path)]
    root = tmp_path / "交换"
    root.mkdir()
    return root


def put(folder, name, text, age=60):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, (time.time() - age,) * 2)
    return path


def watch(engineer, kind, settings, mode="append", pattern="*.csv"):
    source = services.add_source(engineer, owner="D01", name=kind, kind=kind, settings=settings)
    return services.add_table(
        engineer, source.id, name=pattern, resource="登记", plan=Plan(mode=mode, cycle="hourly")
    )


def rows():
    resource = catalog.find_of_owner("D01", "登记")
    page = pool.list_rows(pool.find_latest(resource.table).id, limit=1000)
    return [cells[0] for _, cells in page.rows]


@pytest.fixture(params=["folder", "sftp"])
def table(request, folder, engineer):
    if request.param == "folder":
        return watch(engineer, "folder", {"path": str(folder)})
    server = request.getfixturevalue("sftp_server")
    return watch(engineer, "sftp", server)


def test_new_files_land_once_and_changed_ones_again(engineer, folder, table):
    put(folder, "一月.csv", "编号,姓名\n001,张三\n", age=300)
    put(folder, "子/二月.csv", "编号,姓名\n002,李四\n".encode("gbk"), age=200)
    put(folder, "说明.txt", "不是表")

    first = services.run_here(engineer, table.id)
    assert (first.state, first.rows) == ("done", 2), first.error
    assert services.run_here(engineer, table.id).state == "nothing"
    put(folder, "一月.csv", "编号,姓名\n003,王五\n")

    services.run_here(engineer, table.id)

    assert rows() == ["001", "002", "003"]
    assert SeenFile.objects.count() == 3
    assert sorted(path.name for path in folder.rglob("*.csv")) == ["一月.csv", "二月.csv"]


def test_a_file_that_was_only_touched_does_not_land_again(engineer, folder, table):
    put(folder, "一月.csv", "编号\n001\n", age=300)
    services.run_here(engineer, table.id)
    put(folder, "一月.csv", "编号\n001\n", age=100)

    assert services.run_here(engineer, table.id).state == "nothing"
    assert Delivery.objects.count() == 1


def test_a_file_that_is_being_written_waits(engineer, folder, table):
    put(folder, "一月.csv", "编号\n001\n", age=1)

    assert services.run_here(engineer, table.id).state == "nothing"


def test_a_bad_file_is_told_and_does_not_stand_in_the_way(engineer, folder, table):
    put(folder, "坏.csv", b"", age=300)
    put(folder, "好.csv", "编号\n001\n", age=200)

    run = services.run_here(engineer, table.id)

    assert run.state == "failed"
    assert run.error["code"]
    assert rows() == ["001"]
    assert services.run_here(engineer, table.id).state == "nothing"


def test_what_a_dead_reading_kept_is_landed_by_the_next(engineer, folder, table, monkeypatch):
    from yiwang.nets.share.sources.services import gathering

    put(folder, "一月.csv", "编号\n001\n")
    with monkeypatch.context() as patch:
        patch.setattr(gathering.Gathering, "land", lambda self, _: exec("raise SystemExit"))
        with pytest.raises(SystemExit):
            services.run_here(engineer, table.id)

    services.run_here(engineer, table.id)

    assert rows() == ["001"]
    assert Delivery.objects.count() == 1


def test_links_and_ways_out_are_not_followed(engineer, folder, tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    kind = live.get_kind("folder")
    with live.open_files(kind, {"path": str(folder)}, {}) as found:
        assert found.list_files() == []
        for name in ("../secret.csv", "/etc/passwd", "link.csv", ""):
            with pytest.raises(YiwangError), found.open_file(name):
                pass


def test_a_folder_outside_the_allowed_ones_is_refused(engineer, folder, settings):
    settings.YIWANG_SOURCE_FOLDERS = [str(folder / "deeper")]
    kind = live.get_kind("folder")

    with (
        pytest.raises(YiwangError, match="may not read"),
        live.open_files(kind, {"path": str(folder)}, {}),
    ):
        pass


def test_the_servers_key_is_shown_then_pinned(sftp_server):
    kind = live.get_kind("sftp")

    def try_it(**told):
        plain, secrets = live.clean_settings(kind, sftp_server | told)
        with live.open_files(kind, plain, secrets) as found:
            return found.check()

    assert try_it() == "SFTP, 0 files"
    with pytest.raises(YiwangError, match=r"shows the key SHA256:\S+\. Compare"):
        try_it(host_key="")
    with pytest.raises(YiwangError, match="not the one that was entered"):
        try_it(host_key="SHA256:" + "A" * 43)
    with pytest.raises(YiwangError) as refused:
        try_it(password="wrong")
    assert refused.value.code == "live.sign_in.refused"


@pytest.fixture
def sftp_server(folder):
    """A server over the folder, on a port of its own; gives the settings to reach it."""
    paramiko = pytest.importorskip("paramiko")
    from .sftp_server import serve

    key = paramiko.RSAKey.generate(2048)
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener, key, folder), daemon=True).start()
    digest = hashlib.sha256(key.asbytes()).digest()
    yield {
        "host": "127.0.0.1",
        "port": str(listener.getsockname()[1]),
        "path": "/",
        "user": "reader",
        "password": "right",
        "host_key": "SHA256:" + base64.b64encode(digest).decode().rstrip("="),
    }
    listener.close()
