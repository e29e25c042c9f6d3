"""Cases on the pages of the things they are about. 办理对象页面标签。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from yiwang.kernel.base.clock import now
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.workflow.pages.words import LIGHTS, light_of_moments
from yiwang.kernel.workflow.types import AboutCase

register = template.Library()


@register.inclusion_tag("workflow/_about.html")
def about_cases(cases: Sequence[AboutCase]) -> dict[str, Any]:
    """The open cases about a thing: what kind, at which step, until when. 在办流程。"""
    return {"rows": [_row(one) for one in cases]}


def _row(one: AboutCase) -> dict[str, Any]:
    return {
        "case": one,
        "kind": in_language(one.title),
        "step": in_language(one.node),
        "light": light_of_moments(one.status, one.due_at, one.yellow_at, now())
        or LIGHTS[one.status],
    }
