"""From kept bytes to a version of a resource. 汇聚入池。

Bytes → text as shown → pool version, in one go per table; the catalogue entry, its items and
their suspected elements follow in the same transaction. A delivery that would shrink or reshape a
register is held for a person to decide, with the difference spelled out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.errors import Conflict, InvalidInput, TooMany, Unavailable, YiwangError
from yiwang.kernel.events import services as events
from yiwang.kernel.files import services as files
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import Staged, VersionInfo
from yiwang.kernel.tabular import services as tabular
from yiwang.kernel.tabular.types import ReadLimits, ReadOptions, TableSource
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Resource
from yiwang.nets.share.catalog.types import ItemInfo
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.connect.types import (
    DeliveryKind,
    DeliveryState,
    Instructions,
    follow,
    kind_of,
)

from .damage import list_damage
from .differences import DifferenceList, commit_differences, stage_differences
from .ending import Overtaken, fail, is_open, plain_all, refuse_overtaken
from .headings import name_columns, rename
from .holding import refuse_drift, refuse_garbled, refuse_kept, refuse_shrink
from .inspecting import find_inside
from .mapping import keep_mapping
from .permissions import LAND
from .ready import ReadyTable
from .receiving import ref_of
from .shaping import headings_of, name_as_landed, shape_sources
from .suggesting import suggest_items
from .typing_differences import list_typed_differences


def land_delivery(
    actor: Actor, delivery_id: str, check: Callable[[], None] = lambda: None
) -> list[Delivery]:
    """Read a received file and land every table in it. 汇聚报送。

    Holders of `share.delivery.land` for the owner. One delivery comes back per table; each ends
    landed, held or failed with its reason, and a failure of one table leaves the others be.
    Landing again what has landed changes nothing; a landing that was cut short is taken up at the
    first table that has not ended. `check` is called between pieces of work and may raise to stop.
    """
    delivery = Delivery.objects.get(id=delivery_id)
    actor.require(LAND, organization=delivery.owner)
    if not any(is_open(one) for one in tables_of(delivery)):
        return [delivery]
    resumed = delivery.state != DeliveryState.RECEIVED and delivery.tables > 1
    if is_open(delivery):
        Delivery.objects.filter(id=delivery.id).update(state=DeliveryState.LANDING)
    with unpacked(delivery) as path:
        try:
            sources = open_sources(delivery, path, only="" if resumed else delivery.member)
            deliveries = split(actor, delivery, [label_of(one) for one in sources])
        except LATER:
            raise
        except YiwangError as error:
            return [fail(actor, delivery, error)]
        return [
            land_table(actor, one, source, check) if is_open(one) else one
            for one, source in zip(deliveries, sources, strict=True)
        ]


def land_ready(
    actor: Actor, delivery_id: str, staged: Staged, check: Callable[[], None] = lambda: None
) -> Delivery:
    """Land a delivery of one table from rows that lie staged, the same that it keeps. 汇聚已暂存数据。

    Holders of `share.delivery.land` for the owner; the staged files are used up or removed.
    """
    delivery = Delivery.objects.get(id=delivery_id)
    actor.require(LAND, organization=delivery.owner)
    if not is_open(delivery):
        return delivery
    Delivery.objects.filter(id=delivery.id).update(state=DeliveryState.LANDING)
    return land_table(actor, delivery, ReadyTable(staged), check)


PREVIEW = DeliveryState.PREVIEW
LATER = (Unavailable, TooMany)
"""What may pass by itself: a job tries it again, and the delivery waits."""


def tables_of(delivery: Delivery) -> list[Delivery]:
    """The deliveries that one landing deals with: this one, or every table of its file. 同批数据表。"""
    if delivery.tables == 1:
        return [delivery]
    return list(Delivery.objects.filter(file=delivery.file, job=delivery.job))


@contextmanager
def unpacked(delivery: Delivery) -> Iterator[Path]:
    """The plain bytes in a private folder for as long as they are read. 临时明文。"""
    with files.scratch("landing") as folder:
        path = folder / "file"
        files.copy_file(delivery.file, path)
        yield path


def open_sources(delivery: Delivery, path: Path, *, only: str) -> list[TableSource]:
    """The tables of a file that hold anything, as they are to land. 打开数据表。"""
    told = Instructions.from_json(delivery.instructions)
    options = options_of(told, path.parent)
    found = tabular.open_source(path, delivery.file_name, options, ReadLimits())
    found = [one for one in found if one.columns]
    if only and not told.sheets:
        found = [one for one in found if label_of(one) == only]
    if not found:
        raise InvalidInput(
            "connect.file.empty", "There is no table in %(file)s", file=delivery.file_name
        )
    return shape_sources(found, told)


def options_of(told: Instructions, scratch: Path | None = None) -> ReadOptions:
    """What the reader is told. 读取选项。"""
    return ReadOptions(
        encoding=told.encoding or None,
        sheet=told.sheet or None,
        records=told.records or None,
        delimiter=told.delimiter or None,
        header_row=told.header_row,
        header_rows=told.header_rows,
        footer_rows=told.footer_rows,
        scratch=scratch,
    )


def label_of(source: TableSource) -> str:
    """Which table of the file: member and sheet. 表名。"""
    return " / ".join(part for part in (source.member, source.sheet) if part)


def split(actor: Actor, delivery: Delivery, labels: Sequence[str]) -> list[Delivery]:
    """One delivery per table; the others share the file, and a resumed landing finds them. 拆分多表。"""
    if len(labels) == 1:
        return [delivery]
    known = {one.member: one for one in Delivery.objects.filter(file=delivery.file)}
    if delivery.tables > 1:
        return [known[label] for label in labels]
    stem = delivery.resource_name
    found = []
    with ledger.acting(actor, "share.delivery.split", on=ref_of(delivery)) as act:
        for number, label in enumerate(labels):
            one = delivery if number == 0 else _sibling(delivery)
            one.member, one.tables = label, len(labels) if number == 0 else 1
            one.resource_name = f"{stem} {label}"[:200]
            one.save()
            found.append(one)
        act.note(tables=len(found))
    return found


def land_table(
    actor: Actor, delivery: Delivery, source: TableSource, check: Callable[[], None]
) -> Delivery:
    """Land one table; what is expected to go wrong is noted on the delivery. 汇聚单表。"""
    check()
    differences = DifferenceList(files.scratch_root(), check)
    told = Instructions.from_json(delivery.instructions)
    try:
        columns = name_columns(source.columns)
        differences.columns = columns
        told = name_as_landed(told, source.columns)
        _land(Landing(actor, delivery, source, rename(told, columns), differences, columns))
    except LATER:
        raise
    except Overtaken:
        delivery.refresh_from_db()
    except YiwangError as error:
        return fail(actor, delivery, error)
    finally:
        differences.close()
    return delivery


@dataclass(frozen=True, slots=True)
class Landing:
    """One table on its way into the pool. 汇聚过程。"""

    actor: Actor
    delivery: Delivery
    source: TableSource
    told: Instructions
    differences: DifferenceList
    columns: Mapping[str, str]

    @property
    def known(self) -> Resource | None:
        """The resource it belongs to, where it is not new. 已有资源。"""
        return catalog.find_of_owner(self.delivery.owner, self.delivery.resource_name)


def _land(landing: Landing) -> None:
    columns = list(landing.columns.values())
    refuse_kept(landing.known, landing.delivery.sender)
    refuse_garbled(landing.source, landing.delivery.file_name, landing.told)
    refuse_drift(landing.known, columns, landing.told)
    staged = stage(landing.source, columns, landing.differences)
    try:
        refuse_shrink(landing.known, staged.rows, landing.told)
        items = suggest_items(columns, staged.profile, landing.told.columns)
        items = find_inside(staged, items, landing.known)
        list_typed_differences(staged, items, landing.known, landing.differences)
        list_damage(staged, items, landing.source.format, landing.differences)
        _commit(landing, staged, items)
    finally:
        pool.discard(staged)


def stage(source: TableSource, columns: list[str], differences: DifferenceList) -> Staged:
    """Read the table into parts that no version names yet. 暂存。"""
    if isinstance(source, ReadyTable):
        return source.staged
    if source.fast is not None:
        return pool.stage_delimited(source.fast, columns)
    return pool.stage_batches(columns, differences.watch(source.batches()))


def _commit(landing: Landing, staged: Staged, items: Sequence[ItemInfo]) -> None:
    delivery, told = landing.delivery, landing.told
    listed = stage_differences(landing.differences)
    with ledger.acting(landing.actor, "share.delivery.land", on=ref_of(delivery)) as act:
        refuse_overtaken(delivery)
        refuse_moved(landing)
        resource = landing.known or catalog.create_resource(
            landing.actor, owner=delivery.owner, name=delivery.resource_name
        )
        key = list(told.key) or list(resource.key)
        table = resource.table or pool.create_table(act, name=resource.name)
        version = pool.commit(
            act,
            table,
            staged,
            kind=kind_of(delivery.kind),
            key=key,
            accept_drift="drift" in told.waived,
        )
        resource = catalog.mark_landed(act, resource.id, table=table, key=key)
        if delivery.kind != DeliveryKind.DELETE:
            catalog.set_items(act, resource, items)
        delivery.resource, delivery.listed = (
            resource.id,
            commit_differences(act, delivery.id, listed),
        )
        _note_landed(act, landing, staged, version)
        follow(act, delivery.id, "landed")
        keep_mapping(act, resource.id, delivery)
        events.announce(
            act,
            "share.delivery.landed",
            {"delivery": delivery.id, "resource": resource.id, "version": version.number},
        )


def refuse_moved(landing: Landing) -> None:
    """Stop a register written anew from one that is not the newest any more. 版本已变则不汇聚。"""
    told, known = landing.told.stands_on, landing.known
    newest = pool.find_latest(known.table) if told and known and known.table else None
    if told and (newest is None or newest.id != told):
        raise Conflict(
            "connect.delivery.moved", "Other data has landed since this was made; make it anew"
        )


def _note_landed(act: Act, landing: Landing, staged: Staged, version: VersionInfo) -> None:
    delivery, source = landing.delivery, landing.source
    delivery.version, delivery.pool_version = version.number, version.id
    delivery.state, delivery.landed_at, delivery.error = DeliveryState.LANDED, act.at, None
    delivery.rows, delivery.differences = staged.rows, dict(landing.differences.counts)
    delivery.reading = {
        "format": source.format,
        "encoding": source.encoding,
        "header_row": source.header_row,
        "headings": headings_of(source),
        "columns": list(landing.columns.values()),
        "notes": [{"message": n.message, "params": plain_all(n.params)} for n in source.notes],
    }
    delivery.save()
    act.note(rows=staged.rows, version=version.number, differences=delivery.differences)


def _sibling(delivery: Delivery) -> Delivery:
    return Delivery(
        batch=delivery.batch,
        owner=delivery.owner,
        sender=delivery.sender,
        received_at=delivery.received_at,
        kind=delivery.kind,
        state=PREVIEW if delivery.state == PREVIEW else DeliveryState.LANDING,
        file=delivery.file,
        file_key=delivery.file_key,
        file_name=delivery.file_name,
        size=delivery.size,
        sha256=delivery.sha256,
        instructions=delivery.instructions,
        job=delivery.job,
    )
