"""The case of a register's findings: one for its department, from the first to the recheck. 质量整改流程。

Every change of groups, notices and explanations says one word to the case: how the register stands.
The step that the case is at knows where that word leads.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet, Sum
from django.urls import reverse

from yiwang.kernel.base.act import SYSTEM, Act, Actor, Ref
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.types import GivenUp
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.types import AboutCase
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.models import Excuse, Group, Notice, NoticeLine
from yiwang.nets.share.quality.types import ExcuseState, GroupState

FINDINGS = "share.findings"


def list_waiting(resource_id: str) -> QuerySet[Group]:
    """The groups of a register that are neither fixed nor excused. 未销号问题组。"""
    waiting = Group.objects.filter(resource=resource_id, rows__gt=0)
    return waiting.filter(state__in=[GroupState.OPEN, GroupState.SENT])


def list_proposed(resource_id: str) -> QuerySet[Excuse]:
    """What its department says is right, waiting for the bureau. 待确认说明。"""
    return Excuse.objects.filter(
        resource=resource_id, state=ExcuseState.PROPOSED, ended_at__isnull=True
    )


def hold_registers(resource_ids: Iterable[str]) -> None:
    """Lock their cases before their groups, as a step does, so that two never wait for each other. 锁定流程。"""
    for one in sorted(set(resource_ids)):
        workflow.hold_about(FINDINGS, one)


def hold_notice(notice: Notice) -> list[str]:
    """The registers on a notice, their cases locked. 锁定整改单流程。"""
    lines = NoticeLine.objects.filter(notice=notice)
    found = sorted(set(lines.values_list("group__resource", flat=True)))
    hold_registers(found)
    return found


def follow_registers(act: Act, resource_ids: Iterable[str], *, word: str = "") -> None:
    """Say to each register's case how it stands now. 整改联动。"""
    for one in sorted(set(resource_ids)):
        follow_register(act, one, word=word)


def follow_register(act: Act, resource_id: str, *, word: str = "") -> None:
    """Open the case of a register with findings, or tell it how they stand; `word` says otherwise. 整改联动。"""
    waiting = list_waiting(resource_id)
    rows = waiting.aggregate(rows=Sum("rows"))["rows"] or 0
    told = {"groups": waiting.count(), "rows": int(rows)}
    said = word or _say(resource_id, waiting)
    if not workflow.tell_about(act, FINDINGS, resource_id, said, **told) and told["groups"]:
        _open(act, resource_id, told)
        workflow.tell_about(act, FINDINGS, resource_id, said)


def _say(resource_id: str, waiting: QuerySet[Group]) -> str:
    if not waiting.exists():
        return "clean"
    if list_proposed(resource_id).exists():
        return "explained"
    return "sent" if waiting.filter(state=GroupState.SENT).exists() else "open"


def _open(act: Act, resource_id: str, told: dict[str, int]) -> None:
    resource = catalog.get_resources([resource_id]).get(resource_id)
    if resource is None:
        return
    before = workflow.find_last_number(FINDINGS, resource_id)
    words = {
        "name": resource.name,
        "owner": resource.owner,
        "office": identity.find_office("steward", resource.owner),
        "again": before,
    }
    workflow.open_about(
        act, FINDINGS, resource_id, title=resource.name, organization=resource.owner,
        data={key: value for key, value in words.items() if value} | told,
    )  # fmt: skip


def catch_up(act: Act) -> int:
    """The cases of findings that were there before there were cases. 补立整改流程。"""
    waiting = Group.objects.filter(state__in=[GroupState.OPEN, GroupState.SENT], rows__gt=0)
    known = workflow.list_open_subjects(FINDINGS)
    found = set(waiting.values_list("resource", flat=True)) - known
    follow_registers(act, found)
    act.note(registers=len(found))
    return len(found)


def list_cases(actor: Actor, resource_ids: Iterable[str]) -> list[AboutCase]:
    """The open cases of registers. 在办整改流程。"""
    found = workflow.list_about(actor, [FINDINGS], resource_ids)
    return [case for cases in found.values() for case in cases]


def follow_after(resource_id: str) -> None:
    """Say how a register stands after something that failed outside of an act. 失败后联动。"""
    with ledger.acting(SYSTEM, "share.quality.tell", on=Ref("share.resource", resource_id)) as act:
        follow_register(act, resource_id)


def give_up_sending(gone: GivenUp) -> None:
    """Say to the cases that their notices were not sent. 下发未成联动。"""
    lines = NoticeLine.objects.filter(notice__in=gone.args.get("notices", ()))
    for resource_id in sorted(set(lines.values_list("group__resource", flat=True))):
        follow_after(resource_id)


def register_page(resource_id: str) -> str:
    """The quality page of a register. 质量页地址。"""
    return reverse("quality:of_resource", args=[resource_id])
