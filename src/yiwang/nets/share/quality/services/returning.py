"""A corrected workbook comes back: kept, judged, landed, rechecked, closed. 整改单回执。

Each step leaves a state from which the next one starts, so a process that is killed anywhere is
taken up where it stood: nothing is landed twice, nothing is forgotten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path, PurePath
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from yiwang.kernel.base.act import SYSTEM, Actor, get_actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, Unavailable, YiwangError
from yiwang.kernel.files import services as files
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.tabular.write import write_csv
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.connect.types import DeliveryKind, DeliveryState, Instructions
from yiwang.nets.share.quality.models import Notice, NoticeLine, NoticeReturn
from yiwang.nets.share.quality.types import LineState, NoticeState, ReturnState

from .amending import amended_rows
from .answers import count_answers, excuse_right, list_problems
from .casework import follow_registers, hold_notice
from .following import SENT_OUT, close_settled, refresh_groups
from .judging import Judged, judge
from .notices import get_notice, lock_notice, ref_of_notice, visible_notices
from .permissions import ANSWER
from .rechecking import check_again
from .returned import LIMITS, Given, Returned, read_returned

TASK = "quality.return"
ROUNDS = 5
PIECE = 1 << 20
LEFT_BEHIND = timedelta(minutes=10)
Step = Callable[[int, int], None]
Table = tuple[Sequence[str], Iterable[Sequence[str | None]]]
"""Columns and rows."""


def take_return(
    actor: Actor, stream: BinaryIO, *, file_name: str, notice: str = "", queue: bool = True
) -> NoticeReturn:
    """Take in a returned workbook; a worker, or with `queue=False` the caller, goes on. 接收回执。

    Holders of `share.quality.answer` for the notice's owner. `notice` says which one it must
    answer. Raises InvalidInput for what is no workbook of this node, Conflict for one that came
    already or whose notice has ended.
    """
    name = PurePath(file_name).name[:200] or "return.xlsx"
    with files.scratch("return") as folder:
        path = folder / "file"
        sha256 = _copy(stream, path)
        found = _find_notice(read_returned(path, name).notice, name)
        if notice and notice not in (found.id, found.number):
            raise InvalidInput(
                "quality.return.other", "%(file)s answers the notice %(number)s, not this one",
                file=name, number=found.number,
            )  # fmt: skip
        with path.open("rb") as plain:
            return _keep(actor, found, plain, name=name, sha256=sha256, queue=queue)


def _copy(stream: BinaryIO, path: Path) -> str:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as out:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > LIMITS.file:
                raise InvalidInput(
                    "quality.return.large", "A returned workbook may have at most %(most)s MB",
                    most=LIMITS.file >> 20,
                )  # fmt: skip
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def _find_notice(notice_id: str, name: str) -> Notice:
    found = Notice.objects.filter(id=notice_id).first()
    if found is None:
        raise NotFound(
            "quality.return.unknown",
            "The notice that %(file)s answers is not known here",
            file=name,
        )
    return found


def _keep(
    actor: Actor, notice: Notice, plain: BinaryIO, *, name: str, sha256: str, queue: bool
) -> NoticeReturn:
    with ledger.acting(actor, "share.quality.return", on=ref_of_notice(notice)) as act:
        actor.require(ANSWER, organization=notice.owner)
        registered = hold_notice(notice)
        notice = lock_notice(notice.id)
        _refuse_late(notice, name, sha256)
        key = files.create_key()
        stored = files.store_file(
            plain, name=name, owner=ref_of_notice(notice), resource_key=key, act=act
        )
        made = NoticeReturn(
            notice=notice, file=stored.id, file_key=key, sha256=sha256, received_at=act.at,
            sender=actor.id, act_id=act.id,
        )  # fmt: skip
        if queue:
            made.job_id = jobs.enqueue(
                act, TASK, {"return_id": made.id}, on=ref_of_notice(notice)
            ).id
        _insert(made, name)
        notice.state, notice.returned_at = NoticeState.RETURNED, act.at
        notice.save(update_fields=["state", "returned_at"])
        follow_registers(act, registered, word="returned")
        act.note(sha256=sha256, size=stored.size)
    return made


def _refuse_late(notice: Notice, name: str, sha256: str) -> None:
    before = NoticeReturn.objects.filter(notice=notice, sha256=sha256).first()
    if before is not None:
        raise Conflict(
            "quality.return.twice", "%(file)s came already, on %(day)s; nothing was changed",
            file=name, day=before.received_at.date().isoformat(),
        )  # fmt: skip
    if notice.state not in SENT_OUT:
        raise Conflict(
            "quality.return.ended", "The notice %(number)s has ended; ask the bureau for a new one",
            number=notice.number,
        )  # fmt: skip


def _insert(made: NoticeReturn, name: str) -> None:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            "quality.return.twice", "%(file)s came already, on %(day)s; nothing was changed",
            file=name, day=made.received_at.date().isoformat(),
        ) from None  # fmt: skip


def return_here(
    actor: Actor, stream: BinaryIO, *, file_name: str, notice: str = ""
) -> NoticeReturn:
    """Take in a returned workbook and go on to the end while the caller waits. 前台处理回执。"""
    made = take_return(actor, stream, file_name=file_name, notice=notice, queue=False)
    return process_return(actor, made.id)


def process_return(
    actor: Actor, return_id: str, *, progress: Step = lambda *_: None
) -> NoticeReturn:
    """Go on with a return from where it stands; done twice it changes nothing. 处理回执。"""
    found = NoticeReturn.objects.select_related("notice").get(id=return_id)
    actor.require(ANSWER, organization=found.notice.owner)
    try:
        progress(0, 3)
        if found.state == ReturnState.RECEIVED:
            _judge_and_queue(actor, found)
        progress(1, 3)
        if found.state == ReturnState.LANDING:
            _land(actor, found)
            progress(2, 3)
            _finish(actor, found)
    except Unavailable:
        raise
    except YiwangError as error:
        _fail(actor, found, error)
    progress(3, 3)
    return found


def _judge_and_queue(actor: Actor, found: NoticeReturn) -> None:
    """Judge every answer and put the corrections in as deliveries, in one transaction."""
    for other in _landing_now(found):
        process_return(actor, other.id)
    with files.scratch("return") as folder:
        path = folder / "file"
        files.copy_file(found.file, path)
        returned = read_returned(path, files.get_file(found.file).name)
    for _ in range(ROUNDS):
        judged = _judge(returned)
        if _queue(actor, found, returned, judged):
            return
    raise Unavailable(
        "quality.return.moving", "The register changes all the time; it is tried again later"
    )


def _landing_now(found: NoticeReturn) -> QuerySet[NoticeReturn]:
    """Returns of the same department in the middle of landing: they go first. 先处理在途回执。"""
    same = NoticeReturn.objects.filter(notice__owner=found.notice.owner)
    return same.filter(state=ReturnState.LANDING).exclude(id=found.id)


def _judge(returned: Returned) -> list[Judged]:
    by_resource: dict[str, list[Given]] = {}
    for one in returned.given:
        by_resource.setdefault(one.resource, []).append(one)
    known = catalog.get_resources(by_resource)
    judged = [judge(known[one], given) for one, given in by_resource.items() if one in known]
    return [one for one in judged if one is not None]


def _queue(actor: Actor, found: NoticeReturn, returned: Returned, judged: Sequence[Judged]) -> bool:
    """Put in what was judged, unless a register has moved on meanwhile."""
    with ledger.acting(actor, "share.quality.judge", on=ref_of_notice(found.notice)) as act:
        lock_notice(found.notice_id)
        locked = NoticeReturn.objects.select_for_update().get(id=found.id)
        if locked.state != ReturnState.RECEIVED:
            found.refresh_from_db()
            return True
        if any(not _is_newest(one) for one in judged):
            return False
        excuse_right(act, found, judged)
        found.deliveries = [
            delivery for one in judged for delivery in _deliver(actor, found.notice, one)
        ]
        found.delivery = found.deliveries[0] if found.deliveries else ""
        found.counts = count_answers(returned, judged)
        found.problems = list_problems(returned, judged)
        found.state = ReturnState.LANDING
        found.save()
        act.note(**found.counts)
    return True


def _is_newest(judged: Judged) -> bool:
    newest = pool.find_latest(judged.resource.table)
    return newest is not None and newest.id == judged.version.id


def _deliver(actor: Actor, notice: Notice, judged: Judged) -> list[str]:
    """The deliveries that bring the corrections: rows by key first, then keys that go. 更正报送。"""
    key = tuple(judged.resource.key)
    parts: list[tuple[DeliveryKind, Sequence[str], Iterable[Sequence[str | None]]]] = []
    if judged.upserts:
        parts.append((DeliveryKind.UPSERT, judged.columns, judged.upserts))
    if judged.deletes:
        parts.append((DeliveryKind.DELETE, key, judged.deletes))
    if judged.amended or judged.dropped:
        rows = amended_rows(judged.version, judged.columns, judged.amended, judged.dropped)
        parts.append((DeliveryKind.FULL, judged.columns, rows))
    return [
        _send(actor, notice, judged, instruct(judged, kind), (columns, rows))
        for kind, columns, rows in parts
    ]


def instruct(judged: Judged, kind: DeliveryKind) -> Instructions:
    """How a delivery of corrections is to be read. 更正报送说明。"""
    whole = kind == DeliveryKind.FULL
    return Instructions(
        kind=kind,
        key=() if whole else tuple(judged.resource.key),
        header_row=1,
        encoding="utf-8",
        exact=True,
        # Every row that goes was named on the notice, so a smaller register surprises nobody.
        waived=("shrink",) if whole else (),
        stands_on=judged.version.id if whole else "",
    )


def _send(actor: Actor, notice: Notice, judged: Judged, told: Instructions, table: Table) -> str:
    with files.scratch("corrections") as folder, (folder / "file").open("w+b") as out:
        write_csv(out, *table, encoding="utf-8", defuse=False)
        out.seek(0)
        delivery = connect.receive_file(
            actor,
            out,
            file_name=f"整改单 {notice.number} {told.kind}.csv",
            owner=judged.resource.owner,
            name=judged.resource.name,
            instructions=told,
            queue=False,
        )
    return delivery.id


def _land(actor: Actor, found: NoticeReturn) -> None:
    """Land the deliveries that have not landed yet. 汇聚更正。"""
    for delivery_id in found.deliveries:
        for one in connect.land_here(actor, delivery_id):
            if one.state != DeliveryState.LANDED:
                error = one.error or {}
                raise Conflict(
                    "quality.return.not_landed",
                    "The corrections could not be landed: %(why)s",
                    why=str(error.get("detail") or one.state),
                )


def _finish(actor: Actor, found: NoticeReturn) -> None:
    """Check the registers again, settle the lines, close the notice where all is settled. 复查与销号。"""
    lines = NoticeLine.objects.filter(notice=found.notice_id).select_related("group")
    for resource_id in sorted({one.group.resource for one in lines}):
        run = check_again(actor, resource_id) if found.deliveries else ""
        refresh_groups(run or _last_run(lines, resource_id))
    with ledger.acting(actor, "share.quality.finish", on=ref_of_notice(found.notice)) as act:
        lock_notice(found.notice_id)
        still = NoticeLine.objects.filter(notice=found.notice_id, state=LineState.OPEN)
        still.update(state=LineState.UNCHANGED)
        close_settled(act, found.notice_id)
        found.state, found.finished_at, found.error = ReturnState.DONE, act.at, None
        found.save(update_fields=["state", "finished_at", "error"])


def _last_run(lines: QuerySet[NoticeLine], resource_id: str) -> str:
    return next((one.group.last_run for one in lines if one.group.resource == resource_id), "")


def _fail(actor: Actor, found: NoticeReturn, error: YiwangError) -> None:
    with ledger.acting(actor, "share.quality.fail", on=ref_of_notice(found.notice)) as act:
        found.state, found.finished_at = ReturnState.FAILED, act.at
        found.error = {"code": error.code, "message": error.message, "detail": error.detail}
        found.save(update_fields=["state", "finished_at", "error"])
        follow_registers(act, hold_notice(found.notice))
        act.note(code=error.code)


def give_up(job: jobs.GivenUp) -> None:
    """Say on the return that its job ended without finishing. 任务放弃后登记。"""
    waiting = [ReturnState.RECEIVED, ReturnState.LANDING]
    for one in NoticeReturn.objects.filter(job_id=job.job_id, state__in=waiting):
        _fail(SYSTEM, one, job.error)


def sweep_returns() -> int:
    """Go on with returns that nobody works on any more: a killed command, a lost job. 续办滞留回执。"""
    waiting = NoticeReturn.objects.filter(
        state__in=[ReturnState.RECEIVED, ReturnState.LANDING], received_at__lt=now() - LEFT_BEHIND
    )
    live = jobs.list_live(waiting.exclude(job_id="").values_list("job_id", flat=True))
    left = [one for one in waiting if one.job_id not in live]
    for one in left:
        process_return(get_actor(one.sender), one.id)
    return len(left)


def list_returns(actor: Actor, notice_id: str) -> list[NoticeReturn]:
    """The returns of a notice, newest first. 回执列表。"""
    notice = get_notice(actor, notice_id)
    return list(NoticeReturn.objects.filter(notice=notice).order_by("-id")[:100])


def get_return(actor: Actor, return_id: str) -> NoticeReturn:
    """One return, if the actor may know of its notice. 取回执。"""
    found = NoticeReturn.objects.select_related("notice").filter(id=return_id).first()
    if found is None or not visible_notices(actor).filter(id=found.notice_id).exists():
        raise NotFound("quality.return.missing", "There is no such return")
    return found
