"""Entities become resources when their app is published. 业务对象登记为数据资源。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils import translation
from django.utils.translation import gettext

from yiwang.kernel.base.act import Act, Ref
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.pool import services as pool
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Bundle, Entity, Field, Label, Published
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Resource
from yiwang.nets.share.catalog.types import Declared, DeclaredItem
from yiwang.nets.share.entities.models import EntityResource
from yiwang.nets.share.entities.types import CYCLES, ColumnFrom
from yiwang.nets.share.sources import services as sources
from yiwang.nets.share.sources.types import Cycle

RECORD_ID = msg("Record id")


def ref_of(entity: EntityResource) -> Ref:
    """The pointer that acts and jobs carry. 引用。"""
    return Ref("share.entity", entity.code, in_chinese(entity.title) or entity.code)


def take_entities(act: Act, published: Published) -> None:
    """Make every entity of a bundle a resource of its owner, and keep it in step. 接收发布。

    Called in the transaction that publishes. Refuses where the owner is unknown, a resource of
    that name is there already, or the catalogue does not know a word.
    """
    bundle = published.bundle
    _refuse_ownerless(bundle)
    refuse_asking_again(published)
    codes = [*bundle.entities, *(one.code for one in published.retired)]
    known = EntityResource.objects.select_for_update().in_bulk(codes)
    columns = {code: name_columns(entity) for code, entity in bundle.entities.items()}
    declared = [
        declare(bundle, entity, known.get(code), columns[code])
        for code, entity in bundle.entities.items()
    ]
    for code, tie in known.items():
        if code in columns:
            refuse_losing(tie, columns[code])
    resources = catalog.declare_resources(act, declared)
    for entity, resource in zip(bundle.entities.values(), resources, strict=True):
        _tie(act, bundle, entity, resource, columns[entity.code])
    for gone in published.retired:
        if gone.code in known:
            _retire(act, known[gone.code])


def refuse_losing(tie: EntityResource, columns: list[ColumnFrom]) -> None:
    """Raise Conflict where a column would go that running grants use, naming each. 授权在用不得删列。

    The owner narrows or revokes them first, so that those who have them are told.
    """
    left = {one.item for one in columns}
    gone = [item for _, item, _ in tie.columns if item not in left]
    found = [one for one in catalog.list_dependents(tie.resource_id, gone) if one.direct]
    if found:
        raise Conflict(
            "entities.columns.granted",
            "%(entity)s would lose %(columns)s, which grants use: %(grants)s. Narrow or revoke them "
            "first, so that those who have them are told",
            entity=tie.code,
            columns=sorted({name for one in found for name in one.columns}),
            grants=[one.label for one in found],
        )


def refuse_asking_again(published: Published) -> None:
    """Raise Conflict where people are asked for what a register shares already. 不重复采集。

    A field that says why (`again`), or takes over what is known (`known`), may ask, and one that asked in the version before goes on.
    """
    asked = {one.element: (entity, one) for entity, one in _newly_asked(published)}
    shared = catalog.list_shared(asked, beside=published.bundle.owner)
    for element, resource in shared.items():
        entity, field = asked[element]
        raise Conflict(
            "entities.element.shared",
            "%(field)s of %(entity)s asks again for what %(resource)s shares already; use that, "
            "or say under “again” why it must be asked",
            field=field.key,
            entity=entity.code,
            resource=f"{resource.name} ({resource.code})",
        )


def _newly_asked(published: Published) -> Iterator[tuple[Entity, Field]]:
    before = published.before.entities if published.before else {}
    for code, entity in published.bundle.entities.items():
        stood = {one.element for one in _fields_of(before[code])} if code in before else set()
        for one in _fields_of(entity):
            if one.element and not (one.again or one.known) and one.element not in stood:
                yield entity, one


def _fields_of(entity: Entity) -> Iterator[Field]:
    for one in entity.fields.values():
        yield one
        yield from one.fields.values()


def name_columns(entity: Entity) -> list[ColumnFrom]:
    """The items of an entity: the record's id, then a field each. 信息项命名。

    Files are no items: of them the catalogue could only say how many. A group is one item.
    """
    with translation.override("zh-hans"):
        first = gettext(RECORD_ID)
    fields = [one for one in entity.fields.values() if one.kind != "files"]
    labels = [first, *(in_chinese(one.label) or one.key for one in fields)]
    names = pool.make_distinct(labels)
    keys = ["", *(one.key for one in fields)]
    columns = ["id", *(one.column for one in fields)]
    return [ColumnFrom(*one) for one in zip(keys, names, columns, strict=True)]


def declare(
    bundle: Bundle, entity: Entity, known: EntityResource | None, columns: list[ColumnFrom]
) -> Declared:
    """What an entity says to the catalogue. 目录声明。"""
    before = {key: item for key, item, _ in known.columns} if known else {}
    return Declared(
        kept_by=entity.code,
        owner=bundle.owner,
        name=in_chinese(entity.title) or entity.code,
        items=tuple(_declare_item(one, entity, _former(one, entity, before)) for one in columns),
        resource=known.resource_id if known else "",
        grade=entity.grade,
        fields=_words_of(entity),
    )


def _former(column: ColumnFrom, entity: Entity, before: Mapping[str, str]) -> str:
    """The item that a column was so far, by its key or by the key it had. 原信息项。"""
    field = entity.fields.get(column.key)
    was = before.get(column.key) or (before.get(field.was, "") if field and field.was else "")
    return was if was != column.item else ""


def _declare_item(column: ColumnFrom, entity: Entity, was: str) -> DeclaredItem:
    field = entity.fields.get(column.key)
    if field is None:
        return DeclaredItem(column.item, was=was)
    return DeclaredItem(
        column.item,
        element=field.element,
        grade=max(field.grade, *(_grade_of(one) for one in field.fields.values()), 0),
        description=in_chinese(field.help),
        was=was,
        closed=bool(field.fields) and records.is_personal(entity, field.key),
    )


def _grade_of(member: Field) -> int:
    """The least grade of a group's member: the catalogue knows the group only. 分组成员级别。"""
    element = standards.find_element(member.element) if member.element else None
    return max(member.grade, element.grade if element else 0)


def _words_of(entity: Entity) -> dict[str, str]:
    found = {
        "abstract": in_chinese(entity.entry.abstract),
        "catalogue_class": entity.entry.catalogue_class,
        "sharing_type": entity.entry.sharing,
        "update_cycle": entity.entry.cycle,
    }
    return {name: value for name, value in found.items() if value}


def _tie(
    act: Act, bundle: Bundle, entity: Entity, resource: Resource, columns: list[ColumnFrom]
) -> None:
    items = {one.key: one.item for one in columns}
    tie = EntityResource.objects.filter(code=entity.code).first()
    tie = tie or EntityResource(code=entity.code, app=bundle.app, created_at=act.at)
    cycle = cycle_of(entity)
    if tie.cycle != cycle or tie.next_at is None or tie.retired_at:
        tie.next_at = sources.next_of_cycle(cycle, act.at)
    tie.resource, tie.cycle, tie.retired_at = resource, cycle, None
    tie.title, tie.app_title = dict(entity.title), dict(bundle.title)
    tie.columns = [[one.key, one.item, one.column] for one in columns]
    tie.key = [items[key] for key in entity.key if key in items] or [items[""]]
    tie.declared = bundle.version
    tie.save()


def _retire(act: Act, tie: EntityResource) -> None:
    catalog.retire_resource(act, tie.resource_id)
    tie.retired_at, tie.next_at = act.at, None
    tie.save(update_fields=["retired_at", "next_at"])


def cycle_of(entity: Entity) -> Cycle:
    """How often its rows are laid down. 快照周期。"""
    found = CYCLES.get(entity.entry.snapshots)
    if found is None:
        raise InvalidInput(
            "entities.snapshots.unknown",
            "%(entity)s asks for snapshots %(given)s; there are %(known)s",
            entity=entity.code,
            given=entity.entry.snapshots,
            known=", ".join(CYCLES),
        )
    return Cycle(found)


def in_chinese(label: Label) -> str:
    """What the catalogue calls it: its Chinese name, else the other. 中文名称。"""
    return label.get("zh") or label.get("en") or ""


def _refuse_ownerless(bundle: Bundle) -> None:
    if bundle.owner not in identity.get_organizations([bundle.owner]):
        raise InvalidInput(
            "entities.owner.missing",
            "App %(app)s belongs to %(owner)s, and there is no such organization; add it first, or name"
            " another owner in app.yaml",
            app=bundle.app,
            owner=bundle.owner or "—",
        )
