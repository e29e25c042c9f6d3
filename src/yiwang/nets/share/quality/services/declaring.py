"""The rules of a resource: derived ones, declared ones, and which are switched off. 规则维护。"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.events import services as events
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.models import RuleRevision
from yiwang.nets.share.quality.types import Dimension, RuleKind, RuleSpec, Severity

from .app_rules import find_app_rule, list_app_rules
from .code_members import Members, meaning_of, versions_of
from .compiling import Work, add_state
from .deriving import derive_from, meaning_of_element
from .permissions import DECLARE, READ
from .rule_shapes import SHAPES
from .scan import Scan

CODE = re.compile(r"[\w.+-]{1,200}")
NEEDED = {
    RuleKind.CODE: "code_set",
    RuleKind.PATTERN: "pattern",
    RuleKind.CONDITION: "given",
    RuleKind.REFERENCE: "resource",
    RuleKind.FRESH: "days",
}


def derive_rules(resource: catalog.Resource) -> list[RuleSpec]:
    """The rules that follow from a resource's items, key and values. 派生规则。"""
    latest = pool.find_latest(resource.table) if resource.table else None
    if latest is None:
        return []
    items = [i for i in catalog.list_items(resource.id) if i.name in latest.columns]
    return derive_from(items, resource.key or latest.key, pool.profile(latest.id))


def rules_of(resource: catalog.Resource) -> list[RuleSpec]:
    """Every rule of a resource as it stands today, those switched off too. 全部规则。

    What a rule means today stands in it: the day that freshness counts from, the version of the
    register that is referred to, the codes of its code set.
    """
    revised = _newest(resource.id)
    found = []
    for rule in [*derive_rules(resource), *list_app_rules(resource)]:
        content = revised.pop(rule.code, {})
        found.append(replace(rule, enabled=bool(content.get("enabled", True))))
    found += [build_rule(code, content) for code, content in revised.items() if "kind" in content]
    return [resolve(rule) for rule in found]


def list_rules(actor: Actor, resource_text: str) -> list[RuleSpec]:
    """The rules of a resource, for holders of `share.quality.read` for its owner. 规则列表。"""
    resource = catalog.get_resource(actor, resource_text)
    actor.require(READ, organization=resource.owner)
    return rules_of(resource)


def declare_rule(
    actor: Actor, resource_text: str, code: str, content: Mapping[str, Any], *, reason: str = ""
) -> RuleSpec:
    """Declare a rule, or declare it anew under its code. 制定规则。

    `content` has `kind`, `fields`, and what the kind needs; holders of `share.quality.declare` for
    the owner. Raises InvalidInput where it does not fit the register.
    """
    resource = _changeable(actor, resource_text)
    if not CODE.fullmatch(code) or code.startswith("derived."):
        raise InvalidInput("quality.rule.code", "%(rule)s cannot be the code of a rule", rule=code)
    refuse_of_app(resource, code)
    rule = build_rule(code, content)
    _try(resource, rule)
    _revise(actor, resource, code, dict(content), verb="share.quality.declare", reason=reason)
    return rule


def withdraw_rule(actor: Actor, resource_text: str, code: str, *, reason: str = "") -> None:
    """Take a declared rule back. 撤销规则。"""
    resource = _changeable(actor, resource_text)
    refuse_of_app(resource, code)
    if not _newest(resource.id).get(code):
        raise NotFound("quality.rule.missing", "There is no rule %(rule)s", rule=code)
    _revise(actor, resource, code, {}, verb="share.quality.withdraw", reason=reason)


def switch_rule(
    actor: Actor, resource_text: str, code: str, *, enabled: bool, reason: str = ""
) -> None:
    """Switch a rule off or on again; a reason is asked for switching off. 启停规则。"""
    resource = _changeable(actor, resource_text)
    if not enabled and not reason.strip():
        raise InvalidInput("quality.rule.reason", "Say why the rule is switched off")
    rule = next((one for one in rules_of(resource) if one.code == code), None)
    if rule is None:
        raise NotFound("quality.rule.missing", "There is no rule %(rule)s", rule=code)
    before = {} if rule.derived or rule.app else _newest(resource.id)[code]
    _revise(
        actor,
        resource,
        code,
        {**before, "enabled": enabled},
        verb="share.quality.switch",
        reason=reason,
    )


def refuse_of_app(resource: catalog.Resource, code: str) -> None:
    """Raise InvalidInput for a rule that an app declares: there it is changed. 拒绝改动应用规则。"""
    found = find_app_rule(resource, code)
    if found is not None:
        raise InvalidInput(
            "quality.rule.of_app",
            "%(rule)s comes with the app %(app)s: change %(file)s there, for this city alone too, or"
            " switch the rule off",
            rule=code,
            app=found.app,
            file=found.file,
        )


def list_rule_revisions(actor: Actor, resource_text: str, code: str = "") -> list[RuleRevision]:
    """What was changed about rules, newest first. 规则修订记录。"""
    resource = catalog.get_resource(actor, resource_text)
    actor.require(READ, organization=resource.owner)
    rows = RuleRevision.objects.filter(resource=resource.id)
    return list((rows.filter(code=code) if code else rows).order_by("-changed_at", "-id")[:500])


def build_rule(code: str, content: Mapping[str, Any]) -> RuleSpec:
    """A declared rule from its content. 由内容生成规则。"""
    try:
        kind = RuleKind(str(content["kind"]))
        severity = Severity(str(content.get("severity") or Severity.ERROR))
        dimension = Dimension(str(content.get("dimension") or SHAPES[kind].dimension))
    except (KeyError, ValueError) as error:
        raise InvalidInput(
            "quality.rule.kind",
            "Rule %(rule)s has an unknown kind, dimension or severity",
            rule=code,
        ) from error
    fields = content.get("fields") or content.get("field") or ()
    rule = RuleSpec(
        code=code,
        kind=kind,
        dimension=dimension,
        fields=(fields,) if isinstance(fields, str) else tuple(map(str, fields)),
        params=dict(content.get("params") or {}),
        when=str(content.get("when") or ""),
        severity=severity,
        title_zh=str(content.get("title_zh") or code)[:300],
        title_en=str(content.get("title_en") or "")[:300],
        element=str(content.get("element") or ""),
        enabled=bool(content.get("enabled", True)),
    )
    _refuse_incomplete(rule)
    return rule


def _refuse_incomplete(rule: RuleSpec) -> None:
    needed = NEEDED.get(rule.kind, "")
    missing = [needed] if needed and needed not in rule.params else []
    if rule.kind != RuleKind.CONDITION and not rule.fields:
        missing.append("fields")
    if rule.kind == RuleKind.COMPARE and not {"holds", "relation"} & set(rule.params):
        missing.append("holds")
    if rule.kind in (RuleKind.FORMAT, RuleKind.CHECK) and not standards.find_element(rule.element):
        missing.append("element")
    if rule.kind == RuleKind.CODE and not versions_of(str(rule.params.get("code_set", ""))):
        missing.append("code_set")
    if missing:
        raise InvalidInput(
            "quality.rule.incomplete",
            "Rule %(rule)s lacks %(missing)s",
            rule=rule.code,
            missing=", ".join(dict.fromkeys(missing)),
        )


def resolve(rule: RuleSpec) -> RuleSpec:
    """The rule with what it means today. 规则的当日含义。"""
    if rule.derived:
        return rule
    told: list[str] = []
    params = dict(rule.params)
    element = standards.find_element(rule.element) if rule.element else None
    if element is not None:
        told.append(meaning_of_element(element))
    if "code_set" in params:
        told.append(meaning_of(str(params["code_set"])))
    if rule.kind == RuleKind.REFERENCE:
        there = catalog.get_resources([str(params["resource"])]).get(str(params["resource"]))
        latest = pool.find_latest(there.table) if there and there.table else None
        told.append(latest.id if latest else "")
    if rule.kind == RuleKind.FRESH:
        params["since"] = (today() - timedelta(days=int(params["days"]))).isoformat()
    meaning = hashlib.sha256("\n".join(told).encode()).hexdigest() if told else ""
    return replace(rule, params=params, meaning=meaning)


def _try(resource: catalog.Resource, rule: RuleSpec) -> None:
    """Hold the rule against what the register has, before it is declared. 试用规则。"""
    latest = pool.find_latest(resource.table) if resource.table else None
    if latest is None:
        raise InvalidInput(
            "quality.resource.empty", "%(name)s holds no data yet", name=resource.name
        )
    missing = [name for name in rule.fields if name not in latest.columns]
    if missing:
        raise InvalidInput(
            "quality.rule.no_column", "The register has no column %(column)s", column=missing[0]
        )
    with pool.engine() as connection:
        try_rule(connection, latest.columns, rule)


def try_rule(connection: pool.Connection, columns: Sequence[str], rule: RuleSpec) -> None:
    """Compile a rule against columns, and run it over no rows. 试编译。

    InvalidInput where that cannot be done: a pattern that is none, a filter with a wrong function.
    """
    if rule.kind == RuleKind.UNIQUE:
        return
    work = Work(Scan(columns), Members(connection), [(0, today())])
    add_state(work, resolve(rule))
    empty = ", ".join(f"NULL::VARCHAR AS {pool.quote_name(name)}" for name in columns)
    source = f"(SELECT 0::BIGINT AS {ROW}, {empty} LIMIT 0)"
    relation, params = work.scan.relation(source)
    pool.try_query(connection, f"SELECT * FROM {relation} LIMIT 0", params)


def _changeable(actor: Actor, resource_text: str) -> catalog.Resource:
    resource = catalog.get_resource(actor, resource_text)
    actor.require(DECLARE, organization=resource.owner)
    return resource


def _revise(
    actor: Actor,
    resource: catalog.Resource,
    code: str,
    content: dict[str, Any],
    *,
    verb: str,
    reason: str,
) -> None:
    with ledger.acting(actor, verb, on=catalog.ref_of(resource), reason=reason) as act:
        rows = RuleRevision.objects.filter(resource=resource.id, code=code)
        last = rows.order_by("-number").first()
        RuleRevision.objects.create(
            resource=resource.id,
            code=code,
            number=last.number + 1 if last else 1,
            content=content,
            reason=reason[:500],
            changed_by=actor.id,
            changed_at=act.at,
        )
        act.note(rule=code)
        events.announce(act, "share.quality.ruled", {"resource": resource.id, "rule": code})


def _newest(resource: str) -> dict[str, dict[str, Any]]:
    """The content of the newest revision of each rule. 最新修订。"""
    rows: Iterable[RuleRevision] = RuleRevision.objects.filter(resource=resource).order_by("number")
    return {row.code: row.content for row in rows if isinstance(row.content, dict)}
