"""The saved mapping of a resource: the next delivery is one click. 报送映射。

A mapping is what people said once about how to read the files of a resource. It is versioned and
visible; a reset is a version too.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import Any

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import READ
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.connect.models import Mapping as SavedMapping
from yiwang.nets.share.connect.types import DeliveryKind, Instructions

from .mapping_files import load_mapping
from .permissions import LAND, SEE

OF_THE_FILE = (
    "sheet", "sheets", "records", "encoding", "delimiter", "header_row", "header_rows",
    "footer_rows",
)  # fmt: skip
OF_THE_TABLE = ("columns", "names", "left_out")
LONGEST = 200_000


def find_mapping(resource_id: str) -> SavedMapping | None:
    """The newest version, None where there is none or a person reset it. 现行映射。"""
    newest = SavedMapping.objects.filter(resource=resource_id).order_by("-number").first()
    return newest if newest and newest.told else None


def find_of_owner(owner: str, name: str) -> SavedMapping | None:
    """The mapping of the owner's resource of that name. 按名查映射。"""
    known = catalog.find_of_owner(owner, name)
    return find_mapping(known.id) if known else None


def follow_mapping(
    told: Instructions, mapping: SavedMapping | None, file_name: str
) -> Instructions:
    """What is not told is as the mapping says. 沿用映射。

    How to read the file holds for files of the same ending, and whoever tells one thing about that
    tells them all; what the columns are holds for every file.
    """
    if mapping is None or told.exact:
        return replace(told, kind=told.kind or DeliveryKind.FULL)
    before = Instructions.from_json(mapping.told)
    changes = {name: getattr(before, name) for name in ("kind", "key") if not getattr(told, name)}
    same = mapping.ending in ("", ending_of(file_name))
    if same and not any(_said(told, name) for name in OF_THE_FILE):
        changes |= {name: getattr(before, name) for name in OF_THE_FILE}
    if not any(_said(told, name) for name in OF_THE_TABLE):
        changes |= {name: getattr(before, name) for name in OF_THE_TABLE}
    return replace(told, **changes)


def _said(told: Instructions, name: str) -> bool:
    value = getattr(told, name)
    return bool(value) or value == 0


def keep_mapping(act: Act, resource_id: str, delivery: Delivery) -> None:
    """Keep what was told of a delivery, where it says more than nothing and other than before. 保存映射。

    Called inside the act that lands it.
    """
    told = Instructions.from_json(delivery.instructions)
    if told.exact:
        return
    plain = replace(told, waived=(), confirmed=False)
    known, ending = find_mapping(resource_id), ending_of(delivery.file_name)
    if known and not told.confirmed:
        plain = replace(plain, kind=known.told.get("kind", DeliveryKind.FULL))
    stored = plain.as_json()
    saying = told.confirmed or any(_said(plain, name) for name in (*OF_THE_FILE, *OF_THE_TABLE))
    if not saying or (known and known.told == stored and known.ending == ending):
        return
    headings = delivery.preview.get("headings") or delivery.reading.get("columns", [])
    made = _add(act, resource_id, stored, ending=ending, headings=headings, delivery=delivery.id)
    act.note(mapping=made.number)


def _add(act: Act, resource_id: str, told: dict[str, object], **facts: Any) -> SavedMapping:
    last = SavedMapping.objects.filter(resource=resource_id).order_by("-number").first()
    return SavedMapping.objects.create(
        resource=resource_id,
        number=last.number + 1 if last else 1,
        told=dict(told),
        set_by=act.actor.id,
        set_at=act.at,
        **facts,
    )


def get_mapping(actor: Actor, resource_id: str) -> tuple[catalog.Resource, list[SavedMapping]]:
    """The resource and the versions of its mapping, the newest first. 查看映射。

    Holders of `share.delivery.read` who may know of the resource.
    """
    resource = catalog.get_resource(actor, resource_id)
    actor.require(READ, organization=resource.owner)
    actor.require(SEE, organization=resource.owner)
    return resource, list(
        SavedMapping.objects.filter(resource=resource.id).order_by("-number")[:50]
    )


def reset_mapping(actor: Actor, resource_id: str, *, reason: str = "") -> SavedMapping:
    """Forget how the files of a resource are read: the next one is looked at anew. 重置映射。

    Holders of `share.delivery.land` for the owner. Earlier versions stay to be seen.
    """
    resource = catalog.get_resource(actor, resource_id)
    actor.require(LAND, organization=resource.owner)
    if find_mapping(resource.id) is None:
        raise InvalidInput("connect.mapping.none", "%(name)s has no mapping", name=resource.name)
    with ledger.acting(
        actor, "share.mapping.reset", on=catalog.ref_of(resource), reason=reason
    ) as act:
        return _add(act, resource.id, {})


def set_mapping(actor: Actor, resource_id: str, told: Instructions, *, ending: str) -> SavedMapping:
    """Set the mapping of a resource by hand or from a file. 设置映射。

    Holders of `share.delivery.land` for the owner.
    """
    resource = catalog.get_resource(actor, resource_id)
    actor.require(LAND, organization=resource.owner)
    ref: Ref = catalog.ref_of(resource)
    with ledger.acting(actor, "share.mapping.set", on=ref) as act:
        plain = replace(told, waived=(), confirmed=False)
        made = _add(
            act, resource.id, plain.as_json(), ending=ending, headings=list(_headings_of(plain))
        )
        act.note(number=made.number)
    return made


def load_and_set(actor: Actor, resource_id: str, text: str, *, file: str = "") -> SavedMapping:
    """Set the mapping of a resource from YAML. 由文件设置映射。

    Holders of `share.delivery.land` for the owner. It holds for files that end as before.
    """
    resource = catalog.get_resource(actor, resource_id)
    before = find_mapping(resource.id)
    told = load_mapping(text, file or resource.name)
    return set_mapping(actor, resource.id, told, ending=before.ending if before else "")


def _headings_of(told: Instructions) -> dict[str, None]:
    return dict.fromkeys([*told.columns, *told.names, *told.left_out])


def ending_of(file_name: str) -> str:
    """What the file calls itself, `.csv.gz` as a whole. 文件后缀。"""
    return "".join(PurePath(file_name).suffixes[-2:]).lower()[-60:]
