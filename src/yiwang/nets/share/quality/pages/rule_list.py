"""The rules of a resource and what each came to last. 规则列表页面。"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from yiwang.kernel.apps.services import MANAGE
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.types import Dimension, RuleResult, RuleSpec, Severity


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule as the page shows it. 规则行。"""

    rule: RuleSpec
    title: str
    dimension: str
    severity: str
    result: RuleResult | None
    file_url: str = ""


@needs(services.READ)
@require_safe
def rules(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Every rule of a resource, by dimension, the declared ones first. 规则列表。"""
    actor = actor_of(request)
    resource = catalog.get_resource(actor, resource_id)
    found = services.list_rules(actor, resource.id)
    run = services.find_latest_run(resource.id)
    results = {one.spec.code: one for one in services.results_of(run)} if run else {}
    linked = actor.may(MANAGE)
    lines = [_line(rule, results.get(rule.code), linked=linked) for rule in found]
    order = list(Dimension)
    lines.sort(key=lambda one: (one.rule.derived, order.index(one.rule.dimension)))
    context = catalog.frame_of(actor, resource) | {
        "lines": lines,
        "run": run,
        "may_declare": actor.may(services.DECLARE, organization=resource.owner),
    }
    return render(request, "quality/rules.html", context)


def _line(rule: RuleSpec, result: RuleResult | None, *, linked: bool) -> RuleLine:
    return RuleLine(
        rule,
        rule.title(get_language() or ""),
        str(Dimension(rule.dimension).label),
        str(Severity(rule.severity).label),
        result,
        _file_url(rule) if rule.app and linked else "",
    )


def _file_url(rule: RuleSpec) -> str:
    """Where the file of the app is changed that declares the rule."""
    return f"{reverse('apps:file', args=[rule.app])}?{urlencode({'name': rule.file})}"
