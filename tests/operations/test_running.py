"""A node started, killed and stopped as machines and operators do."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import free_port

pytestmark = pytest.mark.deep


def test_a_second_start_shows_a_page(node):
    with node.running() as first:
        first.first_page()

    with node.running() as second:
        status, _ = second.first_page()

    assert status < 500


def test_a_stopped_node_leaves_no_process_and_no_port(node):
    with node.running() as running:
        running.first_page()
        children = running.children()

    assert running.process.returncode == 0
    assert not list(filter(lives, children.values()))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", running.port))


@pytest.mark.parametrize("which", ["web", "worker"])
def test_a_killed_process_comes_back(node, which):
    with node.running() as running:
        running.first_page()
        before = running.children()[which]

        os.kill(before, signal.SIGKILL)

        assert wait_for(lambda: running.children().get(which, before) != before)
        assert running.first_page()[0] < 500
    assert node.ask("doctor", "--deep")["well"]


def test_children_stop_when_their_parent_is_killed(node):
    with node.running() as running:
        running.first_page()
        children = running.children()
        running.process.kill()
        running.process.wait()

        assert wait_for(lambda: not list(filter(lives, children.values())))

    with node.running() as again:
        assert again.first_page()[0] < 500


def test_a_taken_port_is_said_in_one_line(node):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        said = node.run("start", "--port", taken.getsockname()[1], code=2)

    assert said.startswith("node.port.taken: ")
    assert said.count("\n") == 1


def test_two_starts_on_one_home_are_refused(node):
    with node.running() as running:
        running.first_page()

        said = node.run("start", "--port", free_port(), code=2)

    assert said.startswith("node.already.running: ")


def test_a_locked_database_is_said_in_one_line(node):
    import sqlite3

    holder = sqlite3.connect(node.home / "yiwang.sqlite3", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    (node.home / "ready.json").unlink()
    try:
        said = node.run("start", "--port", free_port(), code=1)
    finally:
        holder.close()

    assert "node.database.locked" in said
    assert said.count("\n") == 1


def test_a_full_disk_is_said_in_one_line(node, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)], check=False
    )
    if mounted.returncode:
        pytest.skip("no right to mount a small disk here")
    try:
        node.home = small / "home"
        said = node.run("start", "--port", free_port(), code=1)
    finally:
        subprocess.run(["umount", str(small)], check=False)

    assert said.startswith("node.disk.full: ")


def lives(pid):
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition, seconds=20):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.1)
    return False
