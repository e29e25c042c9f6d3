"""The one way from both faces to the rows of a grant. 授权取数。

What may leave is decided by `exchange`, anew for each page; nothing here knows rows by another way.
"""

from __future__ import annotations

from dataclasses import replace

from yiwang.kernel.base.act import Actor
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.models import Grant
from yiwang.nets.share.exchange.types import Ask
from yiwang.nets.share.lookup.types import Column, Page, Source

from .naming import name_columns


def find_source(actor: Actor, text: str) -> Source:
    """What the grant of that id or number offers, if it is the actor's and holds now. 取授权数据源。

    Raises what `exchange.find_standing` raises, and the same NotFound for a grant of others.
    """
    grant, terms = exchange.find_standing(actor, find_id(actor, text))
    shorts = name_columns(grant.resource_id, terms.columns)
    columns = tuple(Column(name, shorts[name]) for name in terms.columns)
    return Source(grant.id, grant.request.number, terms.number, grant.resource.name, columns)


def find_id(actor: Actor, text: str) -> str:
    """The id of the grant of that number, of the actor's own organization; an id as it is. 授权标识。"""
    if ":" in text:
        return text
    mine = Grant.objects.filter(organization=actor.organization, request__number=text)
    return mine.order_by("-created_at").values_list("id", flat=True).first() or ""


def list_columns(grant: Grant) -> tuple[Column, ...]:
    """The columns of a grant with their names, and whether masked. 授权列。 The caller may see it."""
    terms = exchange.get_terms(grant)
    shorts = name_columns(grant.resource_id, terms.columns)
    masks, _ = exchange.mask_columns(grant.resource_id, terms)
    return tuple(Column(name, shorts[name], name in masks) for name in terms.columns)


def with_masks(source: Source) -> Source:
    """The same, each column saying whether it is masked. 补充脱敏标记。"""
    grant = Grant.objects.get(id=source.grant_id)
    return replace(source, columns=list_columns(grant))


def read_page(
    actor: Actor, source: Source, ask: Ask, *, after: int = 0, skip: int = 0, limit: int,
    total: bool = False, method: str,
) -> Page:  # fmt: skip
    """A page of rows as the grant gives them. 取页。 Raises what `exchange.look_granted` raises."""
    found = exchange.look_granted(
        actor, source.grant_id, ask, after=after, skip=skip, limit=limit, total=total, method=method
    )
    page = found.page
    return Page(
        columns=tuple(page.columns), rows=page.rows, version=found.plan.version.number,
        more=page.more, after=page.next_after, total=found.total,
        masked=frozenset(found.plan.masks),
    )  # fmt: skip
