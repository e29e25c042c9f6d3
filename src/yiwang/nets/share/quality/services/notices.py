"""Rectification notices: made, sent, downloaded, closed. 整改单。

A notice names groups of findings of one department; sending writes its workbook and tells the
department's stewards. The workbook has a key of its own, so that it can be destroyed alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import translation

from yiwang.kernel.base.act import SYSTEM, Act, Actor, Ref
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.base.text import msg
from yiwang.kernel.calendar import services as calendar
from yiwang.kernel.events import services as events
from yiwang.kernel.files import services as files
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.notify import services as notify
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import EXPORT, UNMASK
from yiwang.nets.share.quality.models import Group, Notice, NoticeLine, NoticeReturn
from yiwang.nets.share.quality.types import GroupState, LineState, NoticeState

from .casework import follow_registers, hold_notice
from .following import SENT_OUT, follow_notices
from .permissions import READ, SEND
from .sheets import Register, load_registers, write_notice
from .worklist import visible_groups

TASK = "quality.send"
DUE_DAYS = 10
MOST_DEPARTMENTS = 200
MOST_DAYS = 250


@dataclass(frozen=True, slots=True)
class Terms:
    """What all notices of one sending say: working days to answer, words, a purpose. 下发要求。

    With a `purpose` the owner's personal values go out whole.
    """

    days: int = DUE_DAYS
    note: str = ""
    purpose: str = ""


def ref_of_notice(notice: Notice) -> Ref:
    """The pointer that acts and files carry. 引用。"""
    return Ref("share.quality.notice", notice.id, notice.number)


def visible_notices(actor: Actor) -> QuerySet[Notice]:
    """Notices within the actor's reach. 可见整改单。"""
    scope = actor.permissions.get(READ)
    if scope == "all":
        return Notice.objects.all()
    if scope is None:
        return Notice.objects.none()
    # A department sees what was sent to it, not what is still being written.
    found = Notice.objects.filter(owner__in=sorted(actor.organizations))
    return found.exclude(state=NoticeState.DRAFT)


def get_notice(actor: Actor, text: str) -> Notice:
    """The notice of that id or number, if the actor may know of it. 取整改单。"""
    found = visible_notices(actor).filter(id=text).first()
    found = found or visible_notices(actor).filter(number=text).first()
    if found is None:
        raise NotFound("quality.notice.missing", "There is no notice %(what)s", what=text)
    return found


def open_notice(
    actor: Actor, *, owner: str, groups: Sequence[str] = (), terms: Terms | None = None
) -> Notice:
    """Make a notice of chosen groups, or of all open ones of a department; a draft yet. 新建整改单。

    Holders of `share.quality.send` for the owner; with a purpose also of `share.resource.unmask`.
    """
    terms = terms or Terms()
    actor.require(SEND, organization=owner)
    if terms.purpose:
        actor.require(UNMASK, organization=owner)
    check_terms(terms)
    with ledger.acting(
        actor,
        "share.quality.notice",
        on=Ref("share.quality.notice", ""),
        reason=terms.purpose.strip()[:200],
    ) as act:
        chosen = choose_groups(actor, owner, groups)
        notice = _create(
            owner,
            note=terms.note.strip()[:2000],
            purpose=" ".join(terms.purpose.split())[:300],
            due_on=calendar.add_workdays(today(), terms.days).date,
            grade=highest_grade(chosen),
            account=actor.id,
            act_id=act.id,
            created_at=act.at,
        )
        act.on = ref_of_notice(notice)
        NoticeLine.objects.bulk_create(
            NoticeLine(notice=notice, group=group, run_id=group.last_run, rows=group.rows)
            for group in chosen
        )
        act.note(groups=len(chosen), rows=sum(group.rows for group in chosen))
    return notice


def _create(owner: str, **facts: Any) -> Notice:
    try:
        with transaction.atomic():
            return Notice.objects.create(number=next_number(owner), owner=owner, **facts)
    except IntegrityError:
        raise Conflict(
            "quality.notice.busy", "Somebody makes a notice for this department now; try again"
        ) from None


def choose_groups(actor: Actor, owner: str, groups: Sequence[str]) -> list[Group]:
    """The groups that go on a notice: those named, else all open ones of the owner. 选取问题组。"""
    found = visible_groups(actor).select_for_update().filter(owner=owner, rows__gt=0)
    wanted = {"id__in": list(groups)} if groups else {"state": GroupState.OPEN}
    found = found.filter(**wanted)
    chosen = [one for one in found.order_by("resource", "-rows", "id") if one.rows > one.excused]
    if not chosen or (groups and len(chosen) < len(set(groups))):
        raise InvalidInput(
            "quality.notice.groups", "Choose groups of one department that still have findings"
        )
    busy = NoticeLine.objects.filter(
        group__in=chosen, notice__state__in=[*SENT_OUT, NoticeState.DRAFT]
    ).select_related("notice")
    taken = busy.first()
    if taken is not None:
        raise Conflict(
            "quality.notice.out",
            "One of these groups is on the notice %(number)s, which is still out",
            number=taken.notice.number,
        )
    return chosen


def check_terms(terms: Terms) -> None:
    """Days that can be counted, a purpose of a few words where one is given. 校验要求。"""
    if not 1 <= terms.days <= MOST_DAYS:
        raise InvalidInput(
            "quality.notice.days", "Give between 1 and %(most)s working days", most=MOST_DAYS
        )
    if terms.purpose and len(terms.purpose.strip()) < 4:
        raise InvalidInput("quality.purpose.missing", "State the purpose in a few words")


def next_number(owner: str) -> str:
    """Owner, year and month, and the next of the month. 整改单编号。"""
    prefix = f"{owner}-{today():%Y%m}-"
    numbers = Notice.objects.filter(number__startswith=prefix).values_list("number", flat=True)
    taken = [int(one[len(prefix) :]) for one in numbers if one[len(prefix) :].isdecimal()]
    return f"{prefix}{max(taken, default=0) + 1:03d}"


def highest_grade(groups: Iterable[Group]) -> int:
    """The highest grade of the registers; it wins. 就高原则。"""
    ids = {group.resource for group in groups}
    found = catalog.get_resources(ids).values()
    return max((int(one.facts.get("grade") or 0) for one in found), default=0)


def start_sending(
    actor: Actor, *, owners: Sequence[str], groups: Sequence[str] = (), terms: Terms | None = None
) -> list[Notice]:
    """Make a notice for each of these departments and let a worker write and send them. 批量下发。

    `groups` go with one department; without them each gets all its open groups.
    """
    wanted = list(dict.fromkeys(owners))
    if not wanted or len(wanted) > MOST_DEPARTMENTS or (groups and len(wanted) > 1):
        raise InvalidInput(
            "quality.notice.owners", "Choose between 1 and %(most)s departments",
            most=MOST_DEPARTMENTS,
        )  # fmt: skip
    on = Ref("share.quality.sending", "")
    with ledger.acting(actor, "share.quality.queue", on=on) as act:
        made = [open_notice(actor, owner=one, groups=groups, terms=terms) for one in wanted]
        act.on = Ref("share.quality.sending", act.id)
        ids = [one.id for one in made]
        job = jobs.enqueue(act, TASK, {"notices": ids}, on=act.on)
        Notice.objects.filter(id__in=ids).update(job_id=job.id)
        act.note(notices=len(made))
    return made


def send_all(
    actor: Actor,
    notices: Sequence[str],
    *,
    progress: Callable[[int, int], None] = lambda *_: None,
    check: Callable[[], None] = lambda: None,
) -> int:
    """Send notices one after another; those sent already are left be. 逐一下发。"""
    for done, notice_id in enumerate(notices):
        progress(done, len(notices))
        check()
        notice = Notice.objects.filter(id=notice_id).first()
        if notice is not None and notice.state == NoticeState.DRAFT:
            send_notice(actor, notice_id)
    progress(len(notices), len(notices))
    return len(notices)


def send_notice(actor: Actor, notice_id: str) -> Notice:
    """Write the workbook of a draft, keep it, tell the department. 下发整改单。

    Holders of `share.quality.send` for the owner. With a purpose personal values are whole, which
    takes `share.resource.unmask` and leaves a read row per register.
    """
    notice = get_notice(actor, notice_id)
    actor.require(SEND, organization=notice.owner)
    whole = bool(notice.purpose)
    if whole:
        actor.require(UNMASK, organization=notice.owner)
    key = files.create_key()
    with files.scratch("notice") as folder, translation.override(settings.LANGUAGE_CODE):
        path = folder / f"{notice.number}.xlsx"
        counts = write_notice(actor, notice, path, whole=whole)
        with path.open("rb") as stream:
            written = files.write_file(stream, name=file_name(notice), resource_key=key)
    with ledger.acting(
        actor, "share.quality.send", on=ref_of_notice(notice), reason=notice.purpose[:200]
    ) as act:
        registered = hold_notice(notice)
        notice = lock_notice(notice.id)
        if notice.state != NoticeState.DRAFT:
            raise Conflict("quality.notice.sent", "This notice has been sent already")
        registers = load_registers(actor, notice, whole=whole)
        record_workbook(actor, notice, registers, rows=counts.listed)
        stored = files.keep_file(written, owner=ref_of_notice(notice), act=act)
        notice.file, notice.file_key, notice.error = stored.id, key, None
        notice.rows, notice.listed = counts.rows, counts.listed
        notice.state, notice.sent_at = NoticeState.SENT, act.at
        notice.save()
        lines = NoticeLine.objects.filter(notice=notice)
        Group.objects.filter(id__in=lines.values("group_id"), state=GroupState.OPEN).update(
            state=GroupState.SENT
        )
        tell_department(act, notice)
        events.announce(act, "share.quality.sent", {"notice": notice.id, "owner": notice.owner})
        act.note(rows=counts.rows, listed=counts.listed, whole=whole, sha256=stored.sha256)
        # What was fixed between writing and sending is settled at once.
        follow_notices(act, lines.values_list("group_id", flat=True))
        follow_registers(act, registered)
    return notice


def record_workbook(
    actor: Actor, notice: Notice, registers: Sequence[Register], *, rows: int
) -> None:
    """Leave the read rows of a workbook: one for each register with personal columns. 登记查阅。"""
    for one in registers:
        sight = catalog.sight_of(actor, one.resource, one.columns)
        if not sight.personal:
            continue
        if notice.purpose:
            ledger.record_read(
                actor,
                on=catalog.ref_of(one.resource),
                purpose=notice.purpose,
                columns=sorted(sight.personal),
                rows=rows,
                where=f"notice {notice.number}",
                unmasked=True,
            )
        else:
            place = f"notice {notice.number}"
            catalog.record_look(actor, sight, columns=one.columns, rows=rows, place=place)


def tell_department(act: Act, notice: Notice) -> int:
    """Tell the stewards of the department; it may have none, then the file travels. 通知部门。"""
    stewards = identity.list_account_ids(role="steward", organization_codes=[notice.owner])
    return notify.notify(
        act,
        stewards,
        msg("Rectification notice %(number)s, due on %(due)s"),
        f"/quality/notices/{notice.id}/",
        number=notice.number,
        due=notice.due_on.isoformat() if notice.due_on else "",
    )


def open_workbook(actor: Actor, notice_id: str) -> tuple[Notice, BinaryIO]:
    """The workbook of a notice; the caller closes it. 下载整改单。

    Holders of `share.resource.export` for the owner; each download leaves its read rows.
    """
    notice = get_notice(actor, notice_id)
    actor.require(EXPORT, organization=notice.owner)
    if not notice.file:
        raise NotFound("quality.notice.no_file", "This notice has no workbook")
    with ledger.acting(actor, "share.quality.download", on=ref_of_notice(notice)) as act:
        registers = load_registers(actor, notice, whole=bool(notice.purpose))
        record_workbook(actor, notice, registers, rows=notice.listed)
        Notice.objects.filter(id=notice.id, downloaded_at=None).update(downloaded_at=act.at)
        act.note(listed=notice.listed)
    return notice, files.open_file(notice.file)


def file_name(notice: Notice) -> str:
    """What the workbook is called on its way. 文件名。"""
    return f"整改单 {notice.number}.xlsx".replace("/", "-")


def close_notice(actor: Actor, notice_id: str, *, reason: str) -> Notice:
    """Close a notice by hand, with a reason: what is open on it is open again. 人工销号。"""
    return _end(actor, notice_id, NoticeState.CLOSED, reason)


def cancel_notice(actor: Actor, notice_id: str, *, reason: str) -> Notice:
    """Take a notice back, sent or not. 撤回整改单。"""
    return _end(actor, notice_id, NoticeState.CANCELLED, reason)


def _end(actor: Actor, notice_id: str, state: NoticeState, reason: str) -> Notice:
    notice = get_notice(actor, notice_id)
    actor.require(SEND, organization=notice.owner)
    words = " ".join(reason.split())[:500]
    if len(words) < 2:
        raise InvalidInput("quality.reason.missing", "Say why in a few words")
    verb = f"share.quality.{'close' if state == NoticeState.CLOSED else 'cancel'}"
    with ledger.acting(actor, verb, on=ref_of_notice(notice), reason=words[:200]) as act:
        registered = hold_notice(notice)
        notice = lock_notice(notice.id)
        if notice.state in (NoticeState.CLOSED, NoticeState.CANCELLED):
            raise Conflict("quality.notice.ended", "This notice has ended already")
        notice.state, notice.closed_at, notice.reason = state, act.at, words
        notice.save(update_fields=["state", "closed_at", "reason"])
        reopen_groups(notice)
        follow_registers(act, registered)
    return notice


def reopen_groups(notice: Notice) -> None:
    """What is not fixed of a notice that ended waits in the worklist again. 退回待处理。"""
    still = NoticeLine.objects.filter(
        notice=notice, state__in=[LineState.OPEN, LineState.UNCHANGED]
    )
    Group.objects.filter(id__in=still.values("group_id"), state=GroupState.SENT).update(
        state=GroupState.OPEN
    )


def lock_notice(notice_id: str) -> Notice:
    """The notice, held until the transaction ends. 锁定整改单。"""
    return Notice.objects.select_for_update().get(id=notice_id)


def list_lines(notice: Notice) -> list[NoticeLine]:
    """The lines of a notice, those still open first. 整改项。"""
    found = NoticeLine.objects.filter(notice=notice).select_related("group")
    settled = {LineState.FIXED: 2, LineState.EXCUSED: 1}
    return sorted(found, key=lambda one: (settled.get(LineState(one.state), 0), -one.rows, one.pk))


def forget_version_in_workbooks(version_id: str) -> int:
    """Destroy the workbooks, sent and returned, that copied from a version that is purged. 销毁文件。"""
    if not version_id:
        return 0
    lines = NoticeLine.objects.filter(run__pool_version=version_id)
    found = list(Notice.objects.filter(id__in=lines.values("notice_id")))
    for notice in found:
        with ledger.acting(SYSTEM, "share.quality.destroy", on=ref_of_notice(notice)) as act:
            _destroy(act, notice)
            for one in NoticeReturn.objects.filter(notice=notice):
                _destroy(act, one)
    return len(found)


def _destroy(act: Act, holder: Notice | NoticeReturn) -> None:
    """Make the workbook of a notice or a return unreadable for ever."""
    if holder.file_key:
        files.destroy_key(act, holder.file_key)
        holder.file, holder.file_key = "", ""
        holder.save(update_fields=["file", "file_key"])
