"""What data quality registers at start. 登记。"""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import TODO_SOURCES, Light, Todo
from yiwang.kernel.calendar import services as calendar
from yiwang.kernel.ui.menu import add_menu
from yiwang.nets.share.catalog.types import RESOURCE_TABS

from . import services

SHARE = msg("Data sharing")
SOON_DAYS = 3

add_menu(
    "quality:home", msg("Data quality"), section=SHARE, permission=services.READ, order=250,
    icon="check",
)  # fmt: skip
add_menu(
    "quality:notices",
    msg("Rectification notices"),
    section=SHARE,
    permission=services.READ,
    order=260,
    icon="list",
)


def quality_tab(actor: Actor, resource_id: str) -> list[tuple[str, str]]:
    """The quality of an entry, for those who may read it. 质量标签页。"""
    if not actor.may(services.READ) or not services.may_read_quality(actor, resource_id):
        return []
    return [(reverse("quality:of_resource", args=[resource_id]), msg("Quality"))]


def notices_to_answer(actor: Actor) -> Sequence[Todo]:
    """Notices that a department has to answer, by how soon. 待办整改单。"""
    if not actor.may(services.ANSWER) or actor.may(services.SEND):
        return []
    out = services.notices_out(actor)
    soon = calendar.add_workdays(today(), SOON_DAYS).date
    late = out.filter(due_on__lt=today())
    near = out.filter(due_on__gte=today(), due_on__lte=soon)
    first = near.order_by("due_on").values_list("due_on", flat=True).first()
    lines: list[tuple[str, int, Light]] = [
        (msg("%(count)s rectification notices are overdue"), late.count(), "red"),
        (msg("%(count)s rectification notices are due within three working days"), near.count(), "yellow"),
        (msg("%(count)s rectification notices wait for your answer"), out.filter(due_on__gt=soon).count(), "green"),
    ]  # fmt: skip
    address = "/quality/notices/"
    return [
        Todo(title, count, address, light, first if light == "yellow" else None)
        for title, count, light in lines
    ]


def findings_to_send(actor: Actor) -> Sequence[Todo]:
    """What the bureau has to do: decide, send, ask after. 数据局待办。"""
    if not actor.may(services.SEND):
        return []
    overdue, waiting = services.overdue_notices(actor).count(), services.proposed_excuses(actor)
    groups = sum(number for number, _ in services.count_open_by_owner(actor).values())
    return [
        Todo(msg("%(count)s rectification notices are overdue"), overdue, "/quality/notices/", "red"),
        Todo(
            msg("%(count)s explanations of departments wait for your decision"),
            waiting.count(), "/quality/excuses/", "yellow",
        ),
        Todo(
            msg("%(count)s groups of findings are on no notice yet"),
            groups, "/quality/groups/?state=open",
        ),
    ]  # fmt: skip


RESOURCE_TABS.register("quality.quality", quality_tab)
TODO_SOURCES.register("quality.answer", notices_to_answer)
TODO_SOURCES.register("quality.send", findings_to_send)
