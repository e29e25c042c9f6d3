"""Stopping what looks like a mistake until a person has looked. 异常报送拦截。"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.pool import services as pool
from yiwang.kernel.tabular.types import TableSource
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Resource
from yiwang.nets.share.connect.types import DeliveryKind, Instructions

SEEN = "dependents:"
"""Stands before the sign of the list that a person saw, among what is waived. 已确认影响清单。"""


def refuse_shrink(known: Resource | None, rows: int, told: Instructions) -> None:
    """Hold a full delivery that loses more than a set share of the rows. 数量骤减拦截。

    `YIWANG_SHRINK_SHARE` (0.2 unless set) is the share of the last version's rows.
    """
    if known is None or not known.table or told.kind != DeliveryKind.FULL:
        return
    last = pool.find_latest(known.table)
    share = settings.YIWANG_SHRINK_SHARE
    if "shrink" in told.waived or last is None or rows >= last.rows * (1 - share):
        return
    raise Conflict(
        "connect.held.shrink",
        "Version %(version)s has %(before)s rows and this full delivery has %(after)s: more than "
        "%(share)s%% would go. Land it anyway if that is right",
        version=last.number,
        before=last.rows,
        after=rows,
        share=round(share * 100),
    )


def refuse_kept(known: Resource | None, sender: str) -> None:
    """Refuse what anybody sends in for a resource whose rows an entity keeps. 业务对象资源拒收。"""
    if known is None or not known.kept_by or sender == SYSTEM.id:
        return
    raise Conflict(
        "connect.resource.kept",
        "Entity %(entity)s keeps the rows of %(resource)s; change them in its app",
        entity=known.kept_by,
        resource=known.name,
    )


def refuse_garbled(source: TableSource, file: str, told: Instructions) -> None:
    """Hold a text whose bytes speak for another encoding than the one asked for. 编码不符拦截。"""
    if not source.encoding_instead or "encoding" in told.waived:
        return
    raise Conflict(
        "connect.held.encoding",
        "%(file)s was to be read as %(asked)s, but its bytes are %(found)s throughout: as "
        "%(asked)s its characters would be garbled. Land it again as %(found)s",
        file=file,
        asked=source.encoding,
        found=source.encoding_instead,
    )


def refuse_drift(known: Resource | None, columns: Sequence[str], told: Instructions) -> None:
    """Hold a delivery whose columns are not those of the resource. 结构漂移拦截。

    A full delivery may change them once a person has agreed; append, upsert and delete may not
    (delete needs only the key).
    """
    if known is None or not known.table or told.kind == DeliveryKind.DELETE:
        return
    expected = [item.name for item in catalog.list_items(known.id)]
    if list(columns) == expected:
        return
    missing = [name for name in expected if name not in columns]
    if "drift" in told.waived and told.kind == DeliveryKind.FULL:
        refuse_dependents(known, missing, told)
        return
    raise Conflict(
        "connect.held.drift",
        "The columns are not those of %(resource)s. %(difference)s",
        resource=known.name,
        difference=describe_drift(expected, columns),
        kind=told.kind,
        missing=missing,
    )


def refuse_dependents(known: Resource, missing: Sequence[str], told: Instructions) -> None:
    """Hold a delivery without columns that others use, until a person has seen by whom. 影响确认。

    What an app decided (`exact`) was held against this when it was published. A word holds for the
    list that was seen: whoever joined since is listed anew.
    """
    found = [] if told.exact else catalog.list_dependents(known.id, missing)
    if not found or SEEN + catalog.sign_dependents(found) in told.waived:
        return
    raise Conflict(
        "connect.held.dependents",
        "%(columns)s would go, and %(count)s grants use them: %(grants)s. Look at each, then land "
        "it anyway if that is right",
        columns=missing,
        count=len(found),
        grants=[one.label for one in found if one.direct],
        missing=missing,
        seen=catalog.sign_dependents(found),
    )


def describe_drift(expected: Sequence[str], found: Sequence[str]) -> str:
    """What was added, what is missing, what moved, in one line. 结构差异说明。"""
    added = [name for name in found if name not in expected]
    missing = [name for name in expected if name not in found]
    parts = []
    if added:
        parts.append("+ " + ", ".join(added))
    if missing:
        parts.append("- " + ", ".join(missing))
    if not parts:
        moved = [name for old, name in zip(expected, found, strict=False) if old != name]
        parts.append("↔ " + ", ".join(moved))
    return "; ".join(parts)
