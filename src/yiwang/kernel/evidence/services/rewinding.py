"""A database that knows less than was signed: a backup was put back. 回退检测。"""

from __future__ import annotations

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.evidence.formats.notes import BadNote, Checkpoint, read_checkpoint, read_note
from yiwang.kernel.evidence.models import Log, WitnessState

from .keys import keys_of
from .logs import SIGNED, folder_of, restored_mark
from .policy import find_policy


def refuse_rewound(log: Log) -> None:
    """Raise Conflict where a larger tree was signed than the database knows, or may have been. 拒绝回退。

    To sign on would be to sign another history: the acts that were entered meanwhile are gone from
    the database, and others would take their places.
    """
    if restored_mark().exists():
        raise Conflict(
            "evidence.log.restored",
            "This node was put back from a backup. Where it worked on after that backup was made, "
            "open a new epoch with yiwang evidence new-epoch; where it did not, go on with yiwang "
            "evidence resume",
        )
    seen = find_larger(log)
    if seen is not None:
        raise Conflict(
            "evidence.log.rewound",
            "The log %(origin)s was signed with %(seen)s entries, the database knows %(known)s; was "
            "a backup restored? Open a new epoch with yiwang evidence new-epoch",
            origin=log.origin, seen=seen, known=log.size,
        )  # fmt: skip


def find_larger(log: Log) -> int | None:
    """The size that was signed beyond what the database knows; None where there is none. 查找更大的树。

    The disk and the witnesses of the settings are asked; one that tells lies is taken out there.
    """
    names = [one.key.name for one in find_policy().witnesses]
    seen = list(WitnessState.objects.filter(log=log, name__in=names).values_list("size", flat=True))
    if signed := read_signed(log):
        seen.append(signed.size)
    largest = max(seen, default=0)
    return largest if largest > log.size else None


def read_signed(log: Log) -> Checkpoint | None:
    """The checkpoint on the disk, if it is one of this log. 盘上检查点。"""
    try:
        note = read_note((folder_of(log.epoch) / SIGNED).read_text("utf-8"))
        found = read_checkpoint(note.body)
    except (FileNotFoundError, BadNote, UnicodeDecodeError):
        return None
    known = found.origin == log.origin and note.signed_by(keys_of(log)[0])
    return found if known else None
