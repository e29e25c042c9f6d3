"""Folders join the live sources; SFTP where its library is installed. 登记目录数据源。"""

from __future__ import annotations

from importlib.util import find_spec

from yiwang.kernel.live.types import LIVE_KINDS

from .local import FOLDER

LIVE_KINDS.register("folder", FOLDER)
if find_spec("paramiko"):
    from .sftp import SFTP

    LIVE_KINDS.register("sftp", SFTP)
