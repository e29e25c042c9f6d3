"""Check-only: whether stated values match a row, and nothing else. 仅核验。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.query import services as query
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange.models import Grant
from yiwang.nets.share.exchange.types import Ask, Method

from .deciding import Plan, make_plan
from .delivering import hand_out
from .finding import ref_of
from .keying import list_keys, match_node, match_text
from .missing import count_misses, refuse_missed

RECORDS = 100
LONGEST = 500
Record = Mapping[str, str]


def check_records(actor: Actor, grant_id: str, records: Sequence[Record]) -> list[bool]:
    """Whether each record of stated values matches a row; never why not. 核验。

    Up to `RECORDS` records, column to text, each with all key columns and one more unless nothing
    but the key was asked for. All are counted against rate and quota. TooMany once too many did
    not match that day, of a key or at all. For holders of `share.grant.use` of the organization.
    """
    if not 1 <= len(records) <= RECORDS:
        raise InvalidInput("exchange.check.records", "State 1 to %(most)s records", most=RECORDS)
    stated = tuple(dict.fromkeys(name for record in records for name in record))
    ask = Ask(columns=stated, records=len(records))
    plan = make_plan(actor, grant_id, ask)
    keys = list_check_keys(plan.grant, plan.version.columns)
    wanted = _read(plan, keys, records)
    names = [" ".join(record[one] for one in keys) for record in wanted]
    with ledger.acting(actor, "share.grant.check", on=ref_of(plan.grant)) as act:
        hand_out(actor, plan, ask, rows=len(records), method=Method.CHECK)
        refuse_missed(plan.grant, names)
        answers = _compare(plan, keys, wanted)
        missed = [name for name, held in zip(names, answers, strict=True) if not held]
        count_misses(act, plan.grant, missed)
    return answers


def list_check_keys(grant: Grant, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that every record states; InvalidInput where the resource has none. 必填主键列。"""
    keys = list_keys(grant.resource)
    if not keys or not set(keys) <= set(columns):
        raise InvalidInput(
            "exchange.check.no_key", "This resource has no key by which it could be checked"
        )
    return keys


def _read(plan: Plan, keys: Sequence[str], records: Sequence[Record]) -> list[Record]:
    elements = {item.name: item.effective for item in catalog.list_items(plan.grant.resource_id)}
    alone = set(plan.grant.request.columns) <= set(keys)
    read: list[Record] = []
    for record in records:
        if not set(keys) <= set(record) or not (alone or set(record) - set(keys)):
            raise InvalidInput(
                "exchange.check.columns",
                "Each record states %(keys)s and at least one more column",
                keys=list(keys),
            )
        if any(len(text) > LONGEST for text in record.values()):
            raise InvalidInput("exchange.check.long", "A stated value is too long")
        found = {one: match_text(one, elements.get(one, ""), text) for one, text in record.items()}
        if not all(found.values()):
            raise InvalidInput("exchange.check.blank", "Each stated value has to say something")
        read.append(found)
    return read


def _compare(plan: Plan, keys: Sequence[str], records: Sequence[Record]) -> list[bool]:
    elements = {item.name: item.effective for item in catalog.list_items(plan.grant.resource_id)}
    shown = {
        name: query.compile(match_node(name, elements.get(name, "")), "duckdb")
        for name in plan.columns
    }
    condition, parameters = catalog.compile_where(plan.where)
    return pool.find_matches(
        plan.version.id, shown, records, key=keys, where=condition, parameters=parameters
    )
