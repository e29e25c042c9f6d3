"""Proofs from tiles alone, and files that need no server. 存证证明。"""

from __future__ import annotations

from yiwang.kernel.base.errors import Conflict, NotFound
from yiwang.kernel.evidence.formats import tree
from yiwang.kernel.evidence.formats.notes import write_proof
from yiwang.kernel.evidence.models import Entry, Log

from .logs import tiles_of


def prove(entry_id: str) -> str:
    """The proof of an entry under the newest evidenced checkpoint: a `.tlog-proof` file. 离线证明。

    For who may know of the entry: callers see to it. NotFound, or Conflict while it still waits.
    """
    entry = Entry.objects.select_related("log").filter(pk=entry_id).first()
    if entry is None:
        raise NotFound("evidence.entry.missing", "There is no such entry")
    if entry.log is None or entry.place is None or entry.place >= entry.log.shown_size:
        raise Conflict(
            "evidence.entry.waits", "The act is not evidenced yet; try again in a moment"
        )
    return prove_place(entry.log, entry.place, entry.leaf)


def prove_place(log: Log, place: int, leaf: str) -> str:
    """The proof of what stands at a place; the leaf goes along as extra data. 按位置证明。"""
    size = log.shown_size
    path = tree.prove_inclusion(tiles_of(log).reader(size), place, size)
    return write_proof(place, path, log.shown_note, extra=leaf.encode())


def prove_growth(log: Log, old: int, size: int) -> list[bytes]:
    """That the tree of `old` entries is the beginning of that of `size`. 一致性证明。"""
    return tree.prove_consistency(tiles_of(log).reader(size), old, size)
