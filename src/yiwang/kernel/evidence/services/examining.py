"""Whether the log, its files and the records hang together. 存证核对。"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.evidence.formats.leaves import write_leaf
from yiwang.kernel.evidence.formats.notes import read_checkpoint, read_note
from yiwang.kernel.evidence.formats.tiles import WIDTH, Tiles, Torn
from yiwang.kernel.evidence.formats.tree import hash_leaf
from yiwang.kernel.evidence.models import Entry, Log

from .freshness import find_oldest, require_fresh
from .logs import restored_mark, tiles_of
from .rewinding import refuse_rewound

LISTED = 5


def examine_log(*, deep: bool) -> list[str]:
    """What is wrong with the logs, a few at most; `deep` reads every entry and tile. 核对存证。"""
    return list(islice(_examine(deep=deep), LISTED))


def is_restored() -> bool:
    """Whether a restore waits for a word on how the log goes on. 是否待确认恢复。"""
    return restored_mark().exists()


def _examine(*, deep: bool) -> Iterator[str]:
    try:
        if find_oldest() is not None:
            require_fresh()
        for log in Log.objects.filter(closed_at=None) if not is_restored() else ():
            refuse_rewound(log)
    except YiwangError as error:
        yield error.detail
    for log in Log.objects.exclude(signed_note="").order_by("epoch"):
        yield from _examine_files(log)
        if deep:
            yield from _examine_entries(log)


def _examine_files(log: Log) -> Iterator[str]:
    """The tree on the disk has the root that was signed."""
    signed = read_checkpoint(read_note(log.signed_note).body)
    try:
        if tiles_of(log).find_root(signed.size) != signed.root:
            yield f"{log.origin}: the tiles have another root than was signed"
    except Torn as error:
        yield f"{log.origin}: {error}"


def _examine_entries(log: Log) -> Iterator[str]:
    """Each record has the leaf that stands for it, each leaf stands in bundle and tile."""
    rows = Entry.objects.filter(log=log).order_by("place")
    for first in range(0, log.signed_size, WIDTH):
        end = min(first + WIDTH, log.signed_size)
        lot = list(rows.filter(place__gte=first, place__lt=end))
        for entry in lot:
            if entry.record and write_leaf(entry.record.encode()) != entry.leaf.encode():
                yield f"{log.origin}: the record at {entry.place} was changed"
        leaves = [one.leaf.encode() for one in lot]
        try:
            if not _is_on_disk(tiles_of(log), first // WIDTH, leaves, end - first):
                yield f"{log.origin}: entries from {first} on are not those on the disk"
        except Torn as error:
            yield f"{log.origin}: {error}"


def _is_on_disk(tiles: Tiles, number: int, leaves: list[bytes], width: int) -> bool:
    hashed = b"".join(hash_leaf(one) for one in leaves)
    return tiles.read(0, number, width) == hashed and tiles.read_entries(number, width) == leaves
