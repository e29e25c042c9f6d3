"""Taking files in: the bytes are safe before anything reads them. 接收报送。"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import BinaryIO

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.files import services as files
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect.models import Batch, Delivery
from yiwang.nets.share.connect.types import DeliveryKind, DeliveryState, Instructions

from .holding import refuse_kept
from .mapping import find_of_owner, follow_mapping
from .permissions import LAND

TASK = "connect.land"
PREVIEW_TASK = "connect.preview"


def ref_of(delivery: Delivery) -> Ref:
    """The pointer that acts and files carry. 引用。"""
    return Ref("share.delivery", delivery.id, delivery.file_name)


def open_batch(actor: Actor, *, owner: str) -> Batch:
    """Start a batch of files sent together. 新建批次。"""
    actor.require(LAND, organization=owner)
    with ledger.acting(actor, "share.batch.open", on=Ref("share.batch", "")) as act:
        batch = Batch.objects.create(sender=actor.id, owner=owner)
        act.on = Ref("share.batch", batch.id)
    return batch


def receive_file(
    actor: Actor,
    stream: BinaryIO,
    *,
    file_name: str,
    owner: str,
    name: str = "",
    instructions: Instructions | None = None,
    batch: Batch | None = None,
    queue: bool = True,
    along: Callable[[Act, Delivery], None] | None = None,
    look: bool = False,
) -> Delivery:
    """Keep the bytes of a file with their digest and sender, and queue its landing. 接收文件。

    Holders of `share.delivery.land` for the owner. `name` is the resource's, the file's stem where
    it is left out. Raises NotFound for an unknown owner, InvalidInput for instructions that cannot
    be meant (upsert or delete without a key). With `queue=False` the caller lands it itself. With
    `look` a file of a resource without a mapping waits for a person to look at a preview first.
    `along` is called in the transaction that keeps it.
    """
    actor.require(LAND, organization=owner)
    identity.get_organization(owner)
    told = instructions or Instructions()
    resource_name = check_file(told, owner, file_name, name)
    refuse_kept(catalog.find_of_owner(owner, resource_name), actor.id)
    mapping = find_of_owner(owner, resource_name)
    told = follow_mapping(told, mapping, file_name)
    delivery = _draft(actor, told, owner=owner, resource_name=resource_name, file_name=file_name)
    delivery.batch = batch
    written = files.write_file(stream, name=delivery.file_name, resource_key=delivery.file_key)
    with ledger.acting(actor, "share.delivery.receive", on=ref_of(delivery)) as act:
        keep_bytes(act, delivery, written)
        delivery.save(force_insert=True)
        if queue and look and mapping is None:
            queue_preview(act, delivery)
        elif queue:
            queue_landing(act, delivery)
        if along:
            along(act, delivery)
    return delivery


def _draft(
    actor: Actor, told: Instructions, *, owner: str, resource_name: str, file_name: str
) -> Delivery:
    return Delivery(
        owner=owner,
        resource_name=resource_name,
        sender=actor.id,
        kind=told.kind,
        instructions=told.as_json(),
        file_name=PurePath(file_name).name[:255],
        file_key=files.create_key(),
    )


def queue_landing(act: Act, delivery: Delivery) -> None:
    """Ask a worker to land it. 排队汇聚。"""
    job = jobs.enqueue(act, TASK, {"delivery": delivery.id}, on=ref_of(delivery))
    delivery.job, delivery.state, delivery.error = job.id, DeliveryState.RECEIVED, None
    delivery.save(update_fields=["job", "state", "error"])


def queue_preview(act: Act, delivery: Delivery) -> None:
    """Ask a worker to look at its first rows; a person then says what to do. 排队预览。"""
    job = jobs.enqueue(act, PREVIEW_TASK, {"delivery": delivery.id}, on=ref_of(delivery))
    delivery.job, delivery.preview = job.id, {"state": "waiting"}
    if delivery.state == DeliveryState.RECEIVED:
        delivery.state = DeliveryState.PREVIEW
    delivery.save(update_fields=["job", "state", "preview"])


def keep_bytes(act: Act, delivery: Delivery, written: files.WrittenFile) -> None:
    """Name the written bytes on the delivery and in the ledger. 登记原件。

    Each file has a key of its own, so that a purge can destroy it alone.
    """
    stored = files.keep_file(written, owner=ref_of(delivery), act=act)
    delivery.file, delivery.size, delivery.sha256 = stored.id, stored.size, stored.sha256
    act.note(sha256=stored.sha256, size=stored.size)


def check_file(told: Instructions, owner: str, file_name: str, name: str) -> str:
    """The resource a file is for, once what is said about it can be meant. 校验并取资源名。"""
    resource_name = " ".join(name.split())[:200] or clean_stem(file_name)
    check_instructions(told, owner, resource_name)
    return resource_name


def check_instructions(told: Instructions, owner: str, resource_name: str) -> None:
    """Refuse what cannot be meant. 校验报送说明。"""
    if told.kind and told.kind not in DeliveryKind.values:
        raise InvalidInput(
            "connect.kind.unknown",
            "A delivery is full, append, upsert or delete, not %(kind)s",
            kind=told.kind,
        )
    if told.kind in (DeliveryKind.UPSERT, DeliveryKind.DELETE) and not told.key:
        known = catalog.find_of_owner(owner, resource_name)
        if known is None or not known.key:
            raise InvalidInput(
                "connect.key.missing",
                "Say which columns are the key of %(resource)s: upsert and delete need it",
                resource=resource_name,
            )


def clean_stem(file_name: str) -> str:
    """A resource name from a file name: no folders, no endings, no digest copies. 由文件名得资源名。"""
    stem = PurePath(file_name.replace("\\", "/")).name
    while PurePath(stem).suffix.lower() in ENDINGS:
        stem = PurePath(stem).stem
    return " ".join(stem.split())[:200] or "unnamed"


ENDINGS = {
    ".csv", ".tsv", ".psv", ".txt", ".xls", ".xlsx", ".xlsm", ".ods", ".et", ".json", ".jsonl",
    ".ndjson", ".parquet", ".gz", ".zip",
}  # fmt: skip
