"""The parent of a running node: one web server and workers, started again when they die. 进程监管。

The parent loads no Django and holds no data, so that there is little in it to fail. Children live
in process groups of their own: a group is ended whole, so that nothing of a killed web server
keeps its port. When the parent itself is killed, the kernel tells the children to stop.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

# A child that died is started again after a pause that doubles up to this many seconds.
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 20.0
STOP_SECONDS = 20.0
CHILD = (sys.executable, "-m", "yiwang.site.cli.child")


@dataclass
class Child:
    """One supervised process. 子进程。"""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    pause: float = field(default=0.5)

    def start(self) -> None:
        """Start the process in a group of its own. 启动。"""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen([*CHILD, *self.arguments], start_new_session=True)

    def signal_group(self, number: signal.Signals) -> None:
        """Signal the process and all that it started. 通知进程组。"""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def plan_restart(self) -> float:
        """Note a death: end what is left of the group; seconds until the next try. 计划重启。"""
        self.signal_group(signal.SIGKILL)
        lived = time.monotonic() - self.started_at
        self.pause = 0.5 if lived > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
        self.due_at = time.monotonic() + self.pause
        self.process = None
        return self.pause


class Supervisor:
    """Keeps the children running until told to stop. 监管者。"""

    def __init__(self, children: Sequence[Child], *, say: Callable[..., None]) -> None:
        self.children = list(children)
        self.say = say
        self.stopping = threading.Event()

    def run(self, *, on_start: Callable[[], None]) -> None:
        """Start all, call `on_start`, watch until stopped, then end all in order. 运行。"""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        try:
            for child in self.children:
                child.start()
            on_start()
            while not self.stopping.wait(0.2):
                self.watch()
        finally:
            self.stop_all()

    def watch(self) -> None:
        """Start again what has died. 巡检。"""
        for child in self.children:
            if child.process is None:
                if time.monotonic() >= child.due_at:
                    child.start()
            elif child.process.poll() is not None:
                code = child.process.returncode
                pause = child.plan_restart()
                self.say(
                    "%(name)s ended (%(code)s); starting it again in %(pause).1f s",
                    name=child.name, code=code, pause=pause,
                )  # fmt: skip

    def stop_all(self) -> None:
        """Ask the children to stop, wait, end those that do not. 停止。"""
        running = [child for child in self.children if child.process is not None]
        for child in running:
            if child.process is not None:
                child.process.terminate()
        limit = time.monotonic() + STOP_SECONDS
        for child in running:
            if child.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, limit - time.monotonic()))
                child.signal_group(signal.SIGKILL)
                child.process.wait()
