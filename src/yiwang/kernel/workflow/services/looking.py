"""What the pages of cases ask before they show or send something. 流程页面支持。"""

from __future__ import annotations

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.standards import services as standards
from yiwang.kernel.workflow.models import CaseTypeVersion, Task
from yiwang.kernel.workflow.types import Field

from .machine.draft import Draft
from .permissions import PUBLISH
from .reading import CaseView
from .seeing import CLEAR, is_personal
from .world import City, person_of


def require_task_of(case_id: str, task_id: str) -> None:
    """NotFound unless a task that is named is of this case. 校验任务归属。"""
    if task_id and not Task.objects.filter(pk=task_id, case_id=case_id).exists():
        raise NotFound("workflow.task.unknown", "There is no such task")


def check_own_task(actor: Actor, view: CaseView, task_id: str) -> None:
    """Raise what any verb would say of a task that the actor cannot act on now. 校验本人待办。

    A page asks where a form lacks something: whoever sends an old page should hear that the case
    has moved on, not that a field of the next step is missing.
    """
    Draft(view.type, view.state, person_of(actor), City(now(), actor.id)).find_own_task(task_id)


def record_look(actor: Actor, view: CaseView) -> None:
    """Leave the read rows of a look at a case that holds personal data, whole or masked. 记录查阅。

    Called before the page is drawn: when a row cannot be written, nothing is shown.
    """
    told = {key: one for key, one in view.looks.fields.items() if view.state.data.get(key)}
    personal = [key for key in told if _holds(view.type.fields[key])]
    for unmasked in (True, False):
        columns = sorted(key for key in personal if (told[key] == CLEAR) is unmasked)
        if columns:
            ledger.record_read(
                actor, on=Ref("workflow.case", view.case.pk, view.case.number), purpose="",
                columns=columns, rows=1, where="case", unmasked=unmasked,
            )  # fmt: skip


def _holds(field: Field) -> bool:
    """Whether personal data stand here, masked for others or not."""
    found = standards.find_element(field.element) if field.element else None
    return is_personal(field) or bool(found and found.personal)


def list_types(actor: Actor, *, after: str = "", limit: int = 50) -> list[CaseTypeVersion]:
    """All published versions, the newest first, before `after`. 流程定义列表。

    Holders of `workflow.types.publish`.
    """
    actor.require(PUBLISH)
    rows = CaseTypeVersion.objects.defer("source").order_by("-id")
    return list((rows.filter(id__lt=after) if after else rows)[:limit])


def get_type_version(actor: Actor, type_id: str) -> CaseTypeVersion:
    """One published version with its source; NotFound. 取流程定义。

    Holders of `workflow.types.publish`.
    """
    actor.require(PUBLISH)
    found = CaseTypeVersion.objects.filter(pk=type_id).first()
    if found is None:
        raise NotFound("workflow.type.no_such", "There is no such version of a case type")
    return found
