"""A look before landing: the picture of a file is made, kept and confirmed. 汇聚前预览。

The picture is the first raw rows of each table. It is kept encrypted under the key of the file, so
that whatever destroys the file destroys it too.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.errors import Conflict, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.events import services as events
from yiwang.kernel.files import services as files
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.tabular.preview import FilePreview, preview_file, read_head
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.connect.types import DeliveryState, Instructions

from .ending import fail_preview
from .finding import get_delivery, visible_deliveries
from .landing import LATER, options_of, split, unpacked
from .mapping import find_of_owner, follow_mapping
from .permissions import LAND
from .receiving import check_instructions, queue_landing, queue_preview, ref_of

OPEN = (DeliveryState.PREVIEW, DeliveryState.HELD, DeliveryState.FAILED)
AT_ONCE = 8 << 20
NO_HEADER = msg("No row of headings was found: choose it, or let the columns be numbered")
NO_ROWS = msg("There are no rows under the headings")
HIDDEN = msg("The sheet is hidden: is it meant to come?")
RECORDS = msg("Say where the records stand")
COLUMNS = msg("The columns are not those of the resource")


def ask_preview(
    actor: Actor, delivery_id: str, *, instructions: Instructions | None = None
) -> Delivery:
    """Look at a waiting, held or refused delivery, perhaps read another way. 请求预览。

    Holders of `share.delivery.land` for the owner. A small file is looked at now, a large one by a
    worker.
    """
    delivery = get_open(actor, delivery_id)
    with ledger.acting(actor, "share.delivery.preview", on=ref_of(delivery)) as act:
        if instructions is not None:
            delivery.instructions = instructions.as_json()
            delivery.save(update_fields=["instructions"])
        if delivery.size > AT_ONCE:
            queue_preview(act, delivery)
            return delivery
    make_preview(actor, delivery.id)
    delivery.refresh_from_db()
    return delivery


def get_open(actor: Actor, delivery_id: str) -> Delivery:
    """A delivery that a person may still decide about. 取待处置报送。"""
    delivery = get_delivery(actor, delivery_id)
    actor.require(LAND, organization=delivery.owner)
    if delivery.state not in OPEN:
        raise Conflict(
            "connect.preview.state", "It has been dealt with already: there is nothing to decide"
        )
    return delivery


def make_preview(actor: Actor, delivery_id: str) -> list[Delivery]:
    """Read the first rows of every table of a received file. 生成预览。

    One delivery comes back per table. Those that fit the mapping of their resource are queued to
    land; the others wait for a person.
    """
    delivery = Delivery.objects.get(id=delivery_id)
    actor.require(LAND, organization=delivery.owner)
    if delivery.state not in OPEN:
        return [delivery]
    told = Instructions.from_json(delivery.instructions)
    with unpacked(delivery) as path:
        try:
            found = preview_file(path, delivery.file_name, options_of(told, path.parent))
        except LATER:
            raise
        except YiwangError as error:
            return [fail_preview(actor, delivery, error)]
    return _keep(actor, delivery, found)


def _keep(actor: Actor, delivery: Delivery, found: FilePreview) -> list[Delivery]:
    tables = found.tables
    if delivery.member and any(one.label == delivery.member for one in tables):
        tables = [one for one in tables if one.label == delivery.member]
    if len(tables) < 2 or delivery.state != DeliveryState.PREVIEW:
        return [_keep_one(actor, delivery, replace(found, tables=tables[:1]))]
    deliveries = split(actor, delivery, [one.label for one in tables])
    return [
        _keep_one(actor, one, replace(found, tables=[table]))
        for one, table in zip(deliveries, tables, strict=True)
    ]


def _keep_one(actor: Actor, delivery: Delivery, found: FilePreview) -> Delivery:
    """Store the picture of one table, and say whether it can land as proposed."""
    told = Instructions.from_json(delivery.instructions)
    if found.tables and delivery.member and found.tables[0].sheet:
        told = replace(told, sheet=found.tables[0].sheet)
    mapping = find_of_owner(delivery.owner, delivery.resource_name)
    waits = delivery.state == DeliveryState.PREVIEW
    told = follow_mapping(told, mapping, delivery.file_name) if waits else told
    try:
        why, headings = judge(delivery, found, told)
    except YiwangError as error:
        why, headings = error.detail, []
    with ledger.acting(actor, "share.delivery.look", on=ref_of(delivery)) as act:
        _store(act, delivery, found)
        delivery.preview |= {"state": "choice" if why else "ready", "why": why}
        delivery.preview["headings"] = headings
        delivery.instructions, delivery.kind = told.as_json(), told.kind
        delivery.save()
        act.note(state=delivery.preview["state"])
        if waits and mapping is not None and not why:
            queue_landing(act, delivery)
    return delivery


def _store(act: Act, delivery: Delivery, found: FilePreview) -> None:
    old = delivery.preview.get("file", "")
    if old and files.get_files([old]):
        files.remove_file(old)
    stored = files.store_file(
        io.BytesIO(json.dumps(found.as_json()).encode()),
        name="preview",
        owner=ref_of(delivery),
        resource_key=delivery.file_key,
        act=act,
    )
    delivery.preview = {"file": stored.id}


def judge(delivery: Delivery, found: FilePreview, told: Instructions) -> tuple[str, list[str]]:
    """Why a person must choose, empty where it can land as proposed; and the headings. 判断可否汇聚。"""
    if not found.tables:
        return RECORDS, []
    table = found.tables[0]
    read = read_head(table, options_of(told))
    if not table.named and read.header_row == 0 and told.header_row is None:
        return NO_HEADER, read.columns
    if not read.rows:
        return NO_ROWS, read.columns
    if table.hidden and not told.confirmed:
        return HIDDEN, read.columns
    known = catalog.find_of_owner(delivery.owner, delivery.resource_name)
    if known and known.table and expected_of(known.id) != landing_names(read.columns, told):
        return COLUMNS, read.columns
    return "", read.columns


def expected_of(resource_id: str) -> list[str]:
    """The columns that a resource has. 现有列。"""
    return [item.name for item in catalog.list_items(resource_id)]


def landing_names(headings: Sequence[str], told: Instructions) -> list[str]:
    """What the headings are called once landed. 落地列名。"""
    return [told.names.get(name, name) for name in headings if name not in told.left_out]


def open_preview(delivery: Delivery) -> FilePreview | None:
    """The kept picture of a delivery, None while there is none. 取预览。"""
    stored = delivery.preview.get("file", "")
    if not stored:
        return None
    with files.open_file(stored) as stream:
        return FilePreview.from_json(json.load(stream))


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a person confirms: how it is read, and which resource it becomes. 确认内容。"""

    instructions: Instructions
    name: str = ""


def confirm_preview(actor: Actor, delivery_id: str, confirmed: Confirmed) -> Delivery:
    """Land a delivery as a person has confirmed it; the choices become the mapping. 确认汇聚。

    Holders of `share.delivery.land` for the owner. A held one keeps what was waived; confirming
    columns that are not those of the resource waives the drift of a full delivery.
    """
    delivery = get_open(actor, delivery_id)
    told = replace(confirmed.instructions, confirmed=True)
    name = " ".join(confirmed.name.split())[:200] or delivery.resource_name
    check_instructions(told, delivery.owner, name)
    with ledger.acting(actor, "share.delivery.confirm", on=ref_of(delivery)) as act:
        delivery.resource_name, delivery.instructions = name, told.as_json()
        delivery.kind, delivery.tables = told.kind, 1
        delivery.save(update_fields=["resource_name", "instructions", "kind", "tables"])
        queue_landing(act, delivery)
        act.note(headings=len(delivery.preview.get("headings", [])))
    return delivery


def confirm_ready(actor: Actor, batch_id: str) -> int:
    """Land all previews of a batch that need no choice; gives their number. 汇聚全部就绪。"""
    waiting = visible_deliveries(actor).filter(batch=batch_id, state=DeliveryState.PREVIEW)
    ready = [one for one in waiting if one.preview.get("state") == "ready"]
    for delivery in ready:
        told = Instructions.from_json(delivery.instructions)
        confirm_preview(actor, delivery.id, Confirmed(as_proposed(delivery, told)))
    return len(ready)


def as_proposed(delivery: Delivery, told: Instructions) -> Instructions:
    """Instructions that hold fast what the preview proposes. 采用建议。"""
    found = open_preview(delivery)
    if found is None or not found.tables or found.tables[0].named:
        return told
    read = read_head(found.tables[0], options_of(told))
    return replace(told, header_row=read.header_row, header_rows=read.header_rows or None)


def leave_out(actor: Actor, delivery_id: str, *, reason: str) -> Delivery:
    """Do not land a table that waits; its bytes stay with the file. 不汇聚。

    Holders of `share.delivery.land` for the owner.
    """
    delivery = get_open(actor, delivery_id)
    with ledger.acting(actor, "share.delivery.withdraw", on=ref_of(delivery), reason=reason) as act:
        delivery.state, delivery.reason = DeliveryState.WITHDRAWN, reason
        delivery.save(update_fields=["state", "reason"])
        facts = {"delivery": delivery.id, "resource": delivery.resource, "pool_version": ""}
        events.announce(act, "share.delivery.withdrawn", facts)
    return delivery


def gather_sheets(actor: Actor, delivery_id: str) -> Delivery:
    """Make one table of all waiting sheets of a file that have the same headings. 合并工作表。

    The one asked for stays and takes the others' rows; those are withdrawn as gathered.
    """
    delivery = get_open(actor, delivery_id)
    waiting = visible_deliveries(actor).filter(file=delivery.file, state=DeliveryState.PREVIEW)
    same = [
        one
        for one in waiting.order_by("received_at", "id")
        if one.preview.get("headings") == delivery.preview.get("headings")
    ]
    sheets = tuple(Instructions.from_json(one.instructions).sheet for one in same)
    stem = delivery.resource_name.removesuffix(f" {delivery.member}")
    told = replace(Instructions.from_json(delivery.instructions), sheet="", sheets=sheets)
    with ledger.acting(actor, "share.delivery.gather", on=ref_of(delivery)) as act:
        for other in same:
            if other.id != delivery.id:
                other.state, other.reason = DeliveryState.WITHDRAWN, f"→ {stem}"
                other.save(update_fields=["state", "reason"])
        delivery.instructions, delivery.resource_name = told.as_json(), stem
        delivery.save(update_fields=["instructions", "resource_name"])
        act.note(sheets=list(sheets))
    return delivery
