"""Which resources a caller is told of, page by page. 可见目录分页。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.ids import get_node
from yiwang.kernel.identity import services as identity
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.dcat.types import Thing

from .describing import PLACE, Sheet, describe_sheet
from .measuring import measure

MOST = 200
"""Resources on one page at most. 每页上限。"""


def open_sheet(
    actor: Actor, *, base: str, after: str = "", limit: int = MOST, form: str = ""
) -> Sheet:
    """A page of what the caller may know of, after a resource's id, in a fixed number of queries. 取一页。

    Whoever browses the catalogue is told of what is published; everybody else of what is open.
    """
    rows = catalog.announced_resources(actor).filter(id__gt=after).order_by("id")
    found = list(rows[: limit + 1])
    shown = found[:limit]
    return Sheet(
        base,
        shown,
        catalog.name_owners(shown),
        find_publisher(),
        list_standards([one.id for one in shown]),
        address=make_address(base, after, limit, form),
        more=make_address(base, shown[-1].id, limit, form) if len(found) > limit else "",
        measured=measure(actor, {one.id: one.owner for one in shown}),
    )


def list_things(actor: Actor, *, base: str) -> Iterator[Thing]:
    """All that the caller may know of, page after page, each thing once. 全部描述。"""
    said: set[Thing] = set()
    after, is_last = "", False
    while not is_last:
        sheet = open_sheet(actor, base=base, after=after)
        for thing in describe_sheet(sheet):
            if thing not in said and thing.kinds != ("hydra:PagedCollection",):
                said.add(thing)
                yield thing
        is_last = not sheet.more
        after = "" if is_last else sheet.resources[-1].id


def make_address(base: str, after: str, limit: int, form: str) -> str:
    """The address of a page. 页地址。"""
    said = {"after": after, "limit": "" if limit == MOST else str(limit), "format": form}
    query = "&".join(f"{name}={value}" for name, value in said.items() if value)
    return f"{base}{PLACE}?{query}" if query else f"{base}{PLACE}"


def find_publisher() -> tuple[str, str]:
    """Code and name of who keeps the catalogue: the bureau, else the node. 目录发布机构。"""
    found = identity.list_organizations(kind="bureau", limit=1)
    return (found[0].code, found[0].name) if found else (get_node(), "一网 Yiwang")


def list_standards(ids: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The standards that define the confirmed elements of each resource. 遵循标准。"""
    known = standards.get_elements()
    found: dict[str, set[str]] = {}
    for resource, element in catalog.list_confirmed(ids):
        if element in known and known[element].source_standard:
            found.setdefault(resource, set()).add(known[element].source_standard)
    return {resource: sorted(texts) for resource, texts in found.items()}
