"""What stands above a case: its light, who started it, what it is about. 流程页首。"""

from __future__ import annotations

from django.utils.translation import gettext

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import Light
from yiwang.kernel.workflow.services import CaseLine, CaseView
from yiwang.kernel.workflow.services.effects import find_subject
from yiwang.kernel.workflow.types import SHIPPED_TYPES

from .words import LIGHTS, label_outcome


def light_of(view: CaseView) -> Light:
    """How a case stands: once closed, how it ended. 流程状态灯。"""
    state = view.state
    if state.status == "closed":
        return Light(label_outcome(view.type, state.outcome), "green")
    return LIGHTS[state.status]


def name_starter(view: CaseView) -> str:
    """Who started it; of what data or a clock started, the system. 发起人。"""
    starter = view.case.starter
    return gettext("The system") if starter == SYSTEM.id else view.names.get(starter, starter)


def find_page(view: CaseView) -> str:
    """The address of what a case of a shipped type is about. 办理对象页面。"""
    shipped = SHIPPED_TYPES.find(view.case.code)
    _, subject = find_subject(view.case.pk) if shipped else ("", "")
    return shipped.url(subject) if shipped and subject else ""


def light_of_line(line: CaseLine) -> Light:
    """The light of a case in a list. 列表状态灯。"""
    if line.status == "closed":
        return Light(in_language(line.node_title), "green")
    return LIGHTS[line.status]
