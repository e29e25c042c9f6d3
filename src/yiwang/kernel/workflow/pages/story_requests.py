"""What is told of reports, requests and of who was urged. 反馈、申请与催办的叙述。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from yiwang.kernel.workflow.services import CaseView
from yiwang.kernel.workflow.types import DELAY


def say_request(view: CaseView) -> str:
    """What the reader's task asks them to agree to: who asks, for what, why. 申请说明。"""
    own = view.own
    asked = [one for one in view.entries if one.kind == "requested"]
    body = next((one.body for one in asked if own and one.body["task"] == own.id), None)
    if body is None:
        return ""
    who = view.names.get(body["by"], body["by"])
    return f"{who}: {say_asked(body)} {body['reason']}"


def say_asked(body: Mapping[str, Any]) -> str:
    """What was asked. 申请内容。"""
    if body["request"] == DELAY:
        return gettext("Asked for %(days)s days more.") % {"days": body["days"]}
    return gettext("Asked to be let off.")


def say_answered(body: Mapping[str, Any]) -> str:
    """What was answered. 答复内容。"""
    told = {"days": body.get("days", 0)}
    if body["request"] == DELAY:
        text = gettext("%(days)s days more were granted") if body["agreed"] else gettext("More time was refused")  # fmt: skip
        return text % told
    return gettext("They were let off") if body["agreed"] else gettext("They were not let off")
