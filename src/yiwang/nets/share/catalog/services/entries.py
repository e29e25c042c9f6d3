"""Making, finding and changing catalogue entries. 目录条目的登记与维护。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.standards.types import ColumnFinding, KindCount
from yiwang.nets.share.catalog.models import CodeSequence, Item, Resource
from yiwang.nets.share.catalog.types import (
    IMPORTANT,
    SHARED,
    CatalogueClass,
    ItemInfo,
    OpenType,
    ResourceInfo,
    Stage,
)

from .casework import follow_publishing
from .indexing import index_resource
from .permissions import EDIT, READ

EDITABLE = (
    "name",
    "abstract",
    "catalogue_class",
    "data_format",
    "sharing_type",
    "sharing_basis",
    "open_type",
    "update_cycle",
)


def ref_of(resource: Resource | ResourceInfo) -> Ref:
    """The pointer that acts and files carry. 引用。"""
    return Ref("share.resource", resource.id, resource.name)


def create_resource(actor: Actor, *, owner: str, name: str, **fields: Any) -> Resource:
    """Register an entry for `owner`, a draft until published. 登记资源。

    Holders of `share.resource.edit` for the owner. Raises InvalidInput for an empty name or an
    unknown field, Conflict where the owner has an entry of that name already.
    """
    actor.require(EDIT, organization=owner)
    name = clean_name(name)
    _refuse_unknown(fields)
    if Resource.objects.filter(owner=owner, name=name).exists():
        raise Conflict(
            "catalog.resource.name_taken",
            "%(owner)s has a resource named %(name)s already",
            owner=owner,
            name=name,
        )
    with ledger.acting(actor, "share.resource.create", on=Ref("share.resource", "", name)) as act:
        code = reserve_code(fields.get("catalogue_class", CatalogueClass.DEPARTMENT), owner)
        resource = Resource.objects.create(owner=owner, name=name, code=code, **fields)
        act.on = ref_of(resource)
        index_resource(resource)
    return resource


def update_resource(actor: Actor, resource_id: str, **fields: Any) -> Resource:
    """Change the catalogue fields of an entry. 修改目录信息。

    Holders of `share.resource.edit` for the owner; the ledger row says which fields changed.
    """
    _refuse_unknown(fields)
    resource = get_resource(actor, resource_id)
    actor.require(EDIT, organization=resource.owner)
    changed = {name: value for name, value in fields.items() if getattr(resource, name) != value}
    if "name" in changed:
        changed["name"] = clean_name(changed["name"])
        _refuse_kept(resource)
        _refuse_taken(resource, changed["name"])
    with ledger.acting(actor, "share.resource.update", on=ref_of(resource)) as act:
        for name, value in changed.items():
            setattr(resource, name, value)
        save(resource)
        act.note(fields=sorted(changed))
    return resource


def save(resource: Resource) -> None:
    """Write an entry, its time of change and its index line, inside an act. 保存条目。"""
    resource.updated_at = now()
    resource.save()
    index_resource(resource)


def get_resource(actor: Actor, text: str) -> Resource:
    """The entry of that id, code or name, if the actor may know of it. 取资源。

    Raises NotFound for what is hidden as for what is missing, Conflict where a name names several.
    """
    found = find_resource(actor, text)
    if found is None:
        raise NotFound("catalog.resource.missing", "There is no resource %(what)s", what=text)
    return found


def find_resource(actor: Actor, text: str) -> Resource | None:
    """The entry of that id, code or name, or None. 查找资源。"""
    visible = visible_resources(actor)
    exact = visible.filter(Q(id=text) | Q(code=text)).first()
    if exact:
        return exact
    named = list(visible.filter(name=text)[:2])
    if len(named) > 1:
        raise Conflict(
            "catalog.resource.ambiguous",
            "Several resources are named %(name)s; use the code",
            name=text,
        )
    return named[0] if named else None


def find_of_owner(owner: str, name: str) -> Resource | None:
    """The owner's entry of that name, whoever asks; for landing, which checks the owner. 按名查找。"""
    return Resource.objects.filter(owner=owner, name=name).first()


def visible_resources(actor: Actor) -> QuerySet[Resource]:
    """Published entries, and drafts within the actor's reach. 可见资源。"""
    scope = actor.permissions.get(READ)
    if scope == "all":
        return Resource.objects.all()
    if scope is None:
        return Resource.objects.none()
    return Resource.objects.filter(
        Q(publish_date__isnull=False) | Q(owner__in=sorted(actor.organizations))
    )


def announced_resources(actor: Actor) -> QuerySet[Resource]:
    """What others may be told of: published to who browses the catalogue, open to everybody. 对外目录。

    Nothing retired, and to the public nothing that is not shared, or important or core data.
    """
    published = Q(publish_date__isnull=False) & ~Q(stage=Stage.RETIRED)
    if actor.may(READ):
        return visible_resources(actor).filter(published)
    return Resource.objects.filter(
        published, open_type=OpenType.OPEN, sharing_type__in=SHARED, grade__lt=IMPORTANT
    )


def list_confirmed(ids: Iterable[str]) -> list[tuple[str, str]]:
    """The confirmed elements of resources, as pairs of resource and element. 已确认数据元。"""
    found = Item.objects.filter(resource_id__in=list(ids), gone=False).exclude(element="")
    return list(found.order_by().values_list("resource_id", "element").distinct())


def get_resources(ids: Iterable[str]) -> dict[str, ResourceInfo]:
    """Entries by id, for lists of things that point at them. 批量取资源。"""
    return {one.id: describe(one) for one in Resource.objects.filter(id__in=set(ids))}


def list_by_id(actor: Actor, ids: Iterable[str]) -> dict[str, Resource]:
    """Entries by id as far as the actor may know of them. 批量取条目。"""
    return {one.id: one for one in visible_resources(actor).filter(id__in=list(ids))}


def describe(resource: Resource, items: Sequence[Item] = ()) -> ResourceInfo:
    """An entry as others see it. 资源描述。"""
    return ResourceInfo(
        id=resource.id,
        code=resource.code,
        name=resource.name,
        owner=resource.owner,
        abstract=resource.abstract,
        stage=resource.stage,
        published=resource.publish_date is not None,
        table=resource.table,
        key=tuple(resource.key),
        items=tuple(describe_item(item) for item in items),
        facts=_facts(resource),
        kept_by=resource.kept_by,
    )


def describe_item(item: Item) -> ItemInfo:
    """An item as others see it. 信息项描述。"""
    return ItemInfo(
        name=item.name,
        position=item.position,
        element=item.element,
        suggested="" if item.declined else item.suggested,
        reasons=tuple((zh, en) for zh, en in item.reasons),
        declined=item.declined,
        found=read_finding(item.found),
        cleared=item.cleared,
        declared=item.declared,
        closed=item.closed,
        grade=item.grade,
    )


def read_finding(stored: Mapping[str, Any]) -> ColumnFinding:
    """What was found in a column, as stored. 读识别结果。"""
    kinds = {kind: KindCount(*counts) for kind, counts in stored.get("kinds", {}).items()}
    filled, passed, looked = (int(stored.get(name, 0)) for name in ("filled", "passed", "looked"))
    return ColumnFinding(filled, passed, looked, kinds)


def write_finding(found: ColumnFinding) -> dict[str, Any]:
    """The same as it is stored. 存识别结果。"""
    kinds = {kind: [count.cells, count.whole] for kind, count in found.kinds.items()}
    counts = {"filled": found.filled, "passed": found.passed, "looked": found.looked}
    return counts | {"kinds": kinds}


def list_items(resource_id: str) -> list[ItemInfo]:
    """The items of an entry in order. 信息项列表。"""
    found = Item.objects.filter(resource_id=resource_id, gone=False).order_by("position")
    return [describe_item(item) for item in found]


def list_known_items(resource_id: str) -> list[ItemInfo]:
    """The items, and those that only earlier versions have: masks need both. 全部信息项。"""
    return [describe_item(item) for item in Item.objects.filter(resource_id=resource_id)]


def reserve_code(catalogue_class: str, owner: str) -> str:
    """The next resource code of an owner. 分配资源编码。

    Class digit, owner code, and six digits of sequence, never handed out twice
    (政务信息资源目录编制指南 信息资源代码).
    """
    prefix = f"{catalogue_class}{owner}"
    CodeSequence.objects.get_or_create(prefix=prefix)
    row = CodeSequence.objects.select_for_update().get(prefix=prefix)
    row.last += 1
    row.save(update_fields=["last"])
    return f"{prefix}/{row.last:06d}"


def mark_landed(act: Act, resource_id: str, *, table: str, key: Sequence[str]) -> Resource:
    """Note on the entry that data has landed behind it. 标记已汇聚。"""
    resource = Resource.objects.select_for_update().get(id=resource_id)
    resource.table = table
    resource.key = list(key) or resource.key
    resource.landed_at = act.at
    if resource.stage == Stage.SOURCE:
        resource.stage = Stage.CACHE
    save(resource)
    follow_publishing(act, resource)
    return resource


def name_owners(resources: Iterable[Resource | ResourceInfo]) -> dict[str, str]:
    """The owners' names by code, in one query. 提供方名称。"""
    return name_codes({one.owner for one in resources})


def _facts(resource: Resource) -> Mapping[str, Any]:
    names = (*EDITABLE[2:], "publish_date", "grade", "landed_at", "created_at", "updated_at")
    return {name: getattr(resource, name) for name in names}


def clean_name(name: str) -> str:
    """A name of 1 to 200 characters. 清理名称。"""
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > 200:
        raise InvalidInput(
            "catalog.resource.name_invalid", "A resource needs a name of 1 to 200 characters"
        )
    return cleaned


def _refuse_kept(resource: Resource) -> None:
    if resource.kept_by and resource.stage != Stage.RETIRED:
        raise Conflict(
            "catalog.resource.kept",
            "Entity %(entity)s keeps it, and its name comes from there",
            entity=resource.kept_by,
        )


def _refuse_taken(resource: Resource, name: str) -> None:
    others = Resource.objects.filter(owner=resource.owner, name=name).exclude(id=resource.id)
    if others.exists():
        raise Conflict(
            "catalog.resource.name_taken",
            "%(owner)s has a resource named %(name)s already",
            owner=resource.owner,
            name=name,
        )


def _refuse_unknown(fields: Mapping[str, Any]) -> None:
    unknown = sorted(set(fields) - set(EDITABLE))
    if unknown:
        raise InvalidInput(
            "catalog.resource.unknown_field", "There is no field %(fields)s", fields=unknown
        )


def editable_resources(actor: Actor) -> QuerySet[Resource]:
    """Entries that the actor may change. 可编辑目录。"""
    found = visible_resources(actor)
    if actor.permissions.get(EDIT) == "all":
        return found
    return found.filter(owner__in=sorted(actor.organizations))


def count_states(actor: Actor) -> dict[str, int]:
    """How many visible entries are published, and how many hold data unpublished. 目录计数。"""
    visible = visible_resources(actor)
    return visible.aggregate(
        published=Count("id", filter=Q(publish_date__isnull=False)),
        drafts=Count("id", filter=Q(publish_date__isnull=True) & ~Q(table="")),
    )


def list_owner_codes(actor: Actor) -> list[str]:
    """Codes of the organizations that have a visible entry. 有目录的机构。"""
    found = visible_resources(actor).order_by("owner").values_list("owner", flat=True)
    return list(found.distinct())


def name_codes(codes: Iterable[str]) -> dict[str, str]:
    """Names of organizations by code; an unknown code is its own name. 机构名称。"""
    wanted = list(codes)
    found = identity.get_organizations(wanted)
    return {code: found[code].name if code in found else code for code in wanted}
