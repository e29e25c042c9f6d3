"""The rules that apps declare, in the words of the resource. 应用质量规则。

An app names the keys of fields and the codes of entities; a resource has items named by their
labels. One is put into the words of the other when rules are read: so a new label changes no rule,
and a rule over a field whose table is still being prepared waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Schema
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.entities.services import EntityResource
from yiwang.nets.share.quality.models import AppRule
from yiwang.nets.share.quality.types import RuleKind, RuleSpec, rule_from_json

FILTERS = ("holds", "given", "then")


def list_app_rules(resource: catalog.Resource) -> list[RuleSpec]:
    """The rules of the app that keeps a resource's rows; none for other resources. 应用规则列表。"""
    if not resource.kept_by:
        return []
    rows = list(AppRule.objects.filter(entity=resource.kept_by).order_by("file", "id"))
    if not rows:
        return []
    codes = {resource.kept_by} | {str(row.content["params"].get("resource", "")) for row in rows}
    ties = EntityResource.objects.in_bulk(sorted(codes))
    items = {code: {key: item for key, item, _ in tie.columns} for code, tie in ties.items()}
    own = items.get(resource.kept_by, {})
    found = [_of_row(row) for row in rows]
    return [_speak(rule, own, ties, items) for rule in found if set(_keys_of(rule)) <= own.keys()]


def find_app_rule(resource: catalog.Resource, code: str) -> AppRule | None:
    """The rule of that code, where an app declares it. 查应用规则。"""
    if not resource.kept_by:
        return None
    return AppRule.objects.filter(entity=resource.kept_by, code=code).first()


def _of_row(row: AppRule) -> RuleSpec:
    return replace(rule_from_json(row.content), app=row.app, file=row.file)


def _keys_of(rule: RuleSpec) -> list[str]:
    """The fields of its own entity that a rule names."""
    texts = [rule.when, *(str(rule.params.get(name, "")) for name in FILTERS)]
    free = [key for text in texts if text for key in query.list_fields(_parse(text))]
    return [*rule.fields, *free, *([rule.params["on"]] if rule.params.get("on") else [])]


def _speak(
    rule: RuleSpec,
    own: Mapping[str, str],
    ties: Mapping[str, EntityResource],
    items: Mapping[str, Mapping[str, str]],
) -> RuleSpec:
    params: dict[str, Any] = dict(rule.params)
    for name in FILTERS:
        if name in params:
            params[name] = _rename(params[name], own)
    if params.get("on"):
        params["on"] = own[params["on"]]
    if rule.kind == RuleKind.REFERENCE:
        there = params["resource"]
        params["field"] = items.get(there, {}).get(params["field"], "")
        params["resource"] = ties[there].resource_id if there in ties else ""
    return replace(
        rule,
        fields=tuple(own[key] for key in rule.fields),
        params=params,
        when=_rename(rule.when, own) if rule.when else "",
    )


def _parse(text: str) -> query.Node:
    return query.parse_filter(text, Schema.open())


def _rename(text: str, names: Mapping[str, str]) -> str:
    return query.write_text(query.rename_fields(_parse(text), names))
