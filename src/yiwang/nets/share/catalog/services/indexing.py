"""The catalogue's line in the search index. 目录检索索引。"""

from __future__ import annotations

from yiwang.kernel.identity import services as identity
from yiwang.kernel.search import services as search
from yiwang.nets.share.catalog.models import Item, Resource

KIND = "share.resource"


def index_resource(resource: Resource) -> None:
    """Renew the entry's line in the index, in the transaction of the change. 更新索引。"""
    owner = identity.get_organizations({resource.owner}).get(resource.owner)
    items = Item.objects.filter(resource=resource, gone=False).values_list("name", flat=True)
    search.index_entry(
        kind=KIND,
        id=resource.id,
        title=resource.name,
        body="\n".join([resource.code, resource.abstract, owner.name if owner else "", *items]),
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
