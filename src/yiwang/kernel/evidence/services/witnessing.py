"""Asking witnesses to sign that the log only grew. 请求见证。

All are asked at once and each has ten seconds. As soon as enough have signed, everybody may see the
checkpoint, with their lines under it.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction

from yiwang.kernel.base.clock import now
from yiwang.kernel.evidence.formats import tree
from yiwang.kernel.evidence.formats.notes import (
    LONGEST_NOTE,
    NUMBER,
    BadNote,
    Checkpoint,
    encode,
    read_checkpoint,
    read_note,
    read_signature,
)
from yiwang.kernel.evidence.formats.tiles import Tiles, Torn
from yiwang.kernel.evidence.models import Log, WitnessState

from .logs import find_open, tiles_of
from .policy import Witness, find_policy
from .sequencing import show

SECONDS = 10.0
TRIES = 2


@dataclass(frozen=True, slots=True)
class Heard:
    """What one witness said: its line, or the size it knows, or what went wrong. 见证应答。"""

    size: int | None = None
    line: str = ""
    failure: str = ""


def ask_witnesses() -> int:
    """Ask all witnesses for the newest signed checkpoint; gives how many have signed it. 请求见证。"""
    log, policy = find_open(), find_policy()
    if log is None or not log.signed_note or not policy.witnesses:
        return 0
    body = read_note(log.signed_note).body
    known = {one.name: one for one in WitnessState.objects.filter(log=log)}
    asked = [one for one in policy.witnesses if _needs(known.get(one.key.name), body)]
    for witness, heard in zip(asked, _ask_all(asked, known, log), strict=True):
        _note(log, witness, heard, body)
    return _show_if_enough(log, body)


def _needs(state: WitnessState | None, body: str) -> bool:
    return state is None or state.body != body


def _ask_all(
    asked: Sequence[Witness], known: Mapping[str, WitnessState], log: Log
) -> Sequence[Heard]:
    tiles, note = tiles_of(log), log.signed_note
    if not asked:
        return []

    def ask(witness: Witness) -> Heard:
        state = known.get(witness.key.name)
        return _ask(witness, state.size if state else 0, tiles, note)

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(ask, asked))


def _ask(witness: Witness, old: int, tiles: Tiles, note: str) -> Heard:
    """One witness; where it knows another size than we thought, once more from there."""
    checkpoint = read_checkpoint(read_note(note).body)
    heard = Heard(failure="no answer")
    for _ in range(TRIES):
        if old > checkpoint.size:
            return Heard(size=old, failure="it knows a larger tree")
        try:
            status, text = _post(witness.url, _write(tiles, old, checkpoint, note))
            heard = _read(witness, status, text, checkpoint, note)
        except (OSError, http.client.HTTPException, Torn, BadNote) as error:
            return Heard(failure=f"{type(error).__name__}: {error}"[:200])
        if status != 409 or heard.size is None or heard.size == old:
            return heard
        old = heard.size
    return heard


def _write(tiles: Tiles, old: int, checkpoint: Checkpoint, note: str) -> bytes:
    proof = tree.prove_consistency(tiles.reader(checkpoint.size), old, checkpoint.size)
    return "".join([f"old {old}\n", *(f"{encode(one)}\n" for one in proof), "\n", note]).encode()


def _read(witness: Witness, status: int, text: str, checkpoint: Checkpoint, note: str) -> Heard:
    if status == 409:
        found = text.removesuffix("\n")
        size = int(found) if NUMBER.fullmatch(found) else None
        return Heard(size=size, failure="it knows another tree")
    if status != 200:
        return Heard(failure=f"it answered {status}")
    body = read_note(note).body
    for line in text.splitlines(keepends=True):
        if witness.key.verifies(body, read_signature(line)):
            return Heard(size=checkpoint.size, line=line)
    return Heard(failure="its signature does not hold")


def _post(url: str, body: bytes) -> tuple[int, str]:
    parts = urlsplit(f"{url}/add-checkpoint")
    host, port = parts.hostname or "", parts.port
    line: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        line = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)
    else:
        line = http.client.HTTPConnection(host, port, timeout=SECONDS)
    line.connect()
    with _within(SECONDS, line):
        line.request("POST", parts.path, body=body, headers={"Connection": "close"})
        answer = line.getresponse()
        return answer.status, answer.read(LONGEST_NOTE).decode("utf-8", "replace")


@contextmanager
def _within(seconds: float, line: http.client.HTTPConnection) -> Iterator[None]:
    """Bytes that come one by one reset every time-out but this one."""
    opened = line.sock

    def cut() -> None:
        with suppress(OSError):
            socket.socket.shutdown(opened, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        line.close()


def _note(log: Log, witness: Witness, heard: Heard, body: str) -> None:
    state, _ = WitnessState.objects.get_or_create(log=log, name=witness.key.name)
    if heard.size is not None:
        state.size = heard.size
    if heard.line:
        state.line, state.body, state.at = heard.line, body, now()
    state.failure = heard.failure
    state.save()


def _show_if_enough(log: Log, body: str) -> int:
    """Let everybody see the checkpoint once enough have signed it."""
    policy = find_policy()
    names = [one.key.name for one in policy.witnesses]
    signed = WitnessState.objects.filter(log=log, name__in=names, body=body).order_by("name")
    lines = list(signed.values_list("line", flat=True))
    with transaction.atomic():
        fresh = Log.objects.select_for_update().get(pk=log.pk)
        note = log.signed_note + "".join(lines)
        newer = read_checkpoint(body).size >= fresh.shown_size and note != fresh.shown_note
        if len(lines) >= policy.quorum and newer and fresh.closed_at is None:
            show(fresh, note)
            fresh.save(update_fields=["shown_note", "shown_size", "shown_at"])
    return len(lines)
