"""The grade of a resource: the highest of all that stands in it. 数据分级（就高从严）。

In the spirit of GB/T 43697: general data in four levels, important data, core data. Computed are
the items' elements, what an entity declares, what was found inside texts, and how many persons a register of personal data
may hold; a person may raise the grade, or lower it with a reason that stays visible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import F

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg
from yiwang.kernel.events import services as events
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import KINDS, Element
from yiwang.nets.share.catalog.models import GradeRule, Resource
from yiwang.nets.share.catalog.types import (
    CORE,
    GRADES,
    IMPORTANT,
    GradeReason,
    ItemInfo,
    RuleInfo,
)

from .entries import get_resource, list_items, ref_of, save
from .permissions import GRADE, GRADE_RULE

FIRST_RULE = RuleInfo(0, 1_000_000, "", "", None)
"""What holds until somebody writes a rule. 初始规则。"""


def list_grade_reasons(
    items: Iterable[ItemInfo], known: Mapping[str, Element], rows: int, rule: RuleInfo
) -> list[GradeReason]:
    """Why a resource has its grade, the weightiest first. 定级依据。"""
    found = []
    personal = False
    for item in items:
        if item.grade:
            found.append(GradeReason("declared", item.grade, item.name, ""))
        element = known.get(item.effective)
        if element:
            found.append(GradeReason("element", element.grade, item.name, element.code))
            personal |= element.personal
        if item.element or item.cleared:
            continue
        found += [
            GradeReason("found", KINDS[kind].grade, item.name, kind) for kind in item.found.kinds
        ]
        personal |= bool(item.found.personal)
    highest = highest_of(one.grade for one in found)
    if personal and rows >= rule.persons and highest < IMPORTANT:
        found.append(GradeReason("volume", highest + 1, "", "", rows, rule.persons))
    return sorted(found, key=lambda one: (-one.grade, one.kind != "volume"))


def highest_of(grades: Iterable[int]) -> int:
    """The highest grade wins; 0 where nothing has one. 就高。"""
    return max(grades, default=0)


def effective_grade(computed: int, chosen: int | None, over: int) -> int:
    """The grade that holds. 生效级别。

    A raise holds as long as it is the higher one; a lowering only while what is computed is not
    above what it was when somebody decided.
    """
    if chosen is None:
        return computed
    return max(chosen, computed) if chosen >= over or computed > over else chosen


def describe_mark(grade: int, actor: Actor) -> str:
    """The line that an exported file carries: its grade, for whom, when. 导出标识。"""
    return f"{GRADES[grade]} · {actor.organization} · {now():%Y-%m-%d}"


def reasons_of(resource: Resource) -> list[GradeReason]:
    """The reasons for a resource's computed grade. 资源定级依据。"""
    latest = pool.find_latest(resource.table) if resource.table else None
    known = standards.get_elements()
    found = list_grade_reasons(
        list_items(resource.id), known, latest.rows if latest else 0, get_grade_rule()
    )
    if resource.grade_declared:
        found.append(GradeReason("declared", resource.grade_declared, "", resource.kept_by))
    return sorted(found, key=lambda one: -one.grade)


def renew_grade(resource: Resource) -> None:
    """Compute the grade anew, inside an act. 重新定级。"""
    resource.grade_computed = highest_of(one.grade for one in reasons_of(resource))
    resource.grade = effective_grade(
        resource.grade_computed, resource.grade_chosen, resource.grade_over
    )
    resource.save(update_fields=["grade", "grade_computed"])


def set_grade(actor: Actor, resource_id: str, *, grade: int | None, reason: str) -> Resource:
    """Raise or lower the grade of a resource with a reason; None takes that back. 人工定级。

    Holders of `share.resource.grade` for the owner. A grade below the computed one is marked on
    the page and listed.
    """
    resource = get_resource(actor, resource_id)
    actor.require(GRADE, organization=resource.owner)
    if grade is not None and not 1 <= grade <= CORE:
        raise InvalidInput("catalog.grade.invalid", "A grade is a number from 1 to 6")
    if len(reason.strip()) < 4:
        raise InvalidInput("catalog.finding.reason", "Give a reason in a few words")
    with ledger.acting(
        actor, "share.resource.grade", on=ref_of(resource), reason=reason.strip()[:300]
    ) as act:
        resource = Resource.objects.select_for_update().get(id=resource.id)
        before = resource.grade
        resource.grade_chosen, resource.grade_reason = grade, reason.strip()[:300]
        resource.grade_over = resource.grade_computed
        renew_grade(resource)
        save(resource)
        act.note(before=before, grade=resource.grade, computed=resource.grade_computed)
        events.announce(
            act, "share.resource.graded", {"resource": resource.id, "grade": resource.grade}
        )
    return resource


def count_lowered(actor: Actor) -> int:
    """Resources whose grade a person put below the computed one. 降级数量。"""
    if not actor.may(GRADE_RULE):
        return 0
    return Resource.objects.filter(grade__lt=F("grade_computed")).count()


def get_grade_rule() -> RuleInfo:
    """The rule that holds now. 现行定级规则。"""
    newest = GradeRule.objects.order_by("-number").first()
    return _describe(newest) if newest else FIRST_RULE


def list_grade_rules() -> list[RuleInfo]:
    """Every version of the rule, the newest first. 规则历史。"""
    return [*map(_describe, GradeRule.objects.order_by("-number")[:100]), FIRST_RULE]


def set_grade_rule(actor: Actor, *, persons: int, reason: str) -> RuleInfo:
    """Say from how many rows personal data is one level higher; a new version. 修改定级规则。

    Holders of `share.grade.rule`. A worker then grades every resource anew.
    """
    actor.require(GRADE_RULE)
    if not 1 <= persons <= 10**10:
        raise InvalidInput("catalog.grade.persons", "Say a number of persons of at least 1")
    if len(reason.strip()) < 4:
        raise InvalidInput("catalog.finding.reason", "Give a reason in a few words")
    with ledger.acting(
        actor,
        "share.grade.rule",
        on=Ref("share.grade_rule", "", msg("Grading rule")),
        reason=reason.strip()[:300],
    ) as act:
        number = get_grade_rule().number + 1
        rule = GradeRule.objects.create(
            number=number,
            persons=persons,
            reason=reason.strip()[:300],
            account=actor.id,
            created_at=act.at,
        )
        act.note(number=number, persons=persons)
        events.announce(act, "share.grade.rule_changed", {"number": number})
    return _describe(rule)


def grade_all(act: Act) -> int:
    """Compute every grade anew after the rule has changed; how many changed. 全部重新定级。"""
    changed = 0
    for resource in Resource.objects.exclude(table="").iterator(chunk_size=500):
        before = resource.grade
        renew_grade(resource)
        if resource.grade != before:
            changed += 1
            resource.updated_at = now()
            save(resource)
    act.note(changed=changed)
    return changed


def _describe(rule: GradeRule) -> RuleInfo:
    return RuleInfo(rule.number, rule.persons, rule.reason, rule.account, rule.created_at)
