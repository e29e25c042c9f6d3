"""The catalogue's line in the search index. 目录检索索引。"""

from __future__ import annotations

from collections.abc import Iterable

from yiwang.kernel.identity import services as identity
from yiwang.kernel.search import services as search
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog.models import Item, Resource

KIND = "share.resource"


def index_resource(resource: Resource) -> None:
    """Renew the entry's line in the index, in the transaction of the change. 更新索引。"""
    owner = identity.get_organizations({resource.owner}).get(resource.owner)
    items = Item.objects.filter(resource=resource, gone=False)
    search.index_entry(
        kind=KIND,
        id=resource.id,
        title=resource.name,
        body="\n".join(
            [resource.code, resource.abstract, owner.name if owner else "", *_name_items(items)]
        ),
        organization=resource.owner,
        url=f"/catalog/{resource.id}/",
        public=resource.publish_date is not None,
        facets={
            "owner": resource.owner,
            "sharing_type": resource.sharing_type,
            "open_type": resource.open_type,
            "update_cycle": resource.update_cycle,
            "stage": resource.stage,
            "grade": str(resource.grade),
        },
    )


def _name_items(items: Iterable[Item]) -> list[str]:
    """Items under the names they came with and those of their elements. 信息项及数据元名称。"""
    known = standards.get_elements()
    names = []
    for item in items:
        found = known.get(item.element or item.suggested)
        names += [item.name, *([found.zh, found.en, found.code] if found else [])]
    return list(dict.fromkeys(names))
