"""How the log stands, for those who look after it. 存证状态。"""

from __future__ import annotations

from pathlib import Path

from django.db.models import QuerySet

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import Conflict, NotFound
from yiwang.kernel.evidence import verifier
from yiwang.kernel.evidence.formats.notes import ED25519, read_note
from yiwang.kernel.evidence.formats.tiles import PATTERN
from yiwang.kernel.evidence.models import Entry, Log, WitnessState
from yiwang.kernel.evidence.types import READ, LogState, WitnessInfo

from .freshness import find_oldest
from .keys import keys_of
from .logs import SHOWN, find_log, find_open, folder_of
from .policy import find_policy
from .rewinding import refuse_rewound

QUORUM, NOTICE = "quorum", "notice"
COUNTED = 10_000
"""As far as waiting entries are counted. 计数上限。"""


def describe_log(actor: Actor) -> LogState | None:
    """How the open log stands; None before anything was entered. 存证概况。 Holders of `evidence.read`."""
    actor.require(READ)
    log = find_open()
    if log is None:
        return None
    return LogState(
        epoch=log.epoch,
        origin=log.origin,
        size=log.size,
        signed=log.signed_size,
        signed_at=log.signed_at,
        shown=log.shown_size,
        shown_at=log.shown_at,
        checkpoint=log.shown_note,
        waiting=Entry.objects.filter(place=None)[:COUNTED].count(),
        oldest_at=find_oldest(),
        keys=tuple(log.keys),
        trouble=_find_trouble(log),
    )


def _find_trouble(log: Log) -> str:
    try:
        refuse_rewound(log)
    except Conflict as error:
        return error.detail
    return ""


def list_entries(actor: Actor) -> QuerySet[Entry]:
    """All that was entered, or waits to be. 存证条目列表。 Holders of `evidence.read`."""
    actor.require(READ)
    return Entry.objects.select_related("log").defer("record")


def list_witnesses(actor: Actor) -> list[WitnessInfo]:
    """The witnesses of the settings, and what each said last. 见证方列表。 Holders of `evidence.read`."""
    actor.require(READ)
    log = find_open()
    known = {one.name: one for one in WitnessState.objects.filter(log=log)} if log else {}
    body = read_note(log.signed_note).body if log and log.signed_note else ""
    found = []
    for one in find_policy().witnesses:
        state = known.get(one.key.name) or WitnessState()
        found.append(
            WitnessInfo(
                name=one.key.name, url=one.url, signed=bool(body) and state.body == body,
                size=state.size if state.pk else None, at=state.at, failure=state.failure,
            )
        )  # fmt: skip
    return found


def find_file(name: str, epoch: int | None = None) -> Path:
    """A file of a log that everybody may read: a checkpoint, a notice, a tile; NotFound. 公开文件。"""
    if name not in (SHOWN, NOTICE) and not PATTERN.fullmatch(name):
        raise _missing(name)
    file = folder_of(find_log(epoch).epoch) / name
    if not file.is_file():
        raise _missing(name)
    return file


def _missing(name: str) -> NotFound:
    return NotFound("evidence.file.missing", "The log has no %(name)s", name=name[:100])


def write_policy() -> str:
    """Whom to trust, as this node knows it: C2SP tlog-policy. 信任策略。

    Logs of all epochs; SM2 keys stand as comments, since other tools do not know them.
    """
    lines = [
        f"{'' if key.kind == ED25519 else '# '}log {key.text}\n"
        for log in Log.objects.order_by("epoch")
        for key in keys_of(log)
    ]
    policy = find_policy()
    lines += [f"witness {one.key.name} {one.key.text} {one.url}\n" for one in policy.witnesses]
    if policy.quorum:
        names = " ".join(one.key.name for one in policy.witnesses)
        lines.append(f"group {QUORUM} {policy.quorum} {names}\n")
    lines.append(f"quorum {QUORUM if policy.quorum else 'none'}\n")
    return "".join(lines)


def read_script() -> bytes:
    """The script that checks evidence without this node. 核验脚本。"""
    return (Path(verifier.__file__).parent / "verify.py").read_bytes()
