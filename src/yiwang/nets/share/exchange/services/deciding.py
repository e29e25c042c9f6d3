"""The one place where it is decided what may leave under a grant. 授权判定。

Denied first, refused where in doubt. Grants are rows of the business database; whether they and what
they stand on have changed is asked at each question, so that a revocation holds for the next one. What is masked follows the items as
they are now: a column in which personal data was found after the grant is masked from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Min, Q, Sum
from django.utils import timezone

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now, today
from yiwang.kernel.base.errors import (
    Conflict,
    InvalidInput,
    NotPermitted,
    TooMany,
    YiwangError,
)
from yiwang.kernel.evidence import services as evidence
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import VersionInfo
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import All, Node
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.types import SharingType, Stage
from yiwang.nets.share.exchange.models import DeliveryOut, Denial, Grant, Terms
from yiwang.nets.share.exchange.types import CHOSEN, MINUTE, WHOLE, Ask, Handed, Method

from .finding import get_terms, missing_grant
from .frames import MARKS, Frame, Marks, Used, find_frame
from .permissions import USE


@dataclass(frozen=True, slots=True)
class Plan:
    """What may leave under a grant now: columns, rows, masks. 取数方案。

    `masks` gives what hides each masked column, `personal` all that are personal, masked or not;
    `left` how many rows of the quota there are.
    """

    grant: Grant
    terms: Terms
    version: VersionInfo
    columns: tuple[str, ...]
    where: Node | None
    masks: Mapping[str, str]
    personal: frozenset[str]
    left: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing leaves; the error says it to people and programs. 拒绝及理由。"""

    error: YiwangError

    @property
    def code(self) -> str:
        """The stable code of the reason. 拒绝代码。"""
        return self.error.code


def decide(actor: Actor, grant_id: str, ask: Ask = WHOLE) -> Plan | Refusal:
    """What may leave for this actor under this grant now, or why nothing. 判定。"""
    try:
        return make_plan(actor, grant_id, ask)
    except YiwangError as error:
        return Refusal(error)


def make_plan(actor: Actor, grant_id: str, ask: Ask = WHOLE) -> Plan:
    """The plan, or the reason as an error: NotPermitted, NotFound, Conflict, TooMany. 取数方案。

    For holders of `share.grant.use` whose own organization has the grant.
    """
    frame, used = _find_standing(actor, grant_id)
    return replace(_plan(frame, ask), left=_count_left(frame, used, ask.records))


def make_use_plan(actor: Actor, grant_id: str, ask: Ask = WHOLE) -> Plan:
    """The plan without asking the quota, for what was counted before or never leaves. 不计额取数方案。"""
    return _plan(_find_standing(actor, grant_id)[0], ask)


def find_standing(actor: Actor, grant_id: str) -> tuple[Grant, Terms]:
    """A grant of the actor's organization and its terms, if it holds now. 有效授权。"""
    frame, _used = _find_standing(actor, grant_id)
    return frame.grant, frame.terms


def _find_standing(actor: Actor, grant_id: str) -> tuple[Frame, Used]:
    actor.require(USE)
    found = find_frame(grant_id, _make_frame)
    if not found or not actor.organization or found[0].grant.organization != actor.organization:
        raise missing_grant()
    frame, used = found
    if frame.marks[MARKS.index("denial")]:
        refuse_denied(frame.grant.organization, frame.grant.resource_id)
    _refuse_ended(frame.grant, frame.terms)
    evidence.require_fresh()
    return frame, used


def _make_frame(grant: Grant, marks: Marks) -> Frame:
    terms = get_terms(grant)
    version = pool.find_latest(grant.resource.table) if grant.resource.table else None
    masks, personal = mask_columns(grant.resource_id, terms)
    standing = standards.standing_standards()
    gone = _list_gone(terms, version) if version else ()
    where = None
    if version and not gone:
        where = read_row_filter(terms.row_filter, version.columns)
    return Frame(marks, grant, terms, version, gone, masks, personal, where, standing)


def _plan(frame: Frame, ask: Ask) -> Plan:
    terms = frame.terms
    _refuse_other_way(frame.grant, ask)
    if frame.version is None:
        raise Conflict("exchange.grant.no_data", "This resource holds no data now")
    if frame.gone:
        raise Conflict(
            "exchange.grant.changed",
            "The resource has no column %(columns)s any more; the owner narrows the grant, or you ask again",
            columns=list(frame.gone),
        )
    _refuse_renewed(ask, frame.version)
    columns = _choose_columns(terms, ask.columns)
    asked = _read_where(ask.where, terms, frame.masks) if ask.where else None
    return Plan(
        grant=frame.grant,
        terms=terms,
        version=frame.version,
        columns=columns,
        where=_join(frame.where, asked),
        masks={name: mask for name, mask in frame.masks.items() if name in columns},
        personal=frame.personal & set(columns),
        left=0,
    )


def refuse_denied(organization: str, resource_id: str) -> None:
    """Raise NotPermitted for an organization that may have nothing. 禁止名单优先。"""
    found = Denial.objects.filter(
        Q(resource=None) | Q(resource_id=resource_id), organization=organization, lifted_at=None
    ).first()
    if found:
        raise NotPermitted(
            "exchange.denied", "Your organization may not have this data: %(reason)s",
            reason=found.reason,
        )  # fmt: skip


def _refuse_ended(grant: Grant, terms: Terms) -> None:
    if grant.revoked_at:
        raise NotPermitted(
            "exchange.grant.revoked", "This grant was revoked: %(reason)s",
            reason=grant.revoke_reason,
        )  # fmt: skip
    if today() < terms.begins:
        raise NotPermitted(
            "exchange.grant.early", "This grant holds from %(day)s on", day=terms.begins
        )
    if today() > terms.until:
        raise NotPermitted(
            "exchange.grant.expired",
            "This grant ended on %(day)s; ask again if you still need the data",
            day=terms.until,
        )
    if grant.resource.stage == Stage.RETIRED or grant.resource.sharing_type == SharingType.NONE:
        raise NotPermitted("exchange.resource.closed", "Its owner shares this resource no longer")


def _refuse_other_way(grant: Grant, ask: Ask) -> None:
    """What is granted for checks hands out no row, whoever asks by which way; nor the reverse."""
    checks = grant.request.method == Method.CHECK
    if checks and not ask.records:
        raise NotPermitted(
            "exchange.grant.check_only",
            "This grant only answers whether what you state matches; it hands out no rows",
        )
    if ask.records and not checks:
        raise NotPermitted(
            "exchange.grant.no_checks", "This grant is for reading rows; ask for one for checks"
        )


def _list_gone(terms: Terms, version: VersionInfo) -> tuple[str, ...]:
    """Columns of the terms that the data has not any more."""
    chosen_by = (
        query.parse_filter(terms.row_filter, query.Schema.open()) if terms.row_filter else None
    )
    used = [*terms.columns, *(query.list_fields(chosen_by) if chosen_by else ())]
    return tuple(name for name in dict.fromkeys(used) if name not in version.columns)


def _refuse_renewed(ask: Ask, version: VersionInfo) -> None:
    """Pages of two versions are no whole: rows would come twice, or never; unless some were added."""
    if not ask.version or ask.version == version.number:
        return
    base = next((v for v in pool.list_versions(version.table_id) if v.number == ask.version), None)
    if (
        base
        and pool.stands_on(version.id, base.id)
        and set(pool.list_kinds(version.id, base.id)) == {"append"}
    ):
        return
    raise Conflict(
        "exchange.grant.renewed",
        "The data was renewed while it was read page by page; begin again with the first page",
    )


def _choose_columns(terms: Terms, asked: Sequence[str]) -> tuple[str, ...]:
    beyond = [name for name in asked if name not in terms.columns]
    if beyond:
        raise NotPermitted(
            "exchange.grant.column", "The grant does not cover %(columns)s", columns=beyond
        )
    return tuple(asked) or tuple(terms.columns)


def mask_columns(resource_id: str, terms: Terms) -> tuple[dict[str, str], frozenset[str]]:
    """What masks each column of a grant now, and which are personal at all. 授权脱敏。

    A mask that the terms name stands after `CHOSEN`; others are guards of the catalogue.
    """
    guards = catalog.guard_masks(resource_id, terms.columns)
    usual = {name: guard for name, guard in guards.items() if name not in terms.clear}
    chosen = {name: CHOSEN + mask for name, mask in terms.masks.items() if name in terms.columns}
    return usual | chosen, frozenset(guards)


def _read_where(text: str, terms: Terms, masks: Mapping[str, str]) -> Node | None:
    """What is asked may narrow by granted columns that are seen whole: else the answer tells more."""
    found = read_row_filter(text, terms.columns)
    used = sorted(set(query.list_fields(found)) & set(masks)) if found else []
    if used:
        raise NotPermitted(
            "exchange.grant.masked_filter",
            "%(columns)s are masked for you; rows cannot be chosen by them",
            columns=used,
        )
    return found


def read_row_filter(text: str, columns: Sequence[str]) -> Node | None:
    """A filter over these columns, or None. 读行范围。 InvalidInput says where it cannot be read."""
    return query.parse_filter(text.strip(), query.Schema(columns)) if text.strip() else None


def _join(first: Node | None, second: Node | None) -> Node | None:
    both = tuple(one for one in (first, second) if one is not None)
    return All(both) if len(both) > 1 else next(iter(both), None)


def _count_left(frame: Frame, used: Used, records: int) -> int:
    """Rows of the month that are left; TooMany once there are none or the rate is reached.

    The rate counts requests; under a grant for checks it counts records.
    """
    before = _count_records(frame.grant) if records else used.requests
    if before + max(records, 1) > frame.terms.rate:
        _refuse_rate(frame)
    left = frame.terms.quota - (used.rows if used.month == name_month() else 0)
    if left <= 0:
        raise over_quota(frame.terms, 0)
    return left


def _count_records(grant: Grant) -> int:
    recent = DeliveryOut.objects.filter(grant=grant, created_at__gt=now() - MINUTE)
    return int(recent.exclude(state=Handed.FAILED).aggregate(rows=Sum("rows"))["rows"] or 0)


def name_month() -> str:
    """The month of the city in which something is used now. 当月。"""
    return f"{timezone.localtime(now()):%Y-%m}"


def _refuse_rate(frame: Frame) -> None:
    moment = now()
    recent = DeliveryOut.objects.filter(grant=frame.grant, created_at__gt=moment - MINUTE)
    first = recent.exclude(state=Handed.FAILED).aggregate(first=Min("created_at"))["first"]
    raise TooMany(
        "exchange.grant.rate",
        "No more than %(rate)s requests a minute under this grant; try again in %(seconds)s seconds",
        rate=frame.terms.rate,
        seconds=int(((first or moment) + MINUTE - moment).total_seconds()) + 1,
    )


def over_quota(terms: Terms, left: int) -> TooMany:
    """The rows of the month are used up. 超出额度。"""
    return TooMany(
        "exchange.grant.quota",
        "The grant allows %(quota)s rows a month and %(left)s are left; it starts anew on the first of next month",
        quota=terms.quota, left=left,
    )  # fmt: skip


def refuse_bad_filter(text: str, columns: Sequence[str]) -> str:
    """The filter as the platform writes it, so that two ways to write it are one. 规范行范围。"""
    try:
        found = read_row_filter(text, columns)
    except InvalidInput as error:
        error.extra["field"] = "row_filter"
        raise
    return query.write_text(found) if found else ""
