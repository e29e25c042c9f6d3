"""Entries that an entity declares: made, kept in step, retired. 业务对象目录条目。

Called inside the act that publishes the entity, which asked who may: no permission of the
catalogue is asked for here, but for showing what was masked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import F

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.events import services as events
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.catalog.models import Authority, Item, Resource
from yiwang.nets.share.catalog.types import (
    CatalogueClass,
    DataFormat,
    Declared,
    DeclaredItem,
    ItemInfo,
    SharingType,
    Stage,
    UpdateCycle,
)

from .authorities import refuse_rebinding
from .casework import follow_elements, follow_publishing
from .entries import clean_name, describe_item, ref_of, reserve_code, save, write_finding
from .grading import renew_grade
from .items import record_release, released_by

WORDS = {
    "catalogue_class": CatalogueClass,
    "sharing_type": SharingType,
    "update_cycle": UpdateCycle,
}


def declare_resources(act: Act, declared: Sequence[Declared]) -> list[Resource]:
    """Bring entries in step with what is declared; new ones are drafts. 登记声明的目录条目。

    Names may change places among them. Raises Conflict where another entry of the owner has the
    name, InvalidInput for a word that the catalogue does not know.
    """
    known = Resource.objects.select_for_update().in_bulk([d.resource for d in declared])
    renamed = [d.resource for d in declared if d.resource and known[d.resource].name != d.name]
    Resource.objects.filter(id__in=renamed).update(name=F("code"))
    return [_declare(act, known.get(one.resource), one) for one in declared]


def retire_resource(act: Act, resource_id: str) -> Resource:
    """Mark an entry whose entity is there no longer; what has landed stays. 目录条目退役。"""
    resource = Resource.objects.select_for_update().get(id=resource_id)
    with ledger.acting(act.actor, "share.resource.retire", on=ref_of(resource)):
        resource.stage = Stage.RETIRED
        save(resource)
        follow_publishing(act, resource)
        follow_elements(act, resource)
    return resource


def _declare(act: Act, known: Resource | None, declared: Declared) -> Resource:
    _check(declared)
    _refuse_taken(declared)
    resource = known or Resource(
        code=reserve_code(
            declared.fields.get("catalogue_class", CatalogueClass.DEPARTMENT), declared.owner
        )
    )
    resource.owner, resource.name = declared.owner, clean_name(declared.name)
    resource.data_format, resource.kept_by = DataFormat.TABLE, declared.kept_by
    resource.grade_declared = declared.grade
    for name, value in declared.fields.items():
        setattr(resource, name, value)
    if resource.stage == Stage.RETIRED:
        resource.stage = Stage.RESOURCE if resource.publish_date else Stage.CACHE
    with ledger.acting(act.actor, "share.resource.declare", on=ref_of(resource)) as inner:
        resource.save()
        declare_items(inner, resource, declared.items)
        save(resource)
        follow_publishing(inner, resource)
        follow_elements(inner, resource)
        inner.note(entity=declared.kept_by, new=known is None)
    return resource


def declare_items(act: Act, resource: Resource, declared: Sequence[DeclaredItem]) -> None:
    """Set the items to what is declared; renamed ones take what people said of them along. 登记声明的信息项。

    A name that is used no longer stays as gone, so that earlier versions stay masked.
    """
    known = {item.name: item for item in Item.objects.filter(resource=resource)}
    before = {name: describe_item(item) for name, item in known.items()}
    Item.objects.filter(resource=resource).update(gone=True)
    released: dict[str, str] = {}
    for position, one in enumerate(declared, start=1):
        item = known.get(one.name) or Item(resource=resource, name=one.name)
        was = before.get(one.was or one.name)
        refuse_rebinding(resource, one.was or one.name, one.element or (was.element if was else ""))
        _set_item(item, one, was, position)
        for words in filter(None, (was, before.get(one.name))):
            released |= released_by(item, words)
        item.save()
    _move_claims(resource, {one.was: one.name for one in declared if one.was})
    record_release(act, resource, released if resource.table else {})
    renew_grade(resource)
    act.note(items=len(declared))
    after = {item.name: item.element for item in Item.objects.filter(resource=resource, gone=False)}
    if resource.table and after != {n: b.element for n, b in before.items() if n in after}:
        events.announce(act, "share.resource.bound", {"resource": resource.id})


def _set_item(item: Item, declared: DeclaredItem, was: ItemInfo | None, position: int) -> None:
    if was and was.name != item.name:
        item.suggested, item.reasons = was.suggested, [list(one) for one in was.reasons]
        item.declined, item.cleared = was.declined, was.cleared
        item.found = write_finding(was.found)
    by_person = was.element if was and not was.declared else ""
    item.element, item.declared = declared.element or by_person, bool(declared.element)
    item.grade, item.closed = declared.grade, declared.closed
    item.description, item.position, item.gone = declared.description[:300], position, False


def _move_claims(resource: Resource, renamed: Mapping[str, str]) -> None:
    """A claim to be the source of an element goes with its item. 认领随项改名。"""
    for claim in Authority.objects.filter(resource=resource, item__in=list(renamed)):
        claim.item = renamed[claim.item]
        claim.save(update_fields=["item"])


def _check(declared: Declared) -> None:
    for name, value in declared.fields.items():
        words = WORDS.get(name)
        if words and value not in words.values:
            raise InvalidInput(
                "catalog.declared.unknown",
                "The catalogue knows no %(field)s %(value)s for %(entity)s, only %(known)s",
                field=name,
                value=value,
                entity=declared.kept_by,
                known=", ".join(filter(None, words.values)),
            )


def _refuse_taken(declared: Declared) -> None:
    other = (
        Resource.objects.filter(owner=declared.owner, name=declared.name)
        .exclude(id=declared.resource)
        .first()
    )
    if other is not None:
        raise Conflict(
            "catalog.declared.taken",
            "%(owner)s has a resource %(name)s (%(number)s) already, which entity %(entity)s does "
            "not keep; rename one of the two",
            owner=declared.owner,
            name=declared.name,
            number=other.code,
            entity=declared.kept_by,
        )
