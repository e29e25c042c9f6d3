"""Which log is open, and where its files lie. 当前存证日志。"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, NotFound
from yiwang.kernel.base.ids import get_node
from yiwang.kernel.evidence.formats.tiles import Tiles
from yiwang.kernel.evidence.models import Log

from .keys import make_keys
from .policy import find_policy

SIGNED, SHOWN = "signed", "checkpoint"
"""Files of a log: the newest signed checkpoint, and the newest that everybody may see. 检查点文件。"""

RESTORED = "restored"
MOST_EPOCHS = 2**31 - 1


def folder_of(epoch: int) -> Path:
    """The files of an epoch, below the node's home. 日志文件夹。"""
    return Path(settings.YIWANG_HOME) / "evidence" / str(epoch)


def restored_mark() -> Path:
    """The file that a restore leaves: nobody has said yet whether the log may go on. 恢复标记。"""
    return Path(settings.YIWANG_HOME) / "evidence" / RESTORED


def tiles_of(log: Log) -> Tiles:
    """The tiles of a log. 日志分片。"""
    return Tiles(folder_of(log.epoch))


def find_open() -> Log | None:
    """The log that entries go into, if anything was ever entered. 当前日志。"""
    return Log.objects.filter(closed_at=None).order_by("-epoch").first()


def find_log(epoch: int | None = None) -> Log:
    """The open log, or that of an epoch; NotFound. 取日志。"""
    known = epoch is None or epoch <= MOST_EPOCHS
    found = (
        find_open() if epoch is None else Log.objects.filter(pk=epoch).first() if known else None
    )
    if found is None:
        raise NotFound("evidence.log.missing", "There is no such log yet")
    return found


def open_log(epoch: int) -> Log:
    """Open the log of an epoch with fresh keys; who comes second gets the first one's. 开启日志。

    Conflict where such a log was signed already and the database knows nothing of it.
    """
    origin = name_origin(epoch)
    if (folder_of(epoch) / SIGNED).exists() and not Log.objects.filter(pk=epoch).exists():
        raise Conflict(
            "evidence.log.unknown",
            "The log %(origin)s was signed already, but the database knows nothing of it; was a "
            "backup restored? Open a new epoch with yiwang evidence new-epoch",
            origin=origin,
        )
    with transaction.atomic():
        made: dict[str, Any] = make_keys(origin)
        row = Log(epoch=epoch, origin=origin, opened_at=now(), **made)
        Log.objects.bulk_create([row], ignore_conflicts=True)
    return Log.objects.get(pk=epoch)


def name_origin(epoch: int) -> str:
    """The name of a log, the same for ever: of the node or of `origin` in the settings. 日志名称。"""
    said = find_policy().origin or f"yiwang/{get_node()}"
    return f"{said}/{epoch}"
