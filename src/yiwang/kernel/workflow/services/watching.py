"""Following a case, and reading what was copied. 关注与抄送阅读。

Neither changes a case, so neither stands in its log: who follows what is nobody else's business,
and a watch must not make somebody who decides at that moment look again.
"""

from __future__ import annotations

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, NotFound, YiwangError
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow.models import Case, CaseCopy, CaseWatch

from .permissions import USE
from .sight import may_see

WATCHES_AT_MOST = 1000
WATCHERS_AT_MOST = 200


def watch_case(actor: Actor, case_id: str) -> None:
    """关注 a case that the actor may read; once more changes nothing. 关注。"""
    with acting(actor, "workflow.case.watch", on=Ref("workflow.case", case_id)) as act:
        actor.require(USE)
        case = Case.objects.filter(pk=case_id).first()
        if case is None or not may_see(actor, case):
            raise NotFound("workflow.case.unknown", "There is no such case")
        act.on = Ref("workflow.case", case.pk, case.number)
        others = CaseWatch.objects.filter(account=actor.id).exclude(case=case)
        if len(others.values_list("pk", flat=True)[:WATCHES_AT_MOST]) == WATCHES_AT_MOST:
            raise Conflict(
                "workflow.watch.many",
                "You watch %(most)s cases already; stop watching some of them first",
                most=WATCHES_AT_MOST,
            )
        row = CaseWatch(case=case, account=actor.id, at=act.at)
        CaseWatch.objects.bulk_create([row], ignore_conflicts=True)


def unwatch_case(actor: Actor, case_id: str) -> None:
    """取消关注; what is not watched stays so. 取消关注。"""
    with acting(actor, "workflow.case.unwatch", on=Ref("workflow.case", case_id)):
        actor.require(USE)
        CaseWatch.objects.filter(case_id=case_id, account=actor.id).delete()


def is_watching(actor: Actor, case_id: str) -> bool:
    """Whether the actor follows a case. 是否关注。"""
    return CaseWatch.objects.filter(case_id=case_id, account=actor.id).exists()


def list_watchers(case: Case) -> list[str]:
    """The accounts that follow a case and may still read it. 关注人。"""
    rows = CaseWatch.objects.filter(case_id=case.pk).order_by("id")
    accounts = rows.values_list("account", flat=True)[:WATCHERS_AT_MOST]
    return [account for account in accounts if _still_sees(account, case)]


def _still_sees(account: str, case: Case) -> bool:
    try:
        actor = identity.get_actor(account)
    except YiwangError:
        # Locked, or gone with their account.
        return False
    return actor.may(USE) and may_see(actor, case)


def read_copy(actor: Actor, case_id: str) -> None:
    """Note that somebody has opened what was copied to them. 标记已阅。"""
    unread = CaseCopy.objects.filter(case_id=case_id, account=actor.id, read_at=None)
    unread.update(read_at=now())
