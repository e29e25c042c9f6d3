"""Backup, restore, move, upgrade and doctor on real nodes."""

import json
import tarfile
import threading

import pytest

from .conftest import Node

pytestmark = pytest.mark.deep


def test_a_restored_node_is_the_same_node(node, tmp_path):
    node.write_acts(20)
    node.run("backup", tmp_path / "node.tar")

    restored = Node(tmp_path / "restored")
    done = restored.ask("restore", tmp_path / "node.tar", "--home", restored.home)
    restored.run("upgrade")

    assert done["node"] == json.loads((node.home / "node.json").read_text())["node"]
    assert (restored.home / "node.json").read_bytes() == (node.home / "node.json").read_bytes()
    acts = "from yiwang.kernel.ledger.models import ActRow\nprint(ActRow.objects.filter(verb='trial.thing.made').count())"
    assert restored.python(acts).strip() == "20"


def test_a_backup_made_while_others_write_is_whole(node, tmp_path):
    writer = threading.Thread(target=node.write_acts, args=(400,))
    writer.start()

    for number in range(3):
        node.run("backup", tmp_path / f"{number}.tar")
    writer.join()

    for number in range(3):
        restored = Node(tmp_path / f"restored-{number}")
        restored.run("restore", tmp_path / f"{number}.tar", "--home", restored.home)
        found = restored.ask("doctor", "--deep")
        assert found["well"], found


def test_a_backup_holds_files_but_not_what_a_start_makes_anew(node, tmp_path):
    kept = node.home / "files" / "ab" / "one"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"bytes")

    node.run("backup", tmp_path / "node.tar")

    with tarfile.open(tmp_path / "node.tar") as tar:
        names = tar.getnames()
    assert "home/files/ab/one" in names
    assert not [name for name in names if "static" in name or "ready.json" in name]


def test_a_backup_is_for_its_owner_only_and_never_overwrites(node, tmp_path):
    node.run("backup", tmp_path / "node.tar")

    assert (tmp_path / "node.tar").stat().st_mode & 0o077 == 0
    assert "node.backup.exists" in node.run("backup", tmp_path / "node.tar", code=2)


@pytest.mark.parametrize("place", [0.3, 0.9])
def test_a_damaged_backup_restores_nothing(node, tmp_path, place):
    file = tmp_path / "node.tar"
    node.run("backup", file)
    data = bytearray(file.read_bytes())
    with tarfile.open(file) as tar:
        inside = tar.getmember("database/database.sqlite3")
    data[inside.offset_data + int(inside.size * place)] ^= 0xFF
    file.write_bytes(data)

    said = node.run("restore", file, "--home", tmp_path / "restored", code=2)

    assert said.startswith("node.backup.damaged: ")
    assert not (tmp_path / "restored").exists()


def test_a_backup_cut_short_restores_nothing(node, tmp_path):
    file = tmp_path / "node.tar"
    node.run("backup", file)
    file.write_bytes(file.read_bytes()[:200_000])

    assert "node.backup.damaged" in node.run(
        "restore", file, "--home", tmp_path / "restored", code=2
    )
    assert not (tmp_path / "restored").exists()


def test_a_restore_refuses_a_folder_that_holds_anything(node, tmp_path):
    node.run("backup", tmp_path / "node.tar")

    said = node.run("restore", tmp_path / "node.tar", "--home", node.home, code=2)

    assert said.startswith("node.restore.not_empty: ")


def test_a_sealed_backup_opens_with_its_passphrase_only(node, tmp_path):
    (tmp_path / "right").write_text("一二三四五六\n")
    (tmp_path / "wrong").write_text("六五四三二一\n")
    node.run("backup", tmp_path / "node.tar", "--passphrase-file", tmp_path / "right")

    with tarfile.open(tmp_path / "node.tar") as tar:
        assert "node.json" not in tar.getnames()
    restore = ("restore", tmp_path / "node.tar", "--home", tmp_path / "restored")
    assert "node.backup.passphrase" in node.run(
        *restore, "--passphrase-file", tmp_path / "wrong", code=2
    )
    node.run(*restore, "--passphrase-file", tmp_path / "right")


@pytest.mark.postgres
def test_a_moved_node_holds_the_same_rows(node, empty_database):
    node.write_acts(50)
    node.install_app()
    shops = node.find_shops("王面")
    before = node.digests()

    moved = node.ask("move", "--to", empty_database)

    assert node.digests() == before
    rows = {one["table"]: one["rows"] for one in moved["tables"]}
    assert rows["ledger_actrow"] > 50
    assert (rows["r_1"], rows["r_2"], rows["r_2_h"]) == (1, 1, 4)
    assert shops[0] == ["新王面馆"]
    assert node.find_shops("王面") == shops
    assert f'database = "{empty_database}"' in (node.home / "yiwang.toml").read_text()
    assert node.ask("doctor")["well"]


@pytest.mark.postgres
def test_a_move_refuses_a_database_that_holds_tables(node, empty_database):
    node.run("move", "--to", empty_database)
    (node.home / "yiwang.toml").unlink()

    assert "node.move.not_empty" in node.run("move", "--to", empty_database, code=2)


@pytest.mark.postgres
def test_a_node_on_postgresql_is_backed_up_and_restored(node, empty_database, tmp_path):
    node.write_acts(30)
    node.install_app()
    node.run("move", "--to", empty_database)
    before, shops = node.digests(), node.find_shops("王面")
    node.run("backup", tmp_path / "node.tar")
    empty(empty_database)
    restored = Node(tmp_path / "restored")
    target = ("--home", restored.home, "--database", empty_database)
    restored.run("restore", tmp_path / "node.tar", *target)
    restored.run("upgrade")
    after = restored.digests()

    assert restored.find_shops("王面") == shops
    # The backup wrote its own row after the snapshot; the upgrade's backup wrote another.
    changed = {label for label in before if before[label] != after[label]}
    assert changed <= {"ledger.ActRow"}
    assert after["ledger.ActRow"][0] == before["ledger.ActRow"][0] + 1


def empty(database):
    import psycopg

    with psycopg.connect(database) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def test_an_upgrade_backs_up_first(node):
    done = node.ask("upgrade")

    assert done["well"]
    with tarfile.open(done["backup"]) as tar:
        assert "manifest.json" in tar.getnames()


def test_doctor_names_a_broken_guard_and_an_open_folder(node):
    node.python(
        "from django.db import connection\n"
        "connection.cursor().execute('DROP TRIGGER ledger_actrow_update')\n"
    )
    node.home.chmod(0o755)

    found = node.ask("doctor", code=1)

    failing = {one["check"] for one in found["findings"] if one["grade"] == "fail"}
    assert failing == {"ledger", "home"}
    assert all(one["remedy"] for one in found["findings"] if one["grade"] == "fail")


def test_doctor_finds_stored_files_and_parts_that_are_gone_or_changed(node, tmp_path):
    file = tmp_path / "街道.csv"
    file.write_text("代码,名称\n001,东街\n002,西街\n", "utf-8")
    node.run("land", file, "--owner", "民政局")
    stored = next(node.home.glob("files/??/*"))
    part = next(node.home.glob("pool/parts/*/*.parquet"))

    part.write_bytes(part.read_bytes()[:-1] + b"?")
    shallow = node.ask("doctor")
    stored.unlink()
    deep = node.ask("doctor", "--deep", code=1)

    assert shallow["well"]
    assert {one["check"] for one in deep["findings"] if one["grade"] == "fail"} == {"files", "pool"}


EVIDENCE = """
from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.evidence import services
from yiwang.kernel.ledger.services import acting
with acting(SYSTEM, "trial.thing.made", on=Ref("trial", "1")) as act:
    services.record_evidence(act, "trial.thing.made", {})
print(services.sequence().size)
"""


def test_a_restored_evidence_log_waits_for_a_word_and_begins_anew(node, tmp_path):
    assert node.python(EVIDENCE).strip() == "1"
    node.run("backup", tmp_path / "node.tar")
    assert node.python(EVIDENCE).strip() == "2"

    restored = Node(tmp_path / "restored")
    restored.run("restore", tmp_path / "node.tar", "--home", restored.home)
    restored.run("upgrade")

    found = restored.ask("doctor", "--deep")
    assert found["well"]
    assert "warn" in [one["grade"] for one in found["findings"] if one["check"] == "evidence"]
    opened = (
        "from yiwang.kernel.base.act import Actor\n"
        "from yiwang.kernel.evidence import services\n"
        "root = Actor(id='root', permissions={'evidence.manage': 'all'})\n"
        "print(services.open_epoch(root, reason='the disk broke').epoch)\n"
    )
    assert restored.python(opened).strip() == "2"
    assert restored.python(EVIDENCE).strip() == "2"
