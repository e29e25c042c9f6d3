"""How far a push is, level by level. 完成情况。

One grouped walk over the targets below one organization, whatever the number of people who look:
a page that looks again first asks whether anything has changed since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, F, Max, Q, QuerySet

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.types import OrganizationInfo
from yiwang.kernel.workflow.models import Case, Push, PushTarget
from yiwang.kernel.workflow.services.permissions import USE
from yiwang.kernel.workflow.services.sight import may_see

from .opening import LEVELS

SETTLED = timedelta(seconds=15)
"""A change may be told this much after the moment it carries: its transaction was still open. 提交延迟。"""
NEWEST = 50


@dataclass(frozen=True, slots=True)
class Tally:
    """How many are asked, and how far they are. 完成数。

    `done` answered, `seen` opened it, `sent` did not, `waiting` are not asked yet, `dropped` had not
    answered when it ended; `late` are those of the open ones whose time is over.
    """

    total: int = 0
    done: int = 0
    seen: int = 0
    sent: int = 0
    waiting: int = 0
    dropped: int = 0
    late: int = 0

    @property
    def percent(self) -> int:
        """Answered of those asked; never 100 before the last one. 完成率。"""
        return self.done * 100 // self.total if self.total else 0

    @property
    def unbegun(self) -> int:
        """Those who have not looked at it. 未开始。"""
        return self.sent + self.waiting

    @property
    def is_open(self) -> bool:
        """Whether any answer may still come. 是否未完。"""
        return bool(self.seen + self.sent + self.waiting)

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in Tally.__slots__))


@dataclass(frozen=True, slots=True)
class Row:
    """An organization with those below it. 完成情况行。 `state` and `case` are its own where it is asked itself."""

    code: str
    name: str
    tally: Tally
    state: str = ""
    case: str = ""

    @property
    def is_leaf(self) -> bool:
        """Whether it is asked itself, and nobody below it. 是否末级。"""
        return bool(self.state) and self.tally.total == 1


@dataclass(frozen=True, slots=True)
class Completion:
    """A push as a reader may see it, below one organization. 完成情况。

    `path` leads from the top, or from the reader's own organization, to the one looked at; `since`
    is the newest change that is counted; `whole` whether the reader may see the case that pushed.
    """

    push: Push
    case: Case
    under: str
    path: Sequence[tuple[str, str]]
    rows: Sequence[Row]
    tally: Tally
    since: str
    whole: bool


def describe_completion(actor: Actor, push_id: str, under: str = "") -> Completion:
    """How far those below an organization are; NotFound for who may not know. 完成情况。

    Who may see the case that pushed sees all of it; anybody else their own organization and those
    below it, as far as they are asked.
    """
    push, whole = find_push(actor, push_id)
    under = under or ("" if whole else actor.organization)
    chain = _chain(actor, under, whole=whole)
    since = newest_change(push.pk)
    counted = _targets(push.pk, under, len(chain)).filter(passed=False)
    rows = _rows(counted, len(chain), under)
    if under and not rows:
        raise _unknown()
    names = identity.get_organizations([*chain, *(code for code, *_ in rows)])
    reach = chain if whole else [one for one in chain if one in actor.organizations]
    return Completion(
        push=push,
        case=push.case,
        under=under,
        path=[(code, names[code].label) for code in reach if code in names],
        rows=[_name(row, names) for row in rows],
        tally=sum((tally for _, tally, *_ in rows), Tally()),
        since=since,
        whole=whole,
    )


def find_push(actor: Actor, push_id: str) -> tuple[Push, bool]:
    """The first push of a tree, and whether the actor may see all of it; NotFound. 取下发。"""
    actor.require(USE)
    push = Push.objects.select_related("case").filter(pk=push_id, root=push_id).first()
    if push is None:
        raise _unknown()
    whole = may_see(actor, push.case)
    if not whole and not _is_asked(actor, push):
        raise _unknown()
    return push, whole


def _is_asked(actor: Actor, push: Push) -> bool:
    """Whether the actor's organization, or one below it, is."""
    if actor.organization not in actor.organizations:
        return False
    depth = len(_chain(actor, actor.organization, whole=False))
    return _targets(push.pk, actor.organization, depth).exists()


def _chain(actor: Actor, under: str, *, whole: bool) -> tuple[str, ...]:
    if not under:
        return ()
    chain = identity.list_chains([under]).get(under)
    if chain is None or len(chain) > len(LEVELS) or not (whole or under in actor.organizations):
        raise _unknown()
    return chain


def targets_of(actor: Actor, push_id: str, under: str = "") -> QuerySet[PushTarget]:
    """The targets of a push below an organization, as far as the actor may know. 下发对象。"""
    push, whole = find_push(actor, push_id)
    under = under or ("" if whole else actor.organization)
    return _targets(push.pk, under, len(_chain(actor, under, whole=whole)))


def _targets(root: str, under: str, depth: int) -> QuerySet[PushTarget]:
    rows = PushTarget.objects.filter(root=root)
    return rows.filter(**{LEVELS[depth - 1]: under}) if under else rows


def late_ones() -> Q:
    """Those whose time is over without an answer. 超期条件。"""
    return Q(state__in=PushTarget.OPEN, due_at__lte=now())


_Group = tuple[str, Tally, str, str]


def _rows(rows: QuerySet[PushTarget], depth: int, under: str) -> list[_Group]:
    """One group for each organization directly below; the one looked at itself where it is asked."""
    level = LEVELS[depth] if depth < len(LEVELS) else LEVELS[-1]
    own = Q(organization=F(level)) | Q(**{level: ""})
    states = {name: Count("pk", filter=Q(state=name)) for name in Tally.__slots__[1:6]}
    found = (
        rows.values(level)
        .annotate(
            total=Count("pk"), **states, late=Count("pk", filter=late_ones()),
            own_state=Max("state", filter=own), own_case=Max("case", filter=own),
        )
        .order_by(level)
    )  # fmt: skip
    return [
        (
            one[level] or under,
            Tally(*(one[name] for name in Tally.__slots__)),
            one["own_state"] or "",
            one["own_case"] or "",
        )
        for one in found
    ]


def _name(row: _Group, names: Mapping[str, OrganizationInfo]) -> Row:
    code, tally, state, case = row
    return Row(code, names[code].label if code in names else code, tally, state, case)


def newest_change(root: str) -> str:
    """When a target of a push was changed last, as text; one probe of an index. 最近变化。"""
    found = PushTarget.objects.filter(root=root).aggregate(at=Max("changed_at"))["at"]
    return found.astimezone(UTC).isoformat() if found else ""


def is_unchanged(root: str, since: str) -> bool:
    """Whether a page that counted up to a moment need not count anew. 是否无变化。"""
    newest = newest_change(root)
    return newest == since and datetime.fromisoformat(newest) < now() - SETTLED


def list_pushes(actor: Actor) -> list[Push]:
    """What was sent to the actor's organization or below it, or by the actor, the newest first. 下发清单。"""
    actor.require(USE)
    rows = Push.objects.filter(root=F("pk")).select_related("case").order_by("-pk")[:NEWEST]
    pushes = list(rows)
    chain = identity.list_chains([actor.organization]).get(actor.organization, ())
    met: set[str] = set()
    if 0 < len(chain) <= len(LEVELS):
        mine = {LEVELS[len(chain) - 1]: actor.organization}
        asked = PushTarget.objects.filter(root__in=[one.pk for one in pushes], **mine)
        met = set(asked.values_list("root", flat=True).distinct())
    return [one for one in pushes if one.case.starter == actor.id or one.pk in met]


def find_pushed(case: Case) -> tuple[str, str]:
    """The push that a case sent, or sends on, and below whom it is looked at. 关联下发。"""
    push = Push.objects.filter(case=case).order_by("pk").first()
    if push is None:
        return "", ""
    return push.root, case.organization if push.above else ""


def _unknown() -> NotFound:
    return NotFound("workflow.push.unknown", "There is no such thing sent, or not to you")
