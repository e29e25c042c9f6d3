"""What is done to a case from above: 催办 挂起 恢复 终止, and moving it to another version. 督办。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotPermitted, TooMany
from yiwang.kernel.workflow.models import CaseEntry, Task
from yiwang.kernel.workflow.types import DONE

from .machine import pausing
from .permissions import oversees
from .publishing import find_version
from .seeing import title_for
from .steps import Step, stepping

URGE_AGAIN = timedelta(hours=1)


def urge(actor: Actor, case_id: str, *, note: str = "") -> None:
    """催办: who is asked hears of it again. 催办。 The starter or who oversees, once an hour."""
    with stepping(actor, "workflow.case.urge", case_id, reason=note) as step:
        if actor.id != step.case.starter:
            require_overseer(actor, step)
        step.draft.require_running()
        _require_pause(case_id)
        step.draft.say("urged", by=actor.id, **({"note": note.strip()} if note.strip() else {}))


def suspend(actor: Actor, case_id: str, *, reason: str) -> None:
    """挂起: nothing can be done until it is resumed. 挂起。 Who oversees."""
    with stepping(actor, "workflow.case.suspend", case_id, reason=reason) as step:
        require_overseer(actor, step)
        pausing.suspend(step.draft, reason=reason)


def resume(actor: Actor, case_id: str, *, reason: str = "") -> None:
    """恢复 a suspended case. 恢复。 Who oversees."""
    with stepping(actor, "workflow.case.resume", case_id, reason=reason) as step:
        require_overseer(actor, step)
        pausing.resume(step.draft, reason=reason)


def terminate(actor: Actor, case_id: str, *, reason: str) -> None:
    """终止 a case and its children without an outcome. 终止。 Who oversees; the starter before
    anybody has decided.
    """
    with stepping(actor, "workflow.case.terminate", case_id, reason=reason) as step:
        untouched = not (
            any(one.by for one in step.old.tasks.values())
            or step.old.handled
            or Task.objects.filter(case__parent_id=case_id, status=DONE).exists()
        )
        if actor.id != step.case.starter or not untouched:
            require_overseer(actor, step)
        pausing.terminate(step.draft, reason=reason)


def migrate_case(actor: Actor, case_id: str, version: int, node: str, *, reason: str) -> None:
    """Go on under another version of its type, at a step of it. 迁移版本。 Who oversees."""
    with stepping(actor, "workflow.case.migrate", case_id, reason=reason) as step:
        require_overseer(actor, step)
        step.case.type_id, step.draft.type = find_version(step.case.code, version)
        # The other version may hold personal data where this one knew of none.
        title = title_for(step.draft.type, step.case.title)
        pausing.migrate(step.draft, version, node, reason=reason, title=title)
        if title != step.case.title:
            step.case.title = title
            step.case.save(update_fields=["title"])


def may_oversee(actor: Actor, step: Step) -> bool:
    """Whether the actor may act on what is not theirs. 是否可督办。"""
    return oversees(actor, step.type, step.case.organization)


def require_overseer(actor: Actor, step: Step) -> None:
    """NotPermitted unless `may_oversee`. 要求督办权限。"""
    if not may_oversee(actor, step):
        raise NotPermitted("workflow.case.not_yours", "Only who oversees such cases may do this")


def _require_pause(case_id: str) -> None:
    recent = CaseEntry.objects.filter(case_id=case_id, kind="urged", at__gt=now() - URGE_AGAIN)
    if recent.exists():
        raise TooMany("workflow.urge.soon", "They were urged within the last hour")
