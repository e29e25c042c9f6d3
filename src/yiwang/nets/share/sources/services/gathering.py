"""One reading of a watched folder: every new or changed file lands once. 目录读取。

A file is taken in when it has rested for a while and is the same after it was read as before. Its
row (name and digest, unique) appears in the transaction that keeps its bytes, so a killed reading
neither loses nor doubles a file; what was kept but not landed is landed by the next one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.files import services as files
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.live.types import FileSource, LiveFile
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.connect.services import Delivery
from yiwang.nets.share.connect.types import DeliveryState, Instructions
from yiwang.nets.share.sources.models import Run, SeenFile, SourceTable
from yiwang.nets.share.sources.types import GOOD, Mode, RunState

from .entering import opened_files
from .watching import follow_table

RESTS = timedelta(seconds=10)
PIECE = 1 << 20
MOST_BYTES = 8 << 30
Check = Callable[[], None]
Tell = Callable[[int, int | None], None]


@dataclass
class Gathering:
    """A reading of a folder on its way. 目录读取过程。"""

    actor: Actor
    run: Run
    check: Check
    tell: Tell
    files: int = 0
    ends: list[Delivery] = field(default_factory=list)

    @property
    def table(self) -> SourceTable:
        """What is read. 读取表。"""
        return self.run.table

    def land(self, delivery_id: str) -> None:
        """Land a kept file and remember what came of it. 汇聚一个文件。"""
        self.check()
        landed = connect.land_delivery(self.actor, delivery_id, self.check)
        self.ends += landed
        self.files += 1
        self.run.rows += sum(one.rows for one in landed)
        Run.objects.filter(id=self.run.id).update(rows=self.run.rows, bytes=self.run.bytes)
        self.tell(self.run.rows, None)


def gather(actor: Actor, run: Run, check: Check, tell: Tell) -> Run:
    """Take in what is new in the folder. 读取目录。"""
    run.state, run.started_at, run.rows, run.bytes = RunState.READING, now(), 0, 0
    run.save(update_fields=["state", "started_at", "rows", "bytes"])
    gathering = Gathering(actor, run, check, tell)
    for delivery in list_unlanded(run.table):
        gathering.land(delivery)
    with opened_files(run.table.source) as folder:
        for file in list_new(folder, run.table):
            take(gathering, folder, file)
    finish(gathering)
    return run


def list_unlanded(table: SourceTable) -> list[str]:
    """Files that were kept by a reading that died before it landed them. 已留存未入库。"""
    kept = SeenFile.objects.filter(table=table).order_by("id").values_list("delivery", flat=True)
    waiting = Delivery.objects.filter(
        id__in=list(kept), job="", state__in=[DeliveryState.RECEIVED, DeliveryState.LANDING]
    )
    return list(waiting.order_by("id").values_list("id", flat=True))


def list_new(folder: FileSource, table: SourceTable) -> list[LiveFile]:
    """Files of the pattern that rest and were not taken in as they are now, oldest first. 新文件。"""
    seen = {(one.name, one.size, one.modified_at) for one in SeenFile.objects.filter(table=table)}
    moment = now()
    found = [
        one
        for one in folder.list_files()
        if fnmatchcase(one.name, table.name)
        and (one.name, one.size, one.modified_at) not in seen
        and one.modified_at <= moment - RESTS
    ]
    return sorted(found, key=lambda one: (one.modified_at, one.name))


def take(gathering: Gathering, folder: FileSource, file: LiveFile) -> None:
    """Copy a file, and land it unless these bytes came under this name before. 取一个文件。"""
    table = gathering.table
    with files.scratch("folder") as place:
        path = place / "file"
        digest = copy(folder, file, path, table, gathering.check)
        if digest is None:
            return  # still being written: the next reading takes it
        same = SeenFile.objects.filter(table=table, name=file.name, sha256=digest)
        if same.update(size=file.size, modified_at=file.modified_at):
            return
        delivery = keep(gathering, file, path, digest)
    gathering.run.bytes += file.size
    gathering.land(delivery.id)


def copy(
    folder: FileSource, file: LiveFile, path: Path, table: SourceTable, check: Check
) -> str | None:
    """The digest of what was copied; None where the file changed meanwhile. 复制并取摘要。"""
    limit = table.most_bytes or MOST_BYTES
    digest, size = hashlib.sha256(), 0
    with folder.open_file(file.name) as source, path.open("wb") as target:
        while piece := source.read(PIECE):
            check()
            size += len(piece)
            if size > limit:
                raise InvalidInput(
                    "sources.limit.file",
                    "%(name)s has more than the %(limit)s bytes that one file may have",
                    name=file.name,
                    limit=limit,
                )
            digest.update(piece)
            target.write(piece)
    after = next((one for one in folder.list_files() if one.name == file.name), None)
    return digest.hexdigest() if after == file and size == file.size else None


def keep(gathering: Gathering, file: LiveFile, path: Path, digest: str) -> Delivery:
    """Keep the bytes, and the file's row, together. 留存文件。"""
    table = gathering.table

    def note(act: Act, delivery: Delivery) -> None:
        SeenFile.objects.create(
            table=table,
            name=file.name,
            size=file.size,
            modified_at=file.modified_at,
            sha256=digest,
            delivery=delivery.id,
        )
        act.note(source=table.source_id, run=gathering.run.id)

    with path.open("rb") as stream:
        return connect.receive_file(
            gathering.actor,
            stream,
            file_name=file.name,
            owner=table.source.owner,
            name=table.resource_name,
            instructions=Instructions(kind=kind_for(table), key=tuple(table.key)),
            queue=False,
            along=note,
        )


def kind_for(table: SourceTable) -> str:
    """What the next file is: the first one begins the register, whatever the way. 报送方式。"""
    known = catalog.find_of_owner(table.source.owner, table.resource_name)
    begun = known is not None and known.table and pool.find_latest(known.table) is not None
    return table.mode if begun else Mode.FULL


def finish(gathering: Gathering) -> None:
    """Say on the reading what came of its files: the worst of them. 汇总结果。"""
    run, ends = gathering.run, gathering.ends
    states = {one.state for one in ends}
    run.state = RunState.DONE if ends else RunState.NOTHING
    for bad, state in (
        (DeliveryState.HELD, RunState.HELD),
        (DeliveryState.FAILED, RunState.FAILED),
    ):
        if bad in states:
            run.state = state
            run.error = next(one.error for one in ends if one.state == bad)
    on = Ref("share.source_run", run.id, run.table.resource_name)
    with ledger.acting(gathering.actor, "share.source.gather", on=on) as act:
        run.finished_at = act.at
        run.version = max((one.version for one in ends if one.version), default=None)
        run.save()
        tables = SourceTable.objects.filter(id=run.table_id)
        tables.update(last_state=run.state)
        if run.state in GOOD:
            tables.update(good_at=act.at)
        follow_table(act, run.table_id)
        act.note(files=gathering.files, rows=run.rows)
