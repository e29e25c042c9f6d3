"""Versions of tables: commit, read back, withdraw, purge. 版本。"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.errors import Conflict, NotFound
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.pool.models import Part, Profile, Table, Version, VersionState
from yiwang.kernel.pool.types import ColumnProfile, CommitPlan, DeliveryKind, Staged, VersionInfo

from . import profiling
from .engine import pool_folder
from .planning import find_head, plan_commit
from .staging import flush_folder

PART_KINDS = {"full": "base", "append": "base", "upsert": "delta", "delete": "delete"}


def create_table(act: Act, *, name: str) -> str:
    """Create an empty table and give its id. 建表。 The caller has authorized the act."""
    return Table.objects.create(name=name[:400], act_id=act.id, created_at=act.at).id


def commit(
    act: Act,
    table_id: str,
    staged: Staged,
    *,
    kind: DeliveryKind = "full",
    key: Sequence[str] = (),
    plan: CommitPlan | None = None,
    accept_drift: bool = False,
) -> VersionInfo:
    """Make staged rows the next version of the table. 提交版本。

    Inside the act's transaction: the files take their lasting place first, then the manifest row
    appears, so a crash leaves the previous version whole. Of two commits on one parent one wins,
    the other gets Conflict. A `plan` made before spares the checks here.
    """
    plan = plan or plan_commit(table_id, staged, kind=kind, key=key, accept_drift=accept_drift)
    parent = find_head(table_id, lock=True)
    if (parent.id if parent else None) != plan.parent_id:
        raise Conflict("pool.commit.overtaken", "Another delivery was committed meanwhile")
    version = _insert_version(act, plan, staged, parent)
    _insert_parts(version, plan, staged)
    if staged.profile:
        Profile.objects.create(
            version=version, scope="delivery", columns=profiling.to_json(staged.profile)
        )
    return describe(version)


def get_version(version_id: str) -> VersionInfo:
    """One version, whatever its state. 取版本。"""
    return describe(_get(version_id))


def find_latest(table_id: str) -> VersionInfo | None:
    """The version that counts now. 当前版本。"""
    head = find_head(table_id)
    return describe(head) if head else None


def latest_of(table: Any) -> QuerySet[Version, Any]:
    """The id of the version that counts as a subquery; `table` may be an outer reference. 当前版本子查询。"""
    rows = Version.objects.filter(table=table, state=VersionState.LIVE)
    return rows.order_by("-number").values("id")[:1]


def list_versions(table_id: str) -> list[VersionInfo]:
    """All versions of a table, newest first. 版本列表。"""
    return [describe(row) for row in Version.objects.filter(table_id=table_id).order_by("-number")]


def get_versions(version_ids: Iterable[str]) -> dict[str, VersionInfo]:
    """Versions by id, in one query. 批量取版本。"""
    return {row.id: describe(row) for row in Version.objects.filter(id__in=list(version_ids))}


def withdraw(act: Act, version_id: str) -> VersionInfo:
    """Take a version out of count. 撤回版本。

    The state before it counts again, as if it had never come. Refused while a later version
    stands on it, because a version never changes its rows: withdraw that one first.
    """
    version = _get(version_id, lock=True)
    if version.state != VersionState.LIVE:
        raise Conflict("pool.version.not_live", "This version is already out of count")
    _refuse_if_built_on(version, [VersionState.LIVE])
    version.state = VersionState.WITHDRAWN
    version.save(update_fields=["state"])
    act.note(withdrawn=version.number)
    return describe(version)


def purge(act: Act, version_id: str) -> VersionInfo:
    """Destroy a version that should never have come. 清除版本。

    Its files go from the disk when the transaction is through; the row stays with the digest.
    Refused while any version that can still be read stands on it.
    """
    version = _get(version_id, lock=True)
    if version.state == VersionState.PURGED:
        raise Conflict("pool.version.purged", "This version is already purged")
    _refuse_if_built_on(version, [VersionState.LIVE, VersionState.WITHDRAWN])
    version.state = VersionState.PURGED
    version.save(update_fields=["state"])
    Profile.objects.filter(version=version).delete()
    parts = Part.objects.filter(version=version)
    files = [pool_folder() / part.path for part in parts]
    parts.update(present=False, smallest_key="", largest_key="")
    act.note(purged=version.number, digest=version.digest)
    transaction.on_commit(lambda: _remove(files))
    return describe(version)


def get_delivery_profile(version_id: str) -> tuple[ColumnProfile, ...]:
    """What was brought with this version. 报送概况。 Empty when none was made."""
    stored = Profile.objects.filter(version_id=version_id, scope="delivery").first()
    return profiling.from_json(stored.columns) if stored else ()


def describe(version: Version) -> VersionInfo:
    """The row as others see it. 版本信息。"""
    return VersionInfo(
        id=version.id,
        table_id=version.table_id,
        number=version.number,
        kind=version.kind,
        state=version.state,
        columns=tuple(version.columns),
        key=tuple(version.key),
        rows=version.rows,
        delivered=version.delivered,
        digest=version.digest,
        act_id=version.act_id,
        parent_id=version.parent_id,
        created_at=version.created_at,
    )


def _get(version_id: str, *, lock: bool = False) -> Version:
    rows = Version.objects.select_for_update() if lock else Version.objects.all()
    found = rows.filter(id=version_id).first()
    if found is None:
        raise NotFound("pool.version.unknown", "There is no such version")
    return found


def _insert_version(act: Act, plan: CommitPlan, staged: Staged, parent: Version | None) -> Version:
    last = Version.objects.filter(table_id=plan.table_id).order_by("-number").first()
    first_row = 0 if plan.kind == "full" or parent is None else parent.next_row
    try:
        with transaction.atomic():
            return Version.objects.create(
                table_id=plan.table_id,
                number=last.number + 1 if last else 1,
                kind=plan.kind,
                parent=parent,
                columns=list(plan.columns),
                key=list(plan.key),
                rows=plan.rows,
                delivered=staged.rows,
                next_row=first_row + (0 if plan.kind == "delete" else staged.rows),
                digest=digest_of([part.sha256 for part in staged.parts]),
                act_id=act.id,
                created_at=act.at,
            )
    except IntegrityError as error:
        raise Conflict(
            "pool.commit.overtaken", "Another delivery was committed meanwhile"
        ) from error


def _insert_parts(version: Version, plan: CommitPlan, staged: Staged) -> None:
    folder = pool_folder()
    row = version.next_row - (0 if plan.kind == "delete" else staged.rows)
    rows = []
    for part in staged.parts:
        part_id = new_id()
        rows.append(
            Part(
                id=part_id,
                version=version,
                kind=PART_KINDS[plan.kind],
                path=place_part(folder, part_id, part.path),
                sha256=part.sha256,
                bytes=part.bytes,
                rows=part.rows,
                first_row=row,
                smallest_key=plan.smallest_key,
                largest_key=plan.largest_key,
            )
        )
        row += part.rows
    Part.objects.bulk_create(rows)


def place_part(folder: Path, part_id: str, staged: Path) -> str:
    """Move a staged file to its lasting place; gives the path within the pool. 安放分片。"""
    name = part_id.replace(":", "-")
    relative = f"parts/{name[-2:].lower()}/{name}.parquet"
    target = folder / relative
    target.parent.mkdir(exist_ok=True)
    staged.rename(target)
    flush_folder(target.parent)
    return relative


def digest_of(digests: Iterable[str]) -> str:
    """One digest over the parts of a version, in order. 版本摘要。"""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _refuse_if_built_on(version: Version, states: list[str]) -> None:
    later = Version.objects.filter(parent=version, state__in=states).exclude(kind="full")
    numbers = [str(number) for number in later.values_list("number", flat=True)]
    if numbers:
        raise Conflict(
            "pool.version.built_on",
            "Version %(number)s cannot go: version %(later)s stands on it. Withdraw that one first",
            number=version.number,
            later=", ".join(numbers),
        )


def _remove(files: list[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
