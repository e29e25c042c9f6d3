"""What a third party needs to check what became of a thing. 存证包。"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.evidence import verifier
from yiwang.kernel.evidence.formats import tree
from yiwang.kernel.evidence.formats.notes import write_proof
from yiwang.kernel.evidence.formats.tree import Subtree
from yiwang.kernel.evidence.models import Entry, Log
from yiwang.kernel.ledger import services as ledger

from .logs import tiles_of
from .reading import read_script, write_policy

MOST = 2000
"""Entries in one bundle, the newest: each takes about a millisecond. 单包条目上限。"""


def make_bundle(actor: Actor, refs: Sequence[Ref]) -> bytes:
    """A ZIP with records and proofs of what became of things, keys, script and words. 存证包。

    For readers who were let in: callers see to it, it is recorded on the first of `refs`. NotFound
    where nothing was entered about them. What is not evidenced yet goes along without a proof.
    """
    about = [str(one) for one in refs]
    rows = Entry.objects.filter(about__in=about).exclude(record="").select_related("log")
    entries = list(rows.order_by("-id")[:MOST])
    if not entries:
        raise NotFound("evidence.entries.none", "Nothing was entered about this")
    with ledger.acting(actor, "evidence.bundle.taken", on=refs[0]) as act:
        act.note(entries=len(entries))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in _fill(entries[::-1]):
            bundle.writestr(name, content)
    return made.getvalue()


def _fill(entries: Sequence[Entry]) -> Iterable[tuple[str, bytes | str]]:
    logs: dict[int, tuple[Log, Subtree]] = {}
    listed = []
    for entry in entries:
        log = entry.log
        if log is None or entry.place is None or entry.place >= log.shown_size:
            yield f"waiting/{entry.id.rpartition(':')[2]}.record", entry.record
            listed.append([entry.id, entry.at.isoformat(), entry.kind, entry.about, "", ""])
            continue
        log, read = logs.setdefault(log.epoch, (log, tiles_of(log).reader(log.shown_size)))
        name = f"entries/{log.epoch}-{entry.place:09d}"
        path = tree.prove_inclusion(read, entry.place, log.shown_size)
        yield f"{name}.json", entry.record
        yield (
            f"{name}.tlog-proof",
            write_proof(entry.place, path, log.shown_note, extra=entry.leaf.encode()),
        )
        listed.append(
            [entry.id, entry.at.isoformat(), entry.kind, entry.about, str(entry.place), name]
        )
    for log, _ in logs.values():
        yield f"checkpoint-{log.epoch}", log.shown_note
    yield "contents.csv", _list(listed)
    yield "policy", write_policy()
    yield "verify.py", read_script()
    yield "README.md", (Path(verifier.__file__).parent / "README.md").read_bytes()


def _list(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "at", "kind", "about", "place", "file"])
    writer.writerows(rows)
    return out.getvalue()
