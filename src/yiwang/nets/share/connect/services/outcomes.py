"""What became of a delivery, for programs and for the command line. 报送结果。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.kernel.base.errors import fill
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.connect.types import Outcome


def describe_outcomes(deliveries: list[Delivery]) -> list[Outcome]:
    """One outcome per delivery, with the element each column is or looks like. 报送结果列表。"""
    resources = catalog.get_resources(one.resource for one in deliveries if one.resource)
    return [_describe(one, resources) for one in deliveries]


def _describe(delivery: Delivery, resources: Mapping[str, catalog.ResourceInfo]) -> Outcome:
    resource = resources.get(delivery.resource)
    items = catalog.list_items(delivery.resource) if delivery.resource else []
    return Outcome(
        delivery=delivery.id,
        state=delivery.state,
        file=delivery.file_name,
        member=delivery.member,
        resource=delivery.resource,
        resource_code=resource.code if resource else "",
        resource_name=delivery.resource_name,
        version=delivery.version,
        rows=delivery.rows,
        columns=tuple(_describe_item(item) for item in items),
        encoding=delivery.reading.get("encoding", ""),
        differences=delivery.differences,
        notes=tuple(fill(n["message"], n["params"]) for n in delivery.reading.get("notes", ())),
        error=delivery.error,
    )


def _describe_item(item: catalog.ItemInfo) -> dict[str, Any]:
    return {
        "name": item.name,
        "element": item.element,
        "suggested": item.suggested,
        "reasons": list(item.reasons),
    }
