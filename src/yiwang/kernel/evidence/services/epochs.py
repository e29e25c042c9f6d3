"""A new log where the old one cannot go on. 新纪元。"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.evidence.formats.notes import (
    BadNote,
    Checkpoint,
    Note,
    read_checkpoint,
    read_note,
)
from yiwang.kernel.evidence.formats.tiles import write_files
from yiwang.kernel.evidence.models import Entry, Log, WitnessState
from yiwang.kernel.evidence.types import MANAGE
from yiwang.kernel.ledger import services as ledger

from .keys import sign_body
from .logs import SIGNED, find_open, folder_of, open_log, restored_mark
from .reading import NOTICE
from .recording import record_evidence
from .rewinding import find_larger

HEAD = "yiwang.org/evidence-epoch/v1"
SHORT, LONG = 4, 300


def open_epoch(actor: Actor, *, reason: str) -> Log:
    """Close the open log and begin another, with a notice that both sign. 开启新纪元。

    Holders of `evidence.manage`; a reason is needed. What the old log had not evidenced is entered
    in the new one. The notice is a file of the new log and its first entry: it says what the
    database knew of the old one and what was seen beyond that.
    """
    actor.require(MANAGE)
    why = _require_reason(reason)
    old = find_open()
    number = _next_epoch()
    with ledger.acting(
        actor, "evidence.epoch.opened", on=Ref("evidence.log", str(number)), reason=why
    ) as act:
        facts = _describe(old) if old else {}
        log = open_log(number)
        if old is not None:
            _close(old, log)
        notice = _write_notice(old, log, facts)
        record_evidence(
            act, "evidence.epoch.opened", {**facts, "origin": log.origin, "notice": notice.body}
        )
        write_files(folder_of(number), {NOTICE: notice.text.encode()})
        transaction.on_commit(lambda: restored_mark().unlink(missing_ok=True))
    return log


def resume_log(actor: Actor, *, reason: str) -> None:
    """Let a restored node go on with its log, because it did nothing after the backup. 恢复后续用。

    Holders of `evidence.manage`; a reason is needed. What files and witnesses show is still looked
    at: this takes back the doubt, not the proof.
    """
    actor.require(MANAGE)
    why = _require_reason(reason)
    with ledger.acting(actor, "evidence.log.resumed", on=Ref("evidence.log", ""), reason=why):
        transaction.on_commit(lambda: restored_mark().unlink(missing_ok=True))


def _require_reason(text: str) -> str:
    found = " ".join(text.split())[:LONG]
    if len(found) < SHORT:
        raise InvalidInput("evidence.reason.missing", "Give a reason in a few words")
    return found


def _next_epoch() -> int:
    """Beyond what the database knows and what lies on the disk: either may be the older one."""
    folder = Path(settings.YIWANG_HOME) / "evidence"
    on_disk = [int(one.name) for one in folder.glob("*") if one.name.isdigit()]
    known = Log.objects.order_by("-epoch").values_list("epoch", flat=True).first()
    return max([known or 0, *on_disk]) + 1


def _describe(old: Log) -> dict[str, object]:
    seen = _read_disk(old)
    return {
        "old_origin": old.origin,
        "known": old.shown_size,
        "seen": max(find_larger(old) or 0, old.signed_size),
        "seen_checkpoint": seen.body if seen else "",
    }


def _read_disk(old: Log) -> Checkpoint | None:
    try:
        text = (folder_of(old.epoch) / SIGNED).read_text("utf-8")
        return read_checkpoint(read_note(text).body)
    except (FileNotFoundError, BadNote, UnicodeDecodeError):
        return None


def _close(old: Log, new: Log) -> None:
    """Nothing more comes into the old log; what it has not evidenced waits for the new one."""
    Log.objects.filter(pk=old.epoch).update(
        closed_at=new.opened_at, size=old.shown_size, signed_size=old.shown_size,
        signed_note=old.shown_note, holder="", held_until=None,
    )  # fmt: skip
    Entry.objects.filter(log=old, place__gte=old.shown_size).update(log=None, place=None)
    WitnessState.objects.filter(log=old).delete()


def _write_notice(old: Log | None, new: Log, facts: dict[str, object]) -> Note:
    lines = [HEAD, f"new {new.origin}", f"at {new.opened_at.isoformat()}"]
    if old is not None:
        lines += [f"old {old.origin}", f"known {facts['known']}", f"seen {facts['seen']}"]
    body = "".join(f"{line}\n" for line in lines)
    signatures = sign_body(new, body).signatures
    return Note(body, (*signatures, *(sign_body(old, body).signatures if old else ())))
