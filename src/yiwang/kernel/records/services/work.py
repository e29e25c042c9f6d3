"""One act on records of one entity: what is asked of it, and what it writes. 写入过程。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction

from yiwang.kernel.base.act import SYSTEM, Act
from yiwang.kernel.base.errors import InvalidInput, NotFound, NotPermitted, Stale
from yiwang.kernel.events import services as events
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records.types import LEVELS, Entity, FieldProblem, Form, Grant, InvalidValues

from . import storing
from .declaring import check_values, compute
from .desk import Desk, may_write
from .plans.access import Access, access_of
from .plans.statements import columns_of, find_row
from .reading import find_seen, stored_values
from .slots import Taking, refuse_lowered
from .storing import Line
from .tables import explain_violation
from .uploads import claim_uploads
from .values import from_stored

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """One act on records of one entity. 写入过程。

    `taking` gathers the places that its records take; several works of one act may share it.
    `seen` are records, by entity, that links may lead to: looked up together where many are written.
    """

    desk: Desk
    entity: Entity
    act: Act
    verb: str
    reason: str
    form: Form | None = None
    shared: Taking | None = None
    taking: Taking = field(init=False)
    seen: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "taking", self.shared or Taking(self.desk, self.entity))

    @property
    def access(self) -> Access:
        """What the desk's grants come to. 授权结果。"""
        return access_of(self.desk, self.entity)

    def check(
        self, values: Values, record_id: str, row: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The values as they may be kept, or everything that is wrong with them. 校验。"""
        allowed = self._writable(row)
        closed = [key for key in values if key not in allowed]
        if closed:
            raise InvalidValues([_closed(key) for key in closed])
        standing = values_of(self.entity, row) if row is not None else None
        told = check_values(self.entity, values, form=self.form, standing=standing)
        self.look_up([told])
        problems = list(self._check_links(told))
        if problems:
            raise InvalidValues(problems)
        told = claim_uploads(self.act, self.entity, record_id, told, standing or {})
        return compute(self.entity, {**(standing or {}), **told})

    def look_up(self, rows: Iterable[Values]) -> None:
        """Look up together where the links of many rows lead. 批量核对关联。"""
        if self.desk.actor is SYSTEM:
            return
        for code, ids in _links_of(self.entity, rows).items():
            seen = self.seen.setdefault(code, set())
            seen |= find_seen(self.desk, code, ids - seen)

    def _check_links(self, told: Values) -> Iterable[FieldProblem]:
        """A link leads to a record that the actor may see; what one may not see is not there."""
        if self.desk.actor is SYSTEM:
            return
        for key, value in told.items():
            field = self.entity.fields[key]
            if field.kind == "link" and value is not None and value not in self.seen[field.to]:
                yield FieldProblem(key, "records.link.unknown", "There is no such record", {})

    def _writable(self, row: Mapping[str, Any] | None) -> frozenset[str]:
        fields = self.entity.fields
        granted: Iterable[Grant] = self.desk.grants_to(self.entity.code, self.verb)
        if row is not None:
            matching = self.access.matching(row)
            granted = [one for one in granted if one in matching]
        return frozenset(
            key
            for key in fields
            if not fields[key].computed
            and any(may_write(self.entity, one, key, self.verb) for one in granted)
        )

    def new_row(self, record_id: str, told: Values, organization: str) -> dict[str, Any]:
        """A row by column. 新行。"""
        owner = self.desk.snapshot.bundles[self.entity.app].owner
        belongs = organization or self.desk.actor.organization or owner
        at = stamp(self.act.at)
        return {
            **dict.fromkeys(columns_of(self.entity)),
            "id": record_id,
            "rev": 1,
            "org": belongs,
            "owner": self.desk.actor.id,
            **levels_of(self.desk, belongs),
            "created_at": at,
            "updated_at": at,
            **stored_values(self.entity, told),
        }

    def require(self, row: Mapping[str, Any], *, scope_only: bool = False) -> None:
        """Raise NotPermitted unless a grant lets the actor have such a row. 要求行权限。"""
        matching = self.access.matching(row, scope_only=scope_only)
        if not any(self.verb in one.verbs for one in matching):
            raise denied(self.verb)

    def lock(self, record_id: str) -> dict[str, Any]:
        """The row for update: what may not be seen is not found, what may not be done refused. 锁定。"""
        found = find_row(self.entity, record_id, lock=True)
        row = dict(zip(columns_of(self.entity), found, strict=True)) if found else {}
        sight = self.access.sight(row) if row else None
        if sight is None or "see" not in sight.verbs:
            raise unknown()
        if self.verb not in sight.verbs:
            raise denied(self.verb)
        return row

    def changes(self, row: Mapping[str, Any], values: Values) -> dict[str, Any]:
        """The columns that values change. 变更列。"""
        stored = stored_values(self.entity, values)
        return {column: value for column, value in stored.items() if row[column] != value}

    def insert(self, rows: list[dict[str, Any]], paths: Sequence[str] = ()) -> None:
        """Insert rows with their first line of history; `paths` is where their problems belong. 插入。"""
        for at, row in enumerate(rows):
            self.taking.change({}, row, paths[at] if paths else "")
        self.taking.look()
        try:
            with transaction.atomic():
                storing.insert_rows(self.entity, rows)
        except IntegrityError as error:
            raise explain_violation(self.entity, error) from None
        self.write_history([Line(row["id"], row["rev"], {}, row) for row in rows])

    def update(self, row: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Write what differs, and the line of history about it. 更新。"""
        self.taking.change(row, after)
        self.taking.look()
        refuse_lowered(self.desk.snapshot, self.entity, row, after)
        changed = {column: value for column, value in after.items() if row[column] != value}
        try:
            with transaction.atomic():
                met = storing.update_row(self.entity, row, changed)
        except IntegrityError as error:
            raise explain_violation(self.entity, error) from None
        if not met:
            raise Stale(*CHANGED)
        before = {column: row[column] for column in changed}
        self.write_history([Line(row["id"], after["rev"], before, changed)])

    def delete(self, row: Mapping[str, Any]) -> None:
        """Delete a row, and write the line of history that keeps all of it. 删除。"""
        self.taking.change(row, {})
        storing.delete_row(self.entity, row)
        self.write_history([Line(row["id"], row["rev"] + 1, row, {})])

    def write_history(self, lines: list[Line]) -> None:
        """Add lines of history. 写历史。"""
        verb = "create" if self.verb == "import" else self.verb
        storing.write_history(self.entity, self.act, verb, lines, self.reason)

    def announce(self, ids: list[str]) -> None:
        """Settle which places are taken now, and say what happened. 结算名额并发布事件。"""
        if self.shared is None:
            self.taking.settle()
        told = {"entity": self.entity.code, "verb": self.verb, "records": ids}
        events.announce(self.act, "records.changed", told)


CHANGED = (
    "records.record.changed",
    "Somebody else has changed this record meanwhile; look again",
)


def _closed(key: str) -> FieldProblem:
    return FieldProblem(key[:80], "records.field.closed", "This cannot be filled in here", {})


def _links_of(entity: Entity, rows: Iterable[Values]) -> dict[str, set[str]]:
    """Where links lead, by entity; what is no text is found wrong elsewhere."""
    links = {key: one.to for key, one in entity.fields.items() if one.kind == "link"}
    found: dict[str, set[str]] = {code: set() for code in links.values()}
    for row in rows if links else ():
        for key in links.keys() & row.keys():
            if isinstance(row[key], str):
                found[links[key]].add(row[key])
    return found


def levels_of(desk: Desk, organization: str) -> dict[str, str | None]:
    """The organization and those above it, the topmost first, by column. 层级列。"""
    known = desk.memo.setdefault("chains", {})
    if organization not in known:
        known[organization] = identity.list_chains([organization]).get(organization)
    chain = known[organization]
    if chain is None:
        raise InvalidInput(
            "records.organization.unknown",
            "There is no organization %(organization)s",
            organization=organization,
        )
    return {f"r{at + 1}": chain[at] if at < len(chain) else None for at in range(LEVELS)}


def denied(verb: str) -> NotPermitted:
    """The refusal of one thing on one record. 无权。"""
    return NotPermitted(
        "records.row.denied", "Your rights do not reach such a record (%(verb)s)", verb=verb
    )


def unknown() -> NotFound:
    """There is no such record, or none that the actor may know of. 无此记录。"""
    return NotFound("records.record.unknown", "There is no such record")


def values_of(entity: Entity, row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row by field, whole. 行内字段值。"""
    return {key: from_stored(field, row[field.column]) for key, field in entity.fields.items()}


def stamp(moment: datetime) -> str:
    """A moment as columns keep it. 时刻。"""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
