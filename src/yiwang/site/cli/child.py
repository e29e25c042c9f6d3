"""Runs another program that stops when the supervisor dies. 随监管者退出的子进程。

`python -m yiwang.site.cli.child PROGRAM ARGUMENT…`: asks Linux for SIGTERM at the parent's death
(kept across exec), then becomes the program. Elsewhere it only becomes the program.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Bind to the parent and become the program. 入口。"""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 the supervisor's own words


if __name__ == "__main__":
    main()
