"""Lists of requests and grants. 申请与授权列表。"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet
from django.urls import reverse

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.lists import Column, Empty, Filter, Light, ListSpec
from yiwang.kernel.ui.lists.spec import Color

from .models import Grant
from .types import Handed, RequestState

COLORS: Mapping[str, Color] = {"waiting": "yellow", "granted": "green", "refused": "red"}
HANDED: Mapping[str, Color] = {"done": "green", "open": "yellow", "failed": "red"}
LIVE = Light(msg("In force"), "green")
REVOKED = Light(msg("Revoked"), "red")
EXPIRED = Light(msg("Expired"), "")


def light_of(grant: Grant) -> Light:
    """How a grant stands. 授权状态。"""
    if grant.revoked_at:
        return REVOKED
    return EXPIRED if grant.until < today() else LIVE


def narrow_state(rows: QuerySet[Grant], state: str) -> QuerySet[Grant]:
    """Grants in force, expired or revoked. 按状态筛选。"""
    if state == "revoked":
        return rows.exclude(revoked_at=None)
    live = rows.filter(revoked_at=None)
    return live.filter(until__lt=today()) if state == "expired" else live.filter(until__gte=today())


REQUESTS = ListSpec(
    name="requests",
    columns=(
        Column("number", msg("Number"), link=lambda r: reverse("exchange:request", args=[r.id]), kind="code", sort="number"),
        Column("resource", msg("Resource"), lambda r: r.resource.name),
        Column("organization", msg("Asked by")),
        Column("purpose", msg("Purpose")),
        Column("columns", msg("Data items"), lambda r: len(r.columns), kind="number"),
        Column("state", msg("State"), lambda r: Light(r.get_state_display(), COLORS.get(r.state, "")), kind="light"),
        Column("created_at", msg("Asked on"), kind="datetime", sort="created_at"),
    ),
    filters=(Filter("state", msg("State"), choices=lambda _: [(one.value, str(one.label)) for one in RequestState]),),
    search=("number", "resource__name", "purpose"),
    order=("-created_at",),
    export="requests",
    empty=Empty(msg("No requests yet"), msg("Find a resource of another department in the catalogue and ask for it there.")),
)  # fmt: skip
GRANTS = ListSpec(
    name="grants",
    columns=(
        Column("number", msg("Number"), lambda r: r.request.number, link=lambda r: reverse("exchange:grant", args=[r.id]), kind="code", sort="request__number"),
        Column("resource", msg("Resource"), lambda r: r.resource.name),
        Column("organization", msg("For")),
        Column("purpose", msg("Purpose")),
        Column("until", msg("Until"), kind="date", sort="until"),
        Column("state", msg("State"), light_of, kind="light"),
        Column("created_at", msg("Granted on"), kind="datetime", sort="created_at"),
    ),
    filters=(
        Filter("state", msg("State"), choices=[("live", msg("In force")), ("expired", msg("Expired")), ("revoked", msg("Revoked"))], apply=narrow_state),
        Filter("resource", msg("Resource"), "text", lookup="resource_id", folded=True),
    ),
    search=("request__number", "resource__name", "purpose"),
    order=("-created_at",),
    export="grants",
    empty=Empty(msg("No grants yet"), msg("A grant comes from a request that was agreed to.")),
)  # fmt: skip
HANDED_OUT = ListSpec(
    name="handed_out",
    columns=(
        Column("created_at", msg("When"), kind="datetime", sort="created_at"),
        Column("method", msg("How it was handed out"), kind="code"),
        Column("rows", msg("Rows"), kind="number"),
        Column("version", msg("Version"), kind="number"),
        Column("terms", msg("Terms"), kind="number"),
        Column("state", msg("State"), lambda r: Light(str(Handed(r.state).label), HANDED[r.state]), kind="light"),
    ),
    order=("-created_at",),
    export="handed_out",
    empty=Empty(msg("Nothing was handed out yet")),
)  # fmt: skip
DENIALS = ListSpec(
    name="denials",
    columns=(
        Column("organization", msg("Organization")),
        Column("resource", msg("Resource"), lambda r: r.resource.name if r.resource else msg("All")),
        Column("reason", msg("Reason")),
        Column("state", msg("State"), lambda r: Light(msg("Lifted")) if r.lifted_at else Light(msg("Denied"), "red"), kind="light"),
        Column("created_at", msg("Since"), kind="datetime", sort="created_at"),
        Column("lift", msg("Lift"), lambda r: "" if r.lifted_at else msg("Lift it"), link=lambda r: "" if r.lifted_at else reverse("exchange:lift", args=[r.id]), export=False),
    ),
    order=("-created_at",),
    export="denials",
    empty=Empty(msg("Nobody is denied"), msg("Who stands here may have nothing, whatever was granted.")),
)  # fmt: skip
