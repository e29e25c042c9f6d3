"""The differences themselves: pages, outcomes, files. 查看差异。

Whoever looks at rows must be allowed to look into both registers. A column worked out from a
personal one is masked like it, and cannot be searched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import KeyPair
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import EXPORT, LOOK
from yiwang.nets.share.compare.models import Comparison, Outcome
from yiwang.nets.share.compare.types import (
    CLASSES,
    DifferenceRow,
    OutcomeCode,
    OutcomeInfo,
    Request,
)

from .asking import join_masks, list_used, mask_of, record_sides, show_key
from .permissions import RUN
from .running import get_comparison, grade_of, ref_of

PAGE = 50
BULK = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which differences: of one class, holding a text, with an outcome, in one value. 筛选条件。

    `outcome` is an outcome's code, or `open` for rows without one; `value` counts from 1.
    """

    klass: str = ""
    text: str = ""
    outcome: str = ""
    value: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of differences. 差异页。"""

    rows: tuple[DifferenceRow, ...]
    more: bool
    next_after: int


def list_differences_of(
    actor: Actor,
    comparison_id: str,
    *,
    wanted: Wanted | None = None,
    after: int = 0,
    limit: int = PAGE,
) -> Page:
    """A page of differences. 差异列表。 Leaves a read row where any column is personal."""
    wanted = wanted or Wanted()
    comparison = _get(actor, comparison_id)
    view = _view(actor, comparison)
    masks = view.masks
    where, parameters = _where(comparison, masks, wanted)
    page = pool.list_rows(
        comparison.rows_version, where=where, parameters=parameters, after=after, limit=limit
    )
    view.record(len(page.rows), "comparison")
    outcomes = get_outcomes(comparison, [number for number, _ in page.rows])
    rows = tuple(
        _row(number, dict(zip(page.columns, cells, strict=True)), masks, outcomes.get(number))
        for number, cells in page.rows
    )
    return Page(rows, page.more, page.next_after)


def get_difference(actor: Actor, comparison_id: str, row: int) -> DifferenceRow:
    """One difference. 取差异。"""
    comparison = _get(actor, comparison_id)
    cells = pool.find_row(comparison.rows_version, row)
    if cells is None:
        raise NotFound("compare.row.missing", "This comparison has no such row")
    view = _view(actor, comparison)
    view.record(1, "comparison row")
    columns = pool.get_version(comparison.rows_version).columns
    outcome = get_outcomes(comparison, [row]).get(row)
    return _row(row, dict(zip(columns, cells, strict=True)), view.masks, outcome)


def set_outcome(
    actor: Actor, comparison_id: str, rows: Iterable[int], *, code: str, note: str = ""
) -> int:
    """Say what checking some differences came to, and how many rows that were. 登记核实结果。

    Holders of `share.compare.run` for the comparison's organization; at most 5,000 rows at once.
    """
    comparison = _get(actor, comparison_id)
    actor.require(RUN, organization=comparison.organization)
    wanted = sorted(set(rows))
    if code not in OutcomeCode.values:
        raise InvalidInput("compare.outcome.unknown", "Choose an outcome")
    last = pool.get_version(comparison.rows_version).rows
    if not wanted or len(wanted) > BULK or wanted[0] < 1 or wanted[-1] > last:
        raise InvalidInput(
            "compare.outcome.rows", "Choose between 1 and %(most)s rows of the list", most=BULK
        )
    with ledger.acting(
        actor, "share.compare.outcome", on=ref_of(comparison), reason=note.strip()[:200]
    ) as act:
        Outcome.objects.bulk_create(
            Outcome(
                comparison=comparison,
                row=row,
                code=code,
                note=note.strip()[:1000],
                account=actor.id,
                act_id=act.id,
                created_at=act.at,
            )
            for row in wanted
        )
        act.note(outcome=code, rows=len(wanted))
    return len(wanted)


def get_outcomes(comparison: Comparison, rows: Sequence[int]) -> dict[int, OutcomeInfo]:
    """The newest outcome of each row, in one query. 最新核实结果。"""
    found = Outcome.objects.filter(comparison=comparison, row__in=list(rows)).order_by("id")
    return {one.row: _outcome(one) for one in found}


def list_outcomes(actor: Actor, comparison_id: str, row: int) -> list[OutcomeInfo]:
    """All that was found out about a row, newest first. 核实历史。"""
    comparison = _get(actor, comparison_id)
    found = Outcome.objects.filter(comparison=comparison, row=row).order_by("-id")
    return [_outcome(one) for one in found]


def export_comparison(actor: Actor, comparison_id: str, target: Path, *, klass: str = "") -> int:
    """Write the differences to a .csv, .xlsx or .parquet file, masked as on pages. 导出差异。

    Holders of `share.resource.export` for both owners.
    """
    comparison = _get(actor, comparison_id, permission=EXPORT)
    view = _view(actor, comparison)
    where, parameters = _where(comparison, {}, Wanted(klass=klass))
    headings = heading_of(comparison)
    grade = grade_of(comparison)
    with ledger.acting(actor, "share.compare.export", on=ref_of(comparison)) as act:
        rows = pool.export_rows(
            comparison.rows_version,
            target,
            where=where,
            parameters=parameters,
            headings=headings,
            shown={
                name: _mask_sql(name, parts) for name, parts in view.masks.items() if any(parts)
            },
            mark=catalog.describe_mark(grade, actor),
        )
        act.note(rows=rows, klass=klass, grade=grade)
        view.record(rows, "comparison export")
    return rows


def count_rows(comparison: Comparison) -> int:
    """How many differences are listed. 差异行数。"""
    return pool.get_version(comparison.rows_version).rows if comparison.rows_version else 0


def may_look(actor: Actor, comparison: Comparison, *, permission: str = LOOK) -> bool:
    """Whether the actor may see (or with EXPORT take away) rows of both registers. 可否查看。"""
    owners = catalog.get_resources([comparison.left_resource, comparison.right_resource])
    return all(actor.may(permission, organization=one.owner) for one in owners.values())


def list_masked_sides(actor: Actor, comparison: Comparison) -> list[str]:
    """The registers of which personal columns are masked on these pages now. 脱敏的一侧。"""
    view = _view(actor, comparison)
    return [sight.resource.id for sight in view.sights if sight.masks.keys() & view.used(sight)]


def heading_of(comparison: Comparison) -> dict[str, str]:
    """Columns of the listing under the expressions that fill them. 明细列名。"""
    found = {}
    for place, text in enumerate(comparison.values, 1):
        pair = query.parse_key_pair(text)
        found[f"left_{place}"] = f"left: {query.write_text(pair.left)}"
        found[f"right_{place}"] = f"right: {query.write_text(pair.right)}"
    return found


def _get(actor: Actor, comparison_id: str, *, permission: str = LOOK) -> Comparison:
    comparison = get_comparison(actor, comparison_id)
    for resource in _registers(comparison):
        actor.require(permission, organization=resource.owner)
    if not comparison.rows_version:
        raise NotFound("compare.comparison.not_done", "This comparison is not done yet")
    return comparison


def _registers(comparison: Comparison) -> list[catalog.ResourceInfo]:
    ids = [comparison.left_resource, comparison.right_resource]
    found = catalog.get_resources(ids)
    return [found[one] for one in ids]


@dataclass(frozen=True, slots=True)
class _View:
    """What an actor may see of a comparison. `masks`: per column, what masks its parts. 可见范围。"""

    actor: Actor
    request: Request
    sights: tuple[catalog.Sight, catalog.Sight]
    masks: dict[str, tuple[str, ...]]

    def used(self, sight: catalog.Sight) -> set[str]:
        """The columns of one register that stand in the expressions. 所用列。"""
        return list_used(self.request, 0 if sight is self.sights[0] else 1)

    def record(self, rows: int, place: str) -> None:
        """One read row for each register whose personal columns are shown. 记录查阅。"""
        record_sides(self.actor, self.request, self.sights, rows=(rows, rows), place=place)


def _view(actor: Actor, comparison: Comparison) -> _View:
    versions = comparison.left_version, comparison.right_version
    left, right = (
        catalog.sight_of(actor, register, pool.get_version(version).columns)
        for register, version in zip(_registers(comparison), versions, strict=True)
    )
    request = Request(
        *(
            tuple(query.parse_key_pair(text) for text in texts)
            for texts in (comparison.keys, comparison.values, comparison.alternate)
        )
    )

    def mask(pairs: Sequence[KeyPair]) -> tuple[str, ...]:
        return join_masks(
            mask_of([pair.left for pair in pairs], left.masks),
            mask_of([pair.right for pair in pairs], right.masks),
        )

    key, alternate = mask(request.keys), mask(request.alternate)
    masks = {"key": key, "other_key": key}
    masks |= {"left_alternate": alternate, "right_alternate": alternate}
    for place, pair in enumerate(request.values, 1):
        masks[f"left_{place}"] = masks[f"right_{place}"] = mask([pair])
    return _View(actor, request, (left, right), masks)


def _where(
    comparison: Comparison,
    masks: dict[str, tuple[str, ...]],
    wanted: Wanted,
) -> tuple[str, list[object]]:
    conditions: list[str] = []
    parameters: list[object] = []
    if wanted.klass in CLASSES:
        conditions.append("class = ?")
        parameters.append(wanted.klass)
    if wanted.value:
        conditions.append("contains(differs, ?)")
        parameters.append(f",{wanted.value},")
    if wanted.text.strip():
        searched = [
            name
            for name in pool.get_version(comparison.rows_version).columns
            if name in masks and not any(masks[name])
        ]
        tests = [f"contains({pool.quote_name(name)}, ?)" for name in searched]
        conditions.append(f"({' OR '.join(tests) or 'false'})")
        parameters += [wanted.text.strip()] * len(tests)
    if wanted.outcome:
        conditions.append(_with_outcome(comparison, wanted.outcome))
    return " AND ".join(conditions), parameters


def _with_outcome(comparison: Comparison, outcome: str) -> str:
    newest: dict[int, str] = dict(
        Outcome.objects.filter(comparison=comparison).order_by("id").values_list("row", "code")
    )
    chosen = [row for row, code in newest.items() if outcome in ("open", code)]
    listed = ", ".join(str(row) for row in chosen) or "0"
    return f"_row {'NOT IN' if outcome == 'open' else 'IN'} ({listed})"


def _row(
    number: int,
    cells: dict[str, str | None],
    masks: dict[str, tuple[str, ...]],
    outcome: OutcomeInfo | None,
) -> DifferenceRow:
    marks = (cells["differs"] or "").strip(",")
    shown = {
        name: show_key(cell, masks[name], " / ") if name in masks and any(masks[name]) else cell
        for name, cell in cells.items()
    }
    return DifferenceRow(
        row=number,
        klass=cells["class"] or "",
        cells=shown,
        differs=tuple(int(mark) for mark in marks.split(",") if mark),
        outcome=outcome,
    )


def _mask_sql(name: str, parts: Sequence[str]) -> str:
    column = pool.quote_name(name)
    if len(parts) == 1:
        return catalog.hide_sql(parts[0], column)
    # A key of several parts, one of them personal: in a file nothing of it is shown.
    return f"CASE WHEN {column} IS NULL THEN NULL ELSE '***' END"


def _outcome(found: Outcome) -> OutcomeInfo:
    return OutcomeInfo(found.code, found.note, found.account, found.created_at)
