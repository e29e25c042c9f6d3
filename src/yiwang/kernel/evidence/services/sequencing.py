"""Giving entries their places, writing tiles, signing checkpoints: one at a time. 定序。

The order is fixed in the database first; tiles are a function of it, so what a crash leaves half
done is done again to the same bytes. A checkpoint is signed over tiles that are on the disk. The
row of the log is locked while a checkpoint goes out, and its holder asked: a sequencer that was
asleep while another took over changes nothing any more.

An entry that waits is one without a place, not one behind a number: however late its transaction
commits, it is seen then, so nothing has to be known of transactions that are still open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.evidence.formats.notes import Checkpoint, read_checkpoint, read_note
from yiwang.kernel.evidence.formats.tiles import Tiles, Torn, write_files
from yiwang.kernel.evidence.models import Entry, Log
from yiwang.kernel.evidence.types import Batch, Held

from .keys import sign_body
from .logs import SHOWN, SIGNED, find_open, folder_of, open_log, tiles_of
from .policy import find_policy
from .rewinding import refuse_rewound

BATCH = 1000
REBUILD = 256 * 64
LEASE = timedelta(seconds=30)
GIVE_PLACES = """
UPDATE evidence_entry SET log_id = %s, place = %s + chosen.number - 1
FROM (
  SELECT id AS one, row_number() OVER (ORDER BY id) AS number
  FROM evidence_entry WHERE place IS NULL ORDER BY id LIMIT %s
) AS chosen
WHERE evidence_entry.id = chosen.one
"""


def sequence(check: Callable[[], None] = lambda: None) -> Batch:
    """Give every entry that waits its place and sign the tree; Held while another does. 定序。

    `check` is called between batches and may end the run. Conflict also where files or a witness
    show a larger tree than the database knows, until a new epoch is opened.
    """
    log = find_open() or (open_log(1) if Entry.objects.exists() else None)
    if log is None:
        return Batch(0, 0)
    entered = 0
    with _holding(log.epoch) as holder:
        while True:
            taken = _give_places(log.epoch, holder)
            entered += taken
            size = _write(log.epoch)
            _sign(log.epoch, holder, size)
            if taken < BATCH:
                return Batch(entered, size)
            check()


@contextmanager
def _holding(epoch: int) -> Iterator[str]:
    """The lease: nobody else sequences until it ends or is given back."""
    me = new_id()
    free = Q(holder="") | Q(held_until__lt=now())
    rows = Log.objects.filter(free, pk=epoch, closed_at=None)
    if not rows.update(holder=me, held_until=now() + LEASE):
        raise Held("evidence.log.held", "Somebody else is entering acts in the log just now")
    try:
        yield me
    finally:
        Log.objects.filter(pk=epoch, holder=me).update(holder="", held_until=None)


@contextmanager
def _locked(epoch: int, holder: str) -> Iterator[Log]:
    """A transaction with the row of the log, as long as it is still ours; renews the lease."""
    with transaction.atomic():
        log = Log.objects.select_for_update().get(pk=epoch)
        if log.holder != holder:
            raise Held("evidence.log.lost", "Another process enters acts in the log by now")
        refuse_rewound(log)
        log.held_until = now() + LEASE
        yield log
        log.save()


def _give_places(epoch: int, holder: str) -> int:
    with _locked(epoch, holder) as log, connection.cursor() as cursor:
        cursor.execute(GIVE_PLACES, [epoch, log.size, BATCH])
        log.size += cursor.rowcount
        return int(cursor.rowcount)


def _write(epoch: int) -> int:
    """The tiles of all that has a place; gives the size of the tree on the disk."""
    log = Log.objects.get(pk=epoch)
    tiles = tiles_of(log)
    if not _is_whole(tiles, log):
        _rebuild(tiles, log)
    if log.size > log.signed_size:
        tiles.extend(log.signed_size, _leaves(log, log.signed_size, log.size))
    return log.size


def _is_whole(tiles: Tiles, log: Log) -> bool:
    """Whether the files give the root that was signed last."""
    if not log.signed_size:
        return True
    signed = read_checkpoint(read_note(log.signed_note).body)
    try:
        tiles.read_edge(signed.size)
        return tiles.find_root(signed.size) == signed.root
    except Torn:
        return False


def _rebuild(tiles: Tiles, log: Log) -> None:
    """Write all tiles anew; Conflict where the entries are not those that were signed."""
    for first in range(0, log.signed_size, REBUILD):
        tiles.extend(first, _leaves(log, first, min(first + REBUILD, log.signed_size)))
    if not _is_whole(tiles, log):
        raise Conflict(
            "evidence.log.changed",
            "The entries of the log %(origin)s are not those that were signed; ask who changed the "
            "database",
            origin=log.origin,
        )


def _leaves(log: Log, first: int, end: int) -> list[bytes]:
    rows = Entry.objects.filter(log=log, place__gte=first, place__lt=end).order_by("place")
    return [leaf.encode() for leaf in rows.values_list("leaf", flat=True)]


def _sign(epoch: int, holder: str, size: int) -> None:
    """Sign the tree on the disk; without witnesses to wait for, everybody may see it at once."""
    with _locked(epoch, holder) as log:
        before = log.signed_size
        if size == before and (folder_of(epoch) / SIGNED).exists():
            return
        checkpoint = Checkpoint(log.origin, size, tiles_of(log).find_root(size))
        log.signed_note = sign_body(log, checkpoint.body).text
        log.signed_size, log.signed_at = size, now()
        write_files(folder_of(epoch), {SIGNED: log.signed_note.encode()})
        if not find_policy().quorum:
            show(log, log.signed_note)
    tiles_of(log).drop_partials(before, size)


def show(log: Log, note: str) -> None:
    """Let everybody see a checkpoint; the caller holds the row and saves it. 发布检查点。"""
    write_files(folder_of(log.epoch), {SHOWN: note.encode()})
    log.shown_note, log.shown_at = note, now()
    log.shown_size = read_checkpoint(read_note(note).body).size
