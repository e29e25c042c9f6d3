"""From kept bytes to a version of a resource. 汇聚入池。

Bytes → text as shown → pool version, in one go per table; the catalogue entry, its items and
their suspected elements follow in the same transaction. A delivery that would shrink or reshape a
register is held for a person to decide, with the difference spelled out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.errors import Conflict, InvalidInput, YiwangError
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
from yiwang.nets.share.connect.types import DeliveryKind, DeliveryState, Instructions, kind_of

from .differences import DifferenceList, commit_differences, stage_differences
from .holding import refuse_drift, refuse_shrink
from .permissions import LAND
from .receiving import ref_of
from .suggesting import suggest_items
from .typing_differences import list_typed_differences


def land_delivery(actor: Actor, delivery_id: str) -> list[Delivery]:
    """Read a received file and land every table in it. 汇聚报送。

    Holders of `share.delivery.land` for the owner. One delivery comes back per table; each ends
    landed, held or failed with its reason, and a failure of one table leaves the others be.
    Landing again what has landed changes nothing.
    """
    delivery = Delivery.objects.get(id=delivery_id)
    actor.require(LAND, organization=delivery.owner)
    if delivery.state not in WAITING:
        return [delivery]
    resumed = delivery.state == DeliveryState.LANDING and delivery.tables > 1
    Delivery.objects.filter(id=delivery.id).update(state=DeliveryState.LANDING)
    with unpacked(delivery) as path:
        try:
            sources = open_sources(delivery, path, only="" if resumed else delivery.member)
            deliveries = split(actor, delivery, sources)
        except YiwangError as error:
            return [fail(actor, delivery, error)]
        return [
            land_table(actor, one, source) if one.state in WAITING else one
            for one, source in zip(deliveries, sources, strict=True)
        ]


WAITING = (DeliveryState.RECEIVED, DeliveryState.LANDING)


@contextmanager
def unpacked(delivery: Delivery) -> Iterator[Path]:
    """The plain bytes in a private folder for as long as they are read. 临时明文。"""
    with files.scratch("landing") as folder:
        path = folder / "file"
        files.copy_file(delivery.file, path)
        yield path


def open_sources(delivery: Delivery, path: Path, *, only: str) -> list[TableSource]:
    """The tables of a file that hold anything. 打开数据表。"""
    told = Instructions.from_json(delivery.instructions)
    options = ReadOptions(
        encoding=told.encoding or None,
        sheet=told.sheet or None,
        records=told.records or None,
        delimiter=told.delimiter or None,
        header_row=told.header_row,
        scratch=path.parent,
    )
    found = tabular.open_source(path, delivery.file_name, options, ReadLimits())
    if only:
        found = [one for one in found if label_of(one) == only]
    if not found:
        raise InvalidInput(
            "connect.file.empty", "There is no table in %(file)s", file=delivery.file_name
        )
    return found


def label_of(source: TableSource) -> str:
    """Which table of the file: member and sheet. 表名。"""
    return " / ".join(part for part in (source.member, source.sheet) if part)


def split(actor: Actor, delivery: Delivery, sources: Sequence[TableSource]) -> list[Delivery]:
    """One delivery per table; the others share the file, and a resumed landing finds them. 拆分多表。"""
    if len(sources) == 1:
        return [delivery]
    known = {one.member: one for one in Delivery.objects.filter(file=delivery.file)}
    if delivery.tables > 1:
        return [known[label_of(source)] for source in sources]
    stem = delivery.resource_name
    found = []
    with ledger.acting(actor, "share.delivery.split", on=ref_of(delivery)) as act:
        for number, source in enumerate(sources):
            one = delivery if number == 0 else _sibling(delivery)
            one.member, one.tables = label_of(source), len(sources) if number == 0 else 1
            one.resource_name = f"{stem} {one.member}"[:200]
            one.save()
            found.append(one)
        act.note(tables=len(found))
    return found


def land_table(actor: Actor, delivery: Delivery, source: TableSource) -> Delivery:
    """Land one table; what is expected to go wrong is noted on the delivery. 汇聚单表。"""
    differences = DifferenceList(files.scratch_root())
    told = Instructions.from_json(delivery.instructions)
    try:
        _land(Landing(actor, delivery, source, told, differences))
    except YiwangError as error:
        return fail(actor, delivery, error)
    finally:
        differences.close()
    return delivery


def fail(actor: Actor, delivery: Delivery, error: YiwangError) -> Delivery:
    """Note why a delivery was refused or held; its bytes stay. 记录失败。"""
    held = isinstance(error, Conflict) and error.code.startswith("connect.held.")
    with ledger.acting(actor, "share.delivery.refuse", on=ref_of(delivery)) as act:
        delivery.state = DeliveryState.HELD if held else DeliveryState.FAILED
        delivery.error = describe_error(error)
        delivery.save(update_fields=["state", "error"])
        act.note(code=error.code)
    return delivery


def describe_error(error: YiwangError) -> dict[str, Any]:
    """An error as kept with the delivery, translated when shown. 错误记录。"""
    return {
        "code": error.code,
        "message": error.message,
        "detail": error.detail,
        "extra": _plain_all(error.extra),
    }


def _plain_all(values: Mapping[str, object]) -> dict[str, object]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, list | tuple | set):
        return [_plain(one) for one in value]
    return str(value)


@dataclass(frozen=True, slots=True)
class Landing:
    """One table on its way into the pool. 汇聚过程。"""

    actor: Actor
    delivery: Delivery
    source: TableSource
    told: Instructions
    differences: DifferenceList

    @property
    def known(self) -> Resource | None:
        """The resource it belongs to, where it is not new. 已有资源。"""
        return catalog.find_of_owner(self.delivery.owner, self.delivery.resource_name)


def _land(landing: Landing) -> None:
    columns = list(landing.source.columns)
    refuse_drift(landing.known, columns, landing.told)
    staged = stage(landing.source, columns, landing.differences)
    try:
        refuse_shrink(landing.known, staged.rows, landing.told)
        items = suggest_items(columns, staged.profile, landing.told.columns)
        list_typed_differences(staged, items, landing.known, landing.differences)
        _commit(landing, staged, items)
    finally:
        pool.discard(staged)


def stage(source: TableSource, columns: list[str], differences: DifferenceList) -> Staged:
    """Read the table into parts that no version names yet. 暂存。"""
    if source.fast is not None:
        return pool.stage_delimited(source.fast, columns)
    return pool.stage_batches(columns, differences.watch(source.batches()))


def _commit(landing: Landing, staged: Staged, items: Sequence[ItemInfo]) -> None:
    delivery, told = landing.delivery, landing.told
    listed = stage_differences(landing.differences)
    with ledger.acting(landing.actor, "share.delivery.land", on=ref_of(delivery)) as act:
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
        events.announce(
            act,
            "share.delivery.landed",
            {"delivery": delivery.id, "resource": resource.id, "version": version.number},
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
        "columns": list(source.columns),
        "notes": [{"message": n.message, "params": _plain_all(n.params)} for n in source.notes],
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
        state=DeliveryState.LANDING,
        file=delivery.file,
        file_key=delivery.file_key,
        file_name=delivery.file_name,
        size=delivery.size,
        sha256=delivery.sha256,
        instructions=delivery.instructions,
        job=delivery.job,
    )
