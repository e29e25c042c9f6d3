"""Does a delivery fit the table it is for? 提交前检查。

Everything slow about a commit happens here, before its transaction opens.
"""

from __future__ import annotations

from collections.abc import Sequence

from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.pool.models import Table, Version, VersionState
from yiwang.kernel.pool.types import ColumnDrift, CommitPlan, DeliveryKind, Staged

from .engine import Connection, engine
from .reading import relation_of
from .sql import name_list, quote_name, quote_text

SHOWN_KEYS = 5


def plan_commit(
    table_id: str,
    staged: Staged,
    *,
    kind: DeliveryKind,
    key: Sequence[str] = (),
    accept_drift: bool = False,
) -> CommitPlan:
    """Check a delivery and count what it will do. 制定提交计划。

    InvalidInput when its columns have drifted (a full delivery may with `accept_drift`), when the
    key's columns are missing, or when an upsert or delete repeats a key or leaves one blank.
    """
    if not Table.objects.filter(id=table_id).exists():
        raise NotFound("pool.table.unknown", "There is no such table")
    parent = find_head(table_id)
    key = tuple(key) or (tuple(parent.key) if parent else ())
    if kind != "full" and parent is None:
        raise InvalidInput(
            "pool.commit.no_base", "The first delivery of a table must be a full one"
        )
    _check_columns(staged, parent, kind, key, accept_drift=accept_drift)
    if kind in ("full", "append"):
        return _plan_rows(table_id, staged, parent, kind, key)
    assert parent is not None  # noqa: S101 - checked above: only a full delivery comes first
    return _plan_keyed(table_id, staged, parent, kind, key)


def find_head(table_id: str, *, lock: bool = False) -> Version | None:
    """The newest version that counts. 当前版本。"""
    rows = Version.objects.filter(table_id=table_id, state=VersionState.LIVE)
    if lock:
        # The table's row is what commits queue at where the database has row locks.
        Table.objects.select_for_update().filter(id=table_id).first()
    return rows.order_by("-number").first()


def compare_columns(before: Sequence[str], after: Sequence[str]) -> ColumnDrift:
    """How a header differs from the one before. 列差异。"""
    old, new = set(before), set(after)
    if old == new:
        return ColumnDrift(reordered=list(before) != list(after))
    renamed = tuple(
        (was, now)
        for was, now in zip(before, after, strict=False)
        if was not in new and now not in old and len(before) == len(after)
    )
    gone, came = {was for was, _ in renamed}, {now for _, now in renamed}
    return ColumnDrift(
        added=tuple(name for name in after if name not in old | came),
        removed=tuple(name for name in before if name not in new | gone),
        renamed=renamed,
        reordered=[name for name in before if name in new]
        != [name for name in after if name in old],
    )


def describe_drift(drift: ColumnDrift) -> str:
    """The difference in one line: + added, - removed, old → new, ⇄ order. 列差异说明。"""
    parts = [f"+ {name}" for name in drift.added] + [f"- {name}" for name in drift.removed]
    parts += [f"{was} → {now}" for was, now in drift.renamed]
    return "; ".join([*parts, *(["⇄"] if drift.reordered else [])])


def _check_columns(
    staged: Staged,
    parent: Version | None,
    kind: str,
    key: tuple[str, ...],
    *,
    accept_drift: bool,
) -> None:
    missing = [name for name in key if name not in staged.columns]
    if missing or (kind in ("upsert", "delete") and not key):
        raise InvalidInput(
            "pool.commit.key_missing",
            "The delivery lacks the key column %(columns)s",
            columns=", ".join(missing) or "?",
        )
    if parent is None:
        return
    if kind == "delete":
        expected = [name for name in parent.columns if name in staged.columns]
    else:
        expected = list(parent.columns)
    drift = compare_columns(expected, staged.columns)
    if drift and not (accept_drift and kind == "full"):
        raise InvalidInput(
            "pool.commit.drift",
            "The columns differ from those of version %(version)s: %(drift)s",
            version=parent.number,
            drift=describe_drift(drift),
            added=list(drift.added),
            removed=list(drift.removed),
            renamed=[list(pair) for pair in drift.renamed],
            reordered=drift.reordered,
        )


def _plan_rows(
    table_id: str,
    staged: Staged,
    parent: Version | None,
    kind: DeliveryKind,
    key: tuple[str, ...],
) -> CommitPlan:
    before = parent.rows if parent and kind == "append" else 0
    smallest, largest = _key_range(staged, key)
    return CommitPlan(
        table_id=table_id,
        parent_id=parent.id if parent else None,
        kind=kind,
        key=key,
        columns=staged.columns,
        rows=before + staged.rows,
        inserted=staged.rows,
        changed=0,
        removed=parent.rows if parent and kind == "full" else 0,
        smallest_key=smallest,
        largest_key=largest,
    )


def _plan_keyed(
    table_id: str, staged: Staged, parent: Version, kind: DeliveryKind, key: tuple[str, ...]
) -> CommitPlan:
    if parent.key and tuple(parent.key) != key:
        raise InvalidInput(
            "pool.commit.key_changed",
            "The key of this table is %(key)s",
            key=", ".join(parent.key),
        )
    with engine() as connection:
        source = _staged_source(staged)
        _check_keys(connection, source, key)
        replaced, matched = _count_replaced(connection, source, parent, key)
        smallest, largest = _key_range(staged, key, connection)
    came = staged.rows if kind == "upsert" else 0
    return CommitPlan(
        table_id=table_id,
        parent_id=parent.id,
        kind=kind,
        key=key,
        columns=tuple(parent.columns),
        rows=parent.rows - replaced + came,
        inserted=came - matched if came else 0,
        changed=matched if came else 0,
        removed=replaced if kind == "delete" else 0,
        smallest_key=smallest,
        largest_key=largest,
    )


def _staged_source(staged: Staged) -> str:
    files = ", ".join(quote_text(part.path) for part in staged.parts)
    return f"read_parquet([{files}])"


def _check_keys(connection: Connection, source: str, key: tuple[str, ...]) -> None:
    names = name_list(key)
    blank = " OR ".join(f"coalesce(trim({quote_name(name)}), '') = ''" for name in key)
    counted = connection.execute(f"SELECT count(*) FROM {source} WHERE {blank}").fetchone()
    if counted and counted[0]:
        raise InvalidInput(
            "pool.commit.key_blank",
            "%(rows)s rows of the delivery have a blank key",
            rows=counted[0],
        )
    repeated = connection.execute(
        f"SELECT min(place), max(place) FROM (SELECT {names}, row_number() OVER () AS place"
        f" FROM {source}) GROUP BY {names} HAVING count(*) > 1 ORDER BY 1 LIMIT {SHOWN_KEYS}"
    ).fetchall()
    if repeated:
        # Rows, never the key itself: it may be personal, and errors are read by more people.
        raise InvalidInput(
            "pool.commit.key_repeated",
            "The delivery holds the same key more than once, in rows %(rows)s",
            rows=", ".join(f"{first} = {last}" for first, last in repeated),
        )


def _count_replaced(
    connection: Connection, source: str, parent: Version, key: tuple[str, ...]
) -> tuple[int, int]:
    """Rows of the parent that the delivery's keys meet, and how many keys meet any."""
    names = name_list(key)
    found = connection.execute(
        f"""
        SELECT coalesce(sum(n), 0), count(*) FROM
            (SELECT {names}, count(*) AS n FROM {relation_of(parent)} GROUP BY {names})
            SEMI JOIN (SELECT {names} FROM {source}) USING ({names})
        """
    ).fetchone()
    return (int(found[0]), int(found[1])) if found else (0, 0)


def _key_range(
    staged: Staged, key: tuple[str, ...], connection: Connection | None = None
) -> tuple[str, str]:
    """The smallest and largest value of the first key column, as far as a manifest shows them."""
    if not key or not staged.rows:
        return "", ""
    for column in staged.profile:
        if column.name == key[0]:
            return (column.smallest or "")[:200], (column.largest or "")[:200]
    if connection is None:
        return "", ""
    name = quote_name(key[0])
    found = connection.execute(
        f"SELECT left(min({name}), 200), left(max({name}), 200) FROM {_staged_source(staged)}"
    ).fetchone()
    return (found[0] or "", found[1] or "") if found else ("", "")
