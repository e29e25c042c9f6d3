"""Starting a node. 节点启动。"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import click

from yiwang.kernel.base.errors import Conflict, InvalidInput, Unavailable
from yiwang.site.care.prepare import check_room, is_ready, prepare_node, read_program
from yiwang.site.home import Home

from .frame import Answer, Session, command
from .sample import read_sign_ins, sign_in_lines
from .supervisor import Child, Supervisor
from .words import t

FIRST_PAGE_SECONDS = 30.0


@command("start", django=False)
@click.option("--host", default="127.0.0.1", show_default=True, help=t("Address to listen at."))
@click.option("--port", default=8000, show_default=True, help=t("Port to listen at."))
@click.option("--workers", default=0, help=t("Background workers (0: as yiwang.toml says, or 1)."))
def start(session: Session, *, host: str, port: int, workers: int) -> Answer:
    """Run the node: web server and background workers. 启动节点。"""
    home = session.home
    os.environ["YIWANG_HOME"] = str(home.path)
    check_port(host, port)
    with hold_home(home):
        run_prepare(home)
        count = workers or read_count(home, "job_workers", 1)
        children = [Child("web", web_arguments(home, host, port))]
        children += [Child(f"worker {one + 1}", work_arguments()) for one in range(count)]
        Supervisor(children, say=session.say).run(
            on_start=lambda: greet(session, children[0], host, port)
        )
    return Answer({"stopped": True}, [t("Stopped.")])


@command("init")
def init(session: Session) -> Answer:
    """Prepare the node without starting it: id, tables, static files. 初始化节点。"""
    changed = prepare_node(session.home)
    node = session.home.node["node"]
    line = t("Node %(node)s is ready in %(home)s", node=node, home=session.home.path)
    return Answer({"node": node, "home": str(session.home.path), "prepared": changed}, [line])


@command("work", hidden=True)
def work(_session: Session) -> Answer:
    """Run one background worker until told to stop. 运行后台工作进程。"""
    from yiwang.kernel.jobs import services

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    services.run_worker(stop)
    return Answer({"stopped": True})


def check_port(host: str, port: int) -> None:
    """Raise Conflict when another program listens at the address. 检查端口。"""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror:
            raise InvalidInput(
                "node.host.unknown", "%(host)s is no address of this machine", host=host
            ) from None
        except PermissionError:
            raise Conflict(
                "node.port.not_permitted", "Port %(port)s may only be used by root", port=port
            ) from None
        except OSError:
            raise Conflict(
                "node.port.taken",
                "Port %(port)s is taken by another program; choose one with --port",
                port=port,
            ) from None


@contextlib.contextmanager
def hold_home(home: Home) -> Iterator[None]:
    """Hold the home folder: one running node at a time. 独占主目录。"""
    home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home.path / "running.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                "node.already.running", "A node already runs from %(home)s", home=home.path
            ) from None
        yield


def run_prepare(home: Home) -> None:
    """Prepare the node in a child, so that the parent stays small. 子进程中准备。"""
    check_room(home)
    if is_ready(home, read_program(home)):
        return
    done = subprocess.run([*python_arguments(), "init", "--json"], capture_output=True, check=False)
    if done.returncode:
        raise Unavailable(
            "node.prepare.failed",
            "The node could not be prepared: %(why)s",
            why=read_failure(done.stdout, done.stderr),
        )


def read_failure(output: bytes, errors: bytes) -> str:
    """What a command that failed under --json said. 子命令错误。"""
    import json

    try:
        failure = json.loads(output)["error"]
        return f"{failure['code']}: {failure['detail']}"
    except (ValueError, KeyError):
        return errors.decode("utf-8", "replace").strip()[-300:]


def python_arguments() -> list[str]:
    """How this program calls itself. 自身调用。"""
    return [sys.executable, "-m", "yiwang.site.cli"]


def work_arguments() -> list[str]:
    """The command of one background worker. 后台进程命令。"""
    return [*python_arguments(), "work"]


def web_arguments(home: Home, host: str, port: int) -> list[str]:
    """The command of the web server. 网站进程命令。

    One process per core up to two (a page is mostly Python), a few threads in each because
    requests also wait for the database; more threads only add memory and lock waits on SQLite.
    """
    processes = read_count(home, "web_processes", min(2, os.cpu_count() or 1))
    options = {
        "--interface": "wsgi",
        "--http": "1",
        "--host": host,
        "--port": str(port),
        "--workers": str(processes),
        "--blocking-threads": str(read_count(home, "web_threads", 4)),
        "--backlog": "1024",
        "--respawn-interval": "0.5",
        "--workers-kill-timeout": "15",
        "--log-level": "warning",
    }
    flat = [part for pair in options.items() for part in pair]
    return [
        sys.executable, "-m", "granian", "--no-ws", "--respawn-failed-workers", *flat,
        "yiwang.site.wsgi:application",
    ]  # fmt: skip


def read_count(home: Home, name: str, default: int) -> int:
    """A whole number above zero from yiwang.toml. 读取数量设置。"""
    value = home.settings.get(name, default)
    if not isinstance(value, int) or not 1 <= value <= 64:
        raise InvalidInput(
            "node.setting.invalid", "yiwang.toml: %(name)s must be a number from 1 to 64", name=name
        )
    return value


def greet(session: Session, web: Child, host: str, port: int) -> None:
    """Wait until the web server answers and say where. 提示访问地址。"""
    limit = time.monotonic() + FIRST_PAGE_SECONDS
    reach = "127.0.0.1" if host in ("0.0.0.0", "") else "::1" if host == "::" else host  # noqa: S104
    while time.monotonic() < limit and web.process is not None and web.process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((reach, port), 1):
            shown = f"[{reach}]" if ":" in reach else reach
            session.say(
                "Node %(node)s runs at %(address)s (stop with Ctrl-C)",
                node=session.home.node["node"], address=f"http://{shown}:{port}/",
            )  # fmt: skip
            for line in sign_in_lines(read_sign_ins(session.home)):
                session.say("%(line)s", line=line)
            return
        time.sleep(0.1)
    session.say("The web server does not answer yet; see the lines above")
