"""Looking into a resource: rows and profile, personal data masked. 查看数据。

Columns that are, or only look like, a personal element are masked on every page and export until
the actor states a purpose; that statement and every page that shows personal data are rows in the
ledger. A masked column can be neither filtered nor sorted by: the answer would give it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput, NotFound, NotPermitted
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ColumnProfile, ValueCount, VersionInfo
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Node
from yiwang.nets.share.catalog.models import Resource, Unmasking

from .entries import get_resource, name_codes, ref_of
from .grading import describe_mark
from .permissions import EXPORT, LOOK, UNMASK
from .sight import HIDDEN, TEXT, hide, hide_sql, record_look, sight_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Look:
    """One page of rows as the actor may see them. 数据页。"""

    columns: tuple[str, ...]
    masked: frozenset[str]
    personal: frozenset[str]
    rows: tuple[tuple[int, tuple[str | None, ...]], ...]
    version: VersionInfo
    more: bool
    next_after: int


@dataclass(frozen=True, slots=True)
class NamedLook:
    """A look at personal data with the names of who looked. 查阅记录。"""

    look: ledger.Look
    account: str
    organization: str


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a shown column: its element's name, whether it is masked. 列头。"""

    name: str
    note: str = ""
    masked: bool = False


def look_rows(
    actor: Actor,
    resource_id: str,
    *,
    version: int | None = None,
    where: Node | None = None,
    columns: Sequence[str] = (),
    after: int = 0,
    limit: int = PAGE,
    place: str = "page",
) -> Look:
    """A page of rows of one version, the newest unless named. 查看数据行。

    Holders of `share.resource.look` for the owner. Leaves one read row where any column is
    personal. Raises NotPermitted for a filter on a masked column.
    """
    resource = get_resource(actor, resource_id)
    actor.require(LOOK, organization=resource.owner)
    found = get_version(resource, version)
    sight = sight_of(actor, resource, found.columns)
    refuse_masked_filter(where, sight.masks)
    condition, parameters = compile_where(where)
    page = pool.list_rows(
        found.id,
        columns=columns,
        where=condition,
        parameters=parameters,
        after=after,
        limit=min(limit, 500),
    )
    record_look(actor, sight, columns=page.columns, rows=len(page.rows), place=place)
    return Look(
        columns=page.columns,
        masked=frozenset(sight.masks),
        personal=sight.personal & set(page.columns),
        rows=tuple((row, _mask_row(page.columns, cells, sight.masks)) for row, cells in page.rows),
        version=found,
        more=page.more,
        next_after=page.next_after,
    )


def look_row(
    actor: Actor, resource_id: str, row: int, *, version: int | None = None
) -> tuple[Look, VersionInfo | None]:
    """One row of a version, masked as on pages, and the version it came with. 查看单行与来源。

    Holders of `share.resource.look` for the owner. Raises NotFound where there is no such row.
    """
    missing = NotFound("catalog.row.missing", "There is no row %(row)s in this version", row=row)
    if not 0 < row < LAST_ROW:
        raise missing
    look = look_rows(
        actor, resource_id, version=version, after=row - 1, limit=1, place=f"row {row}"
    )
    if not look.rows or look.rows[0][0] != row:
        raise missing
    return look, pool.origin_of(look.version.id, row)


LAST_ROW = 1 << 62


def look_profile(
    actor: Actor, resource_id: str, *, version: int | None = None, place: str = "profile"
) -> tuple[VersionInfo, list[ColumnProfile]]:
    """What each column looks like; values of personal columns masked. 查看概况。"""
    resource = get_resource(actor, resource_id)
    actor.require(LOOK, organization=resource.owner)
    found = get_version(resource, version)
    sight = sight_of(actor, resource, found.columns)
    columns = pool.profile(found.id)
    record_look(actor, sight, columns=found.columns, rows=0, place=place)
    return found, [_mask_profile(column, sight.masks.get(column.name)) for column in columns]


def export_rows(
    actor: Actor,
    resource_id: str,
    target: Path,
    *,
    version: int | None = None,
    where: Node | None = None,
) -> VersionInfo:
    """Write the rows to a file by its ending: CSV, XLSX or Parquet, masked as on pages. 导出。

    Holders of `share.resource.export` for the owner. Formulas are defused in CSV and XLSX.
    """
    resource = get_resource(actor, resource_id)
    actor.require(EXPORT, organization=resource.owner)
    found = get_version(resource, version)
    sight = sight_of(actor, resource, found.columns)
    refuse_masked_filter(where, sight.masks)
    with ledger.acting(actor, "share.resource.export", on=ref_of(resource)) as act:
        condition, parameters = compile_where(where)
        rows = pool.export_rows(
            found.id,
            target,
            where=condition,
            parameters=parameters,
            shown=_sql(sight.masks),
            mark=describe_mark(resource.grade, actor),
        )
        act.note(
            rows=rows,
            version=found.number,
            unmasked=sight.unmasking is not None,
            grade=resource.grade,
        )
        record_look(actor, sight, columns=found.columns, rows=rows, place="export")
    return found


def unmask_resource(actor: Actor, resource_id: str, *, purpose: str) -> Unmasking:
    """Show personal data unmasked to this actor for a while, for a stated purpose. 申请明文查看。

    Holders of `share.resource.unmask` for the owner; `YIWANG_UNMASK_MINUTES` (10 unless set).
    """
    resource = get_resource(actor, resource_id)
    actor.require(UNMASK, organization=resource.owner)
    purpose = " ".join(purpose.split())
    if len(purpose) < 4:
        raise InvalidInput("catalog.purpose.missing", "State the purpose in a few words")
    with ledger.acting(actor, "share.resource.unmask", on=ref_of(resource), reason=purpose) as act:
        until = act.at + timedelta(minutes=settings.YIWANG_UNMASK_MINUTES)
        return Unmasking.objects.create(
            account=actor.id, resource=resource, purpose=purpose, until=until
        )


def end_unmasking(actor: Actor, resource_id: str) -> None:
    """Mask again at once. 结束明文查看。"""
    resource = get_resource(actor, resource_id)
    with ledger.acting(actor, "share.resource.mask", on=ref_of(resource)):
        Unmasking.objects.filter(account=actor.id, resource=resource, until__gt=now()).update(
            until=now()
        )


def get_version(resource: Resource, number: int | None) -> VersionInfo:
    """The version of that number, the newest unless named. 取版本。"""
    found = _find_version(resource.table, number) if resource.table else None
    if found is None:
        raise NotFound(
            "catalog.version.missing", "%(resource)s has no such version", resource=resource.name
        )
    return found


def _find_version(table: str, number: int | None) -> VersionInfo | None:
    if number is None:
        return pool.find_latest(table)
    return next((one for one in pool.list_versions(table) if one.number == number), None)


def list_looks(actor: Actor, resource_id: str, limit: int = 100) -> list[NamedLook]:
    """Who looked at personal data of a resource, newest first. 谁查阅过。

    Holders of `share.resource.look` for the owner.
    """
    resource = get_resource(actor, resource_id)
    actor.require(LOOK, organization=resource.owner)
    looks = ledger.list_looks(ref_of(resource), limit=limit)
    accounts = ledger.get_actor_labels({look.actor_id for look in looks})
    organizations = name_codes({look.organization for look in looks})
    return [
        NamedLook(
            look,
            accounts.get(look.actor_id, look.actor_id),
            organizations.get(look.organization, ""),
        )
        for look in looks
    ]


def list_versions(actor: Actor, resource_id: str) -> list[VersionInfo]:
    """The versions of a resource, newest first. 版本列表。"""
    resource = get_resource(actor, resource_id)
    return pool.list_versions(resource.table) if resource.table else []


def compile_where(where: Node | None) -> tuple[str, list[object]]:
    """A filter as SQL of the pool, with its parameters. 编译筛选。"""
    if where is None:
        return "", []
    compiled = query.compile(where, "duckdb")
    return compiled.sql, list(compiled.params)


def refuse_masked_filter(where: Node | None, masks: Mapping[str, str]) -> None:
    """Refuse to filter by what is masked. 禁止按脱敏列筛选。"""
    used = sorted(set(query.list_fields(where)) & set(masks)) if where else []
    if used:
        raise NotPermitted(
            "catalog.look.masked",
            "%(columns)s is masked and cannot be searched; state a purpose first",
            columns=", ".join(used),
        )


def _sql(masks: Mapping[str, str]) -> dict[str, str]:
    return {column: hide_sql(element, pool.quote_name(column)) for column, element in masks.items()}


def _mask_row(
    columns: Sequence[str], cells: Sequence[str | None], masks: Mapping[str, str]
) -> tuple[str | None, ...]:
    return tuple(
        hide(masks[name], cell) if name in masks else cell
        for name, cell in zip(columns, cells, strict=True)
    )


def _mask_profile(column: ColumnProfile, element: str | None) -> ColumnProfile:
    if element is None:
        return column
    return replace(
        column,
        top=tuple(ValueCount(_hide_cut(element, one.value), one.rows) for one in column.top),
        smallest=_hide_cut(element, column.smallest),
        largest=_hide_cut(element, column.largest),
    )


def _hide_cut(element: str, text: str | None) -> str | None:
    """A value of a profile: one that was cut may end within what would be known whole. 截断取值。"""
    cut = element == TEXT and text is not None and len(text) >= pool.SHOWN
    return hide(HIDDEN if cut else element, text)
