"""Rows of a plan from the projection, where its filter names a key. 按键取数。

The plan was decided as always; this only finds its rows without the engine, and holds each against
the whole filter of the plan, in Python, by the meaning of the query language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from django.db import connection

from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import All, Compare, Field, In, Literal, Node
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.lookup.models import Projection

from .tables import Cells, digest_key, select_rows

KEYS = 200
"""Keys of one look-up. 键数上限。"""
ROWS = 2_000
"""Rows of one look-up; where keys repeat more often the engine answers. 行数上限。"""


def find_keyed_rows(plan: exchange.Plan) -> Sequence[tuple[int, Cells]] | None:
    """All rows of a plan that names keys, masked and in order; None where it does not. 按键取行。"""
    named = read_equalities(plan.where)
    if not named:
        return None
    made = _find(plan, named)
    show = exchange.show_values(plan) if made else None
    if made is None or show is None or plan.where is None:
        return None
    keys = [digest_key(one) for one in product(*(named[name] for name in made.key))]
    found = select_rows(made, keys, ROWS + 1) if len(keys) <= KEYS else []
    if len(found) > ROWS or len(keys) > KEYS:
        return None
    rows = [(number, dict(zip(made.columns, cells, strict=True))) for number, cells in found]
    return [(number, show(row)) for number, row in rows if query.evaluate(plan.where, row)]


def read_equalities(where: Node | None) -> Mapping[str, tuple[str, ...]]:
    """The texts that columns must equal wherever the filter holds. 等值条件。"""
    if isinstance(where, All):
        return {
            name: texts for part in where.parts for name, texts in read_equalities(part).items()
        }
    match where:
        case Compare(operator="=", left=Field(name=name), right=Literal(value=str(text))):
            return {name: (text,)}
        case Compare(operator="=", left=Literal(value=str(text)), right=Field(name=name)):
            return {name: (text,)}
        case In(item=Field(name=name), options=options):
            return {name: tuple(str(one.value) for one in options)}
    return {}


def _find(plan: exchange.Plan, named: Mapping[str, tuple[str, ...]]) -> Projection | None:
    """The projection that holds the version and all columns that the plan needs."""
    needed = {*plan.columns, *(query.list_fields(plan.where) if plan.where else ())}
    whose = exchange.needs_whose(plan)
    made = Projection.objects.filter(
        resource_id=plan.grant.resource_id, pool_version=plan.version.id, ended_at=None,
        ready_at__isnull=False, vendor=connection.vendor,
    ).order_by("-id").first()  # fmt: skip
    if made is None or not {*made.key} <= {*named} or not needed | whose <= {*made.columns}:
        return None
    return made
