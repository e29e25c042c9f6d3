"""What the case kernel registers at start. 流程登记项。"""

from __future__ import annotations

from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import TODO_SOURCES, Todo
from yiwang.kernel.ledger.services import guard_table
from yiwang.kernel.records.types import CASE_COUNTERS
from yiwang.kernel.ui.menu import add_menu

from .services import PUBLISH, USE, count_boxes
from .services.tallying import Counter

guard_table("workflow_caseentry", unique=("case_id", "seq"))
guard_table("workflow_casetypeversion", unique=("code", "version"))

WORK = msg("Cases")

add_menu("workflow:inbox", msg("Inbox"), section=WORK, permission=USE, order=50, icon="check")
add_menu("workflow:start", msg("Start something"), section=WORK, permission=USE, order=52)
add_menu("workflow:sent", msg("Sent to many"), section=WORK, permission=USE, order=53)
add_menu(
    "workflow:away", msg("Who stands in"), section=WORK, permission=USE, order=54, icon="people"
)
add_menu(
    "workflow:calendar", msg("In my calendar"), section=WORK, permission=USE, order=55,
    icon="calendar",
)  # fmt: skip
add_menu(
    "workflow:types", msg("Kinds of cases"), section=WORK, permission=PUBLISH, order=56, icon="code"
)


def waiting_tasks(actor: Actor) -> list[Todo]:
    """What waits in the actor's inbox. 待办事项。"""
    if not actor.may(USE):
        return []
    waiting = count_boxes(actor, ["todo"])["todo"]
    text = msg("%(count)s tasks wait for you")
    if waiting.is_more:
        text = msg("More than %(count)s tasks wait for you")
    return [Todo(text, waiting.number, reverse("workflow:inbox"), "yellow")]


TODO_SOURCES.register("workflow.tasks", waiting_tasks)

CASE_COUNTERS.register("workflow", Counter())
