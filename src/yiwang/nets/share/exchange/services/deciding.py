"""The one place where it is decided what may leave under a grant. 授权判定。

Denied first, refused where in doubt. Grants are rows of the business database and are read anew at
each question, so that a revocation holds for the next one. What is masked follows the items as
they are now: a column in which personal data was found after the grant is masked from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Min, Q, Sum
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
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import VersionInfo
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import All, Node
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.types import SharingType, Stage
from yiwang.nets.share.exchange.models import DeliveryOut, Denial, Grant, Terms
from yiwang.nets.share.exchange.types import WHOLE, Ask, Handed

from .finding import get_terms, missing_grant
from .permissions import USE

MINUTE = timedelta(minutes=1)


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
    grant, terms = find_standing(actor, grant_id)
    version = _newest_version(grant)
    _refuse_changed(terms, version)
    columns = _choose_columns(terms, ask.columns)
    masks, personal = mask_columns(grant.resource_id, terms)
    asked = _read_where(ask.where, terms, masks)
    left = _count_left(grant, terms)
    return Plan(
        grant=grant,
        terms=terms,
        version=version,
        columns=columns,
        where=_join(read_row_filter(terms.row_filter, version.columns), asked),
        masks={name: mask for name, mask in masks.items() if name in columns},
        personal=personal & set(columns),
        left=left,
    )


def find_standing(actor: Actor, grant_id: str) -> tuple[Grant, Terms]:
    """A grant of the actor's organization and its terms, if it holds now. 有效授权。"""
    actor.require(USE)
    grant = Grant.objects.select_related("resource", "request").filter(id=grant_id).first()
    if grant is None or not actor.organization or grant.organization != actor.organization:
        raise missing_grant()
    terms = get_terms(grant)
    refuse_denied(grant.organization, grant.resource_id)
    _refuse_ended(grant, terms)
    return grant, terms


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


def _newest_version(grant: Grant) -> VersionInfo:
    found = pool.find_latest(grant.resource.table) if grant.resource.table else None
    if found is None:
        raise Conflict("exchange.grant.no_data", "This resource holds no data now")
    return found


def _refuse_changed(terms: Terms, version: VersionInfo) -> None:
    chosen_by = (
        query.parse_filter(terms.row_filter, query.Schema.open()) if terms.row_filter else None
    )
    used = [*terms.columns, *(query.list_fields(chosen_by) if chosen_by else ())]
    gone = [name for name in dict.fromkeys(used) if name not in version.columns]
    if gone:
        raise Conflict(
            "exchange.grant.changed",
            "The resource has no column %(columns)s any more; the owner narrows the grant, or you ask again",
            columns=gone,
        )


def _choose_columns(terms: Terms, asked: Sequence[str]) -> tuple[str, ...]:
    beyond = [name for name in asked if name not in terms.columns]
    if beyond:
        raise NotPermitted(
            "exchange.grant.column", "The grant does not cover %(columns)s", columns=beyond
        )
    return tuple(asked) or tuple(terms.columns)


def mask_columns(resource_id: str, terms: Terms) -> tuple[dict[str, str], frozenset[str]]:
    """What masks each column of a grant now, and which are personal at all. 授权脱敏。"""
    guards = catalog.guard_masks(resource_id, terms.columns)
    masks = {name: guard for name, guard in guards.items() if name not in terms.clear}
    return masks, frozenset(guards)


def _read_where(text: str, terms: Terms, masks: dict[str, str]) -> Node | None:
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


def _count_left(grant: Grant, terms: Terms) -> int:
    """Rows of the month that are left; TooMany once there are none or the rate is reached."""
    moment = now()
    month = timezone.localtime(moment).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    recent, since = Q(created_at__gt=moment - MINUTE), Q(created_at__gte=month)
    counted = DeliveryOut.objects.filter(recent | since, grant=grant)
    told = counted.exclude(state=Handed.FAILED).aggregate(
        first=Min("created_at", filter=recent),
        times=Count("id", filter=recent),
        rows=Sum("rows", filter=since),
    )
    if told["times"] >= terms.rate:
        wait = int((told["first"] + MINUTE - moment).total_seconds()) + 1
        raise TooMany(
            "exchange.grant.rate",
            "No more than %(rate)s requests a minute under this grant; try again in %(seconds)s seconds",
            rate=terms.rate, seconds=wait,
        )  # fmt: skip
    left = terms.quota - int(told["rows"] or 0)
    if left <= 0:
        raise over_quota(terms, 0)
    return left


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
