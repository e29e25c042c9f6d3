"""Rules as an Open Data Contract Standard 3.1 document, out and in. 数据契约。

A rule that the standard's library of metrics knows is said in it, so that other tools can check it;
every rule also carries its own words as a custom property, so that nothing is lost on the way back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.query.tables import PLACEHOLDERS
from yiwang.nets.share.catalog.types import ResourceInfo
from yiwang.nets.share.quality.types import Dimension, RuleKind, RuleSpec

from .rule_shapes import write_rule

VERSION = "v3.1.0"
OURS = "yiwangRule"
DIMENSIONS = {
    Dimension.CONFORMITY: "conformity",
    Dimension.COMPLETENESS: "completeness",
    Dimension.ACCURACY: "accuracy",
    Dimension.CONSISTENCY: "consistency",
    Dimension.TIMELINESS: "timeliness",
}
"""可访问性 has no counterpart in the standard. 维度对照。"""
LIBRARY = {
    RuleKind.REQUIRED: "missingValues",
    RuleKind.UNIQUE: "duplicateValues",
    RuleKind.PATTERN: "invalidValues",
}
MISSING = ["", *PLACEHOLDERS]


def write_contract(resource: ResourceInfo, rules: Iterable[RuleSpec]) -> dict[str, Any]:
    """A resource and its rules as an ODCS 3.1 document. 导出数据契约。"""
    by_field: dict[str, list[dict[str, Any]]] = {}
    of_table: list[dict[str, Any]] = []
    for rule in rules:
        alone = len(rule.fields) == 1
        (by_field.setdefault(rule.fields[0], []) if alone else of_table).append(_check(rule))
    table: dict[str, Any] = {
        "name": resource.name,
        "physicalName": resource.code,
        "logicalType": "object",
        "properties": [_property(item.name, item.element, by_field) for item in resource.items],
    }
    if of_table:
        table["quality"] = of_table
    return {
        "apiVersion": VERSION,
        "kind": "DataContract",
        "id": resource.id,
        "name": resource.name,
        "version": "1.0.0",
        "status": "active" if resource.published else "draft",
        "schema": [table],
    }


def read_contract(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rules of an ODCS document as a person would write them. 读入数据契约。

    Our own words are taken where they stand; else the library's metrics are put into rules. Checks
    in SQL or of another engine are refused by name: they cannot be carried out here. Derived rules
    are left out, they come by themselves.
    """
    rules: list[Mapping[str, Any]] = []
    for table in _listed(found, "schema"):
        for column in _listed(table, "properties"):
            name = str(column.get("name", ""))
            rules += [rule for one in _listed(column, "quality") if (rule := _rule(one, name))]
        rules += [rule for one in _listed(table, "quality") if (rule := _rule(one, ""))]
    return rules


def _property(
    name: str, element: str, by_field: Mapping[str, Sequence[dict[str, Any]]]
) -> dict[str, Any]:
    told: dict[str, Any] = {"name": name, "logicalType": "string", "physicalType": "VARCHAR"}
    if element:
        told["customProperties"] = [{"property": "dataElement", "value": element}]
    if name in by_field:
        told["quality"] = list(by_field[name])
    return told


def _check(rule: RuleSpec) -> dict[str, Any]:
    own = {"code": rule.code} if rule.derived else write_rule(rule)
    told: dict[str, Any] = {
        "name": rule.title_zh or rule.code,
        "description": rule.title_en or rule.code,
        "severity": str(rule.severity),
        "customProperties": [{"property": OURS, "value": own}],
    }
    if rule.dimension in DIMENSIONS:
        told["dimension"] = DIMENSIONS[rule.dimension]
    if rule.kind in LIBRARY and not rule.when:
        return told | _metric(rule)
    text = json.dumps(rule.as_json(), ensure_ascii=False, default=str)
    return told | {"type": "custom", "engine": "yiwang", "implementation": text}


def _metric(rule: RuleSpec) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "library",
        "metric": LIBRARY[rule.kind],
        "mustBe": 0,
        "unit": "rows",
    }
    if rule.kind == RuleKind.REQUIRED:
        told["arguments"] = {"missingValues": [None, *MISSING]}
    if rule.kind == RuleKind.PATTERN:
        told["arguments"] = {"pattern": f"^(?:{rule.params['pattern']})$"}
    if rule.kind == RuleKind.UNIQUE and len(rule.fields) > 1:
        told["arguments"] = {"properties": list(rule.fields)}
    return told


def _rule(check: Mapping[str, Any], field: str) -> Mapping[str, Any] | None:
    own = next(
        (
            one.get("value")
            for one in _listed(check, "customProperties")
            if one.get("property") == OURS
        ),
        None,
    )
    if isinstance(own, Mapping):
        return None if str(own.get("code", "")).startswith("derived.") else own
    if check.get("type") == "text":
        return None  # words for people; nothing to check
    return _from_metric(check, field)


def _from_metric(check: Mapping[str, Any], field: str) -> dict[str, Any]:
    metric = str(check.get("metric") or check.get("rule") or "")
    arguments = check.get("arguments") if isinstance(check.get("arguments"), Mapping) else {}
    pattern = str((arguments or {}).get("pattern") or "")
    fields = (arguments or {}).get("properties") or field
    name = check.get("name")
    told: dict[str, Any] = {
        "code": str(check.get("id") or f"odcs.{field or 'table'}.{metric}"),
        "title": str(name) if name else "",
        "severity": "warning" if check.get("severity") in ("warning", "info") else "error",
    }
    if metric in ("nullValues", "missingValues") and check.get("mustBe") == 0:
        return told | {"kind": "required", "field": field}
    if metric == "duplicateValues" and check.get("mustBe") == 0:
        return told | {"kind": "unique", "fields": fields}
    if metric == "invalidValues" and check.get("mustBe") == 0 and pattern:
        return told | {"kind": "pattern", "field": field, "pattern": pattern}
    raise InvalidInput(
        "quality.rules.foreign",
        "The check %(check)s of %(field)s cannot be carried out here; take it out of the file",
        check=str(name or metric or check.get("type") or "?"),
        field=field or "table",
    )


def _listed(found: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The mappings in a list of the document; whatever else stands there is refused."""
    listed = found.get(name) or []
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise InvalidInput(
            "quality.rules.contract", "In the contract %(name)s is not a list of entries", name=name
        )
    return listed
