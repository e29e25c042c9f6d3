"""Failing rows that may stay as they are, and why. 例外说明。

Excused rows stay counted as failed and are shown apart. The bureau's own word holds at once; a
department's waits until the bureau takes it, so that nobody mends a score by a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.base.text import msg
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.notify import services as notify
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog.services.permissions import LOOK
from yiwang.nets.share.quality.models import Excuse, Group, Run
from yiwang.nets.share.quality.types import ExcuseState

from .amending import digest_rows
from .digests import digest_value
from .following import refresh_groups
from .permissions import ANSWER, READ, SEND
from .worklist import get_group, ref_of_group

ROWS_AT_ONCE = 1_000


def excuse(
    actor: Actor,
    group_id: str,
    *,
    reason: str,
    rows: Sequence[int] = (),
    until: date | None = None,
) -> list[Excuse]:
    """Excuse a whole group, or the rows of it with these numbers. 登记例外。

    Holders of `share.quality.answer` for the owner; it holds at once for who also holds
    `share.quality.send`, else it waits for the bureau.
    """
    group = get_group(actor, group_id)
    actor.require(ANSWER, organization=group.owner)
    words = check_reason(reason, until)
    if rows:
        actor.require(LOOK, organization=group.owner)
    found = find_rows(group, rows) if rows else []
    with ledger.acting(
        actor, "share.quality.excuse", on=ref_of_group(group), reason=words[:200]
    ) as act:
        made = [
            new_excuse(act, group, words, until, key=key, digest=digest) for key, digest in found
        ] or [new_excuse(act, group, words, until)]
        Excuse.objects.bulk_create(made)
        act.note(rows=len(found), whole_group=not found)
    refresh_groups(group.last_run)
    return made


def excuse_groups(actor: Actor, groups: Sequence[Group], *, reason: str) -> None:
    """Excuse whole groups of one register, with one reason. 批量登记例外。 As `excuse` each."""
    words = check_reason(reason, None)
    for group in groups:
        actor.require(ANSWER, organization=group.owner)
        on = ref_of_group(group)
        with ledger.acting(actor, "share.quality.excuse", on=on, reason=words[:200]) as act:
            new_excuse(act, group, words, None).save()
            act.note(rows=0, whole_group=True)
    for run in {group.last_run for group in groups}:
        refresh_groups(run)


def new_excuse(
    act: Act,
    group: Group,
    reason: str,
    until: date | None,
    *,
    key: str = "",
    digest: str = "",
    notice: str = "",
) -> Excuse:
    """An excuse by who acts: it holds at once where the bureau itself says so. 新建例外。"""
    bureau = act.actor.may(SEND, organization=group.owner)
    return Excuse(
        resource=group.resource,
        rule=group.rule,
        field=group.field,
        pattern="" if key else group.pattern,
        key=key,
        value_digest=digest,
        reason=reason,
        account=act.actor.id,
        act_id=act.id,
        created_at=act.at,
        until=until,
        notice=notice,
        state=ExcuseState.ACCEPTED if bureau else ExcuseState.PROPOSED,
        decided_by=act.actor.id if bureau else "",
        decided_at=act.at if bureau else None,
    )


def decide_excuse(actor: Actor, excuse_id: str, *, accept: bool, reason: str = "") -> Excuse:
    """Take a department's word that a value is right, or not. 确认或退回例外。

    Holders of `share.quality.send` for the owner; whoever proposed it does not decide it.
    """
    found = get_excuse(actor, excuse_id)
    [decided] = decide_excuses(actor, [found], accept=accept, reason=reason)
    return decided


def decide_excuses(
    actor: Actor, proposed: Sequence[Excuse], *, accept: bool, reason: str = ""
) -> list[Excuse]:
    """Decide several at once, then bring their groups to where they stand. 批量确认例外。"""
    groups = [group_of(one) for one in proposed]
    decided = [
        _decide(actor, one, group, accept=accept, reason=reason)
        for one, group in zip(proposed, groups, strict=True)
    ]
    for run in {group.last_run for group in groups}:
        refresh_groups(run)
    return decided


def _decide(actor: Actor, found: Excuse, group: Group, *, accept: bool, reason: str) -> Excuse:
    actor.require(SEND, organization=group.owner)
    with ledger.acting(
        actor, "share.quality.decide", on=ref_of_group(group), reason=reason[:200]
    ) as act:
        found = Excuse.objects.select_for_update().get(id=found.id)
        if found.state != ExcuseState.PROPOSED:
            raise Conflict("quality.excuse.decided", "This has been decided already")
        found.state = ExcuseState.ACCEPTED if accept else ExcuseState.DECLINED
        found.decided_by, found.decided_at = actor.id, act.at
        found.save(update_fields=["state", "decided_by", "decided_at"])
        title = (
            msg("Your explanation was accepted")
            if accept
            else msg("Your explanation was not accepted")
        )
        notify.notify(act, [found.account], title, f"/quality/groups/{group.id}/")
        act.note(accepted=accept)
    return found


def end_excuse(actor: Actor, excuse_id: str, *, reason: str) -> Excuse:
    """Let an excuse end: its rows are findings again. 终止例外。"""
    found = get_excuse(actor, excuse_id)
    group = group_of(found)
    actor.require(ANSWER, organization=group.owner)
    words = check_reason(reason, None)
    with ledger.acting(
        actor, "share.quality.unexcuse", on=ref_of_group(group), reason=words[:200]
    ) as act:
        changed = Excuse.objects.filter(id=found.id, ended_at__isnull=True).update(ended_at=act.at)
        if not changed:
            raise Conflict("quality.excuse.ended", "This has ended already")
    refresh_groups(group.last_run)
    found.refresh_from_db()
    return found


def list_excuses(actor: Actor, *, group: Group) -> list[Excuse]:
    """The excuses of a group's rule and field, newest first. 例外列表。"""
    actor.require(READ, organization=group.owner)
    found = Excuse.objects.filter(resource=group.resource, rule=group.rule, field=group.field)
    return list(found.filter(pattern__in=["", group.pattern]).order_by("-id")[:200])


def proposed_excuses(actor: Actor) -> QuerySet[Excuse]:
    """What departments say is right, waiting for the bureau. 待确认例外。"""
    waiting = Excuse.objects.filter(state=ExcuseState.PROPOSED, ended_at__isnull=True)
    return waiting if actor.permissions.get(SEND) == "all" else waiting.none()


def get_excuse(actor: Actor, excuse_id: str) -> Excuse:
    """One excuse, if the actor may know of it. 取例外。"""
    found = Excuse.objects.filter(id=excuse_id).first()
    group = group_of(found) if found else None
    if found is None or group is None or not actor.may(READ, organization=group.owner):
        raise NotFound("quality.excuse.missing", "There is no such explanation")
    return found


def group_of(found: Excuse) -> Group:
    """A group that an excuse is about. 例外所属问题组。"""
    groups = Group.objects.filter(resource=found.resource, rule=found.rule, field=found.field)
    if found.pattern:
        groups = groups.filter(pattern=found.pattern)
    group = groups.order_by("-rows").first()
    if group is None:
        raise NotFound("quality.group.missing", "There is no such group of findings")
    return group


def find_rows(group: Group, rows: Sequence[int]) -> list[tuple[str, str]]:
    """Key and value digest of rows of a group by their numbers. 按行号取问题行。

    A row without a key is known again by all that stands in it.
    """
    wanted = sorted(set(rows))
    if len(wanted) > ROWS_AT_ONCE:
        raise InvalidInput(
            "quality.excuse.rows", "Choose at most %(most)s rows at once", most=ROWS_AT_ONCE
        )
    run = Run.objects.get(id=group.last_run)
    with pool.engine() as connection:
        found = connection.execute(
            "SELECT row, key, value FROM " + pool.relation(run.rows_version) + " WHERE rule = ?"
            " AND coalesce(field, '') = ? AND left(coalesce(pattern, ''), 200) = ?"
            " AND list_contains(?::VARCHAR[], row)",
            [group.rule, group.field, group.pattern, [str(row) for row in wanted]],
        ).fetchall()
    if len(found) < len(wanted):
        raise NotFound("quality.row.missing", "Some of these rows are not in the group any more")
    signs = digest_rows(run.pool_version, [int(row) for row, key, _ in found if not key])
    return [(key or signs[int(row)], digest_value(value)) for row, key, value in found]


def check_reason(reason: str, until: date | None) -> str:
    """A reason of a few words, and a day that is not past. 校验理由。"""
    words = " ".join(reason.split())[:1000]
    if len(words) < 4:
        raise InvalidInput("quality.reason.missing", "Say why in a few words")
    if until is not None and until < today():
        raise InvalidInput("quality.until.past", "The day must not be in the past")
    return words
