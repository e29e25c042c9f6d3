"""The process in which tasks run. 任务子进程。

Reads one JSON message a line from standard input (`run`, `stop`), answers a dot for each attempt
that is over. When the input ends the worker is gone, and this process goes too, at once: an open
transaction is rolled back and the lease runs out.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import django


def main() -> None:
    """Run what comes until the input ends. 主循环。"""
    answers = _take_stdout()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _offer_to_oom_killer()
    django.setup()
    from yiwang.kernel.jobs.services.attempts import Attempts

    attempts = Attempts()
    orders: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_listen, args=(orders, attempts.stop), daemon=True).start()
    while True:
        attempts.run(**orders.get())
        answers.write(b".")
        answers.flush()


def _take_stdout() -> BinaryIO:
    """Keep standard output for answers; what tasks print goes to standard error. 独占标准输出。"""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _listen(orders: queue.Queue[dict[str, Any]], stop: Callable[[str], None]) -> None:
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if "run" in message:
            orders.put(message["run"])
        else:
            stop(message["stop"])
    os._exit(1)


def _offer_to_oom_killer() -> None:
    """Where memory runs out, this process is to go before the worker and the server. 优先回收。"""
    score = Path("/proc/self/oom_score_adj")
    if score.exists():
        score.write_text("500", "ascii")


if __name__ == "__main__":
    main()
